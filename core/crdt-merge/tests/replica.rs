//! Replicas with the host's clock and entropy.

use crdt_merge::prelude::*;
use crdt_merge::{ManualClock, TestEntropy};

#[test]
fn operations_of_the_core_take_the_wrapped_replica() -> Result<()> {
    let here = Replica::new("laptop")?;
    let mut likes = PnCounter::new();
    likes.increment(&here, 5)?;
    likes.decrement(&here, 2)?;
    assert_eq!((likes.value(), here.node()), (3, "laptop"));
    Ok(())
}

#[test]
fn random_replicas_have_different_names_of_full_length() -> Result<()> {
    let (one, two) = (Replica::random()?, Replica::random()?);
    assert_ne!(one.node(), two.node());
    assert!(one.node().len() == 32 && one.node().bytes().all(|byte| byte.is_ascii_hexdigit()));
    Ok(())
}

#[test]
fn the_builder_uses_what_it_is_given() -> Result<()> {
    let build = || Replica::builder("n").clock(ManualClock::at_micros(77)).entropy(TestEntropy::new(1)).build();
    let (one, two) = (build()?, build()?);
    assert_eq!(one.tick()?, Stamp::from_micros(77));
    let frame = |replica: &Replica| {
        let mut counter = GCounter::new();
        counter.increment(replica, 1)?;
        counter.encode_v1()
    };
    assert_eq!(frame(&one)?, frame(&two)?, "same entropy, same actor");
    assert_ne!(frame(&one)?, frame(&Replica::builder("n").build()?)?);
    Ok(())
}

#[test]
fn how_far_a_replica_follows_other_clocks_can_be_set() -> Result<()> {
    let replica = Replica::from_parts("n", ManualClock::at_micros(0), TestEntropy::new(1))?.with_max_ahead(10);
    let mut title = LwwRegister::new();
    title.write("theirs", Stamp::from_micros(30), "z")?;
    let written = title.set(&replica, "ours")?;
    assert_eq!((written.changed.is_yes(), written.clock_ahead), (false, Some(30)));
    Ok(())
}

#[test]
fn unusable_names_are_refused() {
    for name in ["", "a\0b", &"x".repeat(256)] {
        assert_eq!(Replica::new(name).unwrap_err().code(), Code::BadText, "{name:?}");
    }
}

#[test]
fn a_replica_is_shared_by_threads() -> Result<()> {
    let here = Replica::new("n")?;
    let stamps = std::thread::scope(|scope| {
        let ticks = || (0..500).map(|_| here.tick()).collect::<Result<Vec<_>>>();
        let workers = [scope.spawn(ticks), scope.spawn(ticks)];
        workers.map(|worker| worker.join().unwrap())
    });
    let mut micros: Vec<_> =
        stamps.into_iter().collect::<Result<Vec<_>>>()?.concat().iter().map(|at| at.floor_micros()).collect();
    micros.sort_unstable();
    micros.dedup();
    assert_eq!(micros.len(), 1000);
    Ok(())
}
