//! The map of registers: one item per key, with its register and its tombstone.

use std::cmp::Ordering;

use crate::error::Result;
use crate::names::{Name, NameMap};
use crate::stamp::Stamp;
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

    fn rebuilt(&self, mut chosen: Chosen<'_>, delta: Option<&Self>, peer: &Self) -> Self {
        let kept = keys(self).filter(|_| !chosen.takes_next());
        let rest = of_keys(kept.chain(delta.into_iter().flat_map(keys)));
        let mut rebuilt = peer.clone();
        (rebuilt.registers, rebuilt.tombstones) = (rest.registers, rest.tombstones);
        rebuilt
    }
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
