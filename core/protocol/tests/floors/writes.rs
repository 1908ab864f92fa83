//! Local writes beside a floor, salvage, and the details of errors.

use crdt_merge_protocol::laws::Random;
use crdt_merge_protocol::wire::DecodeOptions;
use crdt_merge_protocol::{
    AnyState, Changed, Code, Framed, GossipState, Join, LwwMap, ManualClock, MergeJob, OrSet, Replica, Result, Stamp,
    TestEntropy, Value, job,
};

fn at(micros: i64) -> Stamp {
    Stamp::from_micros(micros)
}

#[test]
fn a_map_refuses_writes_at_or_below_its_floor() -> Result<()> {
    let mut map = LwwMap::new();
    map.write("old", 1, at(3), "n")?;
    map.delete_at("gone", at(5))?;
    assert_eq!((map.compact_to(at(5)), map.floor(), map.tombstones().count()), (1, Some(at(5)), 0));
    assert_eq!(map.compact_to(at(4)), 0, "a floor never goes down");
    let before = map.clone();
    for error in [map.write("k", 1, at(5), "n").unwrap_err(), map.delete_at("old", at(4)).unwrap_err()] {
        assert_eq!((error.code(), error.detail("floor")), (Code::BadStamp, Some(at(5).to_string().as_str())));
    }
    assert_eq!(map, before);
    map.delete_at("old", at(6))?;
    assert_eq!(LwwMap::decode_again(&map)?, map, "the value that is hidden now went at once");
    Ok(())
}

#[test]
fn a_replica_writes_past_the_floor_unless_it_is_far_ahead() -> Result<()> {
    let replica = Replica::new("n", ManualClock::at_micros(0), TestEntropy::new(1))?;
    let mut map = LwwMap::new();
    map.compact_to(at(1_000));
    map.set(&replica, "k", 1)?;
    assert_eq!(map.register("k").map(|register| register.stamp()), Some(at(1_001)));
    map.compact_to(at(3_600_000_000));
    assert_eq!(map.set(&replica, "k", 2).unwrap_err().code(), Code::BadStamp);
    assert_eq!(map.delete(&replica, "k").unwrap_err().code(), Code::BadStamp);
    assert_eq!(map.value("k"), Some(&Value::Int(1)));
    Ok(())
}

