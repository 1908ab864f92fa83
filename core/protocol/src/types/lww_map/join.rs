use std::cmp::Ordering;

use super::LwwMap;
use crate::error::Result;
use crate::join::{Changed, Join, Observer};
use crate::names::Name;

/// Registers by order W, tombstones by the later stamp.
impl Join for LwwMap {
    fn join_with<O: Observer>(&mut self, other: &Self, observer: &mut O) -> Result<Changed> {
        let mut changed = join_registers(self, other, observer)?;
        for key in raise_tombstones(self, other)? {
            if !self.tombstones.value(&key).is_some_and(|stamp| self.is_dominated(&key, stamp)) {
                observer.changed(&key);
                changed = true;
            }
        }
        changed |= self.extensions.join(&other.extensions);
        Ok(Changed::from_bool(changed))
    }
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
