//! Differences of two trees.

use crdt_merge::value::{JsonInteger, Map};
use crdt_merge::{AnyState, JsonValue, Result};

/// A place where two trees differ.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// Keys of maps and places in lists, from the root.
    pub path: Vec<JsonValue>,
    /// What the left tree has there, if anything.
    pub left: Option<JsonValue>,
    /// What the right tree has there, if anything.
    pub right: Option<JsonValue>,
}

/// Differences of the canonical payloads of two states, so that order and spelling of the given frames do not show.
pub fn differences(left: &AnyState, right: &AnyState) -> Result<Vec<Difference>> {
    let mut walk = Walk::default();
    walk.values(&left.describe()?, &right.describe()?);
    Ok(walk.found)
}

#[derive(Default)]
struct Walk {
    path: Vec<JsonValue>,
    found: Vec<Difference>,
}

impl Walk {
    fn values(&mut self, left: &JsonValue, right: &JsonValue) {
        match (left, right) {
            (JsonValue::Map(left), JsonValue::Map(right)) => self.maps(left, right),
            (JsonValue::List(left), JsonValue::List(right)) => self.lists(left, right),
            (left, right) if left == right => {}
            (left, right) => self.note(Some(left), Some(right)),
        }
    }

    fn note(&mut self, left: Option<&JsonValue>, right: Option<&JsonValue>) {
        self.found.push(Difference { path: self.path.clone(), left: left.cloned(), right: right.cloned() });
    }

    fn at(&mut self, key: JsonValue, look: impl FnOnce(&mut Self)) {
        self.path.push(key);
        look(self);
        self.path.pop();
    }

    /// By key; the order of maps of the protocol is canonical already, and that of a user's map is part of its value.
    fn maps(&mut self, left: &Map<JsonInteger>, right: &Map<JsonInteger>) {
        let index: std::collections::HashMap<_, _> = right.iter().map(|(key, value)| (key, value)).collect();
        let known: std::collections::HashSet<_> = left.iter().map(|(key, _)| key).collect();
        let before = self.found.len();
        for (key, here) in left {
            self.at(key.clone(), |walk| match index.get(key) {
                Some(there) => walk.values(here, there),
                None => walk.note(Some(here), None),
            });
        }
        for (key, there) in right.iter().filter(|(key, _)| !known.contains(key)) {
            self.at(key.clone(), |walk| walk.note(None, Some(there)));
        }
        if self.found.len() == before && left != right {
            self.note(Some(&left.clone().into()), Some(&right.clone().into()));
        }
    }

    /// What two lists share at their start and end is left out. In between, members are compared place by place if there are
    /// equally many, else those that only one list has are told.
    fn lists(&mut self, left: &[JsonValue], right: &[JsonValue]) {
        let start = left.iter().zip(right).take_while(|(here, there)| here == there).count();
        let (left, right) = (left.get(start..).unwrap_or(&[]), right.get(start..).unwrap_or(&[]));
        let end = left.iter().rev().zip(right.iter().rev()).take_while(|(here, there)| here == there).count();
        let left = left.get(..left.len() - end).unwrap_or(&[]);
        let right = right.get(..right.len() - end).unwrap_or(&[]);
        if left.len() == right.len() {
            self.places(start, left, right);
        } else {
            self.members(start, left, right);
        }
    }

    fn places(&mut self, start: usize, left: &[JsonValue], right: &[JsonValue]) {
        for (place, (here, there)) in left.iter().zip(right).enumerate() {
            self.at(crate::json::count(start + place), |walk| walk.values(here, there));
        }
    }

    fn members(&mut self, start: usize, left: &[JsonValue], right: &[JsonValue]) {
        let before = self.found.len();
        self.only(start, left, right, |walk, member| walk.note(Some(member), None));
        self.only(start, right, left, |walk, member| walk.note(None, Some(member)));
        if self.found.len() == before {
            self.note(Some(&left.to_vec().into()), Some(&right.to_vec().into()));
        }
    }

    /// Visits the members of `these` that `those` lacks.
    fn only(&mut self, start: usize, these: &[JsonValue], those: &[JsonValue], note: fn(&mut Self, &JsonValue)) {
        let there: std::collections::HashSet<_> = those.iter().collect();
        for (place, member) in these.iter().enumerate().filter(|(_, member)| !there.contains(member)) {
            self.at(crate::json::count(start + place), |walk| note(walk, member));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(numbers: &[i64]) -> JsonValue {
        JsonValue::List(numbers.iter().map(|number| JsonValue::from(*number)).collect())
    }

    fn found(left: &JsonValue, right: &JsonValue) -> Vec<(Option<i64>, Option<JsonValue>, Option<JsonValue>)> {
        let mut walk = Walk::default();
        walk.values(left, right);
        let place = |difference: &Difference| match difference.path.last() {
            Some(JsonValue::Int(JsonInteger::Small(place))) => Some(*place),
            _ => None,
        };
        walk.found
            .iter()
            .map(|difference| (place(difference), difference.left.clone(), difference.right.clone()))
            .collect()
    }

    #[test]
    fn lists_tell_what_only_one_has() {
        assert_eq!(found(&list(&[1, 2, 3]), &list(&[1, 2, 3])), []);
        assert_eq!(found(&list(&[1, 2, 9]), &list(&[1, 9])), [(Some(1), Some(2.into()), None)]);
        assert_eq!(found(&list(&[1, 2]), &list(&[1, 3])), [(Some(1), Some(2.into()), Some(3.into()))]);
    }

    #[test]
    fn unequal_lists_are_never_silent() {
        assert_eq!(found(&list(&[1, 1]), &list(&[1])).len(), 1);
        assert_eq!(found(&list(&[2, 1]), &list(&[1, 1, 2])).len(), 1);
    }

    #[test]
    fn maps_in_another_order_differ_as_a_whole() -> Result<()> {
        let map =
            |keys: [i64; 2]| Map::from_pairs(keys.map(|key| (key.into(), JsonValue::Null)).into()).map(JsonValue::Map);
        assert_eq!(found(&map([1, 2])?, &map([2, 1])?).len(), 1);
        assert_eq!(found(&map([1, 2])?, &map([1, 3])?).len(), 2);
        Ok(())
    }
}
