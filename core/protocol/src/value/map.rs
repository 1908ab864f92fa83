//! Maps that keep the order in which the user gave their pairs.

use std::collections::HashSet;

use super::{Integer, Node};
use crate::error::{Code, Error, Result};

/// Distinct scalar keys with values, in the order given.
///
/// Keys are compared typed: `1` and `1.0` are two keys.
#[derive(Debug, Clone)]
pub struct Map<I>(Vec<(Node<I>, Node<I>)>);

/// Up to this many pairs a key is looked for by walking, above it through a hash set.
const LINEAR: usize = 16;

impl<I: Integer> Map<I> {
    /// A map without pairs.
    pub const fn new() -> Self {
        Map(Vec::new())
    }

    /// A map of pairs; of equal keys the last value wins and the first place is kept.
    ///
    /// Fails with `BAD_KEY` when a key is a list, map or set.
    pub fn from_pairs(pairs: Vec<(Node<I>, Node<I>)>) -> Result<Self> {
        match pairs.iter().find(|(key, _)| !key.kind().is_scalar()) {
            Some((key, _)) => Err(bad_key(key)),
            None => Ok(Map(without_duplicates(pairs))),
        }
    }

    /// Puts a value under a key: an existing pair keeps its place.
    ///
    /// Fails with `BAD_KEY` when the key is a list, map or set.
    pub fn insert(&mut self, key: Node<I>, value: Node<I>) -> Result<Option<Node<I>>> {
        if !key.kind().is_scalar() {
            return Err(bad_key(&key));
        }
        if let Some((_, old)) = self.0.iter_mut().find(|(existing, _)| *existing == key) {
            return Ok(Some(std::mem::replace(old, value)));
        }
        self.0.push((key, value));
        Ok(None)
    }

    /// The value under a key.
    pub fn value(&self, key: &Node<I>) -> Option<&Node<I>> {
        self.0.iter().find(|(existing, _)| existing == key).map(|(_, value)| value)
    }

    /// The value under a text key.
    pub fn field(&self, name: &str) -> Option<&Node<I>> {
        self.0.iter().find(|(key, _)| key.as_text() == Some(name)).map(|(_, value)| value)
    }

    /// Number of pairs.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are no pairs.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The pairs in order.
    pub fn iter(&self) -> std::slice::Iter<'_, (Node<I>, Node<I>)> {
        self.0.iter()
    }

    /// The pairs in order, owned.
    pub fn into_pairs(self) -> Vec<(Node<I>, Node<I>)> {
        self.0
    }
}

impl<I: Integer> PartialEq for Map<I> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl<I: Integer> Eq for Map<I> {}

impl<I: Integer> Default for Map<I> {
    fn default() -> Self {
        Map::new()
    }
}

impl<'a, I: Integer> IntoIterator for &'a Map<I> {
    type Item = &'a (Node<I>, Node<I>);
    type IntoIter = std::slice::Iter<'a, (Node<I>, Node<I>)>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

fn bad_key<I>(key: &Node<I>) -> Error {
    Error::new(Code::BadKey, "a map key or set member must be null, bool, int, float, text or bytes")
        .with("found", key.kind().name())
}

fn without_duplicates<I: Integer>(pairs: Vec<(Node<I>, Node<I>)>) -> Vec<(Node<I>, Node<I>)> {
    if is_distinct(&pairs) { pairs } else { last_wins(pairs) }
}

fn is_distinct<I: Integer>(pairs: &[(Node<I>, Node<I>)]) -> bool {
    if pairs.len() <= LINEAR {
        return pairs
            .iter()
            .enumerate()
            .all(|(index, (key, _))| pairs.iter().take(index).all(|(earlier, _)| earlier != key));
    }
    let mut seen = HashSet::with_capacity(pairs.len());
    pairs.iter().all(|(key, _)| seen.insert(key))
}

fn last_wins<I: Integer>(pairs: Vec<(Node<I>, Node<I>)>) -> Vec<(Node<I>, Node<I>)> {
    // Grown as needed: how many keys are left is not known, and a flood of one key leaves one.
    let mut place = std::collections::HashMap::new();
    let mut kept: Vec<(Node<I>, Node<I>)> = Vec::new();
    for (key, value) in pairs {
        let index = *place.entry(key.clone()).or_insert(kept.len());
        match kept.get_mut(index) {
            Some(pair) => pair.1 = value,
            None => kept.push((key, value)),
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Value;

    #[test]
    fn duplicates_keep_the_first_place_and_the_last_value() -> Result<()> {
        for extra in [0, 40] {
            let mut pairs = vec![
                (Value::from("a"), Value::Int(1)),
                (Value::from("b"), Value::Int(2)),
                (Value::from("a"), Value::Int(3)),
            ];
            pairs.extend((0..extra).map(|n| (Value::Int(n), Value::Null)));
            let map = Map::from_pairs(pairs)?;
            assert_eq!(map.iter().next(), Some(&(Value::from("a"), Value::Int(3))));
            assert_eq!(map.len(), 2 + usize::try_from(extra).unwrap_or(0));
        }
        Ok(())
    }

    #[test]
    fn containers_are_no_keys() {
        let error = Map::from_pairs(vec![(Value::List(vec![]), Value::Null)]).unwrap_err();
        assert_eq!(error.code(), Code::BadKey);
    }
}
