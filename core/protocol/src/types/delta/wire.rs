use std::collections::{BTreeSet, HashSet};

use super::{Delta, Record};
use crate::error::{Code, Error, Result};
use crate::generated::Tag;
use crate::stamp::Stamp;
use crate::state::{Relayed, relayed_frames};
use crate::value::{Map, Value};
use crate::wire::body::{BodyReader, push_node, push_str, push_time, push_varint};
use crate::wire::{
    DecodeOptions, Item, Reader, decode_compact, push_int, push_list_header, push_map_header, push_stamp, push_text,
    push_value,
};

relayed_frames!(Delta);

impl Relayed for Delta {
    fn any_tag(&self) -> Tag {
        Tag::Delta
    }

    fn has_tag(tag: Tag) -> bool {
        tag == Tag::Delta
    }

    fn read_any(_: Tag, payload: &[u8], options: &DecodeOptions) -> Result<Self> {
        decode_compact(payload, options, read)
    }

    fn write_any(&self, out: &mut Vec<u8>) -> Result<()> {
        push_map_header(out, 6);
        push_records(out, "added", &self.added);
        push_records(out, "modified", &self.modified);
        push_text(out, "removed");
        push_list_header(out, self.removed.len());
        self.removed.iter().for_each(|text| push_text(out, text));
        push_text(out, "version");
        push_int(out, self.version);
        push_text(out, "timestamp");
        push_stamp(out, self.timestamp);
        push_text(out, "source_node");
        push_text(out, &self.source_node);
        Ok(())
    }

    /// The texts of `removed` come sorted: their order means nothing.
    fn read_any_fields(_: Tag, reader: &mut BodyReader<'_>) -> Result<Self> {
        Ok(Delta {
            added: reader.list(1, read_record)?,
            modified: reader.list(1, read_record)?,
            removed: reader.sorted_texts()?.into_iter().map(str::to_owned).collect(),
            version: i64::try_from(reader.varint()?)
                .map_err(|_| reader.fault(Code::OutOfRange, "a version ends at 2^63 - 1"))?,
            timestamp: reader.stamp()?,
            source_node: reader.text()?.to_owned(),
        })
    }

    /// Fails with `OUT_OF_RANGE` on a version below 0 and with `BAD_VALUE` on a field whose name is no text.
    fn write_any_fields(&self, out: &mut Vec<u8>) -> Result<()> {
        let version = u64::try_from(self.version);
        let version = version.map_err(|_| Error::new(Code::OutOfRange, "a version is not below 0"))?;
        for records in [&self.added, &self.modified] {
            push_varint(out, records.len() as u64);
            records.iter().try_for_each(|record| push_pairs(out, record))?;
        }
        let removed: BTreeSet<&str> = self.removed.iter().map(String::as_str).collect();
        push_varint(out, removed.len() as u64);
        removed.iter().for_each(|text| push_str(out, text));
        push_varint(out, version);
        push_time(out, self.timestamp);
        push_str(out, &self.source_node);
        Ok(())
    }
}

fn push_records(out: &mut Vec<u8>, name: &str, records: &[Record]) {
    push_text(out, name);
    push_list_header(out, records.len());
    for record in records {
        push_map_header(out, record.len());
        for (key, value) in record {
            push_value(out, key);
            push_value(out, value);
        }
    }
}

fn push_pairs(out: &mut Vec<u8>, record: &Record) -> Result<()> {
    push_varint(out, record.len() as u64);
    for (key, value) in record {
        let name = key.as_text().ok_or_else(|| {
            Error::new(Code::BadValue, "the name of a field is text").with("found", key.kind().name())
        })?;
        push_str(out, name);
        push_node(out, value);
    }
    Ok(())
}

/// A record as version 2 has it: fields in their order.
fn read_record(reader: &mut BodyReader<'_>) -> Result<Record> {
    let mut names = HashSet::new();
    let pairs = reader.list(2, |reader| {
        let name = reader.text()?;
        if !names.insert(name) {
            return Err(reader.not_canonical("a field stands once in a record"));
        }
        Ok((Value::from(name), reader.value()?))
    })?;
    Map::from_pairs(pairs)
}

