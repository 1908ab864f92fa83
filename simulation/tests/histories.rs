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

const SEEDS_OF_LONG_RUNS: [(u64, &str); 4] =
    [(3_132_468, "or_set"), (4_840_688, "gossip_state"), (6_607_926, "or_set"), (8_800_137, "or_set")];

/// Rare histories that long runs found wrong, in the simulation's own model: a copy that learns of its replica's line from an entry
/// alone, and closed sets that took turns in starting again from each other.
#[test]
fn what_long_runs_have_found_stays_mended() {
    for (seed, kind) in SEEDS_OF_LONG_RUNS {
        let kind = Kind::ALL.iter().find(|known| known.name() == kind).unwrap();
        let history = history_of(seed, Some(*kind));
        assert_eq!(kind.play(&history, Fault::None).violation, None, "seed {seed}");
    }
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
