use std::cmp::Ordering;

use crate::error::{Code, Error, Result};
use crate::generated::limit;
use crate::join::{Changed, Join};
use crate::names::NameMap;
use crate::replica::{Replica, Written, check_node_id};
use crate::stamp::Stamp;
use crate::types::LwwRegister;
use crate::update::Update;
use crate::value::Value;
use crate::wire::Extensions;

/// Text keys with registers. A delete leaves a tombstone; a key shows exactly when its register is later than its tombstone,
/// so a write and a delete at one stamp end deleted.
///
/// Equality leaves out tombstones that are older than the register beside them: they decide nothing any more.
///
/// Tombstones go when they are settled, see [`LwwMap::compact_to`]. Writes at or below the floor that this leaves are refused with
/// `BAD_STAMP`.
///
/// ```
/// # use crdt_merge_protocol::{LwwMap, ManualClock, Replica, TestEntropy, Value};
/// let clock = ManualClock::at_micros(1_767_225_600_000_000);
/// let me = Replica::new("tablet", clock.clone(), TestEntropy::new(1))?;
/// let mut prefs = LwwMap::new();
/// prefs.set(&me, "theme", "dark")?;
/// clock.set_micros(0);
/// prefs.set(&me, "theme", "light")?;
/// assert_eq!(prefs.value("theme"), Some(&Value::from("light")));
/// prefs.delete(&me, "theme")?;
/// assert_eq!(prefs.value("theme"), None);
/// # Ok::<(), crdt_merge_protocol::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct LwwMap {
    pub(crate) registers: NameMap<LwwRegister>,
    pub(crate) tombstones: NameMap<Stamp>,
    pub(crate) floor: Option<Stamp>,
    pub(super) extensions: Extensions,
}

impl LwwMap {
    /// A map without keys.
    pub const fn new() -> Self {
        LwwMap { registers: NameMap::new(), tombstones: NameMap::new(), floor: None, extensions: Extensions::new() }
    }

    /// Writes a value with a new stamp of the replica, which lies past what the key had before.
    ///
    /// Fails with `TOO_LARGE` on a key of more than 64 KiB.
    pub fn set(&mut self, replica: &Replica, key: &str, value: impl Into<Value>) -> Result<Written> {
        let tick = replica.tick_after(self.last_stamp(key))?;
        let register = LwwRegister::written(value.into(), tick.stamp, replica.node());
        Ok(Written { changed: self.put(key, register)?, clock_ahead: tick.clock_ahead })
    }

    /// Deletes a key with a new stamp of the replica, which lies past what the key had before.
    pub fn delete(&mut self, replica: &Replica, key: &str) -> Result<Written> {
        let tick = replica.tick_after(self.last_stamp(key))?;
        Ok(Written { changed: self.delete_at(key, tick.stamp)?, clock_ahead: tick.clock_ahead })
    }

    /// As [`LwwMap::set`], with the delta.
    pub fn set_delta(&mut self, replica: &Replica, key: &str, value: impl Into<Value>) -> Result<Update<Self>> {
        let written = self.set(replica, key, value)?;
        Ok(Update { delta: self.delta_of(key, written.changed), written })
    }

    /// As [`LwwMap::delete`], with the delta.
    pub fn delete_delta(&mut self, replica: &Replica, key: &str) -> Result<Update<Self>> {
        let written = self.delete(replica, key)?;
        Ok(Update { delta: self.delta_of(key, written.changed), written })
    }

    /// What the map holds of a key that changed, hidden register and tombstone included.
    fn delta_of(&self, key: &str, changed: Changed) -> Self {
        let mut delta = LwwMap::new();
        if changed.is_yes() {
            self.registers.value(key).into_iter().for_each(|register| delta.registers.insert(key, register.clone()));
            self.tombstones.value(key).into_iter().for_each(|stamp| delta.tombstones.insert(key, *stamp));
        }
        delta
    }

    /// Writes a value with a stamp and node id from elsewhere; an older write changes nothing.
    pub fn write(&mut self, key: &str, value: impl Into<Value>, stamp: Stamp, node: &str) -> Result<Changed> {
        check_node_id(node)?;
        self.put(key, LwwRegister::written(value.into(), stamp, node))
    }

    /// Deletes a key with a stamp from elsewhere; an older delete changes nothing.
    pub fn delete_at(&mut self, key: &str, stamp: Stamp) -> Result<Changed> {
        check_key(key)?;
        self.check_above_floor(stamp)?;
        let before = self.tombstones.value(key).copied();
        if before.is_some_and(|before| before.cmp_total(&stamp) != Ordering::Less) {
            return Ok(Changed::No);
        }
        self.tombstones.insert(key, stamp);
        let changed = Changed::from_bool(!self.is_dominated(key, &stamp));
        self.settle(key);
        Ok(changed)
    }

