use std::collections::BTreeSet;

use super::{Delta, Record};
use crate::error::Result;
use crate::generated::Tag;
use crate::stamp::Stamp;
use crate::state::{Framed, relayed_kind};
use crate::value::{Map, Value};
use crate::wire::body::{BodyReader, push_node, push_str, push_time, push_varint};
use crate::wire::{
    DecodeOptions, Item, Reader, decode_compact, push_int, push_list_header, push_map_header, push_stamp, push_text,
    push_value,
};

impl Framed for Delta {
    const TAG: Tag = Tag::Delta;

    /// The texts of `removed` come sorted: their order means nothing.
    fn read_fields(reader: &mut BodyReader<'_>) -> Result<Self> {
        Ok(Delta {
            added: reader.list(1, read_record)?,
            modified: reader.list(1, read_record)?,
            removed: reader.sorted_texts()?.into_iter().map(str::to_owned).collect(),
            // A version below 0, which version 1 can have, is written as the 64-bit number of its bits.
            version: reader.varint()?.cast_signed(),
            timestamp: reader.stamp()?,
            source_node: reader.text()?.to_owned(),
        })
    }

    fn write_fields(&self, out: &mut Vec<u8>) {
        for records in [&self.added, &self.modified] {
            push_varint(out, records.len() as u64);
            records.iter().for_each(|record| push_pairs(out, record));
        }
        let removed: BTreeSet<&str> = self.removed.iter().map(String::as_str).collect();
        push_varint(out, removed.len() as u64);
        removed.iter().for_each(|text| push_str(out, text));
        push_varint(out, self.version.cast_unsigned());
        push_time(out, self.timestamp);
        push_str(out, &self.source_node);
    }

    fn read_payload(payload: &[u8], options: &DecodeOptions) -> Result<Self> {
        decode_compact(payload, options, read)
    }

    fn write_payload(&self, out: &mut Vec<u8>) -> Result<()> {
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

relayed_kind!(Delta);

fn push_pairs(out: &mut Vec<u8>, record: &Record) {
    push_varint(out, record.len() as u64);
    for (key, value) in record {
        push_node(out, key);
        push_node(out, value);
    }
}

/// A record as version 2 has it: pairs in their order, without a value tag.
fn read_record(reader: &mut BodyReader<'_>) -> Result<Record> {
    let pairs = reader.list(2, |reader| Ok((reader.scalar()?.0, reader.value()?)))?;
    let count = pairs.len();
    let record = Map::from_pairs(pairs)?;
    if record.len() == count { Ok(record) } else { Err(reader.not_canonical("a field stands once in a record")) }
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
    use crate::error::Code;
    use crate::wire::encode_value;

    fn read_members(members: Vec<(Value, Value)>) -> Result<Delta> {
        Delta::read_payload(&encode_value(&Value::Map(Map::from_pairs(members)?)), &DecodeOptions::strict())
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
