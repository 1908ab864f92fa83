//! Equal state, equal bytes, equal id: histories of a few replicas, whose states are joined in every order, grouping and number.
//!
//! `CRDT_MERGE_HISTORIES` says how many permuted histories; the seed is fixed, so that a failure can be repeated.

use std::fmt::Debug;
use std::time::Instant;

use crdt_merge_protocol::laws::{Random, ValueSampler};
use crdt_merge_protocol::value::Map;
use crdt_merge_protocol::{
    BloomFilter, BoundedCounter, CompatBloom, CompatCountMin, CompatHll, CountMinSketch, DottedVersionVector, DwFlag,
    EncodeOptions, EwFlag, GCounter, GossipState, HyperLogLog, LwwMap, LwwRegister, ManualClock, MerkleTree, MinHash,
    MvRegister, OrSet, PnCounter, Replica, Result, RwSet, State, TestEntropy, Value, VectorClock,
};

const SEED: u64 = 0x2026_0209;
/// Permuted histories where nothing else is asked for.
const HISTORIES: u64 = if cfg!(debug_assertions) { 20_000 } else { 1_000_000 };
/// Kinds, which share the histories.
const KINDS: u64 = 21;
/// Orders in which the states of one history are joined.
const PERMUTATIONS: u64 = 10;
/// One in so many states travels as a frame before it is joined.
const FRAMES: usize = 4;

fn histories() -> u64 {
    match std::env::var("CRDT_MERGE_HISTORIES") {
        Ok(text) => text.parse().expect("CRDT_MERGE_HISTORIES is a number"),
        Err(_) => HISTORIES,
    }
}

/// What a replica does to its copy of a state.
type Write<S> = fn(&mut S, &Replica, &mut Random) -> Result<()>;

fn key(random: &mut Random) -> &'static str {
    random.pick(&["k", "l", "m"]).copied().unwrap_or("k")
}

fn element(random: &mut Random) -> Value {
    random.pick(&[Value::Null, Value::Int(1), Value::from("1"), Value::Float(1.0)]).cloned().unwrap_or(Value::Null)
}

fn amount(random: &mut Random) -> u64 {
    random.pick(&[1, 2, 300]).copied().unwrap_or(1)
}

/// Every kind: how many of the permuted histories are its own, where it starts, and its writes.
macro_rules! kinds {
    ($run:ident) => {
        [
            $run("g_counter", GCounter::new, |state, replica, random| state.increment(replica, amount(random))),
            $run("pn_counter", PnCounter::new, |state, replica, random| match random.below(2) {
                0 => state.increment(replica, amount(random)),
                _ => state.decrement(replica, amount(random)),
            }),
            $run("lww_register", LwwRegister::new, |state, replica, random| {
                state.set(replica, ValueSampler::scalar(random)).map(drop)
            }),
            $run("or_set", OrSet::new, |state, replica, random| {
                if random.one_in(3) {
                    state.remove(element(random));
                    return Ok(());
                }
                state.add(replica, element(random))
            }),
            $run("lww_map", LwwMap::new, |state, replica, random| match random.below(3) {
                0 => state.delete(replica, key(random)).map(drop),
                _ => state.set(replica, key(random), ValueSampler::scalar(random)).map(drop),
            }),
            $run("mv_register", MvRegister::new, |state, replica, random| {
                state.set(replica, ValueSampler::scalar(random)).map(drop)
            }),
            $run("rw_set", RwSet::new, |state, replica, random| match random.below(3) {
                0 => state.remove(replica, element(random)).map(drop),
                _ => state.add(replica, element(random)),
            }),
            $run("ew_flag", EwFlag::new, |state, replica, random| {
                if random.one_in(2) {
                    let _changed = state.disable();
                    return Ok(());
                }
                state.enable(replica)
            }),
            $run("dw_flag", DwFlag::new, |state, replica, random| match random.below(2) {
                0 => state.disable(replica).map(drop),
                _ => state.enable(replica),
            }),
            $run("bounded_counter", BoundedCounter::new, |state, replica, random| match random.below(4) {
                0 => state.decrement(replica, 1),
                1 => state.transfer(replica, "n1", 1),
                _ => state.increment(replica, amount(random)),
            }),
            $run("vector_clock", VectorClock::new, |state, replica, _| state.increment(replica).map(drop)),
            $run("dotted_version_vector", DottedVersionVector::new, |state, replica, _| state.advance(replica)),
            $run(
                "gossip_state",
                || GossipState::new("local").unwrap(),
                |state, replica, random| match random.below(3) {
                    0 => state.delete(replica, key(random)),
                    _ => state.update(replica, key(random), element(random)),
                },
            ),
            $run("merkle_tree", MerkleTree::new, |state, replica, random| {
                let pairs =
                    vec![("by".into(), replica.node().into()), ("v".into(), Value::Int(random.below(3) as i64))];
                state.insert(key(random), Map::from_pairs(pairs)?)
            }),
            $run("compat_hll", || CompatHll::new(4).unwrap(), |state, _, random| state.add_all([element(random)])),
            $run(
                "compat_bloom",
                || CompatBloom::with_capacity(10, 0.1).unwrap(),
                |state, _, random| state.add_all([element(random)]),
            ),
            $run(
                "compat_count_min",
                || CompatCountMin::new(3, 2).unwrap(),
                |state, _, random| state.add_all([(element(random), amount(random))]),
            ),
            $run(
                "hyper_log_log",
                || HyperLogLog::new(4).unwrap(),
                |state, _, random| {
                    state.add(random.bits().cast_signed());
                    Ok(())
                },
            ),
            $run(
                "bloom_filter",
                || BloomFilter::new(1).unwrap(),
                |state, _, random| {
                    state.add(random.bits().cast_signed());
                    Ok(())
                },
            ),
            $run(
                "count_min_sketch",
                || CountMinSketch::new(3, 2).unwrap(),
                |state, replica, random| state.add(replica, key(random), amount(random)),
            ),
            $run(
                "min_hash",
                || MinHash::new(8).unwrap(),
                |state, _, random| {
                    state.add(random.bits().cast_signed());
                    Ok(())
                },
            ),
        ]
    };
}

