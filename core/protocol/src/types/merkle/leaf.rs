//! From a record to its content hash.

use super::short;
use super::store::Digest;
use crate::error::Result;
use crate::json::{JsonStyle, push_key, push_value};
use crate::names::Name;
use crate::text::py_str;
use crate::types::delta::Record;
use crate::value::{Map, Value};

/// The field that is taken for the key when a record is put under a key without saying which field holds it.
const USUAL_KEY_FIELD: &str = "id";

/// SHA-256 of the JSON text of a record without its key field: members sorted by key, what JSON lacks as its text.
///
/// Fails with `BAD_VALUE` when a map inside the record has bytes as a key.
///
/// ```
/// # use crdt_merge_protocol::{types::merkle::content_hash, value::Map};
/// let hash = content_hash(&Map::from_pairs(vec![("id".into(), "k".into())])?, "id")?;
/// assert_eq!(hash[..4], [0x44, 0x13, 0x6f, 0xa3]);
/// # Ok::<(), crdt_merge_protocol::Error>(())
/// ```
pub fn content_hash(record: &Record, key_field: &str) -> Result<[u8; 32]> {
    Hasher::default().content_hash(record, field_position(record, key_field))
}

/// The field that holds the key of a record, as the reference guesses it: `id` if its text is the key, else the first field
/// whose text is the key, else `id`.
pub fn guessed_key_field<'a>(record: &'a Record, key: &str) -> &'a str {
    let holds_key = |value: &Value| value.as_text().map_or_else(|| py_str(value) == key, |text| text == key);
    if record.field(USUAL_KEY_FIELD).is_some_and(holds_key) {
        return USUAL_KEY_FIELD;
    }
    let texts = record.iter().filter_map(|(name, value)| Some((name.as_text()?, value)));
    texts.into_iter().find(|(_, value)| holds_key(value)).map_or(USUAL_KEY_FIELD, |(name, _)| name)
}

/// Where a field stands in a record.
pub(super) fn field_position(record: &Record, field: &str) -> Option<usize> {
    record.iter().position(|(name, _)| name.as_text() == Some(field))
}

/// The key of a record, given where its field stands; empty without one.
pub(super) fn key_at(record: &Record, position: Option<usize>) -> Name {
    let pair = position.and_then(|position| record.iter().as_slice().get(position));
    pair.map(|(_, value)| value.as_text().map_or_else(|| Name::from(py_str(value)), Name::new)).unwrap_or_default()
}

/// Bytes that the text of a record is given at once, with its padding.
const TEXT_ROOM: usize = 256;

/// Hashes records one after the other without allocating for each.
#[derive(Default)]
pub(super) struct Hasher {
    text: String,
    /// Positions of the fields that are written, by name.
    order: Vec<usize>,
    /// What the order is of: the number of fields and the position left out. Records of one shape follow each other.
    shape: Option<(usize, Option<usize>)>,
}

impl Hasher {
    /// The text of a record without the field at a position.
    pub(super) fn text(&mut self, record: &Record, left_out: Option<usize>) -> Result<&str> {
        self.text.clear();
        self.text.reserve(TEXT_ROOM);
        self.push_text(record, left_out)?;
        Ok(&self.text)
    }

    /// The content hash of a record without the field at a position.
    pub(super) fn content_hash(&mut self, record: &Record, left_out: Option<usize>) -> Result<Digest> {
        self.text(record, left_out)?;
        let mut message = std::mem::take(&mut self.text).into_bytes();
        let digest = short::digest(&mut message);
        // The buffer is empty now; text again, it serves the next record.
        self.text = String::from_utf8(message).unwrap_or_default();
        Ok(digest)
    }

    fn push_text(&mut self, record: &Record, left_out: Option<usize>) -> Result<()> {
        if record.iter().all(|(name, _)| name.as_text().is_some()) {
            self.push_members(record, left_out)
        } else {
            push_value(&mut self.text, &without(record, left_out)?, JsonStyle::HASHED)
        }
    }

    /// Appends a record whose fields all have text names.
    fn push_members(&mut self, record: &Record, left_out: Option<usize>) -> Result<()> {
        let pairs = record.iter().as_slice();
        if self.shape.replace((pairs.len(), left_out)) != Some((pairs.len(), left_out)) {
            self.order.clear();
            self.order.extend((0..pairs.len()).filter(|position| Some(*position) != left_out));
        }
        let name_at = |position: &usize| pairs.get(*position).and_then(|(name, _)| name.as_text()).unwrap_or("");
        if !self.order.is_sorted_by_key(name_at) {
            self.order.sort_unstable_by_key(name_at);
        }
        self.text.push('{');
        let mut separator = "";
        for (name, value) in self.order.iter().filter_map(|position| pairs.get(*position)) {
            self.text.push_str(separator);
            push_key(&mut self.text, name.as_text().unwrap_or(""));
            push_value(&mut self.text, value, JsonStyle::HASHED)?;
            separator = ", ";
        }
        self.text.push('}');
        Ok(())
    }
}

