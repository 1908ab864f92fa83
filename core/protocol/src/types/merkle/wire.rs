use std::fmt::Write;

use super::store::{Digest, Entry, Store};
use super::{MerkleDiff, MerkleTree};
use crate::error::{Code, Error, Result};
use crate::generated::Tag;
use crate::hex::{parse_digest, push_hex};
use crate::json::{JsonStyle, push_key, push_text, push_value};
use crate::names::Name;
use crate::state::{Framed, carried_extensions};
use crate::types::fields::{
    Fields, int_of, integer_of, map_of, pairs_of, read_json_payload, text_of, texts_of, write_json_payload,
};
use crate::types::json_kind::{JsonKind, json_frames};
use crate::value::{JsonInteger, JsonValue, Value};
use crate::wire::DecodeOptions;
use crate::wire::body::{BodyReader, push_node, push_option, push_str, push_varint};

impl Framed for MerkleTree {
    const TAG: Tag = Tag::MerkleTree;

    carried_extensions!();

    fn read_fields(reader: &mut BodyReader<'_>) -> Result<Self> {
        let branching_factor = reader.varint32()?;
        if branching_factor < super::state::LEAST_BRANCHING_FACTOR {
            return Err(reader.fault(Code::BadSchema, "a tree has at least 2 children to a node"));
        }
        let entries = reader.entries(|reader| Ok((reader.array()?, reader.option(read_record)?)))?;
        let entries = entries.into_iter().map(|(key, (hash, record))| Entry { key, hash, record });
        Ok(MerkleTree::from_store(branching_factor, Store::from_sorted(entries)))
    }

    fn write_fields(&self, out: &mut Vec<u8>) {
        push_varint(out, u64::from(self.branching_factor));
        push_varint(out, self.store.len() as u64);
        for entry in self.store.iter() {
            push_str(out, &entry.key);
            out.extend_from_slice(&entry.hash);
            push_option(out, entry.record.as_ref(), push_node);
        }
    }

    fn read_payload(payload: &[u8], options: &DecodeOptions) -> Result<Self> {
        read_json_payload(payload, options, |fields| read_tree(fields, options))
    }

    /// Fails with `BAD_VALUE` when a record holds bytes or a set, which JSON cannot hold.
    fn write_payload(&self, out: &mut Vec<u8>) -> Result<()> {
        write_json_payload(out, |text| push_tree(text, self))
    }
}

/// A record is a map.
fn read_record(reader: &mut BodyReader<'_>) -> Result<Value> {
    let start = reader.offset();
    match reader.value()? {
        record @ Value::Map(_) => Ok(record),
        other => Err(Error::at(Code::BadSchema, start, "a record is a map").with("found", other.kind().name())),
    }
}

fn read_tree(fields: Fields<'_>, options: &DecodeOptions) -> Result<MerkleTree> {
    fields.check_type("type", Tag::MerkleTree, options)?;
    let branching_factor = fields.optional("branching_factor", branching_factor_of)?;
    let hashes = fields.optional("records", hashes_of)?.unwrap_or_default();
    let records = fields.optional("record_data", records_of)?.unwrap_or_default();
    let store = Store::from_sorted(entries_of(hashes, records));
    Ok(MerkleTree::from_store(branching_factor.unwrap_or(super::state::DEFAULT_BRANCHING_FACTOR), store))
}

/// Anything below 2, however far, is read as 2.
fn branching_factor_of(value: &JsonValue, name: &str) -> Result<u32> {
    let integer = integer_of(value, name)?;
    match integer {
        JsonInteger::Small(small) if *small <= i64::from(u32::MAX) => Ok(u32::try_from(*small).unwrap_or(0)),
        other if *other < JsonInteger::from(0) => Ok(0),
        other => Err(Error::schema(name, "expected an integer below 2^32").with("found", other)),
    }
}

/// Content hashes, sorted by key.
fn hashes_of(value: &JsonValue, name: &str) -> Result<Vec<(Name, Digest)>> {
    sorted_pairs(value, name, |hash| {
        let text = text_of(hash, name)?;
        let digest = parse_digest(text).ok_or_else(|| Error::schema(name, "expected 64 lower-case hexadecimal digits"));
        digest.map_err(|error| error.with("found", text))
    })
}

/// Records, sorted by key.
fn records_of(value: &JsonValue, name: &str) -> Result<Vec<(Name, Value)>> {
    sorted_pairs(value, name, |record| {
        map_of(record, name)?;
        record.to_value().map_err(|error| error.with("field", name))
    })
}

fn sorted_pairs<T>(value: &JsonValue, name: &str, read: impl Fn(&JsonValue) -> Result<T>) -> Result<Vec<(Name, T)>> {
    let mut pairs = Vec::new();
    for pair in pairs_of(value, name)? {
        let (key, value) = pair?;
        pairs.push((Name::new(key), read(value)?));
    }
    pairs.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
    Ok(pairs)
}

