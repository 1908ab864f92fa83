//! The map in parts, for merges in steps.

use super::LwwMap;
use crate::merge_job::{Ranges, name_of};
use crate::names::NameMap;
use crate::value::Value;

impl Ranges for LwwMap {
    fn key_count(&self) -> u64 {
        self.registers.len().max(self.tombstones.len()) as u64
    }

    fn sorted(&self) -> Option<Self> {
        if self.registers.is_sorted() && self.tombstones.is_sorted() {
            return None;
        }
        let mut sorted = self.clone();
        sorted.registers.sort();
        sorted.tombstones.sort();
        Some(sorted)
    }

    fn limit(&self, after: Option<&Value>, count: usize) -> Option<Value> {
        let after = name_of(after);
        let limits = [self.registers.limit(after, count), self.tombstones.limit(after, count)];
        limits.into_iter().flatten().min().map(|name| Value::from(name.as_str()))
    }

    fn between(&self, after: Option<&Value>, up_to: Option<&Value>) -> Self {
        let (after, up_to) = (name_of(after), name_of(up_to));
        LwwMap {
            registers: NameMap::of_sorted(self.registers.between(after, up_to)),
            tombstones: NameMap::of_sorted(self.tombstones.between(after, up_to)),
            floor: self.floor,
            extensions: self.extensions.clone(),
        }
    }

    fn append(&mut self, part: Self) {
        self.registers.append(part.registers);
        self.tombstones.append(part.tombstones);
        self.floor = part.floor;
        self.extensions = part.extensions;
    }
}
