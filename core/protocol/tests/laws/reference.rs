//! Counterexamples that are known for the reference: what breaks a law there has to hold here.

use crdt_merge_protocol::types::gossip::GossipEntry;
use crdt_merge_protocol::value::Map;
use crdt_merge_protocol::{
    Code, CompatBloom, DottedVersionVector, Framed, GCounter, GossipState, Join, LwwMap, LwwRegister, MerkleTree,
    OrSet, Result, Stamp, Value, VectorClock,
};

fn register(value: impl Into<Value>, stamp: Stamp, node: &str) -> Result<LwwRegister> {
    let mut register = LwwRegister::new();
    register.write(value, stamp, node)?;
    Ok(register)
}

fn same_both_ways<S: Join + Framed + std::fmt::Debug>(a: &S, b: &S) -> Result<S> {
    let (ab, ba) = (a.joined(b)?, b.joined(a)?);
    assert_eq!(ab, ba);
    assert_eq!(ab.encode_v1()?, ba.encode_v1()?);
    Ok(ab)
}

#[test]
fn an_older_write_to_a_register_is_ignored() -> Result<()> {
    let mut register = register("new", Stamp::from_micros(9), "a")?;
    assert!(!register.write("old", Stamp::from_micros(5), "z")?.is_yes());
    assert_eq!(register.value(), &Value::from("new"));
    Ok(())
}

#[test]
fn register_ties_are_decided() -> Result<()> {
    let stamp = Stamp::from_micros(5_000_000);
    let joined = same_both_ways(&register(1, stamp, "n")?, &register(1.0, stamp, "n")?)?;
    assert_eq!(joined.value(), &Value::Int(1));
    let joined = same_both_ways(&register(127, stamp, "n")?, &register(128, stamp, "n")?)?;
    assert_eq!(joined.value(), &Value::Int(127));
    same_both_ways(&register("v", Stamp::from_whole_seconds(5), "n")?, &register("v", stamp, "n")?)?;
    Ok(())
}

#[test]
fn integer_stamps_are_not_rounded() -> Result<()> {
    let (exact, rounded) = ((1_i64 << 53) + 1, 9_007_199_254_740_992.0);
    let joined = same_both_ways(
        &register("exact", Stamp::from_whole_seconds(exact), "a")?,
        &register("rounded", Stamp::from_seconds(rounded)?, "b")?,
    )?;
    assert_eq!(joined.value(), &Value::from("exact"));
    Ok(())
}

#[test]
fn nan_is_no_stamp() {
    assert_eq!(Stamp::from_seconds(f64::NAN).unwrap_err().code(), Code::BadStamp);
}

#[test]
fn removals_propagate() -> Result<()> {
    let mut kept = OrSet::new();
    kept.add_with_tag("x", "0123456789ab")?;
    let mut removed = kept.clone();
    removed.remove("x");
    assert!(same_both_ways(&kept, &removed)?.is_empty());
    Ok(())
}

#[test]
fn tombstones_at_and_below_zero_survive_merges() -> Result<()> {
    for stamp in [Stamp::ZERO, Stamp::from_micros(-1_000_000)] {
        let mut deleted = LwwMap::new();
        deleted.write("k", "v", stamp, "a")?;
        deleted.delete_at("k", stamp)?;
        assert!(deleted.joined(&LwwMap::new())?.is_empty());
        assert_eq!(deleted.joined(&deleted)?, deleted);
    }
    Ok(())
}

#[test]
fn an_older_delete_does_not_lower_the_tombstone() -> Result<()> {
    let mut map = LwwMap::new();
    map.delete_at("k", Stamp::from_micros(9))?;
    map.delete_at("k", Stamp::from_micros(5))?;
    map.write("k", 1, Stamp::from_micros(7), "a")?;
    assert!(map.is_empty());
    Ok(())
}

#[test]
fn reading_one_key_agrees_with_reading_all() -> Result<()> {
    let mut map = LwwMap::new();
    map.write("k", 1, Stamp::from_micros(9), "a")?;
    map.delete_at("k", Stamp::from_micros(5))?;
    assert_eq!(map.value("k"), Some(&Value::Int(1)));
    assert_eq!(map.iter().count(), 1);
    Ok(())
}

