//! The map of registers: one item per key, with its register and its tombstone.

use std::cmp::Ordering;

use crate::error::Result;
use crate::names::{Name, NameMap};
use crate::stamp::Stamp;
use crate::sync::compact::Peers;
use crate::sync::item::{Chosen, Item, ItemSink};
use crate::sync::reconcile::{Form, Parts};
use crate::types::floor::side_by_side;
use crate::types::lww_register::push_write;
use crate::types::{LwwMap, LwwRegister};
use crate::wire::body::{BodyReader, push_option, push_str, push_time};

impl Parts for LwwMap {
    const FORM: Form = Form::Keys;

    fn read_exact(&self, _reader: &mut BodyReader<'_>) -> Result<Self> {
        Ok(LwwMap::new())
    }

    fn items(&self, sink: &mut ItemSink) {
        for (key, register, tombstone) in keys(self) {
            sink.part(|out| {
                push_str(out, key);
                push_option(out, register, push_write);
                push_option(out, tombstone, push_time);
            });
        }
    }

    fn above(&self, mut chosen: Chosen<'_>, _theirs: &[Item], _peer: &Self) -> Option<Self> {
        Some(of_keys(keys(self).filter(|_| chosen.takes_next())))
    }

    fn compare_floors(&self, other: &Self) -> Ordering {
        match (self.floor, other.floor) {
            (Some(here), Some(there)) => here.cmp_total(&there),
            (here, there) => here.is_some().cmp(&there.is_some()),
        }
    }

    fn lifted(&self, to: &Self) -> Self {
        let mut lifted = self.clone();
        if let Some(floor) = to.floor {
            lifted.compact_to(floor);
        }
        lifted
    }

    fn compacted(&self, peers: &Peers<Self>) -> Option<(Self, usize)> {
        let mut lacking = peers.lacking();
        let missing = keys(self).filter(|_| lacking.takes_next());
        let stamps =
            missing.flat_map(|(_, register, tombstone)| register.map(LwwRegister::stamp).into_iter().chain(tombstone));
        let bounds = stamps.map(last_before).chain([peers.last()]);
        let floor = bounds.reduce(|a, b| Some(a?.min(b?))).flatten().filter(|_| peers.are_merged())?;
        let mut compacted = self.clone();
        let dropped = compacted.compact_to(Stamp::from_micros(floor));
        Some((compacted, dropped))
    }

    fn rebuilt(&self, mut chosen: Chosen<'_>, delta: Option<&Self>, peer: &Self) -> Self {
        let kept = keys(self).filter(|_| !chosen.takes_next());
        let rest = of_keys(kept.chain(delta.into_iter().flat_map(keys)));
        let mut rebuilt = peer.clone();
        (rebuilt.registers, rebuilt.tombstones) = (rest.registers, rest.tombstones);
        rebuilt
    }
}

/// The last whole microsecond before a stamp.
fn last_before(stamp: Stamp) -> Option<i64> {
    let floor = stamp.floor_micros();
    if Stamp::from_micros(floor).cmp_time(&stamp) == Ordering::Less { Some(floor) } else { floor.checked_sub(1) }
}

/// What the map says about a key.
type Key<'a> = (&'a Name, Option<&'a LwwRegister>, Option<Stamp>);

/// The keys of a map in order, with register and tombstone unless the register is later.
fn keys(map: &LwwMap) -> impl Iterator<Item = Key<'_>> {
    side_by_side(map.registers.iter(), map.tombstones.iter()).map(|(key, register, tombstone)| {
        let is_later = |register: &LwwRegister, stamp: &Stamp| register.stamp().cmp_time(stamp) == Ordering::Greater;
        let standing = tombstone.filter(|stamp| register.is_none_or(|register| !is_later(register, stamp)));
        (key, register, standing.copied())
    })
}

fn of_keys<'a>(keys: impl Iterator<Item = Key<'a>>) -> LwwMap {
    let (mut registers, mut tombstones) = (Vec::new(), Vec::new());
    for (key, register, tombstone) in keys {
        registers.extend(register.map(|register| (key.clone(), register.clone())));
        tombstones.extend(tombstone.map(|stamp| (key.clone(), stamp)));
    }
    let mut map = LwwMap::new();
    (map.registers, map.tombstones) = (NameMap::from_pairs(registers), NameMap::from_pairs(tombstones));
    map
}