fn without(record: &Record, left_out: Option<usize>) -> Result<Value> {
    let kept = record.iter().enumerate().filter(|(position, _)| Some(*position) != left_out);
    Map::from_pairs(kept.map(|(_, pair)| pair.clone()).collect()).map(Value::Map)
}

#[cfg(test)]
mod tests {
    use sha2::{Digest as _, Sha256};

    use super::*;
    use crate::hex::to_hex;
    use crate::json::to_text;
    use crate::value::Set;

    fn record(pairs: Vec<(Value, Value)>) -> Result<Record> {
        Map::from_pairs(pairs)
    }

    #[test]
    fn hashes_are_those_of_the_reference() -> Result<()> {
        let nested = Map::from_pairs(vec![("y".into(), "é".into()), ("x".into(), "😀".into())])?;
        let list = Value::List(vec![1.into(), 2.0.into(), Value::Null, true.into()]);
        let cases = [
            (
                vec![("a".into(), 1.into()), ("b".into(), list), ("c".into(), nested.into())],
                "5a0a773b5f333511c413972416aa9727e9fcd86938267bf6ba882f1b784e6cc3",
            ),
            (
                vec![("s".into(), "quote\" \\ / \n \u{7f} \u{2028}".into())],
                "974ca2f8a8ea6e9c3223fe9a230353bf2bee6214b7dd94e3244f9979b3113d8a",
            ),
            (vec![], "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"),
        ];
        for (mut pairs, hash) in cases {
            assert_eq!(to_hex(&content_hash(&record(pairs.clone())?, "id")?), hash);
            pairs.insert(0, ("id".into(), "k".into()));
            assert_eq!(to_hex(&content_hash(&record(pairs)?, "id")?), hash);
        }
        Ok(())
    }

    #[test]
    fn the_fast_way_writes_what_the_json_writer_writes() -> Result<()> {
        let set = Set::from_members(vec![Value::Int(1), Value::from("1")])?;
        let pairs = vec![
            ("z".into(), f64::NAN.into()),
            ("é".into(), Value::Bytes(vec![0, 39])),
            ("a\"".into(), Value::Set(set)),
            ("".into(), Value::Null),
            ("id".into(), "gone".into()),
            ("b".into(), i64::MIN.into()),
        ];
        let record = record(pairs)?;
        for left_out in [None, field_position(&record, "id")] {
            let expected = Sha256::digest(to_text(&without(&record, left_out)?, JsonStyle::HASHED)?);
            assert_eq!(Hasher::default().content_hash(&record, left_out)?, <[u8; 32]>::from(expected));
        }
        Ok(())
    }

    #[test]
    fn the_order_of_one_record_does_no_harm_to_another() -> Result<()> {
        let names = [&["id", "b", "a"][..], &["id", "a", "b"], &["ida", "b"], &["id", "ab"], &["b", "id", "a"], &[]];
        let record_of = |names: &[&str]| record(names.iter().map(|name| ((*name).into(), Value::Null)).collect());
        let mut records = names.iter().map(|names| record_of(names)).collect::<Result<Vec<_>>>()?;
        records.push(record(vec![
            ("id".into(), Value::Null),
            (Value::Int(1), Value::Null),
            ("a".into(), Value::Null),
        ])?);
        let mut hasher = Hasher::default();
        for (first, second) in records.iter().flat_map(|first| records.iter().map(move |second| (first, second))) {
            for record in [first, second] {
                for left_out in [field_position(record, "id"), None] {
                    let expected = to_text(&without(record, left_out)?, JsonStyle::HASHED)?;
                    assert_eq!(hasher.text(record, left_out)?, expected);
                }
            }
        }
        Ok(())
    }

    #[test]
    fn names_that_are_no_text_are_coerced() -> Result<()> {
        let record = record(vec![(Value::Int(2), "x".into()), ("id".into(), "k".into()), ("1".into(), Value::Null)])?;
        assert_eq!(content_hash(&record, "id")?, <[u8; 32]>::from(Sha256::digest(b"{\"1\": null, \"2\": \"x\"}")));
        Ok(())
    }

    #[test]
    fn the_key_field_is_guessed_as_the_reference_does() -> Result<()> {
        let both = record(vec![("n".into(), 7.into()), ("id".into(), 7.into())])?;
        assert_eq!(guessed_key_field(&both, "7"), "id");
        let other = record(vec![("m".into(), 1.0.into()), ("n".into(), "7".into()), ("id".into(), 8.into())])?;
        assert_eq!(guessed_key_field(&other, "7"), "n");
        assert_eq!(guessed_key_field(&other, "1.0"), "m");
        assert_eq!(guessed_key_field(&other, "none"), "id");
        assert_eq!(guessed_key_field(&record(vec![])?, ""), "id");
        Ok(())
    }
}