/// What came of the histories of one kind.
#[derive(Default)]
struct Found {
    permuted: u64,
    refused: u64,
    distinct: u64,
}

#[test]
fn equal_states_have_equal_bytes_and_ids_however_they_came_about() {
    let start = Instant::now();
    let found = kinds!(check);
    let permuted: u64 = found.iter().map(|found| found.permuted).sum();
    let distinct: u64 = found.iter().map(|found| found.distinct).sum();
    println!(
        "{permuted} permuted histories of {} kinds, {distinct} pairs of different states, {:?}",
        found.len(),
        start.elapsed()
    );
    assert_eq!(found.len() as u64, KINDS);
    assert!(permuted >= histories());
    for (number, found) in found.iter().enumerate() {
        assert!(found.distinct > 0, "kind {number}: all states were equal");
        assert!(found.refused * 2 < found.permuted, "kind {number}: most writes were refused");
    }
}

fn check<S: State + Debug>(name: &str, start: impl Fn() -> S, write: Write<S>) -> Found {
    let mut found = Found::default();
    for number in 0..histories().div_ceil(KINDS * PERMUTATIONS) {
        let seed = Random::new(SEED ^ number).bits();
        let mut random = Random::new(seed);
        let states = history(&start, write, seed, &mut random, &mut found);
        found.distinct += different_states(name, seed, &states);
        let expected = name_of(&joined(&states).unwrap());
        for _ in 0..PERMUTATIONS {
            let result = permuted(&states, &mut random).unwrap();
            assert_eq!(name_of(&result), expected, "{name}: history {seed:#x}");
            found.permuted += 1;
        }
    }
    found
}

/// The states that some replicas had in the course of one history.
fn history<S: State>(
    start: &impl Fn() -> S,
    write: Write<S>,
    seed: u64,
    random: &mut Random,
    found: &mut Found,
) -> Vec<S> {
    let clock = ManualClock::at_micros(1_700_000_000_000_000);
    let mut replicas: Vec<(Replica, S)> = (0..2 + random.below(3) as u64)
        .map(|n| (Replica::new(&format!("n{n}"), clock.clone(), TestEntropy::new(seed ^ n)).unwrap(), start()))
        .collect();
    let mut states = Vec::new();
    for step in 0..3 + random.below(6) as i64 {
        clock.set_micros(1_700_000_000_000_000 + step / 2);
        let (place, other) = (random.below(replicas.len()), random.below(replicas.len()));
        if random.one_in(3) {
            let there = replicas[other].1.clone();
            replicas[place].1.join(&there).unwrap();
        }
        let (replica, state) = &mut replicas[place];
        found.refused += u64::from(write(state, replica, random).is_err());
        states.push(state.clone());
    }
    states
}

/// Bytes and id, which have to belong to each other.
fn name_of<S: State>(state: &S) -> (Vec<u8>, [u8; 32]) {
    (state.encode(), *state.state_id().as_bytes())
}

fn joined<S: State>(states: &[S]) -> Result<S> {
    let (first, rest) = states.split_first().expect("every history has a step");
    rest.iter().try_fold(first.clone(), |joined, state| joined.joined(state))
}

/// The join of all states in another order, some of them twice, in two groups that are joined in the end.
fn permuted<S: State + Debug>(states: &[S], random: &mut Random) -> Result<S> {
    let mut order: Vec<usize> = (0..states.len()).chain((0..2).map(|_| random.below(states.len()))).collect();
    for last in (1..order.len()).rev() {
        order.swap(last, random.below(last + 1));
    }
    let sent = order.iter().map(|place| travelled(&states[*place], random)).collect::<Result<Vec<S>>>()?;
    let (one, other) = sent.split_at(1 + random.below(sent.len() - 1));
    let (one, other) = (joined(one)?, joined(other)?);
    if random.one_in(2) { one.joined(&other) } else { other.joined(&one) }
}

/// A state as another replica gets it: by hand, or as a frame of either version.
fn travelled<S: State + Debug>(state: &S, random: &mut Random) -> Result<S> {
    if !random.one_in(FRAMES) {
        return Ok(state.clone());
    }
    let way = if random.one_in(2) { EncodeOptions::V1 } else { EncodeOptions::V2 };
    let frame = state.encode_as(&way).or_else(|_| state.encode_as(&EncodeOptions::V2.with_trailer()))?;
    let back = S::decode(&frame)?;
    assert_eq!(&back, state, "a frame of a state");
    Ok(back)
}

/// Checks that states are equal exactly when their bytes and ids are; answers how many pairs differ.
fn different_states<S: State + Debug>(name: &str, seed: u64, states: &[S]) -> u64 {
    let names: Vec<_> = states.iter().map(name_of).collect();
    let mut different = 0;
    for (place, pair) in states.windows(2).enumerate() {
        let ((here, id), (there, other)) = (&names[place], &names[place + 1]);
        let is_equal = pair[0] == pair[1];
        assert_eq!(here == there, is_equal, "{name}: history {seed:#x}: bytes of {pair:?}");
        assert_eq!(id == other, is_equal, "{name}: history {seed:#x}: ids of {pair:?}");
        different += u64::from(!is_equal);
    }
    different
}
