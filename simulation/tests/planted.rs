//! Mistakes put in on purpose are found within the seeds of the default run, and shrink to a few events.
#![allow(clippy::unwrap_used, reason = "tests")]

use crdt_simulation::{Fault, Kind, history_of, shrunk};

/// Seeds of the default run.
const SEEDS: u64 = 20_000;
/// Events in the shortest form of a failing history.
const MOST_EVENTS: usize = 12;

/// Looks for a mistake in the histories of one kind that are part of the default run.
fn is_found(kind: Kind, fault: Fault) {
    let of_kind = (1..=SEEDS).map(|seed| history_of(seed, None)).filter(|history| history.kind == kind);
    let mut failing = of_kind.filter(|history| kind.play(history, fault).violation.is_some());
    let history = failing.next().unwrap();
    let (short, violation) = shrunk(&history, fault).unwrap();
    println!("seed {} with {fault:?}:\n{short}{violation}", history.seed);
    assert!(short.events.len() <= MOST_EVENTS, "{short}{violation}");
    let sound = kind.play(&short, Fault::None).violation;
    assert_eq!(sound, None, "the mistake is the only thing wrong");
    assert_eq!(kind.play(&short, fault).violation, Some(violation), "it fails again in the same way");
}

#[test]
fn ties_decided_by_arrival() {
    is_found(Kind::LwwRegister, Fault::FirstComeTies);
}

#[test]
fn actors_that_go_on_after_a_crash() {
    is_found(Kind::OrSet, Fault::ReusedActors);
    is_found(Kind::GCounter, Fault::ReusedActors);
    is_found(Kind::BoundedCounter, Fault::ReusedActors);
}

#[test]
fn a_floor_that_is_ignored() {
    is_found(Kind::LwwMap, Fault::IgnoredFloor);
    is_found(Kind::GossipState, Fault::IgnoredFloor);
}

#[test]
fn deltas_of_the_context_alone() {
    is_found(Kind::MvRegister, Fault::ContextDelta);
}

#[test]
fn removed_plain_tags_that_are_forgotten() {
    is_found(Kind::OrSet, Fault::ForgottenTags);
}
