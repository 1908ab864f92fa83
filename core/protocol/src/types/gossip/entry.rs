use std::cmp::Ordering;

use sha2::{Digest, Sha256};

use crate::json::push_text;
use crate::names::Name;
use crate::order::{compare_bytes, compare_nan_bits};
use crate::text::py_str;
use crate::types::vector_clock::push_sorted_clock;
use crate::types::{Causality, VectorClock};
use crate::value::Value;

/// A key with its value, or the mark of its deletion, and what its writer knew.
///
/// As a frame of its own it is a message: it has no join, [`GossipState::apply`](super::GossipState::apply) takes it in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GossipEntry {
    pub(crate) key: Name,
    pub(super) value: Value,
    pub(super) clock: VectorClock,
    pub(super) is_tombstone: bool,
}

impl GossipEntry {
    /// An entry that holds a value.
    pub fn new(key: &str, value: Value, clock: VectorClock) -> Self {
        GossipEntry { key: Name::new(key), value, clock, is_tombstone: false }
    }

    /// An entry that says the key is deleted; `value` is the one it had, null if unknown.
    pub fn tombstone(key: &str, value: Value, clock: VectorClock) -> Self {
        GossipEntry { key: Name::new(key), value, clock, is_tombstone: true }
    }

    /// The key.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The value; of a tombstone the value that was deleted.
    pub fn value(&self) -> &Value {
        &self.value
    }

    /// The value, unless it is deleted.
    pub fn live_value(&self) -> Option<&Value> {
        (!self.is_tombstone).then_some(&self.value)
    }

    /// What the writer of the entry knew, with the write itself.
    pub fn clock(&self) -> &VectorClock {
        &self.clock
    }

    /// Whether the entry says that the key is deleted.
    pub fn is_tombstone(&self) -> bool {
        self.is_tombstone
    }

    /// First 16 hexadecimal digits of the SHA-256 of the entry's content, as the reference's 0.9.1 has them.
    ///
    /// Values of one text (`1` and `"1"`) share a digest, so that equal digests prove nothing.
    pub fn digest(&self) -> String {
        let mut text = String::from("{\"c\": ");
        push_sorted_clock(&mut text, &self.clock);
        text.push_str(if self.is_tombstone { ", \"t\": true, \"v\": " } else { ", \"t\": false, \"v\": " });
        push_text(&mut text, &py_str(&self.value));
        text.push('}');
        Sha256::digest(text.as_bytes()).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
    }

    /// The order that decides which of two entries of one key stays; the greater one.
    ///
    /// The number of events known grows with every write that has seen another, so a later write always beats an earlier one.
    pub(super) fn compare(&self, other: &GossipEntry) -> Ordering {
        self.clock.compare_totally(&other.clock).then_with(|| self.compare_tied(other))
    }

    /// The part of the order that is left when both clocks are the same.
    fn compare_tied(&self, other: &GossipEntry) -> Ordering {
        self.is_tombstone
            .cmp(&other.is_tombstone)
            .then_with(|| compare_bytes(&self.value, &other.value))
            .then_with(|| compare_nan_bits(&self.value, &other.value))
    }

    /// How the clocks relate when the entries say different things about the key.
    pub(super) fn disagreement(&self, other: &GossipEntry) -> Option<Causality> {
        let differs = self.is_tombstone != other.is_tombstone || self.value != other.value;
        differs.then(|| self.clock.compare(&other.clock))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Map;

    #[test]
    fn digests_are_those_of_the_reference() -> crate::Result<()> {
        let clock = || VectorClock::from_iter([("n", 1)]);
        let map = Map::from_pairs(vec![(Value::from("b"), Value::Int(1)), (Value::from("a"), Value::Int(2))])?;
        let cases = [
            (Value::Null, "82cb3ee8ac2bcc25"),
            (Value::Bool(true), "ee521ffabb454a24"),
            (Value::Int(1), "480ab724b3a108a4"),
            (Value::from("1"), "480ab724b3a108a4"),
            (Value::Float(1.0), "4e7fd137fcd7fe28"),
            (Value::Float(-0.0), "77f738d8c00ee44b"),
            (Value::from("é"), "a115789b50e63e33"),
            (Value::Map(map), "432c9d06cc0eac5d"),
        ];
        for (value, digest) in cases {
            assert_eq!(GossipEntry::new("k", value.clone(), clock()).digest(), digest, "{value:?}");
        }
        Ok(())
    }

    #[test]
    fn a_write_that_has_seen_another_beats_it_whatever_they_hold() {
        let earlier = GossipEntry::tombstone("k", Value::from("zzz"), VectorClock::from_iter([("z", 1)]));
        let later = GossipEntry::new("k", Value::Null, VectorClock::from_iter([("a", 1), ("z", 1)]));
        assert_eq!(earlier.compare(&later), Ordering::Less);
    }

    #[test]
    fn values_of_one_text_are_told_apart() {
        let clock = || VectorClock::from_iter([("n", 1)]);
        let (text, number) =
            (GossipEntry::new("k", Value::from("1"), clock()), GossipEntry::new("k", Value::Int(1), clock()));
        assert_eq!(number.compare(&text), Ordering::Greater);
        assert_eq!(text.compare(&number), Ordering::Less);
        let deleted = GossipEntry::tombstone("k", Value::Null, clock());
        assert_eq!(deleted.compare(&number), Ordering::Greater);
    }
}
