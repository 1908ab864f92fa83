use std::borrow::Cow;

use crate::error::Result;
use crate::names::Name;
use crate::replica::{Replica, check_node_id};
use crate::types::VectorClock;
use crate::wire::Extensions;

/// A vector clock with at most one event beside it, the *dot*, which need not follow the node's other events.
///
/// What it knows is its *effective* clock: the base with the dot's slot raised to the dot. Where the dot is held does not count
/// in equality.
///
/// ```
/// # use crdt_merge_protocol::{DottedVersionVector, Join};
/// let mut here = DottedVersionVector::new();
/// here.advance_node("laptop")?;
/// here.advance_node("laptop")?;
/// assert_eq!(here.dot(), Some(("laptop", 2)));
/// let mut there = DottedVersionVector::new();
/// there.advance_node("phone")?;
/// there.join(&here)?;
/// assert!(there.descends(&here) && !here.descends(&there));
/// # Ok::<(), crdt_merge_protocol::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct DottedVersionVector {
    pub(super) base: VectorClock,
    /// A node and its counter from 1.
    pub(super) dot: Option<(Name, u64)>,
    pub(super) extensions: Extensions,
}

impl DottedVersionVector {
    /// A vector that knows no events.
    pub const fn new() -> Self {
        DottedVersionVector { base: VectorClock::new(), dot: None, extensions: Extensions::new() }
    }

    /// A vector that knows what a clock knows.
    pub const fn from_clock(base: VectorClock) -> Self {
        DottedVersionVector { base, dot: None, extensions: Extensions::new() }
    }

    /// Makes the replica's next event the dot; the dot that was there goes into the base first.
    ///
    /// Fails with `OUT_OF_RANGE`, knowing what it knew, beyond 2⁶⁴ − 1.
    pub fn advance(&mut self, replica: &Replica) -> Result<()> {
        self.fold();
        self.dot = Some(self.base.next_event(replica)?);
        Ok(())
    }

    /// Makes the next event of a node, which the caller names and answers for, the dot; the dot that was there goes into the base
    /// first.
    ///
    /// Fails with `BAD_TEXT` on an unusable node id and with `OUT_OF_RANGE` beyond 2⁶⁴ − 1, knowing what it knew.
    pub fn advance_node(&mut self, node: &str) -> Result<()> {
        check_node_id(node)?;
        self.fold();
        self.dot = Some((Name::new(node), self.base.next_of(node)?));
        Ok(())
    }

    /// The clock beside the dot.
    pub fn base(&self) -> &VectorClock {
        &self.base
    }

    /// The node and the counter of the dot.
    pub fn dot(&self) -> Option<(&str, u64)> {
        self.dot.as_ref().map(|(node, counter)| (node.as_str(), *counter))
    }

    /// Everything known: the base with the dot's slot raised to the dot.
    pub fn effective(&self) -> Cow<'_, VectorClock> {
        let Some((node, counter)) = &self.dot else { return Cow::Borrowed(&self.base) };
        let mut effective = self.base.clone();
        effective.raise(node, *counter);
        Cow::Owned(effective)
    }

    /// Whether every event the other vector knows is known here.
    pub fn descends(&self, other: &DottedVersionVector) -> bool {
        self.effective().descends(&other.effective())
    }

    /// Puts the dot into the base, which changes nothing of what is known.
    pub(super) fn fold(&mut self) {
        if let Some((node, counter)) = self.dot.take() {
            self.base.raise(&node, counter);
        }
    }
}

impl PartialEq for DottedVersionVector {
    fn eq(&self, other: &Self) -> bool {
        self.effective() == other.effective() && self.extensions == other.extensions
    }
}

impl Eq for DottedVersionVector {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Code;
    use crate::join::Join;
    use crate::replica::{ManualClock, TestEntropy};

    #[test]
    fn advancing_forgets_no_dot() -> Result<()> {
        let mut vector = DottedVersionVector::new();
        for node in ["a", "b", "a", "a"] {
            let before = vector.clone();
            vector.advance_node(node)?;
            assert!(vector.descends(&before) && !before.descends(&vector), "{node}");
            assert_eq!(before.joined(&vector)?, vector, "{node}");
        }
        assert_eq!(*vector.effective(), VectorClock::from_iter([("a", 3), ("b", 1)]));
        Ok(())
    }

    #[test]
    fn a_failed_advance_keeps_what_is_known() -> Result<()> {
        let mut vector = DottedVersionVector::from_clock(VectorClock::from_iter([("a", u64::MAX - 1)]));
        vector.advance_node("a")?;
        let before = vector.clone();
        assert_eq!(vector.advance_node("a").unwrap_err().code(), Code::OutOfRange);
        assert_eq!(vector.advance_node("").unwrap_err().code(), Code::BadText);
        assert_eq!(vector, before);
        Ok(())
    }

    #[test]
    fn a_dot_below_the_base_says_nothing() {
        let base = VectorClock::from_iter([("a", 5)]);
        let vector =
            DottedVersionVector { base: base.clone(), dot: Some(("a".into(), 2)), ..DottedVersionVector::new() };
        assert_eq!(*vector.effective(), base);
        assert_eq!(vector, DottedVersionVector::from_clock(base));
    }

    #[test]
    fn a_replica_continues_its_own_line() -> Result<()> {
        let replica = Replica::new("n", ManualClock::default(), TestEntropy::new(1))?;
        let mut vector = DottedVersionVector::new();
        vector.advance(&replica)?;
        let copy = vector.clone();
        vector.advance(&replica)?;
        assert_eq!(vector.dot().map(|(_, counter)| counter), Some(2));
        let mut copy = copy;
        copy.advance(&replica)?;
        assert!(!copy.descends(&vector) && !vector.descends(&copy));
        Ok(())
    }
}