/// Hashes with their records; a record without a hash is dropped.
fn entries_of(hashes: Vec<(Name, Digest)>, records: Vec<(Name, Value)>) -> Vec<Entry> {
    let mut records = records.into_iter().peekable();
    let with_record = |(key, hash): (Name, Digest)| {
        while records.next_if(|(record_key, _)| *record_key < key).is_some() {}
        let record = records.next_if(|(record_key, _)| *record_key == key).map(|(_, record)| record);
        Entry { key, hash, record }
    };
    hashes.into_iter().map(with_record).collect()
}

fn push_tree(text: &mut String, tree: &MerkleTree) -> Result<()> {
    // Writing to a String cannot fail.
    let _ =
        write!(text, "{{\"type\": \"merkle_tree\", \"branching_factor\": {}, \"records\": {{", tree.branching_factor);
    let mut separator = "";
    for entry in tree.store.iter() {
        text.push_str(separator);
        push_key(text, &entry.key);
        text.push('"');
        push_hex(text, &entry.hash);
        text.push('"');
        separator = ", ";
    }
    text.push_str("}, \"record_data\": {");
    push_records(text, tree)?;
    text.push_str("}}");
    Ok(())
}

fn push_records(text: &mut String, tree: &MerkleTree) -> Result<()> {
    let mut separator = "";
    for (key, record) in tree.store.iter().filter_map(|entry| Some((&entry.key, entry.record.as_ref()?))) {
        text.push_str(separator);
        push_key(text, key);
        push_value(text, record, JsonStyle::WIRE).map_err(|error| error.with("key", key))?;
        separator = ", ";
    }
    Ok(())
}

json_frames!(MerkleDiff, |_diff| Tag::MerkleDiff, |tag| tag == Tag::MerkleDiff);

impl JsonKind for MerkleDiff {
    const TYPE_MEMBER: &'static str = "type";

    fn from_members(_: Tag, members: JsonValue, _: &DecodeOptions) -> Result<Self> {
        read_diff(Fields::of(&members, "payload")?)
    }

    fn push_json(&self, text: &mut String) -> Result<()> {
        push_diff(text, self);
        Ok(())
    }
}

fn read_diff(fields: Fields<'_>) -> Result<MerkleDiff> {
    let keys = |name| fields.optional(name, keys_of).map(Option::unwrap_or_default);
    Ok(MerkleDiff {
        differing_keys: keys("differing_keys")?,
        only_in_left: keys("only_in_left")?,
        only_in_right: keys("only_in_right")?,
        common_different: keys("common_different")?,
        comparisons_made: fields.optional("comparisons_made", count_of)?.unwrap_or(0),
    })
}

/// A list of keys, read as a set.
fn keys_of(value: &JsonValue, name: &str) -> Result<Vec<String>> {
    let mut keys = texts_of(value, name)?;
    keys.sort_unstable();
    keys.dedup();
    Ok(keys)
}

fn count_of(value: &JsonValue, name: &str) -> Result<u64> {
    let count = int_of(value, name)?;
    u64::try_from(count)
        .map_err(|_| Error::schema(name, "expected an integer that is not negative").with("found", count))
}

fn push_diff(text: &mut String, diff: &MerkleDiff) {
    let lists = [
        ("{\"differing_keys\": [", &diff.differing_keys),
        ("], \"only_in_left\": [", &diff.only_in_left),
        ("], \"only_in_right\": [", &diff.only_in_right),
        ("], \"common_different\": [", &diff.common_different),
    ];
    for (head, keys) in lists {
        text.push_str(head);
        push_keys(text, keys);
    }
    // Writing to a String cannot fail.
    let _ =
        write!(text, "], \"comparisons_made\": {}, \"is_identical\": {}}}", diff.comparisons_made, diff.is_identical());
}

