//! The compaction floor of a map: a stamp.

use std::borrow::Cow;
use std::cmp::Ordering;

use super::LwwMap;
use super::join::join_at_one_floor;
use crate::error::Result;
use crate::join::{Changed, Observer};
use crate::names::{Name, NameMap};
use crate::order::compare_writes;
use crate::stamp::Stamp;
use crate::types::LwwRegister;
use crate::types::floor::{StaleKeys, below_floor, side_by_side};

/// What a map holds under one key. A tombstone that the register has overtaken is none.
#[derive(Clone, Copy, PartialEq)]
struct Entry<'a> {
    register: Option<&'a LwwRegister>,
    tombstone: Option<Stamp>,
}

impl<'a> Entry<'a> {
    fn new(register: Option<&'a LwwRegister>, tombstone: Option<Stamp>) -> Self {
        let tombstone = tombstone.filter(|tombstone| register.is_none_or(|register| !is_later(register, *tombstone)));
        Entry { register, tombstone }
    }

    fn is_visible(&self) -> bool {
        self.register.is_some() && self.tombstone.is_none()
    }

    /// Without the leftovers at or below a floor.
    fn normal(self, floor: Stamp) -> Self {
        let is_visible = self.is_visible();
        Entry {
            register: self.register.filter(|register| is_visible || is_above(register.stamp(), floor)),
            tombstone: self.tombstone.filter(|tombstone| is_above(*tombstone, floor)),
        }
    }

    /// What at or below a floor counts: every state with that floor has to have it.
    fn old_part(self, floor: Stamp) -> Self {
        let is_visible = self.is_visible();
        Entry {
            register: self.register.filter(|register| is_visible && !is_above(register.stamp(), floor)),
            tombstone: self.tombstone.filter(|tombstone| !is_above(*tombstone, floor)),
        }
    }

    /// Without what counts at or below a floor.
    fn salvaged(self, floor: Stamp) -> Self {
        let rest = Entry {
            register: self.register.filter(|register| is_above(register.stamp(), floor)),
            tombstone: self.tombstone,
        };
        rest.normal(floor)
    }

    fn is_empty(&self) -> bool {
        self.register.is_none() && self.tombstone.is_none()
    }

    fn joined(self, other: Entry<'a>) -> Self {
        let compare = |a: &&LwwRegister, b: &&LwwRegister| compare_writes(a.as_write(), b.as_write());
        Entry::new(
            self.register.into_iter().chain(other.register).max_by(compare),
            self.tombstone.into_iter().chain(other.tombstone).max_by(Stamp::cmp_total),
        )
    }

    /// Whether everything that counts at or below the floor of `settled` is in `settled`.
    fn is_known_to(self, settled: Entry<'a>, floor: Stamp) -> bool {
        let old = self.old_part(floor);
        old.is_empty() || old.joined(settled).normal(floor) == settled
    }
}

impl LwwMap {
    /// The compaction floor: every write at or below it is settled.
    pub fn floor(&self) -> Option<Stamp> {
        self.floor
    }

    /// Raises the floor and drops the tombstones, and the values hidden by them, that lie at or below it; a floor never goes down.
    /// Tells how many were dropped.
    ///
    /// Whoever raises a floor answers for its being settled: that every replica which is not to be forgotten has all writes at
    /// or below it, and writes later ones only. From there on states that hold more down there are refused with `STALE_STATE`.
    pub fn compact_to(&mut self, floor: Stamp) -> usize {
        let floor = later(self.floor, Some(floor)).unwrap_or(floor);
        self.floor = Some(floor);
        self.drop_leftovers(floor)
    }

    /// What is left of a state that was refused with `STALE_STATE`, and the keys under which something was left out.
    ///
    /// Everything above `floor` is kept. The result has no floor and merges with the state that refused; the caller may show
    /// what was left out, or write it again.
    #[must_use = "the salvaged state is a new one"]
    pub fn salvage(&self, floor: Stamp) -> (LwwMap, Vec<String>) {
        let left_out =
            self.entries().filter(|(_, entry)| !entry.old_part(floor).is_empty()).map(|(key, _)| key.to_string());
        let mut kept = LwwMap { extensions: self.extensions.clone(), ..LwwMap::new() };
        for (key, entry) in self.entries().map(|(key, entry)| (key, entry.salvaged(floor))) {
            entry.register.into_iter().for_each(|register| kept.registers.insert(key, register.clone()));
            entry.tombstone.into_iter().for_each(|tombstone| kept.tombstones.insert(key, tombstone));
        }
        (kept, left_out.collect())
    }

    fn entries(&self) -> impl Iterator<Item = (&Name, Entry<'_>)> {
        side_by_side(self.registers.iter(), self.tombstones.iter())
            .map(|(key, register, tombstone)| (key, Entry::new(register, tombstone.copied())))
    }

    /// Whether nothing at or below the floor is left over.
    pub(super) fn is_normal(&self, floor: Stamp) -> bool {
        self.tombstones.iter().all(|(key, tombstone)| {
            let entry = Entry::new(self.registers.value(key), Some(*tombstone));
            entry.normal(floor) == entry
        })
    }