    fn put(&mut self, key: &str, register: LwwRegister) -> Result<Changed> {
        check_key(key)?;
        self.check_above_floor(register.stamp())?;
        let changed = match self.registers.value_mut(key) {
            Some(here) => here.join(&register)?,
            None => {
                self.registers.insert(key, register);
                Changed::Yes
            }
        };
        self.drop_dominated(key);
        Ok(changed)
    }

    /// The latest stamp that a key has seen, the floor among them.
    fn last_stamp(&self, key: &str) -> Stamp {
        let written = self.registers.value(key).map(LwwRegister::stamp);
        let deleted = self.tombstones.value(key).copied();
        written.into_iter().chain(deleted).chain(self.floor).max_by(Stamp::cmp_time).unwrap_or(Stamp::ZERO)
    }

    fn drop_dominated(&mut self, key: &str) {
        if self.tombstones.value(key).is_some_and(|stamp| self.is_dominated(key, stamp)) {
            self.tombstones.remove(key);
        }
    }

    /// Whether the register of a key is later than a tombstone.
    pub(super) fn is_dominated(&self, key: &str, tombstone: &Stamp) -> bool {
        self.registers.value(key).is_some_and(|register| register.stamp().cmp_time(tombstone) == Ordering::Greater)
    }

    fn is_visible(&self, key: &str, register: &LwwRegister) -> bool {
        self.tombstones.value(key).is_none_or(|tombstone| register.stamp().cmp_time(tombstone) == Ordering::Greater)
    }

    /// The value under a key that is not deleted.
    pub fn value(&self, key: &str) -> Option<&Value> {
        self.register(key).map(LwwRegister::value)
    }

    /// The register under a key that is not deleted, with stamp and node id.
    pub fn register(&self, key: &str) -> Option<&LwwRegister> {
        self.registers.value(key).filter(|register| self.is_visible(key, register))
    }

    /// The keys that are not deleted with their registers, by the bytes of the keys.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &LwwRegister)> {
        self.registers
            .iter()
            .map(|(key, register)| (key.as_str(), register))
            .filter(|(key, register)| self.is_visible(key, register))
    }

    /// The tombstones, by the bytes of the keys.
    pub fn tombstones(&self) -> impl Iterator<Item = (&str, Stamp)> {
        self.tombstones.iter().map(|(key, stamp)| (key.as_str(), *stamp))
    }

    /// Number of keys that are not deleted.
    pub fn len(&self) -> usize {
        self.iter().count()
    }

    /// Whether every key is deleted.
    pub fn is_empty(&self) -> bool {
        self.iter().next().is_none()
    }

    /// Tombstones that decide something.
    pub(crate) fn standing(&self) -> impl Iterator<Item = (&str, Stamp)> {
        self.tombstones().filter(|(key, stamp)| !self.is_dominated(key, stamp))
    }
}

fn check_key(key: &str) -> Result<()> {
    if key.len() <= limit::MAP_KEY_BYTES {
        return Ok(());
    }
    Err(Error::new(Code::TooLarge, "a map key has at most 64 KiB").with("found", key.len()))
}

impl PartialEq for LwwMap {
    fn eq(&self, other: &Self) -> bool {
        self.registers.iter().eq(other.registers.iter())
            && self.standing().eq(other.standing())
            && self.floor == other.floor
            && self.extensions == other.extensions
    }
}

impl Eq for LwwMap {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deletes_win_ties_and_stay() -> Result<()> {
        let mut map = LwwMap::new();
        map.write("k", 1, Stamp::from_micros(5), "a")?;
        assert!(map.delete_at("k", Stamp::from_micros(5))?.is_yes());
        assert_eq!((map.value("k"), map.len()), (None, 0));
        assert!(!map.delete_at("k", Stamp::from_micros(4))?.is_yes());
        map.write("k", 2, Stamp::from_micros(6), "a")?;
        assert_eq!(map.value("k"), Some(&Value::Int(2)));
        assert_eq!(map.tombstones().count(), 0);
        Ok(())
    }

    #[test]
    fn a_dominated_tombstone_is_no_difference() -> Result<()> {
        let mut old = LwwMap::new();
        old.delete_at("k", Stamp::from_micros(1))?;
        let mut new = old.clone();
        new.write("k", 1, Stamp::from_micros(2), "a")?;
        assert_eq!(old.joined(&new)?, new, "a local operation only moves up");
        Ok(())
    }
}
