use std::borrow::Cow;
use std::cmp::Ordering;

use super::floor::check_known;
use super::{GossipEntry, GossipState};
use crate::error::Result;
use crate::join::{Changed, Join, Observer};
use crate::types::Causality;
use crate::types::floor::StaleKeys;

/// Entry by entry the greater one, with the clock it was written with; the clocks of the states join. What a floor has settled is
/// not kept.
impl Join for GossipState {
    /// Fails with `STALE_STATE` when one side holds something at or below the other's floor that the other lacks.
    fn join_with<O: Observer>(&mut self, other: &Self, observer: &mut O) -> Result<Changed> {
        if self.floor.max(other.floor).is_none() {
            return join_at_one_floor(self, other, observer);
        }
        check_known(self, other)?;
        check_known(other, self)?;
        let floor = self.floor.max(other.floor);
        let is_raised = self.floor != floor;
        self.compact_to(floor.unwrap_or(0));
        let changed = join_at_one_floor(self, &at_floor(other, floor), observer)?;
        Ok(Changed::from_bool(changed.is_yes() || is_raised))
    }
}

/// The other state with the floor that the join has, so that nothing is brought in only to be dropped.
fn at_floor(other: &GossipState, floor: Option<u64>) -> Cow<'_, GossipState> {
    if other.floor == floor {
        return Cow::Borrowed(other);
    }
    let mut lifted = other.clone();
    lifted.compact_to(floor.unwrap_or(0));
    Cow::Owned(lifted)
}

/// The join of states of which neither has leftovers.
fn join_at_one_floor<O: Observer>(state: &mut GossipState, other: &GossipState, observer: &mut O) -> Result<Changed> {
    let entries_moved = join_entries(state, other, observer)?;
    let clock_moved = state.clock.join(&other.clock)?;
    state.is_covering &= other.is_covering;
    let carried = state.extensions.join(&other.extensions);
    Ok(Changed::from_bool(entries_moved || clock_moved.is_yes() || carried))
}

fn join_entries<O: Observer>(state: &mut GossipState, other: &GossipState, observer: &mut O) -> Result<bool> {
    let mut moved = false;
    let mut added = Vec::new();
    state.entries.join(
        &other.entries,
        |_, here, there| {
            moved |= here.join_entry(there, observer);
            Ok(())
        },
        |key, _| added.push(key.clone()),
    )?;
    added.iter().for_each(|key| observer.changed(key));
    Ok(moved || !added.is_empty())
}

impl GossipState {
    /// Takes in entries that a peer sent, one by one, and tells how many of them changed the state's entries.
    ///
    /// The result is the same in whatever order entries arrive, and however often. Fails with `STALE_STATE`, and takes in none,
    /// when one of them is at or below the compaction floor and not known here.
    pub fn apply(&mut self, entries: &[GossipEntry]) -> Result<usize> {
        self.apply_with(entries, &mut ())
    }

    /// Takes in entries that a peer sent, telling `observer` what happened.
    ///
    /// Fails as [`GossipState::apply`] does.
    pub fn apply_with<O: Observer>(&mut self, entries: &[GossipEntry], observer: &mut O) -> Result<usize> {
        self.check_entries(entries)?;
        Ok(entries.iter().filter(|entry| self.apply_one(entry, observer)).count())
    }

    fn check_entries(&self, entries: &[GossipEntry]) -> Result<()> {
        let Some(floor) = self.floor else { return Ok(()) };
        let is_stale = |entry: &&GossipEntry| !entry.is_known_to(self.entry(&entry.key), floor);
        entries.iter().filter(is_stale).map(GossipEntry::key).collect::<StaleKeys>().check(floor)
    }

    fn apply_one<O: Observer>(&mut self, entry: &GossipEntry, observer: &mut O) -> bool {
        self.clock.absorb(&entry.clock);
        if let Some(here) = self.entries.value_mut(&entry.key) {
            return here.join_entry(entry, observer);
        }
        if self.floor.is_some_and(|floor| !entry.is_above(floor)) {
            return false;
        }
        self.entries.insert(&entry.key, entry.clone());
        observer.changed(&entry.key);
        true
    }
}

impl GossipEntry {
    /// Keeps the greater of two entries of one key; true if that is the other one and it differs.
    fn join_entry<O: Observer>(&mut self, other: &GossipEntry, observer: &mut O) -> bool {
        if self == other {
            return false;
        }
        self.report(other, observer);
        let moved = other.compare(self) == Ordering::Greater;
        if moved {
            self.clone_from(other);
            observer.changed(&self.key);
        }
        moved
    }

