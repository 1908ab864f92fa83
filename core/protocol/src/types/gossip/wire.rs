use std::fmt::Write;

use super::{GossipEntry, GossipState};
use crate::error::{Error, Result};
use crate::generated::Tag;
use crate::json::{JsonStyle, push_key, push_text, push_value};
use crate::names::{Name, NameMap};
use crate::state::{Framed, carried_extensions, describe_with_floor, relayed_kind};
use crate::types::fields::{Fields, bool_of, int_of, pairs_of, read_json_payload, text_of, write_json_payload};
use crate::types::vector_clock::{clock_of, push_clock, read_counters};
use crate::value::{Integer, JsonInteger, JsonValue};
use crate::wire::body::{BodyReader, push_node, push_str, push_varint};
use crate::wire::{DecodeOptions, Extensions};

impl Framed for GossipState {
    const TAG: Tag = Tag::GossipState;

    carried_extensions!();

    /// The node that holds a copy and its fanout are no part of the state: a state read here belongs to no node yet.
    fn read_fields(reader: &mut BodyReader<'_>) -> Result<Self> {
        let mut entries = Vec::new();
        reader.text_map(|key, reader| {
            entries.push((Name::new(key), read_contents(key, reader)?));
            Ok(())
        })?;
        let (entries, clock) = (NameMap::from_pairs(entries), read_counters(reader)?);
        let is_covering = entries.values().all(|entry: &GossipEntry| clock.descends(&entry.clock));
        let (node, fanout) = (Name::default(), super::state::DEFAULT_FANOUT);
        Ok(GossipState { node, fanout, entries, clock, is_covering, floor: None, extensions: Extensions::new() })
    }

    fn write_fields(&self, out: &mut Vec<u8>) {
        push_varint(out, self.entries.len() as u64);
        for entry in self.entries() {
            push_str(out, &entry.key);
            push_contents(out, entry);
        }
        self.clock.write_counters(out);
    }

    fn floor_field(&self) -> Option<Vec<u8>> {
        let mut content = Vec::new();
        push_varint(&mut content, self.floor?);
        Some(content)
    }

    fn set_floor_field(&mut self, content: &mut BodyReader<'_>) -> Result<()> {
        let start = content.offset();
        let floor = content.varint()?;
        self.read_floor(floor).map_err(|error| error.with("offset", start))
    }

    fn describe(&self) -> Result<JsonValue> {
        let floor = self.floor.and_then(|floor| JsonInteger::from_decimal(&floor.to_string()));
        describe_with_floor(self, "floor", floor.map(JsonValue::Int))
    }

    fn read_payload(payload: &[u8], options: &DecodeOptions) -> Result<Self> {
        read_json_payload(payload, options, |fields| read_state(fields, options))
    }

    /// Fails with `BAD_VALUE` when a value holds bytes or a set, which JSON cannot hold.
    fn write_payload(&self, out: &mut Vec<u8>) -> Result<()> {
        write_json_payload(out, |text| push_state(text, self))
    }
}

/// Reads what version 2 has under the key of an entry: value, clock, tombstone.
fn read_contents(key: &str, reader: &mut BodyReader<'_>) -> Result<GossipEntry> {
    let (value, clock) = (reader.value()?, read_counters(reader)?);
    Ok(GossipEntry { key: Name::new(key), value, clock, is_tombstone: reader.bool()? })
}

/// Appends what version 2 has under the key of an entry.
pub(crate) fn push_contents(out: &mut Vec<u8>, entry: &GossipEntry) {
    push_node(out, &entry.value);
    entry.clock.write_counters(out);
    out.push(u8::from(entry.is_tombstone));
}

fn read_state(fields: Fields<'_>, options: &DecodeOptions) -> Result<GossipState> {
    fields.check_type("type", Tag::GossipState, options)?;
    let node = Name::new(text_of(fields.required("node_id")?, "node_id")?);
    let fanout = fields.optional("fanout", int_of)?.unwrap_or(super::state::DEFAULT_FANOUT);
    let entries = fields.optional("entries", |value, name| entries_of(value, name, options))?.unwrap_or_default();
    let clock = fields.optional("clock", |value, name| clock_of(value, name, options))?.unwrap_or_default();
    let is_covering = entries.values().all(|entry| clock.descends(&entry.clock));
    Ok(GossipState { node, fanout, entries, clock, is_covering, floor: None, extensions: Extensions::new() })
}

fn entries_of(value: &JsonValue, name: &str, options: &DecodeOptions) -> Result<NameMap<GossipEntry>> {
    let mut entries = Vec::new();
    for pair in pairs_of(value, name)? {
        let (key, value) = pair?;
        let entry = read_entry(Fields::of(value, name)?, options)?;
        if entry.key() != key {
            return Err(Error::schema("key", "an entry stands under another key").with("expected", key));
        }
        entries.push((entry.key.clone(), entry));
    }
    Ok(NameMap::from_pairs(entries))
}

fn read_entry(fields: Fields<'_>, options: &DecodeOptions) -> Result<GossipEntry> {
    let key = Name::new(text_of(fields.required("key")?, "key")?);
    let value = fields.required("value")?.to_value().map_err(|error| error.with("field", "value"))?;
    let clock = clock_of(fields.required("clock")?, "clock", options)?;
    let is_tombstone = fields.optional("tombstone", bool_of)?.unwrap_or(false);
    Ok(GossipEntry { key, value, clock, is_tombstone })
}