#[test]
fn a_gossip_state_refuses_writes_that_know_too_little() -> Result<()> {
    let mut state = GossipState::new("a")?;
    state.compact_to(2);
    assert_eq!(state.update_node("a", "k", Value::Int(1), None).unwrap_err().code(), Code::BadStamp);
    let mut wise = GossipState::new("b")?;
    wise.update_node("b", "l", Value::Int(1), None)?;
    wise.update_node("b", "l", Value::Int(2), None)?;
    let mut late = GossipState::new("c")?;
    late.update_node("c", "m", Value::Int(1), None)?;
    let stale: Vec<_> = late.entries().cloned().collect();
    let before = state.clone();
    assert_eq!(state.apply(&stale).unwrap_err().code(), Code::StaleState);
    assert_eq!(state, before);
    assert_eq!(state.joined(&late).unwrap_err().code(), Code::StaleState);
    assert_eq!(state.joined(&wise).unwrap_err().detail("keys"), Some(r#"["l"]"#));
    wise.update_node("b", "l", Value::Int(3), None)?;
    state.join(&wise)?;
    state.update_node("a", "k", Value::Int(1), None)?;
    assert_eq!((state.len(), state.floor()), (2, Some(2)));
    Ok(())
}

#[test]
fn a_closed_set_takes_dots_and_no_new_plain_tags() -> Result<()> {
    let replica = Replica::new("n", ManualClock::default(), TestEntropy::new(1))?;
    let mut set = OrSet::new();
    set.add_with_tag("kept", "tag1")?;
    set.add_with_tag("gone", "tag2")?;
    set.remove("gone");
    let open = set.clone();
    assert_eq!((set.close(), set.is_closed()), (1, true));
    set.add_with_tag("kept", "tag1")?;
    for (element, tag) in [("gone", "tag2"), ("new", "tag3"), ("kept", "tag2")] {
        assert_eq!(set.add_with_tag(element, tag).unwrap_err().code(), Code::BadStamp);
    }
    set.add(&replica, "new")?;
    assert_eq!(set.joined(&open)?.len(), 2);
    let mut stale = open;
    stale.add_with_tag("late", "tag4")?;
    let error = set.joined(&stale).unwrap_err();
    assert_eq!(
        (error.code(), error.detail("keys"), error.detail("floor")),
        (Code::StaleState, Some(r#"["late"]"#), Some("closed"))
    );
    let (salvaged, left_out) = stale.salvage();
    assert_eq!(left_out, [Value::from("kept"), Value::from("late")]);
    assert_eq!(set.joined(&salvaged)?.len(), 2);
    Ok(())
}

#[test]
fn stale_states_are_named_and_salvaged() -> Result<()> {
    let mut settled = LwwMap::new();
    settled.compact_to(at(10));
    let mut stale = LwwMap::new();
    for key in 0..20 {
        stale.write(&format!("k{key:02}"), key, at(key), "n")?;
    }
    stale.delete_at("k15", at(16))?;
    stale.delete_at("k05", at(16))?;
    let before = settled.clone();
    let error = settled.join(&stale).unwrap_err();
    assert_eq!((error.code(), error.detail("count")), (Code::StaleState, Some("10")));
    assert!(error.detail("keys").is_some_and(|keys| keys.starts_with(r#"["k00", "k01""#) && !keys.contains("k05")));
    assert_eq!((error.detail("floor"), &settled), (Some(at(10).to_string().as_str()), &before));
    let (salvaged, left_out) = stale.salvage(at(10));
    assert_eq!(left_out.len(), 10);
    settled.join(&salvaged)?;
    assert_eq!(
        settled.iter().map(|(key, _)| key).collect::<Vec<_>>(),
        ["k11", "k12", "k13", "k14", "k16", "k17", "k18", "k19"]
    );
    Ok(())
}

/// Through a frame and back.
trait Again: Sized {
    fn decode_again(state: &Self) -> Result<Self>;
}

impl<S: crdt_merge_protocol::Framed> Again for S {
    fn decode_again(state: &Self) -> Result<Self> {
        S::decode(&state.encode())
    }
}

/// A merge in steps is the merge, floors and errors included.
#[test]
fn merges_in_steps_know_floors() -> Result<()> {
    let mut random = Random::new(5);
    let (mut merged, mut refused) = (0, 0);
    for _ in 0..300 {
        let [here, there] = [0, 1].map(|_| {
            let mut map = LwwMap::new();
            for key in 0..20 {
                let stamp = at(1 + random.below(8) as i64);
                let written = match random.below(3) {
                    0 => map.write(&format!("k{key:02}"), key, stamp, "n"),
                    1 => map.delete_at(&format!("k{key:02}"), stamp),
                    _ => Ok(Changed::No),
                };
                written.unwrap();
            }
            if random.one_in(2) {
                map.compact_to(at(random.below(3) as i64));
            }
            map
        });
        let whole = here.joined(&there);
        let here = AnyState::from(here);
        let job = MergeJob::new(&here, there.encode(), DecodeOptions::strict());
        match (job::run(job, 3, |never| match never {}, |_| true), whole) {
            (Ok((state, _)), Ok(whole)) => {
                assert_eq!(state, AnyState::from(whole));
                merged += 1;
            }
            (Err(error), Err(_)) => {
                assert_eq!(error.code(), Code::StaleState);
                refused += 1;
            }
            (steps, whole) => panic!("{steps:?} {whole:?}"),
        }
    }
    assert!(merged > 50 && refused > 50, "{merged} {refused}");
    Ok(())
}