    /// Drops what a floor has settled, and tombstones that decide nothing; tells how many were dropped.
    pub(super) fn drop_leftovers(&mut self, floor: Stamp) -> usize {
        let is_settled = |key: &Name, tombstone: Stamp| {
            let register = self.registers.value(key);
            register.is_some_and(|register| !is_later(register, tombstone) && !is_above(register.stamp(), floor))
        };
        let hidden: Vec<Name> =
            self.tombstones.iter().filter(|(key, at)| is_settled(key, **at)).map(|(key, _)| key.clone()).collect();
        let before = self.registers.len() + self.tombstones.len();
        drop_named(&mut self.registers, &hidden);
        let registers = &self.registers;
        self.tombstones.retain(|key, tombstone| {
            is_above(*tombstone, floor) && !registers.value(key).is_some_and(|register| is_later(register, *tombstone))
        });
        before - self.registers.len() - self.tombstones.len()
    }

    /// Refuses a local write at or below the floor with `BAD_STAMP`.
    pub(super) fn check_above_floor(&self, stamp: Stamp) -> Result<()> {
        match self.floor {
            Some(floor) if !is_above(stamp, floor) => Err(below_floor(floor)),
            _ => Ok(()),
        }
    }

    /// Drops what a write under one key has settled.
    pub(super) fn settle(&mut self, key: &str) {
        let Some(floor) = self.floor else { return };
        let entry = Entry::new(self.registers.value(key), self.tombstones.value(key).copied());
        let normal = entry.normal(floor);
        let (keeps_register, keeps_tombstone) = (normal.register.is_some(), normal.tombstone.is_some());
        if !keeps_register {
            self.registers.remove(key);
        }
        if !keeps_tombstone {
            self.tombstones.remove(key);
        }
    }
}

/// The join of two states of which at least one has a floor; `floor` is the later one.
pub(super) fn join_at<O: Observer>(
    map: &mut LwwMap,
    other: &LwwMap,
    floor: Stamp,
    observer: &mut O,
) -> Result<Changed> {
    check_known(map, other, other.floor)?;
    check_known(other, map, map.floor)?;
    let is_raised = map.floor != Some(floor);
    map.compact_to(floor);
    let changed = join_at_one_floor(map, &without_leftovers(other, map, floor), observer)?;
    map.drop_leftovers(floor);
    Ok(Changed::from_bool(changed.is_yes() || is_raised))
}

/// Fails with `STALE_STATE` when `map` holds something at or below the floor of `settled` that `settled` lacks.
fn check_known(map: &LwwMap, settled: &LwwMap, floor: Option<Stamp>) -> Result<()> {
    let Some(floor) = floor else { return Ok(()) };
    let empty = Entry { register: None, tombstone: None };
    let stale: StaleKeys = side_by_side(map.entries(), settled.entries())
        .filter(|(_, here, there)| !here.unwrap_or(empty).is_known_to(there.unwrap_or(empty), floor))
        .map(|(key, ..)| key.as_str())
        .collect();
    stale.check(floor)
}

/// What of `other` is to be joined into `map`, which is at the floor: nothing that the floor would drop at once.
fn without_leftovers<'a>(other: &'a LwwMap, map: &LwwMap, floor: Stamp) -> Cow<'a, LwwMap> {
    if map.tombstones.is_empty() && other.tombstones.is_empty() {
        return Cow::Borrowed(other);
    }
    let is_left_over = |key: &Name, register: &LwwRegister| {
        let tombstones = [map.tombstones.value(key), other.tombstones.value(key)];
        !is_above(register.stamp(), floor) && tombstones.into_iter().flatten().any(|at| !is_later(register, *at))
    };
    let is_clean = other.tombstones.values().all(|at| is_above(*at, floor))
        && !other.registers.iter().any(|(key, register)| is_left_over(key, register));
    if is_clean {
        return Cow::Borrowed(other);
    }
    let mut rest = other.clone();
    rest.registers.retain(|key, register| !is_left_over(key, register));
    rest.tombstones.retain(|_, at| is_above(*at, floor));
    Cow::Owned(rest)
}

/// Drops entries by their names, which ascend.
fn drop_named(registers: &mut NameMap<LwwRegister>, names: &[Name]) {
    if !names.is_empty() {
        registers.retain(|key, _| names.binary_search(key).is_err());
    }
}

/// The later one of two floors.
pub(super) fn later(a: Option<Stamp>, b: Option<Stamp>) -> Option<Stamp> {
    a.into_iter().chain(b).max_by(Stamp::cmp_total)
}

fn is_later(register: &LwwRegister, tombstone: Stamp) -> bool {
    register.stamp().cmp_time(&tombstone) == Ordering::Greater
}

fn is_above(stamp: Stamp, floor: Stamp) -> bool {
    stamp.cmp_time(&floor) == Ordering::Greater
}
