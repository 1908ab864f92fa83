use crate::error::Result;
use crate::join::{Changed, Join};
use crate::names::Name;
use crate::order::Write;
use crate::replica::{Replica, Written, check_node_id};
use crate::stamp::Stamp;
use crate::update::Update;
use crate::value::Value;
use crate::wire::Extensions;

/// One value; the greatest write in order W wins (see [`crate::order`]), so every tie is decided the same way everywhere.
///
/// ```
/// # use crdt_merge_protocol::{LwwRegister, ManualClock, Replica, Stamp, TestEntropy, Value};
/// let here = Replica::new("laptop", ManualClock::at_micros(10_000_000), TestEntropy::new(1))?;
/// let mut title = LwwRegister::new();
/// title.set(&here, "draft")?;
/// let late = title.write("older", Stamp::from_seconds(5.0)?, "import")?;
/// assert!(!late.is_yes());
/// assert_eq!(title.value(), &Value::from("draft"));
/// # Ok::<(), crdt_merge_protocol::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LwwRegister {
    pub(super) value: Value,
    pub(super) stamp: Stamp,
    pub(super) node: Name,
    pub(super) extensions: Extensions,
}

impl LwwRegister {
    /// A register that was never written: null, at stamp 0, by nobody.
    pub const fn new() -> Self {
        let node = Name::new_static("");
        LwwRegister { value: Value::Null, stamp: Stamp::ZERO, node, extensions: Extensions::new() }
    }

    /// A register as it stands after one write.
    pub(crate) fn written(value: Value, stamp: Stamp, node: &str) -> Self {
        // Zero has one spelling in a register, as in the reference.
        let stamp = if stamp == Stamp::from_whole_seconds(0) { Stamp::ZERO } else { stamp };
        LwwRegister { value, stamp, node: Name::new(node), extensions: Extensions::new() }
    }

    /// Writes a value with a new stamp of the replica, which lies past the stamp of the value it replaces.
    pub fn set(&mut self, replica: &Replica, value: impl Into<Value>) -> Result<Written> {
        let tick = replica.tick_after(self.stamp)?;
        let changed = self.join(&LwwRegister::written(value.into(), tick.stamp, replica.node()))?;
        Ok(Written { changed, clock_ahead: tick.clock_ahead })
    }

    /// As [`LwwRegister::set`], with the delta: the register itself, without the fields that it carries for others.
    pub fn set_delta(&mut self, replica: &Replica, value: impl Into<Value>) -> Result<Update<Self>> {
        let written = self.set(replica, value)?;
        let delta = match written.changed {
            Changed::Yes => LwwRegister { extensions: Extensions::new(), ..self.clone() },
            Changed::No => LwwRegister::new(),
        };
        Ok(Update { delta, written })
    }

    /// Writes a value with a stamp and node id from elsewhere (an import, a test); an older write changes nothing.
    pub fn write(&mut self, value: impl Into<Value>, stamp: Stamp, node: &str) -> Result<Changed> {
        check_node_id(node)?;
        self.join(&LwwRegister::written(value.into(), stamp, node))
    }

    /// The value; null if it was never written.
    pub fn value(&self) -> &Value {
        &self.value
    }

    /// When the value was written.
    pub fn stamp(&self) -> Stamp {
        self.stamp
    }

    /// Who wrote the value; empty if nobody did.
    pub fn node(&self) -> &str {
        &self.node
    }

    pub(crate) fn as_write(&self) -> Write<'_> {
        Write { stamp: &self.stamp, node: &self.node, value: &self.value }
    }
}

impl Default for LwwRegister {
    fn default() -> Self {
        LwwRegister::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::replica::{ManualClock, TestEntropy};

    #[test]
    fn a_write_passes_what_it_replaces_even_when_the_clock_is_behind() -> Result<()> {
        let replica = Replica::new("a", ManualClock::at_micros(0), TestEntropy::new(1))?;
        let mut register = LwwRegister::new();
        register.write(1, Stamp::from_micros(30_000_000), "z")?;
        let written = register.set(&replica, 2)?;
        assert_eq!((written.changed, written.clock_ahead), (Changed::Yes, None));
        assert_eq!(register.stamp(), Stamp::from_micros(30_000_001));
        Ok(())
    }

    #[test]
    fn a_stamp_from_far_ahead_wins_and_is_told() -> Result<()> {
        let replica = Replica::new("a", ManualClock::at_micros(0), TestEntropy::new(1))?;
        let mut register = LwwRegister::new();
        register.write(1, Stamp::from_whole_seconds(3600), "z")?;
        let written = register.set(&replica, 2)?;
        assert_eq!((written.changed, written.clock_ahead), (Changed::No, Some(3_600_000_000)));
        assert_eq!(register.value(), &Value::Int(1));
        Ok(())
    }
}
