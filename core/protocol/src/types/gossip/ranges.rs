//! The state in parts, for merges in steps.

use super::GossipState;
use crate::merge_job::{Ranges, name_of};
use crate::names::NameMap;
use crate::value::Value;

impl Ranges for GossipState {
    fn key_count(&self) -> u64 {
        self.entries.len() as u64
    }

    fn sorted(&self) -> Option<Self> {
        if self.entries.is_sorted() {
            return None;
        }
        let mut sorted = self.clone();
        sorted.entries.sort();
        Some(sorted)
    }

    fn limit(&self, after: Option<&Value>, count: usize) -> Option<Value> {
        self.entries.limit(name_of(after), count).map(|name| Value::from(name.as_str()))
    }

    fn between(&self, after: Option<&Value>, up_to: Option<&Value>) -> Self {
        GossipState {
            node: self.node.clone(),
            fanout: self.fanout,
            entries: NameMap::of_sorted(self.entries.between(name_of(after), name_of(up_to))),
            clock: self.clock.clone(),
            is_covering: self.is_covering,
            floor: self.floor,
            extensions: self.extensions.clone(),
        }
    }

    fn append(&mut self, part: Self) {
        self.entries.append(part.entries);
        self.clock = part.clock;
        self.is_covering = part.is_covering;
        self.floor = part.floor;
        self.extensions = part.extensions;
    }
}
