use crate::dot::Context;
use crate::error::Result;
use crate::join::Changed;
use crate::replica::Replica;
use crate::types::dot_map::DotMap;
use crate::update::Update;
use crate::wire::Extensions;

/// A flag that is off at first; switching it on wins over switching it off that had not seen it.
///
/// ```
/// # use crdt_merge_protocol::{EwFlag, Join, ManualClock, Replica, TestEntropy};
/// let here = Replica::new("laptop", ManualClock::default(), TestEntropy::new(1))?;
/// let there = Replica::new("phone", ManualClock::default(), TestEntropy::new(2))?;
/// let mut starred = EwFlag::new();
/// starred.enable(&here)?;
/// let mut copy = starred.clone();
/// starred.disable();
/// copy.enable(&there)?;
/// starred.join(&copy)?;
/// assert!(starred.is_on());
/// # Ok::<(), crdt_merge_protocol::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EwFlag {
    pub(crate) enables: DotMap<()>,
    pub(super) extensions: Extensions,
}

impl EwFlag {
    /// A flag that is off.
    pub const fn new() -> Self {
        EwFlag { enables: DotMap::new(), extensions: Extensions::new() }
    }

    /// Switches the flag on with a new dot of the replica, which takes the place of those seen so far.
    pub fn enable(&mut self, replica: &Replica) -> Result<()> {
        let dot = self.enables.next_dot(replica)?;
        drop(self.enables.kill_all());
        self.enables.write(dot, ());
        Ok(())
    }

    /// As [`EwFlag::enable`], with the delta.
    pub fn enable_delta(&mut self, replica: &Replica) -> Result<Update<Self>> {
        let dot = self.enables.next_dot(replica)?;
        let delta = DotMap::delta(Some((dot.clone(), ())), self.enables.kill_all());
        self.enables.write(dot, ());
        Ok(Update::new(EwFlag::of(delta), true))
    }

    /// Switches the flag off, as far as enablings have been seen; tells whether it was on.
    pub fn disable(&mut self) -> Changed {
        Changed::from_bool(self.enables.kill_all().next().is_some())
    }

    /// As [`EwFlag::disable`], with the delta.
    pub fn disable_delta(&mut self) -> Update<Self> {
        let was_on = self.is_on();
        Update::new(EwFlag::of(DotMap::delta(None, self.enables.kill_all())), was_on)
    }

    /// The flag after it was switched on by an actor that the caller names and answers for: for exchange, replay and tests.
    ///
    /// Fails with `BAD_ARGUMENT` on an empty actor or sequence 0.
    pub fn with_dot(actor: &str, sequence: u64) -> Result<Self> {
        DotMap::written(actor, sequence, ()).map(EwFlag::of)
    }

    pub(crate) fn of(enables: DotMap<()>) -> Self {
        EwFlag { enables, extensions: Extensions::new() }
    }

    /// Whether the flag is on.
    pub fn is_on(&self) -> bool {
        !self.enables.is_empty()
    }

    /// The enablings that the flag has seen.
    pub fn context(&self) -> &Context {
        self.enables.context()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::join::{Join, MergeReport};
    use crate::replica::{ManualClock, TestEntropy};

    #[test]
    fn only_what_was_seen_is_switched_off() -> Result<()> {
        let here = Replica::new("a", ManualClock::default(), TestEntropy::new(1))?;
        let mut flag = EwFlag::new();
        assert!(!flag.is_on() && !flag.disable().is_yes());
        flag.enable(&here)?;
        let old = flag.clone();
        assert!(flag.disable().is_yes());
        flag.join(&old)?;
        assert!(!flag.is_on(), "an old copy brings nothing back");
        let mut other = old.clone();
        other.join(&EwFlag::with_dot("b", 1)?)?;
        let report = MergeReport::with_keys().of(&mut flag, &other)?;
        assert!(flag.is_on() && report.changed_keys == Some(vec![String::new()]));
        Ok(())
    }
}
