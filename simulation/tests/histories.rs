//! Histories are replayed exactly, and can lose any event.
#![allow(clippy::unwrap_used, reason = "tests")]

use crdt_simulation::{Fault, Kind, Tally, history_of};

/// Some histories of every kind.
const SEEDS: u64 = 21 * 30;

#[test]
fn nothing_is_wrong() {
    let mut tally = Tally::default();
    for seed in 1..=SEEDS {
        let history = history_of(seed, None);
        let outcome = history.kind.play(&history, Fault::None);
        assert_eq!(outcome.violation, None, "seed {seed}, {}", history.kind.name());
        tally.add(history.kind, outcome.features, history.events.len());
    }
    assert_eq!(tally.histories(), SEEDS);
}

#[test]
fn a_seed_gives_one_history() {
    for seed in 1..200 {
        assert_eq!(history_of(seed, None), history_of(seed, None));
    }
}

#[test]
fn any_event_can_be_left_out() {
    for (seed, kind) in (1..).zip(Kind::ALL) {
        let mut history = history_of(seed * 1_000, Some(*kind));
        while !history.events.is_empty() {
            assert_eq!(kind.play(&history, Fault::None).violation, None, "{history}");
            let place = history.events.len() * 7 / 11;
            history.events.remove(place);
        }
    }
}