fn push_keys(text: &mut String, keys: &[String]) {
    for (index, key) in keys.iter().enumerate() {
        text.push_str(if index > 0 { ", " } else { "" });
        push_text(text, key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Code;
    use crate::types::json_kind::read_text;

    const HASH: &str = "b7772b1859c7c15e85d1924cc6be7f4c575c2d10808a73a43ab39c816adedbbf";

    fn text_of<S: Framed>(state: &S) -> Result<String> {
        let mut out = Vec::new();
        state.write_payload(&mut out)?;
        Ok(String::from_utf8_lossy(&out).into_owned())
    }

    fn read<S: Framed>(text: &str) -> Result<S> {
        S::read_payload(text.as_bytes(), &DecodeOptions::strict())
    }

    #[test]
    fn canonical_text_sorts_keys_and_keeps_records() -> Result<()> {
        let text = format!(
            "{{\"type\": \"merkle_tree\", \"branching_factor\": 3, \"records\": {{\"a\": \"{HASH}\", \"b\": \"{HASH}\"}}, \
             \"record_data\": {{\"b\": {{\"z\": 1.0, \"a\": [NaN]}}}}}}"
        );
        assert_eq!(text_of(&read::<MerkleTree>(&text)?)?, text);
        let spelled = format!(
            "{{\"record_data\": {{\"c\": {{}}, \"b\": {{\"z\": 1.0, \"a\": [NaN]}}}}, \"records\": {{\"b\": \"{HASH}\", \"a\": \"{HASH}\"}}, \
             \"branching_factor\": 3}}"
        );
        assert_eq!(text_of(&read::<MerkleTree>(&spelled)?)?, text);
        let empty = "{\"type\": \"merkle_tree\", \"branching_factor\": 16, \"records\": {}, \"record_data\": {}}";
        assert_eq!(text_of(&read::<MerkleTree>("{}")?)?, empty);
        Ok(())
    }

    #[test]
    fn faults_name_their_field() {
        let upper = HASH.to_uppercase();
        let cases = [
            ("{\"branching_factor\": 2.0}".to_owned(), "branching_factor"),
            ("{\"branching_factor\": true}".into(), "branching_factor"),
            ("{\"branching_factor\": 4294967296}".into(), "branching_factor"),
            ("{\"branching_factor\": 99999999999999999999}".into(), "branching_factor"),
            ("{\"records\": null}".into(), "records"),
            ("{\"records\": {\"a\": 1}}".into(), "records"),
            ("{\"records\": {\"a\": \"00\"}}".into(), "records"),
            (format!("{{\"records\": {{\"a\": \"{upper}\"}}}}"), "records"),
            ("{\"record_data\": []}".into(), "record_data"),
            (format!("{{\"records\": {{\"a\": \"{HASH}\"}}, \"record_data\": {{\"a\": null}}}}"), "record_data"),
            ("{\"type\": \"merkle_diff\"}".into(), "type"),
        ];
        for (text, field) in cases {
            let error = read::<MerkleTree>(&text).unwrap_err();
            assert_eq!((error.code(), error.detail("field")), (Code::BadSchema, Some(field)), "{text}");
        }
        let wide = format!(
            "{{\"records\": {{\"a\": \"{HASH}\"}}, \"record_data\": {{\"a\": {{\"n\": 9223372036854775808}}}}}}"
        );
        assert_eq!(read::<MerkleTree>(&wide).unwrap_err().code(), Code::OutOfRange);
    }

    #[test]
    fn small_branching_factors_read_as_two() -> Result<()> {
        for factor in ["2", "1", "0", "-5", "-99999999999999999999"] {
            assert_eq!(
                read::<MerkleTree>(&format!("{{\"branching_factor\": {factor}}}"))?.branching_factor(),
                2,
                "{factor}"
            );
        }
        assert_eq!(read::<MerkleTree>("{\"branching_factor\": 4294967295}")?.branching_factor(), u32::MAX);
        Ok(())
    }

    #[test]
    fn records_that_json_lacks_cannot_be_written() -> Result<()> {
        let mut tree = MerkleTree::new();
        tree.insert("k", crate::value::Map::from_pairs(vec![("b".into(), Value::Bytes(vec![1]))])?)?;
        assert_eq!(tree.encode_v1().unwrap_err().code(), Code::BadValue);
        Ok(())
    }

    #[test]
    fn diffs_are_read_as_sets_and_written_sorted() -> Result<()> {
        let read = |text: &str| read_text::<MerkleDiff>(Tag::MerkleDiff, text.as_bytes(), &DecodeOptions::strict());
        let diff = read(
            "{\"differing_keys\": [\"b\", \"a\", \"b\"], \"only_in_left\": [\"a\"], \"comparisons_made\": 3, \"is_identical\": true}",
        )?;
        let text = "{\"differing_keys\": [\"a\", \"b\"], \"only_in_left\": [\"a\"], \"only_in_right\": [], \"common_different\": [], \
                    \"comparisons_made\": 3, \"is_identical\": false}";
        let mut written = String::new();
        diff.push_json(&mut written)?;
        assert_eq!(written, text);
        assert_eq!(read("{}")?, MerkleDiff::default());
        for bad in [
            "{\"comparisons_made\": -1}",
            "{\"comparisons_made\": null}",
            "{\"only_in_left\": \"abc\"}",
            "{\"only_in_right\": [1]}",
        ] {
            assert_eq!(read(bad).unwrap_err().code(), Code::BadSchema, "{bad}");
        }
        Ok(())
    }
}