/// Reads `{added, modified, removed, version, timestamp, source_node}`, every one of which may be missing or null.
fn read(reader: &mut Reader<'_>) -> Result<Delta> {
    let mut delta = Delta::default();
    reader.fields("payload", |field, reader| {
        match field {
            "type" => reader.type_name(Tag::Delta.name())?,
            "added" => delta.added = member(reader, field, records)?,
            "modified" => delta.modified = member(reader, field, records)?,
            "removed" => delta.removed = member(reader, field, texts)?,
            "version" => delta.version = member(reader, field, int)?,
            "timestamp" => delta.timestamp = timestamp(reader)?,
            "source_node" => delta.source_node = member(reader, field, text)?,
            _ => reader.skip()?,
        }
        Ok(())
    })?;
    Ok(delta)
}

fn timestamp(reader: &mut Reader<'_>) -> Result<Stamp> {
    match reader.item()? {
        Item::Null => Ok(Stamp::ZERO),
        item => reader.stamp_of(item, "timestamp"),
    }
}

/// What is said of a value of the wrong kind.
type Read<T> = std::result::Result<T, &'static str>;

/// The next value, read by `read`; the default if it is null.
fn member<T: Default>(reader: &mut Reader<'_>, name: &str, read: fn(Value) -> Read<T>) -> Result<T> {
    match reader.value()? {
        Value::Null => Ok(T::default()),
        value => read(value).map_err(|message| reader.mistyped(name, message)),
    }
}

fn records(value: Value) -> Read<Vec<Record>> {
    let record = |value| match value {
        Value::Map(record) => Ok(record),
        _ => Err("expected a list of maps"),
    };
    list(value)?.into_iter().map(record).collect()
}

fn texts(value: Value) -> Read<Vec<String>> {
    list(value)?.into_iter().map(text).collect()
}

fn list(value: Value) -> Read<Vec<Value>> {
    match value {
        Value::List(list) => Ok(list),
        _ => Err("expected a list"),
    }
}

fn text(value: Value) -> Read<String> {
    match value {
        Value::Text(text) => Ok(text),
        _ => Err("expected text"),
    }
}

fn int(value: Value) -> Read<i64> {
    match value {
        Value::Int(int) => Ok(int),
        _ => Err("expected an integer"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::encode_value;

    fn read_members(members: Vec<(Value, Value)>) -> Result<Delta> {
        Delta::read_any(Tag::Delta, &encode_value(&Value::Map(Map::from_pairs(members)?)), &DecodeOptions::strict())
    }

    #[test]
    fn missing_and_null_members_are_empty() -> Result<()> {
        assert_eq!(read_members(vec![])?, Delta::default());
        let names = ["added", "modified", "removed", "version", "timestamp", "source_node"];
        assert_eq!(
            read_members(names.iter().map(|name| (Value::from(*name), Value::Null)).collect())?,
            Delta::default()
        );
        assert_eq!(read_members(vec![("unknown".into(), true.into()), (7.into(), 8.into())])?, Delta::default());
        Ok(())
    }

    #[test]
    fn members_of_the_wrong_kind_are_named() {
        let list = |member: Value| Value::List(vec![member]);
        let wrong = [
            ("added", Value::from(1)),
            ("added", list(1.into())),
            ("modified", list(Value::Null)),
            ("removed", list(1.into())),
            ("version", 1.0.into()),
            ("version", true.into()),
            ("timestamp", "1".into()),
            ("timestamp", f64::NAN.into()),
            ("timestamp", true.into()),
            ("source_node", 1.into()),
            ("type", "generic".into()),
            ("type", Value::Null),
        ];
        for (name, value) in wrong {
            let error = read_members(vec![(name.into(), value)]).unwrap_err();
            assert_eq!((error.code(), error.detail("field")), (Code::BadSchema, Some(name)));
        }
    }

    #[test]
    fn frames_survive_byte_for_byte() -> Result<()> {
        let record = |pairs: Vec<(Value, Value)>| Map::from_pairs(pairs);
        let delta = Delta {
            added: vec![record(vec![("id".into(), 1.into()), (2.into(), Value::Bytes(vec![0]))])?],
            modified: vec![record(vec![("z".into(), 1.into()), ("a".into(), 2.into())])?],
            removed: vec!["b".into(), "a".into()],
            version: 7,
            timestamp: Stamp::from_whole_seconds(5),
            source_node: "n".into(),
        };
        let frame = delta.encode_v1()?;
        assert_eq!(Delta::decode(&frame)?, delta);
        assert_eq!(Delta::decode(&frame)?.encode_v1()?, frame);
        Ok(())
    }
}
