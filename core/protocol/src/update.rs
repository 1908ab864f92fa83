//! Local writes that hand back what they wrote.

use crate::join::Changed;
use crate::replica::Written;

/// What a local write did, with the part of the state that it wrote.
///
/// Every local write to a counter, register, set, flag or LWW map has a second form, `…_delta`, that does the same and gives
/// this. The delta is a state of the same kind that holds just the slots, keys or dots written; for a removal, the dots that
/// died. It says nothing that the whole state does not say, so it may come late, twice or out of order; joined into a state that
/// has seen what the writer had seen before the write, it gives exactly what the writer's whole state gives. A write that
/// changed nothing has an empty delta.
///
/// ```
/// # use crdt_merge_protocol::{Framed, Join, ManualClock, OrSet, Replica, TestEntropy};
/// let here = Replica::new("laptop", ManualClock::default(), TestEntropy::new(1))?;
/// let mut list = OrSet::from_iter_at(&here, ["milk", "eggs"])?;
/// let mut copy = list.clone();
/// for update in [list.add_delta(&here, "tea")?, list.remove_delta("milk")] {
///     assert!(update.delta.encode().len() < list.encode().len());
///     copy.join(&update.delta)?;
/// }
/// assert_eq!(copy.state_id(), list.state_id());
/// # Ok::<(), crdt_merge_protocol::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Update<S> {
    /// The part of the state that was written.
    pub delta: S,
    /// What the plain form of the write would have told.
    pub written: Written,
}

impl<S> Update<S> {
    /// The update of a write that no clock had a part in.
    pub(crate) fn new(delta: S, is_changed: bool) -> Self {
        Update { delta, written: Written { changed: Changed::from_bool(is_changed), clock_ahead: None } }
    }

    /// The same update of a larger state, of which the one at hand is a part.
    pub(crate) fn map<T>(self, wrap: impl FnOnce(S) -> T) -> Update<T> {
        Update { delta: wrap(self.delta), written: self.written }
    }
}
