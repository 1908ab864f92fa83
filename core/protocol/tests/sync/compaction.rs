use crdt_merge_protocol::{
    Code, DwFlag, Framed, GossipState, Join, LwwMap, ManualClock, OrSet, Reconcile, Replica, Result, RwSet, Stamp,
    Summary, SyncOptions, TestEntropy, Value,
};

fn told<S: Reconcile>(state: &S, last: i64) -> Result<Summary> {
    Summary::of(state, &SyncOptions { last: Some(last), ..SyncOptions::default() })
}

fn at(micros: i64) -> Stamp {
    Stamp::from_micros(micros)
}

#[test]
fn a_map_drops_what_everybody_has_and_old_writes_stay_away() -> Result<()> {
    let mut map = LwwMap::new();
    map.write("kept", 1, at(3), "a")?;
    map.write("gone", 1, at(4), "a")?;
    let old = map.clone();
    map.delete_at("gone", at(5))?;
    let peer = map.clone();
    map.write("new", 1, at(8), "a")?;
    map.delete_at("new", at(9))?;
    assert_eq!(map.clone().compact(&[peer.summary()?], Some(20))?, 0, "the peer does not tell its clock");
    assert_eq!(map.clone().compact(&[told(&peer, 20)?], None)?, 0);
    let mut ahead = peer.clone();
    ahead.write("more", 1, at(7), "b")?;
    assert_eq!(map.clone().compact(&[told(&ahead, 20)?], Some(20))?, 0, "the peer has something to merge first");
    // The peer lacks what was written at 8 and after: the floor is 7, and so are the tombstone of 5 and the value it hides gone.
    assert_eq!(map.compact(&[told(&peer, 20)?], Some(20))?, 2);
    assert_eq!((map.floor(), map.tombstones().count()), (Some(at(7)), 1));
    assert_eq!(map.joined(&peer)?, map);
    assert_eq!(map.joined(&old).unwrap_err().code(), Code::StaleState, "what was deleted does not come back");
    let clock = map.clone().compact(&[told(&map, 6)?], Some(20))?;
    assert_eq!(clock, 0, "the peer may still write at 7");
    assert_eq!(map.compact(&[told(&map, 20)?], Some(20))?, 2);
    assert_eq!(map.floor(), Some(at(20)));
    Ok(())
}

#[test]
fn gossip_drops_tombstones_below_what_every_peer_counts() -> Result<()> {
    let mut state = GossipState::new("a")?;
    state.update_node("a", "k", Value::Int(1), None)?;
    let old = state.clone();
    state.delete_node("a", "k", None)?;
    let peer = state.clone();
    state.update_node("a", "l", Value::Int(1), None)?;
    state.delete_node("a", "l", None)?;
    assert_eq!(state.compact(&[peer.summary()?], None)?, 1);
    assert_eq!((state.floor(), state.entries().count()), (Some(2), 1));
    assert_eq!(state.joined(&peer)?, state);
    assert_eq!(state.joined(&old).unwrap_err().code(), Code::StaleState);
    Ok(())
}

#[test]
fn a_set_closes_when_plain_tags_agree() -> Result<()> {
    let here = Replica::new("a", ManualClock::default(), TestEntropy::new(1))?;
    let mut set = OrSet::new();
    set.add_with_tag("x", "tag-x")?;
    set.add_with_tag("y", "tag-y")?;
    let old = set.clone();
    set.remove("x");
    assert_eq!(set.clone().compact(&[old.summary()?], None)?, 0);
    let peer = set.clone();
    set.add(&here, "z")?;
    assert_eq!(set.compact(&[peer.summary()?], None)?, 1, "dots do not matter");
    assert!(set.is_closed() && set.contains("y") && set.contains("z"));
    assert_eq!(set.joined(&old).unwrap_err().code(), Code::StaleState);
    assert_eq!(set.joined(&peer)?.len(), 2);
    set.remove("y");
    set.remove("z");
    assert_eq!(set.clone().compact(&[set.summary()?], None)?, 1);
    set.compact(&[set.summary()?], None)?;
    assert!(set.encode().len() <= 64, "{}", set.encode().len());
    Ok(())
}

#[test]
fn removals_that_win_are_dropped_when_everybody_has_them() -> Result<()> {
    let here = Replica::new("a", ManualClock::default(), TestEntropy::new(1))?;
    let mut set = RwSet::from_iter_at(&here, ["x", "y"])?;
    let old = set.clone();
    set.remove(&here, "x")?;
    let peer = set.clone();
    set.remove(&here, "y")?;
    assert_eq!(set.clone().compact(&[old.summary()?], None)?, 0, "the peer has adds that are dead here");
    let mut merged = peer.clone();
    merged.join(&set)?;
    assert_eq!(set.compact(&[merged.summary()?], None)?, 2);
    assert_eq!((set.removals(), set.is_empty()), (0, true));
    assert_eq!(set.joined(&old)?, set, "the dots stay seen");

    let mut flag = DwFlag::new();
    flag.enable(&here)?;
    flag.disable(&here)?;
    assert_eq!(flag.clone().compact(&[DwFlag::new().summary()?], None)?, 0);
    let before = flag.clone();
    assert_eq!(flag.compact(&[before.summary()?], None)?, 1);
    assert_eq!(before.joined(&flag)?, flag);
    Ok(())
}

#[test]
fn kinds_without_leftovers_have_nothing_to_drop() -> Result<()> {
    let mut counter = crdt_merge_protocol::GCounter::new();
    counter.increment_node("a", 1)?;
    let before = counter.clone();
    assert_eq!(counter.compact(&[before.summary()?], Some(1))?, 0);
    assert_eq!(counter, before);
    Ok(())
}
