//! The compaction floor of a gossip state: a number of events.

use super::{GossipEntry, GossipState};
use crate::error::{Code, Error, Result};
use crate::names::Name;
use crate::types::VectorClock;
use crate::types::floor::{StaleKeys, below_floor, side_by_side};

impl GossipEntry {
    /// Whether the entry's clock counts more events than the floor.
    pub(super) fn is_above(&self, floor: u64) -> bool {
        self.clock.event_count() > u128::from(floor)
    }

    /// Whether the floor drops the entry.
    fn is_left_over(&self, floor: u64) -> bool {
        self.is_tombstone && !self.is_above(floor)
    }

    /// Whether a state that has `settled` under this key, and the floor, needs nothing from this entry.
    pub(super) fn is_known_to(&self, settled: Option<&GossipEntry>, floor: u64) -> bool {
        self.is_above(floor) || settled.map_or(self.is_tombstone, |settled| self.compare(settled).is_le())
    }
}

impl GossipState {
    /// The compaction floor: every entry whose clock counts no more events than this is settled.
    pub fn floor(&self) -> Option<u64> {
        self.floor
    }

    /// Raises the floor and drops the tombstones that lie at or below it; a floor never goes down, and 0 is none. Tells how many were
    /// dropped.
    ///
    /// Whoever raises a floor answers for its being settled: that every replica which is not to be forgotten has all entries at
    /// or below it, and writes later ones only. From there on states that hold more down there are refused with `STALE_STATE`.
    pub fn compact_to(&mut self, floor: u64) -> usize {
        self.floor = self.floor.max((floor > 0).then_some(floor));
        let Some(floor) = self.floor else { return 0 };
        let before = self.entries.len();
        if self.entries.values().any(|entry| entry.is_left_over(floor)) {
            self.entries.retain(|_, entry| !entry.is_left_over(floor));
        }
        before - self.entries.len()
    }

    /// What is left of a state that was refused with `STALE_STATE`, and the keys whose entries were left out.
    ///
    /// Everything above `floor` is kept. The result has no floor and merges with the state that refused; the caller may show
    /// what was left out, or write it again.
    #[must_use = "the salvaged state is a new one"]
    pub fn salvage(&self, floor: u64) -> (GossipState, Vec<String>) {
        let mut kept = GossipState { floor: None, ..self.clone() };
        kept.entries.retain(|_, entry| entry.is_above(floor));
        let left_out = self.entries().filter(|entry| !entry.is_above(floor)).map(|entry| entry.key().to_owned());
        (kept, left_out.collect())
    }

    /// Takes the floor of a frame, which is not 0 and has left no tombstones at or below it.
    pub(super) fn read_floor(&mut self, floor: u64) -> Result<()> {
        if floor == 0 || self.entries.values().any(|entry| entry.is_left_over(floor)) {
            return Err(Error::new(Code::NotCanonical, "what a floor has settled is not written, nor is a floor of 0"));
        }
        self.floor = Some(floor);
        Ok(())
    }
}

/// Refuses a write after which `known` and one event more are known, if that is not above the floor: `BAD_STAMP`.
pub(super) fn check_above(floor: Option<u64>, known: &VectorClock) -> Result<()> {
    match floor {
        Some(floor) if known.event_count() < u128::from(floor) => Err(below_floor(floor)),
        _ => Ok(()),
    }
}

/// Fails with `STALE_STATE` when `state` holds something at or below the floor of `settled` that `settled` lacks.
pub(super) fn check_known(state: &GossipState, settled: &GossipState) -> Result<()> {
    let Some(floor) = settled.floor else { return Ok(()) };
    let stale: StaleKeys = side_by_side(state.entries.iter(), settled.entries.iter())
        .filter(|(_, here, there)| here.is_some_and(|here| !here.is_known_to(*there, floor)))
        .map(|(key, ..): (&Name, _, _)| key.as_str())
        .collect();
    stale.check(floor)
}
