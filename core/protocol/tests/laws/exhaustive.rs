//! Small scopes without gaps: every pair and triple of states over all value kinds, three stamps and two nodes.

use crdt_merge_protocol::laws::{LawOptions, check_states};
use crdt_merge_protocol::value::{Map, Set};
use crdt_merge_protocol::{LwwMap, LwwRegister, Result, Stamp, State, Value};

const ALL: LawOptions = LawOptions { trials: u64::MAX, seed: 0 };

/// Twelve values of all kinds, some with equal texts, some equal as Python compares them.
fn values() -> Result<Vec<Value>> {
    Ok(vec![
        Value::Null,
        Value::Bool(true),
        Value::Int(1),
        Value::Int(128),
        Value::Float(1.0),
        Value::Float(f64::NAN),
        Value::Float(-0.0),
        Value::from("1"),
        Value::Bytes(b"1".to_vec()),
        Value::List(vec![Value::Int(1)]),
        Value::Map(Map::from_pairs(vec![(Value::from("a"), Value::Int(1)), (Value::from("b"), Value::Int(2))])?),
        Value::Map(Map::from_pairs(vec![(Value::from("b"), Value::Int(2)), (Value::from("a"), Value::Int(1))])?),
        Value::Set(Set::from_members(vec![Value::Int(10), Value::Int(9)])?),
    ])
}

fn stamps() -> [Stamp; 3] {
    [Stamp::ZERO, Stamp::from_whole_seconds(5), Stamp::from_micros(5_000_000)]
}

fn registers() -> Result<Vec<LwwRegister>> {
    let mut registers = vec![LwwRegister::new()];
    for value in values()? {
        for stamp in stamps() {
            for node in ["a", "b"] {
                let mut register = LwwRegister::new();
                register.write(value.clone(), stamp, node)?;
                registers.push(register);
            }
        }
    }
    Ok(registers)
}

fn holds<S: State + std::fmt::Debug>(states: &[S]) -> Result<()> {
    let report = check_states(states, ALL)?;
    assert!(report.is_lawful(), "{:#?}", report.broken().collect::<Vec<_>>());
    Ok(())
}

#[test]
fn every_register() -> Result<()> {
    let registers = registers()?;
    assert_eq!(registers.len(), 13 * 3 * 2 + 1);
    holds(&registers)
}

#[test]
fn every_map_of_one_key() -> Result<()> {
    let mut maps = vec![LwwMap::new()];
    for value in [Value::Int(1), Value::Float(1.0), Value::Null] {
        for stamp in stamps() {
            for deleted in [None].into_iter().chain(stamps().map(Some)) {
                let mut map = LwwMap::new();
                map.write("k", value.clone(), stamp, "a")?;
                if let Some(deleted) = deleted {
                    map.delete_at("k", deleted)?;
                }
                maps.push(map);
            }
        }
    }
    for stamp in stamps() {
        let mut map = LwwMap::new();
        map.delete_at("k", stamp)?;
        maps.push(map);
    }
    assert_eq!(maps.len(), 40);
    holds(&maps)
}
