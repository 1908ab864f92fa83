//! Draws of every mergeable kind: small histories over few nodes, keys and stamps, so that ties are common.

use super::{Random, ValueSampler};
use crate::dot::Dot;
use crate::error::Result;
use crate::stamp::Stamp;
use crate::types::dot_map::DotMap;
use crate::types::{
    BoundedCounter, CompatBloom, CompatCountMin, CompatHll, DottedVersionVector, DwFlag, EwFlag, GCounter, GossipEntry,
    GossipState, LwwMap, LwwRegister, MerkleTree, MvRegister, OrSet, PnCounter, RwSet, Sibling, VectorClock,
};
use crate::types::{dw_flag, rw_set};
use crate::value::{Map, Value, canonical_bytes};

const NODES: [&str; 3] = ["a", "b", "é"];
const KEYS: [&str; 4] = ["k", "l", "", "😀"];

/// One of three nodes.
pub fn node(random: &mut Random) -> &'static str {
    random.pick(&NODES).copied().unwrap_or("a")
}

/// One of four keys.
pub fn key(random: &mut Random) -> &'static str {
    random.pick(&KEYS).copied().unwrap_or("k")
}

/// One of few stamps, in all three spellings, among them different spellings of one time.
pub fn stamp(random: &mut Random) -> Stamp {
    match random.below(8) {
        0 => Stamp::ZERO,
        1 => Stamp::from_whole_seconds(5),
        2 => Stamp::from_micros(-1_500_000),
        3 => Stamp::from_seconds(1e-9).unwrap_or_default(),
        4 => Stamp::from_whole_seconds((1 << 53) + 1),
        _ => Stamp::from_micros(5_000_000),
    }
}

fn scalar(random: &mut Random) -> Value {
    ValueSampler::scalar(random)
}

/// A state after up to `most` operations; operations that are refused leave it as it was.
fn history<S: Default>(
    random: &mut Random,
    most: usize,
    mut operation: impl FnMut(&mut S, &mut Random) -> Result<()>,
) -> S {
    let mut state = S::default();
    for _ in 0..random.below(most + 1) {
        // A refused operation changes nothing, so the history goes on from the state before it.
        let _refused = operation(&mut state, random).is_err();
    }
    state
}

/// A grow-only counter, empty slots and full ones included.
pub fn g_counter(random: &mut Random) -> GCounter {
    history(random, 4, |counter: &mut GCounter, random| {
        let amount = random.pick(&[0, 1, 2, 300, i64::MAX.cast_unsigned()]).copied().unwrap_or(1);
        counter.increment_node(node(random), amount)
    })
}

/// A counter that goes up and down.
pub fn pn_counter(random: &mut Random) -> PnCounter {
    history(random, 5, |counter: &mut PnCounter, random| {
        let amount = random.below(4) as u64;
        if random.one_in(2) {
            counter.increment_node(node(random), amount)
        } else {
            counter.decrement_node(node(random), amount)
        }
    })
}

/// A register, unset at times.
pub fn lww_register(random: &mut Random) -> LwwRegister {
    history(random, 2, |register: &mut LwwRegister, random| {
        register.write(scalar(random), stamp(random), node(random)).map(drop)
    })
}

/// A map with writes and deletes.
pub fn lww_map(random: &mut Random) -> LwwMap {
    history(random, 5, |map: &mut LwwMap, random| {
        let key = key(random);
        let changed = if random.one_in(3) {
            map.delete_at(key, stamp(random))
        } else {
            map.write(key, scalar(random), stamp(random), node(random))
        };
        changed.map(drop)
    })
}

/// A set that grew from one shared history of adds and removals, with dots and plain tags.
///
/// Dots are unique to one add everywhere, so states are cuts of one history: operation *i* always adds the same element with the
/// same dot, and a state has seen some of them.
pub fn or_set(random: &mut Random) -> OrSet {
    let mut set = OrSet::new();
    for operation in 0..12_u64 {
        if random.one_in(2) {
            let element = shared_element(operation);
            let seen = if operation % 3 == 0 {
                set.add_with_tag(element, &format!("tag{operation}"))
            } else {
                seen_dot(&mut set, element, operation)
            };
            debug_assert!(seen.is_ok(), "elements are scalars");
        }
        if random.one_in(4) {
            set.remove(shared_element(random.below(12) as u64));
        }
    }
    set
}

