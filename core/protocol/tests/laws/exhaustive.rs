//! Small scopes without gaps: every pair and triple of states over all value kinds, three stamps and two nodes.

use crdt_merge_protocol::laws::kinds::{self, Fate};
use crdt_merge_protocol::laws::{LawOptions, check_states};
use crdt_merge_protocol::value::{Map, Set};
use crdt_merge_protocol::{BoundedCounter, LwwMap, LwwRegister, Result, Stamp, State, Value};

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

/// Every way in which a state can know of three writes, two of them by one actor, whose second one may come first.
fn all_fates() -> Vec<[Fate; 4]> {
    let fate = |number: usize, place: u32| Fate::ALL[number / 3_usize.pow(place) % 3];
    (0..27).map(|number| [fate(number, 0), fate(number, 1), Fate::Unseen, fate(number, 2)]).collect()
}

fn every<S: State + std::fmt::Debug>(state_of: impl Fn(&[Fate]) -> S) -> Result<()> {
    let states: Vec<S> = all_fates().iter().map(|fates| state_of(fates)).collect();
    let alike = |(place, state): (usize, &S)| states.iter().skip(place + 1).filter(|other| *other == state).count();
    assert_eq!(
        states.iter().enumerate().map(alike).sum::<usize>(),
        0,
        "states that know different things are different"
    );
    holds(&states)
}

#[test]
fn every_multi_value_register_of_three_writes() -> Result<()> {
    every(kinds::mv_register_of)
}

#[test]
fn every_remove_wins_set_of_three_writes() -> Result<()> {
    every(kinds::rw_set_of)
}

#[test]
fn every_enable_wins_flag_of_three_writes() -> Result<()> {
    every(kinds::ew_flag_of)
}

#[test]
fn every_disable_wins_flag_of_three_writes() -> Result<()> {
    every(kinds::dw_flag_of)
}

#[test]
fn every_bounded_counter_of_three_rights() -> Result<()> {
    let mut counters = Vec::new();
    for digits in (0..4_u64.pow(4)).map(|n| [n % 4, n / 4 % 4, n / 16 % 4, n / 64]) {
        let [created, handed, used, used_there] = digits;
        let mut counter = BoundedCounter::new();
        counter.increment_node("a", created)?;
        counter.increment_node("b", handed / 2)?;
        let written = counter
            .transfer_node("a", "b", handed)
            .and_then(|()| counter.decrement_node("a", used))
            .and_then(|()| counter.decrement_node("b", used_there));
        if written.is_ok() {
            counters.push(counter);
        }
    }
    println!("{} counters", counters.len());
    assert!(counters.len() > 30);
    holds(&counters)
}
