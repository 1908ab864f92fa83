use std::cmp::Ordering;

use super::LwwMap;
use super::floor::{join_at, later};
use crate::error::Result;
use crate::join::{Changed, Join, Observer};
use crate::names::Name;

/// Registers by order W, tombstones by the later stamp; what a floor has settled is not kept.
impl Join for LwwMap {
    /// Fails with `STALE_STATE` when one side holds something at or below the other's floor that the other lacks.
    fn join_with<O: Observer>(&mut self, other: &Self, observer: &mut O) -> Result<Changed> {
        match later(self.floor, other.floor) {
            None => join_at_one_floor(self, other, observer),
            Some(floor) => join_at(self, other, floor, observer),
        }
    }
}

/// The join without a look at floors.
pub(super) fn join_at_one_floor<O: Observer>(map: &mut LwwMap, other: &LwwMap, observer: &mut O) -> Result<Changed> {
    let mut changed = join_registers(map, other, observer)?;
    for key in raise_tombstones(map, other)? {
        if !map.tombstones.value(&key).is_some_and(|stamp| map.is_dominated(&key, stamp)) {
            observer.changed(&key);
            changed = true;
        }
    }
    changed |= map.extensions.join(&other.extensions);
    Ok(Changed::from_bool(changed))
}

fn join_registers<O: Observer>(map: &mut LwwMap, other: &LwwMap, observer: &mut O) -> Result<bool> {
    let mut changed = false;
    let mut added = Vec::new();
    map.registers.join(
        &other.registers,
        |key, here, there| {
            changed |= here.join_named(key, there, observer).is_yes();
            Ok(())
        },
        |key, _| added.push(key.clone()),
    )?;
    added.iter().for_each(|key| observer.changed(key));
    Ok(changed || !added.is_empty())
}

/// Keys whose tombstone is now later than before.
fn raise_tombstones(map: &mut LwwMap, other: &LwwMap) -> Result<Vec<Name>> {
    let mut raised = Vec::new();
    let mut added = Vec::new();
    map.tombstones.join(
        &other.tombstones,
        |key, here, there| {
            if there.cmp_total(here) == Ordering::Greater {
                *here = *there;
                raised.push(key.clone());
            }
            Ok(())
        },
        |key, _| added.push(key.clone()),
    )?;
    raised.append(&mut added);
    Ok(raised)
}