#[test]
fn negative_and_fractional_counts_are_refused() {
    let frame = |count: &[u8]| {
        let payload = [b"\x08\0\0\0\x01\x05\0\0\0\x06counts\x08\0\0\0\x01\x05\0\0\0\x01a".as_slice(), count].concat();
        [b"CRDT\0\x01\x01\0\0\0\0".as_slice(), &[u8::try_from(payload.len()).unwrap_or(0)], &payload].concat()
    };
    assert_eq!(GCounter::decode(&frame(b"\x09\x02")).map(|counter| counter.value()), Ok(2));
    for count in [b"\x09\xfb".as_slice(), b"\x04\x40\x04\0\0\0\0\0\0", b"\x01"] {
        assert_eq!(GCounter::decode(&frame(count)).unwrap_err().code(), Code::BadSchema);
    }
}

#[test]
fn bloom_parameters_and_counts_do_not_depend_on_the_order() -> Result<()> {
    let mut a = CompatBloom::with_capacity(10, 0.1)?;
    a.add("x")?;
    assert_eq!(a.joined(&a)?, a, "the count is a statistic, not part of the state");
    let mut b = CompatBloom::with_capacity(10, 0.1)?;
    b.add("y")?;
    same_both_ways(&a, &b).map(drop)
}

#[test]
fn advancing_twice_uses_two_dots() -> Result<()> {
    let mut clock = DottedVersionVector::new();
    clock.advance_node("a")?;
    let once = clock.clone();
    clock.advance_node("a")?;
    clock.advance_node("b")?;
    assert_eq!((clock.effective().counter("a"), clock.effective().counter("b")), (2, 1));
    assert_eq!(once.joined(&clock)?, clock);
    Ok(())
}

fn record(id: i64, name: &str) -> Result<Map<i64>> {
    Map::from_pairs(vec![(Value::from("id"), Value::Int(id)), (Value::from("name"), Value::from(name))])
}

#[test]
fn merkle_trees_of_different_branching_and_equal_hashes_commute() -> Result<()> {
    let tree = |branching, id| -> Result<MerkleTree> {
        let mut tree = MerkleTree::new().with_branching_factor(branching);
        // The hash leaves the key field out, so records that differ only there have equal hashes.
        tree.insert("k", record(id, "x")?)?;
        tree.insert("l", record(7, "y")?)?;
        Ok(tree)
    };
    let joined = same_both_ways(&tree(2, 1)?, &tree(5, 2)?)?;
    assert_eq!(joined.branching_factor(), 5);
    Ok(())
}

#[test]
fn the_keyed_root_covers_the_keys() -> Result<()> {
    let left = MerkleTree::from_records([record(1, "x")?], "id")?;
    let right = MerkleTree::from_records([record(2, "x")?], "id")?;
    assert_eq!(left.root_hash(), right.root_hash(), "the root of the reference is blind to keys");
    assert_ne!(left.keyed_root_hash(), right.keyed_root_hash());
    assert!(!left.diff(&right).is_identical());
    Ok(())
}

fn clock(slots: &[(&str, usize)]) -> Result<VectorClock> {
    let mut clock = VectorClock::new();
    for (node, count) in slots {
        for _ in 0..*count {
            clock.increment_node(node)?;
        }
    }
    Ok(clock)
}

fn gossip(entries: &[GossipEntry]) -> Result<GossipState> {
    let mut state = GossipState::new("local")?;
    state.apply(entries)?;
    Ok(state)
}

#[test]
fn gossip_follows_causality_and_tells_kinds_apart() -> Result<()> {
    let old = GossipEntry::new("k", Value::from("zzz"), clock(&[("a", 1)])?);
    let new = GossipEntry::new("k", Value::from("aaa"), clock(&[("a", 2)])?);
    let joined = same_both_ways(&gossip(std::slice::from_ref(&old))?, &gossip(std::slice::from_ref(&new))?)?;
    assert_eq!(joined.value("k"), Some(&Value::from("aaa")), "a newer write wins whatever its text");
    let number = GossipEntry::new("k", Value::Int(1), clock(&[("a", 1)])?);
    let text = GossipEntry::new("k", Value::from("1"), clock(&[("a", 1)])?);
    same_both_ways(&gossip(&[number])?, &gossip(&[text])?).map(drop)
}

#[test]
fn gossip_entries_apply_in_any_order() -> Result<()> {
    let entries = [
        GossipEntry::new("k", Value::Int(1), clock(&[("a", 1), ("b", 2)])?),
        GossipEntry::new("k", Value::Int(2), clock(&[("a", 3)])?),
        GossipEntry::tombstone("k", Value::Int(3), clock(&[("b", 3)])?),
    ];
    let orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
    let states = orders
        .iter()
        .map(|order| gossip(&order.map(|index: usize| entries[index].clone())))
        .collect::<Result<Vec<_>>>()?;
    assert!(states.windows(2).all(|pair| pair[0] == pair[1]), "{states:#?}");
    Ok(())
}
