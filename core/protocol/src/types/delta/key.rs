//! Keys of records: equality by value, text for removals, an index.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::HashMap;
use std::hash::{Hash, Hasher};

use foldhash::quality::RandomState;

use super::Record;
use crate::order::compare_keys;
use crate::text;
use crate::value::Value;

/// 2⁶³ as a double.
const TWO_63: f64 = 9_223_372_036_854_775_808.0;

/// The key of a record that has one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Key<'a>(&'a Value);

impl<'a> Key<'a> {
    /// The key of a record; `None` when the field is missing or null.
    pub(super) fn of(record: &'a Record, field: &str) -> Option<Self> {
        record.field(field).filter(|value| !matches!(value, Value::Null)).map(Key)
    }

    /// The text that removals go by.
    pub(super) fn text(self) -> Cow<'a, str> {
        match self.0 {
            Value::Text(text) => Cow::Borrowed(text),
            other => Cow::Owned(text::py_str(other)),
        }
    }

    fn is_nan(self) -> bool {
        matches!(self.0, Value::Float(float) if float.is_nan())
    }
}

impl PartialEq for Key<'_> {
    fn eq(&self, other: &Self) -> bool {
        compare_keys(self.0, other.0) == Ordering::Equal
    }
}

/// NaN, which equals no key, never enters an index.
impl Eq for Key<'_> {}

impl Hash for Key<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match self.0 {
            Value::Float(float) => match whole(*float) {
                Some(int) => Value::Int(int).hash(state),
                None => self.0.hash(state),
            },
            other => other.hash(state),
        }
    }
}

/// The integer that a float equals as a key.
fn whole(float: f64) -> Option<i64> {
    let is_whole = float.trunc() == float && (-TWO_63..TWO_63).contains(&float);
    // In range, so the conversion is exact.
    is_whole.then_some(float as i64)
}

/// Where each key stands in a list.
#[derive(Debug, Default)]
pub(super) struct Places<'a>(HashMap<Key<'a>, usize, RandomState>);

impl<'a> Places<'a> {
    pub(super) fn with_capacity(keys: usize) -> Self {
        Places(HashMap::with_capacity_and_hasher(keys, RandomState::default()))
    }

    pub(super) fn place(&self, key: Key<'a>) -> Option<usize> {
        if key.is_nan() { None } else { self.0.get(&key).copied() }
    }

    /// The place of a key that is there already, or `None` after giving it the place `next`.
    pub(super) fn claim(&mut self, key: Key<'a>, next: usize) -> Option<usize> {
        if key.is_nan() {
            return None;
        }
        let place = *self.0.entry(key).or_insert(next);
        (place != next).then_some(place)
    }
}

/// Records with keys: of equal keys the last record, at the place of the first.
#[derive(Debug)]
pub(super) struct Index<'a> {
    pub(super) entries: Vec<(Key<'a>, usize)>,
    places: Places<'a>,
}

impl<'a> Index<'a> {
    /// The index of a list; entries name records by their position in it.
    pub(super) fn of(records: &'a [Record], field: &str) -> Self {
        let mut index =
            Index { entries: Vec::with_capacity(records.len()), places: Places::with_capacity(records.len()) };
        for (position, record) in records.iter().enumerate() {
            if let Some(key) = Key::of(record, field) {
                index.put(key, position);
            }
        }
        index
    }

    fn put(&mut self, key: Key<'a>, position: usize) {
        match self.places.claim(key, self.entries.len()).and_then(|place| self.entries.get_mut(place)) {
            Some(entry) => *entry = (key, position),
            None => self.entries.push((key, position)),
        }
    }

    /// The position of the record with this key.
    pub(super) fn position(&self, key: Key<'a>) -> Option<usize> {
        let place = self.places.place(key)?;
        self.entries.get(place).map(|(_, position)| *position)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_keys_hash_alike() {
        let hasher = RandomState::default();
        let hash = |value: &Value| std::hash::BuildHasher::hash_one(&hasher, Key(value));
        for (int, float) in [(1, 1.0), (0, -0.0), (i64::MIN, -TWO_63), (-7, -7.0)] {
            assert_eq!(Key(&Value::Int(int)), Key(&Value::Float(float)));
            assert_eq!(hash(&Value::Int(int)), hash(&Value::Float(float)));
        }
        assert_ne!(Key(&Value::Int(i64::MAX)), Key(&Value::Float(TWO_63)));
        assert_ne!(Key(&Value::Int(1)), Key(&Value::Bool(true)));
        assert_ne!(Key(&Value::Int(1)), Key(&Value::from("1")));
    }
}
