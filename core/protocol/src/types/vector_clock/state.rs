use std::cmp::Ordering;

use crate::error::{Code, Error, Result};
use crate::join::Join;
use crate::names::{Name, NameMap, Place};
use crate::replica::{Replica, check_node_id};
use crate::wire::Extensions;

/// How many events of each node are known: the one that knows more is the later one.
///
/// A counter holds at most 2⁶⁴ − 1. A node with no events and a node that is not there are the same.
///
/// ```
/// # use crdt_merge_protocol::{Join, VectorClock, types::Causality};
/// let mut here = VectorClock::new();
/// here.increment_node("laptop")?;
/// let mut there = here.clone();
/// there.increment_node("phone")?;
/// assert_eq!(here.compare(&there), Causality::Before);
/// here.increment_node("laptop")?;
/// assert_eq!(here.compare(&there), Causality::Concurrent);
/// here.join(&there)?;
/// assert_eq!(here.compare(&there), Causality::After);
/// # Ok::<(), crdt_merge_protocol::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct VectorClock {
    /// A counter of 0, which only a fresh slot leaves behind, counts as none.
    pub(crate) clocks: NameMap<u64>,
    pub(super) extensions: Extensions,
}

/// What one clock knows of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Causality {
    /// Everything this clock knows is known to the other, which knows more.
    Before,
    /// This clock knows all that the other knows, and more.
    After,
    /// Each knows something that the other does not.
    Concurrent,
    /// Both know the same.
    Equal,
}

impl Causality {
    /// Lower-case name: `before`, `after`, `concurrent` or `equal`.
    pub const fn name(self) -> &'static str {
        match self {
            Causality::Before => "before",
            Causality::After => "after",
            Causality::Concurrent => "concurrent",
            Causality::Equal => "equal",
        }
    }
}

/// A slot of one clock, for incrementing it again and again without looking its name up.
///
/// It is void once a merge has moved the slots; [`VectorClock::increment_slot`] then fails and a new one has to be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClockSlot(Place);

impl VectorClock {
    /// A clock that knows no events.
    pub const fn new() -> Self {
        VectorClock { clocks: NameMap::new(), extensions: Extensions::new() }
    }

    /// Counts one event in the slot that `replica` owns in this clock, and gives the slot's new counter.
    ///
    /// Copies of one clock that the replica writes to get slots of their own, so that their events stay concurrent. Fails with
    /// `OUT_OF_RANGE`, and changes nothing, beyond 2⁶⁴ − 1.
    pub fn increment(&mut self, replica: &Replica) -> Result<u64> {
        self.clocks.tidy();
        let (actor, counter) = self.next_event(replica)?;
        self.clocks.insert(&actor, counter);
        Ok(counter)
    }

    /// The actor and counter of the replica's next event, which the caller has to count.
    pub(crate) fn next_event(&self, replica: &Replica) -> Result<(Name, u64)> {
        let prefix = replica.actor_prefix();
        let figures = self.clocks.with_prefix(prefix).map(|(actor, counter)| (actor.clone(), *counter));
        replica.advance(figures, next_counter)
    }

    /// Counts one event of a node that the caller names and answers for, and gives its new counter.
    ///
    /// Fails with `BAD_TEXT` on an unusable node id and with `OUT_OF_RANGE` beyond 2⁶⁴ − 1.
    pub fn increment_node(&mut self, node: &str) -> Result<u64> {
        if let Some(counter) = self.clocks.value_mut(node) {
            *counter = next_counter(*counter)?;
            return Ok(*counter);
        }
        check_node_id(node)?;
        self.clocks.insert(node, 1);
        Ok(1)
    }

    /// The slot of a node that the caller names and answers for. Asking for it counts no event.
    pub fn slot(&mut self, node: &str) -> Result<ClockSlot> {
        check_node_id(node)?;
        Ok(ClockSlot(self.clocks.place(node, || 0)))
    }

    /// Counts one event in a slot of this clock, and gives its new counter.
    ///
    /// Fails with `BAD_ARGUMENT` when slots have moved since it was asked for, and with `OUT_OF_RANGE` beyond 2⁶⁴ − 1.
    #[inline]
    pub fn increment_slot(&mut self, slot: ClockSlot) -> Result<u64> {
        let Some(counter) = self.clocks.at_mut(slot.0) else { return Err(stale_slot()) };
        *counter = next_counter(*counter)?;
        Ok(*counter)
    }

    /// The counter of a node or actor, 0 if there is none.
    pub fn counter(&self, node: &str) -> u64 {
        self.clocks.value(node).copied().unwrap_or(0)
    }

    /// The counter of a node's next event.
    pub(crate) fn next_of(&self, node: &str) -> Result<u64> {
        next_counter(self.counter(node))
    }

    /// The counters above 0, by name.
    pub fn slots(&self) -> impl Iterator<Item = (&str, u64)> {
        self.clocks.iter().map(|(node, counter)| (node.as_str(), *counter)).filter(|(_, counter)| *counter > 0)
    }

    /// Whether no events are known.
    pub fn is_empty(&self) -> bool {
        self.clocks.values().all(|counter| *counter == 0)
    }

    /// The number of events known.
    ///
    /// Exact as long as there are fewer than 2⁶⁴ slots, which memory ends long before.
    pub fn event_count(&self) -> u128 {
        self.clocks.values().map(|counter| u128::from(*counter)).sum()
    }

    /// Whether every event the other clock knows is known here.
    pub fn descends(&self, other: &VectorClock) -> bool {
        let mut mine = self.slots().peekable();
        other.slots().all(|(node, counter)| {
            while mine.next_if(|(here, _)| *here < node).is_some() {}
            mine.next_if(|(here, _)| *here == node).is_some_and(|(_, here)| here >= counter)
        })
    }

