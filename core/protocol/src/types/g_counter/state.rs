use crate::error::{Code, Error, Result};
use crate::names::{Name, NameMap, Place};
use crate::replica::{Replica, add_to_slot};
use crate::update::Update;
use crate::wire::Extensions;

/// A counter that only grows: one slot per line of writes, its value is their sum.
///
/// A slot holds at most 2⁶³ − 1; the value can be larger and is 128 bits wide. Equality leaves out slots that hold 0.
///
/// ```
/// # use crdt_merge_protocol::{GCounter, Join, ManualClock, Replica, TestEntropy};
/// let here = Replica::new("laptop", ManualClock::default(), TestEntropy::new(1))?;
/// let there = Replica::new("phone", ManualClock::default(), TestEntropy::new(2))?;
/// let mut likes = GCounter::new();
/// likes.increment(&here, 3)?;
/// let mut copy = likes.clone();
/// copy.increment(&there, 2)?;
/// likes.join(&copy)?;
/// likes.join(&copy)?;
/// assert_eq!(likes.value(), 5);
/// # Ok::<(), crdt_merge_protocol::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct GCounter {
    pub(crate) counts: NameMap<u64>,
    pub(super) extensions: Extensions,
}

/// A slot of one counter, for incrementing it again and again without looking its name up.
///
/// It is void once a merge has moved the slots; [`GCounter::increment_slot`] then fails and a new one has to be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slot(Place);

impl GCounter {
    /// A counter at zero.
    pub const fn new() -> Self {
        GCounter { counts: NameMap::new(), extensions: Extensions::new() }
    }

    /// Adds to the slot that `replica` owns in this counter.
    ///
    /// Fails with `OUT_OF_RANGE`, and changes nothing, when the slot would pass 2⁶³ − 1.
    pub fn increment(&mut self, replica: &Replica, amount: u64) -> Result<()> {
        self.advance(replica, amount).map(drop)
    }

    /// As [`GCounter::increment`], with the delta.
    pub fn increment_delta(&mut self, replica: &Replica, amount: u64) -> Result<Update<Self>> {
        let (actor, count) = self.advance(replica, amount)?;
        let mut delta = GCounter::new();
        if amount > 0 {
            delta.counts.insert(&actor, count);
        }
        Ok(Update::new(delta, amount > 0))
    }

    fn advance(&mut self, replica: &Replica, amount: u64) -> Result<(Name, u64)> {
        self.counts.tidy();
        let prefix = replica.actor_prefix();
        let figures = self.counts.with_prefix(prefix).map(|(actor, count)| (actor.clone(), *count));
        let (actor, count) = replica.advance(figures, |count| add_to_slot(count, amount))?;
        self.counts.insert(&actor, count);
        Ok((actor, count))
    }

    /// Adds to the slot of a node that the caller names and answers for; an amount of 0 makes an empty slot.
    ///
    /// Two writers that use one name lose increments. Fails with `BAD_TEXT` on an unusable node id and with `OUT_OF_RANGE` when
    /// the slot would pass 2⁶³ − 1.
    pub fn increment_node(&mut self, node: &str, amount: u64) -> Result<()> {
        if let Some(count) = self.counts.value_mut(node) {
            *count = add_to_slot(*count, amount)?;
            return Ok(());
        }
        crate::replica::check_node_id(node)?;
        self.counts.insert(node, add_to_slot(0, amount)?);
        Ok(())
    }

    /// The slot of a node that the caller names and answers for, made empty if it is new.
    pub fn slot(&mut self, node: &str) -> Result<Slot> {
        crate::replica::check_node_id(node)?;
        Ok(Slot(self.counts.place(node, || 0)))
    }

    /// Adds to a slot of this counter.
    ///
    /// Fails with `BAD_ARGUMENT` when slots have moved since it was asked for, and with `OUT_OF_RANGE` past 2⁶³ − 1.
    #[inline]
    pub fn increment_slot(&mut self, slot: Slot, amount: u64) -> Result<()> {
        let Some(count) = self.counts.at_mut(slot.0) else { return Err(stale_slot()) };
        *count = add_to_slot(*count, amount)?;
        Ok(())
    }

    /// The sum of all slots.
    pub fn value(&self) -> u128 {
        self.counts.values().map(|count| u128::from(*count)).sum()
    }

    /// The count in the slot of a node or actor, 0 if there is none.
    pub fn count(&self, node: &str) -> u64 {
        self.counts.value(node).copied().unwrap_or(0)
    }

    /// The slots by name, empty ones included.
    pub fn slots(&self) -> impl Iterator<Item = (&str, u64)> {
        self.counts.iter().map(|(node, count)| (node.as_str(), *count))
    }
}

#[cold]
fn stale_slot() -> Error {
    Error::new(Code::BadArgument, "the slot is from before a merge moved the slots; ask for it again")
}

impl PartialEq for GCounter {
    fn eq(&self, other: &Self) -> bool {
        let counted = |counter: &'_ Self| counter.counts.values().filter(|count| **count > 0).count();
        counted(self) == counted(other)
            && self.slots().filter(|(_, count)| *count > 0).eq(other.slots().filter(|(_, count)| *count > 0))
            && self.extensions == other.extensions
    }
}

impl Eq for GCounter {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::replica::{ManualClock, TestEntropy};

    #[test]
    fn slots_end_at_their_bound_and_stay_as_they_were() -> Result<()> {
        let mut counter = GCounter::new();
        counter.increment_node("a", i64::MAX as u64)?;
        counter.increment_node("b", i64::MAX as u64)?;
        assert_eq!(counter.increment_node("a", 1).unwrap_err().code(), Code::OutOfRange);
        assert_eq!(counter.value(), 2 * i64::MAX as u128);
        Ok(())
    }

    #[test]
    fn two_copies_written_by_one_replica_lose_nothing() -> Result<()> {
        use crate::join::Join;
        let replica = Replica::new("n", ManualClock::default(), TestEntropy::new(3))?;
        let mut one = GCounter::new();
        one.increment(&replica, 5)?;
        let mut two = one.clone();
        one.increment(&replica, 1)?;
        two.increment(&replica, 1)?;
        two.increment(&replica, 1)?;
        one.join(&two)?;
        assert_eq!(one.value(), 8);
        assert_eq!(one.slots().count(), 2);
        Ok(())
    }

    #[test]
    fn a_slot_from_before_a_merge_is_refused() -> Result<()> {
        use crate::join::Join;
        let mut counter = GCounter::new();
        let slot = counter.slot("b")?;
        counter.increment_slot(slot, 2)?;
        let mut other = GCounter::new();
        other.increment_node("a", 1)?;
        counter.join(&other)?;
        assert_eq!(counter.increment_slot(slot, 1).unwrap_err().code(), Code::BadArgument);
        assert_eq!(counter.value(), 3);
        Ok(())
    }
}