/// Merges in the frame of the set that holds just the dot of one operation, as a replica would receive it.
fn seen_dot(set: &mut OrSet, element: Value, operation: u64) -> Result<()> {
    use crate::join::Join;
    let single = OrSet::with_dot(element, &format!("n{}", operation % 2), operation / 2 + 1)?;
    set.join(&single).map(drop)
}

fn shared_element(operation: u64) -> Value {
    match operation % 5 {
        0 => Value::from("x"),
        1 => Value::Int(7),
        2 => Value::Float(0.5),
        3 => Value::Null,
        _ => Value::from("y"),
    }
}

/// What a state knows of one write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// Nothing.
    Unseen,
    /// That it was made.
    Live,
    /// That it was made and taken away.
    Dead,
}

impl Fate {
    /// All fates.
    pub const ALL: [Fate; 3] = [Fate::Unseen, Fate::Live, Fate::Dead];
}

/// Writes of the shared history that dot states are drawn from.
const SHARED_WRITES: usize = 10;

/// A state that knows the writes of one shared history, each as it says: write *i* has always the same dot and mark.
fn dots<M: Clone + PartialEq>(fates: &[Fate], mark: impl Fn(usize) -> M) -> DotMap<M> {
    let mut state = DotMap::new();
    for (place, fate) in fates.iter().enumerate().filter(|(_, fate)| **fate != Fate::Unseen) {
        let Some(dot) = Dot::new(node_of(place), (place / NODES.len()) as u64 + 1) else { continue };
        state.write(dot.clone(), mark(place));
        if *fate == Fate::Dead {
            state.kill(&dot);
        }
    }
    state
}

fn node_of(place: usize) -> &'static str {
    NODES.get(place % NODES.len()).copied().unwrap_or("a")
}

fn fates(random: &mut Random) -> Vec<Fate> {
    (0..SHARED_WRITES).map(|_| random.pick(&Fate::ALL).copied().unwrap_or(Fate::Unseen)).collect()
}

/// A multi-value register that knows the writes of a shared history so; values and stamps repeat.
pub fn mv_register_of(fates: &[Fate]) -> MvRegister {
    MvRegister::of(dots(fates, |place| {
        let stamp = if place % 2 == 0 { Stamp::from_whole_seconds(5) } else { Stamp::from_micros(5_000_000) };
        Sibling { value: shared_element(place as u64 / 2), stamp }
    }))
}

/// A multi-value register with siblings.
pub fn mv_register(random: &mut Random) -> MvRegister {
    mv_register_of(&fates(random))
}

/// An enable-wins flag that knows the enablings of a shared history so.
pub fn ew_flag_of(fates: &[Fate]) -> EwFlag {
    EwFlag::of(dots(fates, |_| ()))
}

/// An enable-wins flag.
pub fn ew_flag(random: &mut Random) -> EwFlag {
    ew_flag_of(&fates(random))
}

/// A remove-wins set that knows the adds and removals of a shared history so; every element is added and removed.
pub fn rw_set_of(fates: &[Fate]) -> RwSet {
    let marks = dots(fates, |place| {
        let turn = if place % 2 == 0 { rw_set::Turn::Add } else { rw_set::Turn::Remove };
        rw_set::Mark { element: canonical_bytes(&shared_element(place as u64 / 2 % 3)).into(), turn }
    });
    RwSet::of(marks, |bytes| {
        let shared = (0..3).map(shared_element).find(|element| canonical_bytes(element) == bytes);
        shared.unwrap_or(Value::Null)
    })
}

/// A remove-wins set.
pub fn rw_set(random: &mut Random) -> RwSet {
    rw_set_of(&fates(random))
}

/// A disable-wins flag that knows the enablings and disablings of a shared history so.
pub fn dw_flag_of(fates: &[Fate]) -> DwFlag {
    let turn = |place| if place % 2 == 0 { dw_flag::Turn::On } else { dw_flag::Turn::Off };
    DwFlag::of(dots(fates, turn))
}