    /// What this clock knows of the other.
    pub fn compare(&self, other: &VectorClock) -> Causality {
        match (self.descends(other), other.descends(self)) {
            (true, true) => Causality::Equal,
            (true, false) => Causality::After,
            (false, true) => Causality::Before,
            (false, false) => Causality::Concurrent,
        }
    }

    /// A total order that agrees with causality: number of events, then the sorted (node, counter) pairs.
    pub(crate) fn compare_totally(&self, other: &VectorClock) -> Ordering {
        self.event_count().cmp(&other.event_count()).then_with(|| self.slots().cmp(other.slots()))
    }

    pub(super) fn from_pairs(pairs: Vec<(Name, u64)>) -> Self {
        VectorClock { clocks: NameMap::from_pairs(pairs), extensions: Extensions::new() }
    }

    /// Joins another clock into this one.
    pub(crate) fn absorb(&mut self, other: &VectorClock) {
        // Joining clocks cannot fail.
        let _ = self.join(other);
    }

    /// A copy that carries nothing but the counters.
    pub(crate) fn snapshot(&self) -> VectorClock {
        let counters = self.clocks.iter().filter(|(_, counter)| **counter > 0);
        VectorClock::from_pairs(counters.map(|(node, counter)| (node.clone(), *counter)).collect())
    }

    /// Raises the counter of a node to at least `counter`.
    pub(crate) fn raise(&mut self, node: &str, counter: u64) {
        let here = self.clocks.entry(node, || 0);
        *here = counter.max(*here);
        // New names are rare, and everything that reads a clock wants it sorted.
        self.clocks.sort();
    }
}

#[inline]
fn next_counter(counter: u64) -> Result<u64> {
    counter.checked_add(1).ok_or_else(full_slot)
}

#[cold]
fn full_slot() -> Error {
    Error::new(Code::OutOfRange, "a counter of a vector clock ends at 2^64 - 1")
}

#[cold]
fn stale_slot() -> Error {
    Error::new(Code::BadArgument, "the slot is from before a merge moved the slots; ask for it again")
}

impl PartialEq for VectorClock {
    fn eq(&self, other: &Self) -> bool {
        self.slots().eq(other.slots()) && self.extensions == other.extensions
    }
}

impl Eq for VectorClock {}

/// A clock from (node, counter) pairs; of equal nodes the last pair counts.
impl<N: AsRef<str>> FromIterator<(N, u64)> for VectorClock {
    fn from_iter<I: IntoIterator<Item = (N, u64)>>(pairs: I) -> Self {
        let pairs = pairs.into_iter().map(|(node, counter)| (Name::new(node), counter)).collect();
        VectorClock::from_pairs(pairs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::replica::{ManualClock, TestEntropy};

    fn clock(pairs: &[(&str, u64)]) -> VectorClock {
        pairs.iter().copied().collect()
    }

    #[test]
    fn all_four_relations_are_told_apart() {
        let compare = |a: &[_], b: &[_]| clock(a).compare(&clock(b)).name();
        assert_eq!(compare(&[], &[]), "equal");
        assert_eq!(compare(&[("a", 0)], &[]), "equal");
        assert_eq!(compare(&[], &[("a", 2), ("b", 1)]), "before");
        assert_eq!(compare(&[("c", 1), ("a", 2)], &[("c", 1)]), "after");
        assert_eq!(compare(&[("c", 1), ("a", 2)], &[("a", 1), ("b", 1)]), "concurrent");
    }

    #[test]
    fn counters_end_at_their_bound_and_stay_as_they_were() -> Result<()> {
        let mut full = clock(&[("a", u64::MAX)]);
        let slot = full.slot("a")?;
        assert_eq!(full.increment_node("a").unwrap_err().code(), Code::OutOfRange);
        assert_eq!(full.increment_slot(slot).unwrap_err().code(), Code::OutOfRange);
        assert_eq!(full.increment_node("").unwrap_err().code(), Code::BadText);
        assert_eq!(full, clock(&[("a", u64::MAX)]));
        Ok(())
    }

    #[test]
    fn a_fresh_slot_is_no_event() -> Result<()> {
        let mut fresh = VectorClock::new();
        let slot = fresh.slot("a")?;
        assert!(fresh.is_empty() && fresh == VectorClock::new() && fresh.slots().count() == 0);
        assert_eq!(fresh.increment_slot(slot)?, 1);
        fresh.join(&clock(&[("0", 1)]))?;
        assert_eq!(fresh.increment_slot(slot).unwrap_err().code(), Code::BadArgument);
        Ok(())
    }

    #[test]
    fn copies_written_by_one_replica_are_concurrent() -> Result<()> {
        let replica = Replica::new("n", ManualClock::default(), TestEntropy::new(1))?;
        let mut one = VectorClock::new();
        assert_eq!((one.increment(&replica)?, one.increment(&replica)?), (1, 2));
        let mut two = one.clone();
        one.increment(&replica)?;
        two.increment(&replica)?;
        assert_eq!(one.compare(&two), Causality::Concurrent);
        Ok(())
    }

    #[test]
    fn the_total_order_agrees_with_causality() {
        let pairs = [(0, 0), (0, 1), (1, 0), (1, 1), (2, 0), (0, 3)].map(|(a, b)| clock(&[("a", a), ("b", b)]));
        for here in &pairs {
            for there in &pairs {
                let total = here.compare_totally(there);
                match here.compare(there) {
                    Causality::Before => assert_eq!(total, Ordering::Less),
                    Causality::After => assert_eq!(total, Ordering::Greater),
                    Causality::Equal => assert_eq!(total, Ordering::Equal),
                    Causality::Concurrent => assert_ne!(total, Ordering::Equal),
                }
            }
        }
    }
}