fn push_state(text: &mut String, state: &GossipState) -> Result<()> {
    text.push_str("{\"type\": \"gossip_state\", \"node_id\": ");
    push_text(text, &state.node);
    // Writing to a String cannot fail.
    let _ = write!(text, ", \"fanout\": {}, \"entries\": {{", state.fanout);
    let mut separator = "";
    for entry in state.entries() {
        text.push_str(separator);
        push_key(text, &entry.key);
        push_entry(text, entry)?;
        separator = ", ";
    }
    text.push_str("}, \"clock\": ");
    push_clock(text, &state.clock);
    text.push('}');
    Ok(())
}

fn push_entry(text: &mut String, entry: &GossipEntry) -> Result<()> {
    text.push_str("{\"key\": ");
    push_text(text, &entry.key);
    text.push_str(", \"value\": ");
    push_value(text, &entry.value, JsonStyle::WIRE).map_err(|error| error.with("key", &entry.key))?;
    text.push_str(", \"clock\": ");
    push_clock(text, &entry.clock);
    text.push_str(if entry.is_tombstone { ", \"tombstone\": true}" } else { ", \"tombstone\": false}" });
    Ok(())
}

impl Framed for GossipEntry {
    const TAG: Tag = Tag::GossipEntry;

    fn read_fields(reader: &mut BodyReader<'_>) -> Result<Self> {
        let key = reader.text()?;
        read_contents(key, reader)
    }

    fn write_fields(&self, out: &mut Vec<u8>) {
        push_str(out, &self.key);
        push_contents(out, self);
    }

    fn read_payload(payload: &[u8], options: &DecodeOptions) -> Result<Self> {
        read_json_payload(payload, options, |fields| read_entry(fields, options))
    }

    /// Fails with `BAD_VALUE` when the value holds bytes or a set, which JSON cannot hold.
    fn write_payload(&self, out: &mut Vec<u8>) -> Result<()> {
        write_json_payload(out, |text| push_entry(text, self))
    }
}

relayed_kind!(GossipEntry);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Code;
    use crate::value::Value;

    fn read(text: &str) -> Result<GossipState> {
        GossipState::read_payload(text.as_bytes(), &DecodeOptions::strict())
    }

    fn read_one(text: &str) -> Result<GossipEntry> {
        GossipEntry::read_payload(text.as_bytes(), &DecodeOptions::strict())
    }

    #[test]
    fn canonical_text_is_sorted_by_key_but_not_inside_values() -> Result<()> {
        let text = concat!(
            r#"{"type": "gossip_state", "node_id": "n\u00e9", "fanout": -2, "entries": {"#,
            r#""a": {"key": "a", "value": {"z": [1, 1.0, NaN], "b": null}, "clock": {"type": "vector_clock", "clocks": {"n": 3}}, "tombstone": false}, "#,
            r#""b": {"key": "b", "value": -0.0, "clock": {"type": "vector_clock", "clocks": {}}, "tombstone": true}}, "#,
            r#""clock": {"type": "vector_clock", "clocks": {"m": 1, "n": 3}}}"#
        );
        let mut out = Vec::new();
        read(text)?.write_payload(&mut out)?;
        assert_eq!(String::from_utf8(out).as_deref(), Ok(text));
        let sparse = read(r#"{"node_id": "", "entries": {"k": {"key": "k", "value": 1, "clock": {}}}}"#)?;
        assert_eq!((sparse.node(), sparse.fanout(), sparse.value("k")), ("", 3, Some(&Value::Int(1))));
        Ok(())
    }

    #[test]
    fn faults_name_their_field() {
        let cases = [
            ("{}", "node_id"),
            (r#"{"node_id": 1}"#, "node_id"),
            (r#"{"node_id": "n", "fanout": null}"#, "fanout"),
            (r#"{"node_id": "n", "entries": null}"#, "entries"),
            (r#"{"node_id": "n", "entries": {"k": 1}}"#, "entries"),
            (r#"{"node_id": "n", "clock": null}"#, "clock"),
            (r#"{"type": "gossip_entry", "node_id": "n"}"#, "type"),
            (r#"{"node_id": "n", "entries": {"k": {"key": "j", "value": 1, "clock": {}}}}"#, "key"),
        ];
        for (text, field) in cases {
            let error = read(text).unwrap_err();
            assert_eq!((error.code(), error.detail("field")), (Code::BadSchema, Some(field)), "{text}");
        }
    }

    #[test]
    fn an_entry_needs_key_value_and_clock() {
        let cases = [
            ("{}", "key"),
            (r#"{"key": "k"}"#, "value"),
            (r#"{"key": "k", "value": 1}"#, "clock"),
            (r#"{"key": "k", "value": 1, "clock": null}"#, "clock"),
            (r#"{"key": "k", "value": 1, "clock": {}, "tombstone": 0}"#, "tombstone"),
        ];
        for (text, field) in cases {
            let error = read_one(text).unwrap_err();
            assert_eq!((error.code(), error.detail("field")), (Code::BadSchema, Some(field)), "{text}");
        }
        let wide = read_one(r#"{"key": "k", "value": [9223372036854775808], "clock": {}}"#).unwrap_err();
        assert_eq!(wide.code(), Code::OutOfRange);
    }

    #[test]
    fn values_that_json_lacks_cannot_be_written() {
        let entry = GossipEntry::new("k", Value::Bytes(vec![1]), crate::types::VectorClock::new());
        assert_eq!(entry.encode_v1().unwrap_err().code(), Code::BadValue);
    }
}