/// A disable-wins flag.
pub fn dw_flag(random: &mut Random) -> DwFlag {
    dw_flag_of(&fates(random))
}

/// A bounded counter with rights created, handed on and used up.
pub fn bounded_counter(random: &mut Random) -> BoundedCounter {
    history(random, 6, |counter: &mut BoundedCounter, random| {
        let amount = random.below(4) as u64;
        match random.below(3) {
            0 => counter.increment_node(node(random), amount),
            1 => counter.decrement_node(node(random), amount),
            _ => counter.transfer_node(node(random), node(random), amount),
        }
    })
}

/// A vector clock.
pub fn vector_clock(random: &mut Random) -> VectorClock {
    history(random, 5, |clock: &mut VectorClock, random| clock.increment_node(node(random)).map(drop))
}

/// A dotted version vector, its dot outstanding at times.
pub fn dotted_version_vector(random: &mut Random) -> DottedVersionVector {
    history(random, 4, |clock: &mut DottedVersionVector, random| clock.advance_node(node(random)))
}

/// A gossip state: entries with any clock and value, as they could come from peers that never met.
pub fn gossip_state(random: &mut Random) -> GossipState {
    fed(GossipState::new("local"), |state| {
        for _ in 0..random.below(4) {
            let (key, value, clock) = (key(random), json_scalar(random), vector_clock(random));
            let is_deleted = random.one_in(4);
            let make = if is_deleted { GossipEntry::tombstone } else { GossipEntry::new };
            state.apply(&[make(key, value, clock)])?;
        }
        Ok(())
    })
}

/// A scalar that JSON holds.
fn json_scalar(random: &mut Random) -> Value {
    match ValueSampler::scalar(random) {
        Value::Bytes(_) => Value::Null,
        scalar => scalar,
    }
}

/// A Merkle tree of few keys, in which equal hashes with different records, and hashes without records, occur.
pub fn merkle_tree(random: &mut Random) -> MerkleTree {
    let branching = random.pick(&[2, 3, 16]).copied().unwrap_or(2);
    let tree = history(random, 4, |tree: &mut MerkleTree, random| {
        let key = key(random);
        if random.one_in(5) {
            tree.insert_hash(key, [u8::try_from(random.below(3)).unwrap_or(0); 32]);
            return Ok(());
        }
        // The leaf hash leaves the key field out, so records that differ only there have one hash.
        let pairs =
            vec![(Value::from("id"), json_scalar(random)), (Value::from("v"), Value::from(random.below(2) as u32))];
        tree.insert(key, Map::from_pairs(pairs)?)
    });
    tree.with_branching_factor(branching)
}

/// Items that sketches are fed with.
fn items(random: &mut Random) -> Vec<Value> {
    (0..random.below(6)).map(|_| Value::from(random.below(8) as u32)).collect()
}

/// A HyperLogLog of the smallest precision.
pub fn compat_hll(random: &mut Random) -> CompatHll {
    fed(CompatHll::new(4), |sketch| sketch.add_all(items(random)))
}

/// A Bloom filter for ten items.
pub fn compat_bloom(random: &mut Random) -> CompatBloom {
    fed(CompatBloom::with_capacity(10, 0.1), |sketch| sketch.add_all(items(random)))
}

/// A count-min sketch of three columns and two rows.
pub fn compat_count_min(random: &mut Random) -> CompatCountMin {
    fed(CompatCountMin::new(3, 2), |sketch| {
        let amounts = items(random).into_iter().map(|item| (item, random.below(3) as u64)).collect::<Vec<_>>();
        sketch.add_all(amounts)
    })
}

/// A state with fixed, valid parameters after taking something in.
fn fed<S>(state: Result<S>, feed: impl FnOnce(&mut S) -> Result<()>) -> S {
    match state.and_then(|mut state| feed(&mut state).map(|()| state)) {
        Ok(state) => state,
        Err(error) => unreachable!("the parameters are valid and scalars have a text: {error}"),
    }
}
