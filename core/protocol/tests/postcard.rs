//! Bodies of version 2 beside the `postcard` crate: kinds that are plain structs are what it writes, and it reads what we write.

use std::collections::BTreeMap;

use crdt_merge_protocol::laws::{Random, Sampler, ValueSampler, kinds};
use crdt_merge_protocol::value::canonical_bytes;
use crdt_merge_protocol::wire::HEADER_BYTES;
use crdt_merge_protocol::{Framed, Value};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// Draws of each kind.
const DRAWS: usize = 2_000;

type Extensions = Vec<(u64, Vec<u8>)>;
type Counts = BTreeMap<String, u64>;
type Dots = Vec<(String, u64)>;
type Context = (Counts, Dots);

/// A value as a Rust enum whose variants stand in the order of the discriminants.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
enum Mirror {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(String),
    Bytes(Vec<u8>),
    List(Vec<Mirror>),
    Map(Vec<(Mirror, Mirror)>),
    Set(Vec<Mirror>),
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
enum Stamp {
    Seconds(i64),
    Fraction(f64),
    Micros(i64),
}

/// The canonical body of a state, read by `postcard`, which has to write it again byte for byte.
fn body<M: Serialize + DeserializeOwned>(state: &impl Framed) -> M {
    let frame = state.encode();
    let body = &frame[HEADER_BYTES..];
    let (schema, fields, extensions): (u64, M, Extensions) = postcard::from_bytes(body).expect("a body");
    assert_eq!((schema, &extensions), (1, &Vec::new()));
    assert_eq!(postcard::to_stdvec(&(schema, &fields, extensions)).expect("a body"), body);
    fields
}

fn counts<'a>(slots: impl Iterator<Item = (&'a str, u64)>) -> Counts {
    slots.filter(|(_, count)| *count > 0).map(|(name, count)| (name.to_owned(), count)).collect()
}

#[test]
fn counters_and_clocks() {
    let mut random = Random::new(11);
    for _ in 0..DRAWS {
        let counter = kinds::g_counter(&mut random);
        assert_eq!(body::<Counts>(&counter), counts(counter.slots()));
        let counter = kinds::pn_counter(&mut random);
        let (up, down): (Counts, Counts) = body(&counter);
        let sum = |counts: &Counts| counts.values().map(|count| i128::from(*count)).sum::<i128>();
        assert_eq!(sum(&up) - sum(&down), counter.value());
        let clock = kinds::vector_clock(&mut random);
        assert!(body::<Counts>(&clock).iter().all(|(node, count)| clock.counter(node) == *count));
    }
}

/// Registers of a map: value, stamp and node by key.
type Registers = BTreeMap<String, (Mirror, Stamp, String)>;
type Tags = Vec<String>;
/// Elements of a set with their dots and tags.
type Elements = Vec<(Mirror, (Dots, Tags))>;

#[test]
fn registers_and_values() {
    let mut random = Random::new(12);
    for _ in 0..DRAWS {
        let register = kinds::lww_register(&mut random);
        let (_, _, node): (Mirror, Stamp, String) = body(&register);
        assert_eq!(node, register.node());
        let map = kinds::lww_map(&mut random);
        let (registers, _): (Registers, BTreeMap<String, Stamp>) = body(&map);
        assert!(map.iter().all(|(key, _)| registers.contains_key(key)));
        let value: Value = ValueSampler { depth: 4 }.draw(&mut random);
        let bytes = canonical_bytes(&value);
        let mirror: Mirror = postcard::from_bytes(&bytes).expect("a value");
        assert_eq!(postcard::to_stdvec(&mirror).expect("a value"), bytes);
    }
}

#[test]
fn dots_and_contexts() {
    let mut random = Random::new(13);
    for _ in 0..DRAWS {
        let (enables, context): (Dots, Context) = body(&kinds::ew_flag(&mut random));
        assert!(enables.iter().all(|(actor, sequence)| {
            context.0.get(actor) >= Some(sequence) || context.1.contains(&(actor.clone(), *sequence))
        }));
        let set = kinds::or_set(&mut random);
        let (elements, _, _): (Elements, Context, Vec<(Mirror, Tags)>) = body(&set);
        assert_eq!(elements.len(), set.len());
    }
}
