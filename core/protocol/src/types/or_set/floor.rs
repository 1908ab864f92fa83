//! The compaction floor of a set: whether it is closed to plain tags that it does not have.

use super::OrSet;
use crate::error::Result;
use crate::names::Name;
use crate::text::py_str;
use crate::types::floor::{StaleKeys, below_floor};
use crate::value::Value;

/// How errors name this floor.
const CLOSED: &str = "closed";

impl OrSet {
    /// Whether the set is closed: plain tags that it does not have are settled as removed. Adds by dots are not touched by that.
    pub fn is_closed(&self) -> bool {
        self.is_closed
    }

    /// Closes the set to new plain tags and forgets which ones were removed; tells how many these were.
    ///
    /// Whoever closes a set answers for its plain tags being settled: that every replica which is not to be forgotten has the
    /// same ones, live and removed. From there on states with other live ones are refused with `STALE_STATE`.
    pub fn close(&mut self) -> usize {
        self.is_closed = true;
        std::mem::take(&mut self.removed).values().map(|tags| tags.len()).sum()
    }

    /// What is left of a state that was refused with `STALE_STATE`, and the elements whose plain tags were left out.
    ///
    /// All adds by dots are kept, and all removals. The result is not closed and merges with the set that refused; the caller
    /// may show what was left out, or add it again.
    #[must_use = "the salvaged state is a new one"]
    pub fn salvage(&self) -> (OrSet, Vec<Value>) {
        let mut kept = OrSet { is_closed: false, ..self.clone() };
        kept.elements.values_mut().for_each(|adds| adds.tags.clear());
        let left_out = self.elements.iter().filter(|(_, adds)| !adds.tags.is_empty());
        (kept, left_out.map(|(element, _)| element.clone()).collect())
    }

    fn has_tag(&self, element: &Value, tag: &str) -> bool {
        let is_live = self.elements.get(element).is_some_and(|adds| adds.tags.contains(tag));
        is_live || self.removed.get(element).is_some_and(|tags| tags.contains(tag))
    }

    /// Refuses a plain tag that is new to a closed set with `BAD_STAMP`.
    pub(super) fn check_open(&self, element: &Value, tag: &str) -> Result<()> {
        if self.is_closed && !self.has_tag(element, tag) { Err(below_floor(CLOSED)) } else { Ok(()) }
    }
}

/// Fails with `STALE_STATE` when `settled` is closed and lacks a live plain tag of `set`.
pub(super) fn check_known(set: &OrSet, settled: &OrSet) -> Result<()> {
    if !settled.is_closed {
        return Ok(());
    }
    let mut stale = StaleKeys::default();
    for (element, adds) in set.live() {
        if adds.tags.iter().any(|tag: &Name| !settled.has_tag(element, tag)) {
            stale.add(&py_str(element));
        }
    }
    stale.check(CLOSED)
}
