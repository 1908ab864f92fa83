//! The set in parts, for merges in steps.

use std::collections::BTreeMap;
use std::ops::Bound;

use super::OrSet;
use super::join::check_joinable;
use crate::error::Result;
use crate::merge_job::Ranges;
use crate::value::Value;

impl Ranges for OrSet {
    fn key_count(&self) -> u64 {
        self.elements.len() as u64
    }

    fn limit(&self, after: Option<&Value>, count: usize) -> Option<Value> {
        let limit = |keys: &mut dyn Iterator<Item = &Value>| {
            let limit = keys.nth(count.max(1) - 1).cloned();
            limit.filter(|_| keys.next().is_some())
        };
        let limits = [
            limit(&mut self.elements.range(bounds(after, None)).map(|(element, _)| element)),
            limit(&mut self.removed.range(bounds(after, None)).map(|(element, _)| element)),
        ];
        limits.into_iter().flatten().min()
    }

    fn between(&self, after: Option<&Value>, up_to: Option<&Value>) -> Self {
        OrSet {
            elements: part(&self.elements, after, up_to),
            context: self.context.clone(),
            removed: part(&self.removed, after, up_to),
            is_closed: self.is_closed,
            extensions: self.extensions.clone(),
        }
    }

    fn append(&mut self, part: Self) {
        self.elements.extend(part.elements);
        self.removed.extend(part.removed);
        self.context = part.context;
        self.is_closed = part.is_closed;
        self.extensions = part.extensions;
    }

    /// One dot on two elements may stand in two ranges.
    fn check_whole(&self, other: &Self) -> Result<()> {
        check_joinable(self, other)
    }
}

fn part<T: Clone>(map: &BTreeMap<Value, T>, after: Option<&Value>, up_to: Option<&Value>) -> BTreeMap<Value, T> {
    map.range(bounds(after, up_to)).map(|(element, entry)| (element.clone(), entry.clone())).collect()
}

fn bounds<'a>(after: Option<&'a Value>, up_to: Option<&'a Value>) -> (Bound<&'a Value>, Bound<&'a Value>) {
    (after.map_or(Bound::Unbounded, Bound::Excluded), up_to.map_or(Bound::Unbounded, Bound::Included))
}
