use crate::dot::{Context, Dot};
use crate::error::Result;
use crate::join::Changed;
use crate::replica::{Replica, Tick, Written};
use crate::stamp::Stamp;
use crate::types::dot_map::DotMap;
use crate::update::Update;
use crate::value::Value;
use crate::wire::Extensions;

/// A register that keeps every value nobody has overwritten: concurrent writes stand side by side until one follows them.
///
/// Each write has a dot and a stamp. A write takes away the values that its writer saw, and no others; stamps tell people when
/// it was and decide nothing.
///
/// ```
/// # use crdt_merge_protocol::{Join, ManualClock, MvRegister, Replica, TestEntropy, Value};
/// let here = Replica::new("laptop", ManualClock::default(), TestEntropy::new(1))?;
/// let there = Replica::new("phone", ManualClock::default(), TestEntropy::new(2))?;
/// let mut title = MvRegister::new();
/// title.set(&here, "draft")?;
/// let mut copy = title.clone();
/// title.set(&here, "report")?;
/// copy.set(&there, "letter")?;
/// title.join(&copy)?;
/// assert_eq!(title.values().collect::<Vec<_>>(), [&Value::from("report"), &Value::from("letter")]);
/// title.set(&here, "report and letter")?;
/// assert_eq!(title.value(), Some(&Value::from("report and letter")));
/// # Ok::<(), crdt_merge_protocol::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MvRegister {
    pub(crate) siblings: DotMap<Sibling>,
    pub(super) extensions: Extensions,
}

/// One value of a [`MvRegister`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sibling {
    pub(crate) value: Value,
    pub(crate) stamp: Stamp,
}

impl Sibling {
    /// The value.
    pub fn value(&self) -> &Value {
        &self.value
    }

    /// When it was written.
    pub fn stamp(&self) -> Stamp {
        self.stamp
    }
}

impl MvRegister {
    /// A register that was never written.
    pub const fn new() -> Self {
        MvRegister { siblings: DotMap::new(), extensions: Extensions::new() }
    }

    /// Writes a value with a new dot and a new stamp of the replica; it takes the place of all values seen so far.
    pub fn set(&mut self, replica: &Replica, value: impl Into<Value>) -> Result<Written> {
        let (dot, sibling, written) = self.next(replica, value.into())?;
        drop(self.siblings.kill_all());
        self.siblings.write(dot, sibling);
        Ok(written)
    }

    /// As [`MvRegister::set`], with the delta.
    pub fn set_delta(&mut self, replica: &Replica, value: impl Into<Value>) -> Result<Update<Self>> {
        let (dot, sibling, written) = self.next(replica, value.into())?;
        let delta = DotMap::delta(Some((dot.clone(), sibling.clone())), self.siblings.kill_all());
        self.siblings.write(dot, sibling);
        Ok(Update { delta: MvRegister::of(delta), written })
    }

    fn next(&self, replica: &Replica, value: Value) -> Result<(Dot, Sibling, Written)> {
        let seen = self.siblings.iter().map(|(_, sibling)| sibling.stamp).max_by(Stamp::cmp_time);
        let Tick { stamp, clock_ahead } = match seen {
            Some(seen) => replica.tick_after(seen)?,
            None => Tick { stamp: replica.tick()?, clock_ahead: None },
        };
        let dot = self.siblings.next_dot(replica)?;
        Ok((dot, Sibling { value, stamp }, Written { changed: Changed::Yes, clock_ahead }))
    }

    /// The register after one write by an actor that the caller names and answers for: for exchange, replay and tests.
    ///
    /// Fails with `BAD_ARGUMENT` on an empty actor or sequence 0.
    pub fn with_dot(value: impl Into<Value>, stamp: Stamp, actor: &str, sequence: u64) -> Result<Self> {
        DotMap::written(actor, sequence, Sibling { value: value.into(), stamp }).map(MvRegister::of)
    }

    pub(crate) fn of(siblings: DotMap<Sibling>) -> Self {
        MvRegister { siblings, extensions: Extensions::new() }
    }

    /// The values side by side, in the order of their dots.
    pub fn values(&self) -> impl ExactSizeIterator<Item = &Value> {
        self.siblings.iter().map(|(_, sibling)| &sibling.value)
    }

    /// The value; `None` if it was never written, and while there are several.
    pub fn value(&self) -> Option<&Value> {
        let mut values = self.values();
        values.next().filter(|_| values.len() == 0)
    }

    /// The values with the dots that wrote them and their stamps, in the order of the dots.
    pub fn siblings(&self) -> impl ExactSizeIterator<Item = (&Dot, &Sibling)> {
        self.siblings.iter()
    }

    /// Number of values side by side: 0 if the register was never written, more than 1 if writes were concurrent.
    pub fn len(&self) -> usize {
        self.siblings.len()
    }

    /// Whether the register was never written.
    pub fn is_empty(&self) -> bool {
        self.siblings.is_empty()
    }

    /// The writes that the register has seen.
    pub fn context(&self) -> &Context {
        self.siblings.context()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::join::{Join, MergeReport};
    use crate::replica::{ManualClock, TestEntropy};

    fn replica(node: &str, seed: u64) -> Result<Replica> {
        Replica::new(node, ManualClock::at_micros(10), TestEntropy::new(seed))
    }

    #[test]
    fn a_write_passes_the_stamps_it_has_seen() -> Result<()> {
        let mut register = MvRegister::with_dot(1, Stamp::from_micros(70), "b", 1)?;
        register.join(&MvRegister::with_dot(2, Stamp::from_whole_seconds(3600), "c", 1)?)?;
        let written = register.set(&replica("a", 1)?, 3)?;
        assert_eq!(written.clock_ahead, Some(3_600_000_000 - 10));
        assert_eq!((register.value(), register.len()), (Some(&Value::Int(3)), 1));
        Ok(())
    }

    #[test]
    fn two_copies_written_by_one_replica_keep_both_values() -> Result<()> {
        let here = replica("a", 1)?;
        let mut one = MvRegister::new();
        one.set(&here, 0)?;
        let mut two = one.clone();
        one.set(&here, 1)?;
        two.set(&here, 2)?;
        let report = MergeReport::with_keys().of(&mut one, &two)?;
        assert_eq!((one.len(), one.value(), report.conflicts), (2, None, 0));
        assert_eq!(report.changed_keys, Some(vec![String::new()]));
        assert!(!MergeReport::default().of(&mut one, &two)?.changed);
        Ok(())
    }
}