    /// A write that had seen the other one is no conflict; two different writes of one event are a tie.
    fn report<O: Observer>(&self, other: &GossipEntry, observer: &mut O) {
        match self.disagreement(other) {
            Some(Causality::Concurrent) => observer.conflict(&self.key),
            Some(Causality::Equal) => {
                observer.conflict(&self.key);
                observer.tie(&self.key);
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::join::MergeReport;
    use crate::types::VectorClock;
    use crate::value::Value;

    fn entry(value: Value, clock: &[(&str, u64)]) -> GossipEntry {
        GossipEntry::new("k", value, clock.iter().copied().collect::<VectorClock>())
    }

    fn state(entries: &[GossipEntry]) -> Result<GossipState> {
        let mut state = GossipState::new("n")?;
        state.apply(entries)?;
        Ok(state)
    }

    #[test]
    fn a_causally_newer_write_wins_over_any_text() -> Result<()> {
        let older = state(&[entry(Value::from("zzz"), &[("z", 3)])])?;
        let newer = state(&[entry(Value::from("a"), &[("a", 1), ("z", 3)])])?;
        for (here, there) in [(&older, &newer), (&newer, &older)] {
            let joined = here.joined(there)?;
            assert_eq!(joined.value("k"), Some(&Value::from("a")));
            assert_eq!(joined, newer);
        }
        Ok(())
    }

    #[test]
    fn a_deletion_stays_deleted() -> Result<()> {
        let written = state(&[entry(Value::Int(1), &[("a", 1)])])?;
        let mut deleted = written.clone();
        deleted.delete_node("b", "k", None)?;
        assert_eq!(written.joined(&deleted)?.value("k"), None);
        assert_eq!(deleted.joined(&written)?, deleted);
        Ok(())
    }

    #[test]
    fn one_and_its_text_meet_the_same_way_from_both_sides() -> Result<()> {
        let number = state(&[entry(Value::Int(1), &[("a", 1)])])?;
        let text = state(&[entry(Value::from("1"), &[("a", 1)])])?;
        assert_eq!(number.joined(&text)?, text.joined(&number)?);
        assert_eq!(number.joined(&text)?.value("k"), Some(&Value::Int(1)));
        Ok(())
    }

    #[test]
    fn entries_apply_in_any_order() -> Result<()> {
        // Pairwise concurrent or equal clocks on which comparing texts of clocks goes round in a circle.
        let entries = [
            entry(Value::from("x"), &[("a", 10)]),
            entry(Value::from("y"), &[("a", 9), ("b", 1)]),
            entry(Value::from("z"), &[("b", 10)]),
            entry(Value::from("w"), &[("b", 10)]),
        ];
        let expected = state(&entries)?;
        for start in 0..entries.len() {
            for step in [1, 3] {
                let order: Vec<_> =
                    (0..entries.len()).map(|index| entries[(start + index * step) % 4].clone()).collect();
                let applied = state(&order)?;
                assert_eq!(applied, expected);
                assert_eq!(applied.value("k"), Some(&Value::from("z")));
            }
        }
        Ok(())
    }

    #[test]
    fn the_winner_keeps_its_own_clock() -> Result<()> {
        let here = state(&[entry(Value::Int(1), &[("a", 2)])])?;
        let there = state(&[entry(Value::Int(2), &[("b", 1)])])?;
        let joined = here.joined(&there)?;
        assert_eq!(joined.entry("k").map(GossipEntry::clock), Some(&VectorClock::from_iter([("a", 2)])));
        assert_eq!(*joined.clock(), VectorClock::from_iter([("a", 2), ("b", 1)]));
        Ok(())
    }

    #[test]
    fn only_what_nobody_has_seen_is_a_conflict() -> Result<()> {
        let report = |a: GossipEntry, b: GossipEntry| MergeReport::with_keys().of(&mut state(&[a])?, &state(&[b])?);
        let newer = report(entry(Value::Int(1), &[("a", 1)]), entry(Value::Int(2), &[("a", 2)]))?;
        assert_eq!((newer.changed, newer.conflicts, newer.ties), (true, 0, 0));
        assert_eq!(newer.changed_keys.as_deref(), Some(&["k".to_owned()][..]));
        let concurrent = report(entry(Value::Int(1), &[("b", 1)]), entry(Value::Int(2), &[("a", 1)]))?;
        assert_eq!((concurrent.conflicts, concurrent.ties), (1, 0));
        let tied = report(entry(Value::Int(2), &[("a", 1)]), entry(Value::Int(1), &[("a", 1)]))?;
        assert_eq!((tied.changed, tied.conflicts, tied.ties), (false, 1, 1));
        let same = report(entry(Value::Int(2), &[("a", 1)]), entry(Value::Int(2), &[("a", 1)]))?;
        assert_eq!(same, MergeReport::with_keys());
        Ok(())
    }

    #[test]
    fn applying_counts_what_changed() -> Result<()> {
        let mut here = state(&[entry(Value::Int(1), &[("a", 2)])])?;
        let older = entry(Value::Int(0), &[("a", 1)]);
        let newer = entry(Value::Int(3), &[("a", 2), ("b", 1)]);
        assert_eq!(here.apply(&[older, newer.clone(), newer])?, 1);
        assert_eq!(here.value("k"), Some(&Value::Int(3)));
        Ok(())
    }
}
