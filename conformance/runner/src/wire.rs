//! Version 1 of the wire, written once more from the specification.
//!
//! The runner and the importer must not trust an implementation under test, so they have a reader and a
//! writer of their own. Speed does not matter here; following the order of the strict checks does.

use std::io::Read as _;

use crate::json::{Duplicates, Json, JsonFault};
use crate::schema;
use crate::value::{Value, float_text};

/// Open containers a strict reader accepts.
pub const MAX_DEPTH: usize = 128;
/// Bytes a strict reader inflates at most.
pub const MAX_INFLATED: usize = 256 << 20;
const HEADER: usize = 12;

/// An error code of `spec/errors.toml`.
pub type Code = &'static str;

/// A frame cut out of its bytes: header members and inflated payload.
#[derive(Clone, Debug, PartialEq)]
pub struct Frame {
    /// Type tag.
    pub tag: u8,
    /// Whether the payload was compressed.
    pub compressed: bool,
    /// The payload after inflating.
    pub payload: Vec<u8>,
    /// Bytes of the whole frame as sent.
    pub length: usize,
}

/// A frame read to the end: the name of its kind and its payload as a value.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    /// Type tag.
    pub tag: u8,
    /// The payload, members in the order of the wire.
    pub payload: Value,
    /// Bytes of the whole frame as sent.
    pub length: usize,
}

/// Strict reading of one frame that fills `bytes`, up to and including the schema of its kind.
pub fn decode(bytes: &[u8]) -> Result<Document, Code> {
    let frame = cut(bytes)?;
    if frame.length != bytes.len() {
        return Err("TRAILING_BYTES");
    }
    read(inflate(bytes, frame)?)
}

/// Strict reading of the frame at the start of `bytes`; more may follow.
pub fn decode_prefix(bytes: &[u8]) -> Result<Document, Code> {
    read(inflate(bytes, cut(bytes)?)?)
}

/// Reads the frame at the start of `bytes` and inflates it without looking at the payload.
pub fn open(bytes: &[u8]) -> Result<Frame, Code> {
    inflate(bytes, cut(bytes)?)
}

fn cut(bytes: &[u8]) -> Result<Frame, Code> {
    if bytes.len() < HEADER {
        return Err("TOO_SHORT");
    }
    if &bytes[..4] != b"CRDT" {
        return Err("BAD_MAGIC");
    }
    if u16::from_be_bytes([bytes[4], bytes[5]]) != 1 {
        return Err("BAD_VERSION");
    }
    if bytes[7] & !1 != 0 {
        return Err("BAD_FLAGS");
    }
    if schema::name_of(bytes[6]).is_none() {
        return Err("UNKNOWN_TYPE");
    }
    let length = HEADER + u32::from_be_bytes([bytes[8], bytes[9], bytes[10], bytes[11]]) as usize;
    if bytes.len() < length {
        return Err("TRUNCATED");
    }
    Ok(Frame { tag: bytes[6], compressed: bytes[7] == 1, payload: Vec::new(), length })
}

fn inflate(bytes: &[u8], frame: Frame) -> Result<Frame, Code> {
    let stored = &bytes[HEADER..frame.length];
    let payload = match frame.compressed {
        false => stored.to_vec(),
        true => unzip(stored)?,
    };
    Ok(Frame { payload, ..frame })
}

/// Inflates a zlib stream that fills the bytes.
pub fn unzip(stored: &[u8]) -> Result<Vec<u8>, Code> {
    let mut decoder = flate2::bufread::ZlibDecoder::new(stored);
    let mut out = Vec::new();
    decoder.by_ref().take(MAX_INFLATED as u64 + 1).read_to_end(&mut out).map_err(|_| "BAD_ZLIB")?;
    if out.len() > MAX_INFLATED {
        return Err("TOO_LARGE");
    }
    match decoder.total_in() as usize == stored.len() {
        true => Ok(out),
        false => Err("TRAILING_BYTES"),
    }
}

fn read(frame: Frame) -> Result<Document, Code> {
    let payload = match schema::is_json(frame.tag) {
        true => read_json_payload(&frame.payload)?,
        false => value_decode(&frame.payload)?,
    };
    schema::check(frame.tag, &payload)?;
    Ok(Document { tag: frame.tag, payload, length: frame.length })
}

/// Strict reading of one compact value that fills `bytes`.
pub fn value_decode(bytes: &[u8]) -> Result<Value, Code> {
    let mut reader = Compact { bytes, at: 0 };
    let value = reader.value(0)?;
    match reader.at == bytes.len() {
        true => Ok(value),
        false => Err("TRAILING_BYTES"),
    }
}

struct Compact<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Compact<'_> {
    fn take(&mut self, count: usize) -> Result<&[u8], Code> {
        let end = self.at.checked_add(count).filter(|end| *end <= self.bytes.len());
        let start = self.at;
        self.at = end.ok_or("TRUNCATED")?;
        Ok(&self.bytes[start..self.at])
    }

    fn big_endian(&mut self, count: usize) -> Result<u64, Code> {
        Ok(self.take(count)?.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte)))
    }

    fn value(&mut self, open: usize) -> Result<Value, Code> {
        let tag = self.take(1)?[0];
        if matches!(tag, 7 | 8 | 10) && open >= MAX_DEPTH {
            return Err("TOO_DEEP");
        }
        match tag {
            0 => Ok(Value::Null),
            1 => Ok(Value::Bool(true)),
            2 => Ok(Value::Bool(false)),
            3 => Ok(Value::int(self.big_endian(8)? as i64)),
            4 => Ok(Value::Float(self.big_endian(8)?)),
            5 => self.text().map(Value::Text),
            6 => self.block().map(|bytes| Value::Bytes(bytes.to_vec())),
            7 => self.list(open + 1).map(Value::List),
            8 => self.map(open + 1).map(Value::Map),
            9 => Ok(Value::int(self.big_endian(1)? as i8)),
            10 => self.set(open + 1).map(Value::Set),
            _ => Err("BAD_VALUE_TAG"),
        }
    }

    fn block(&mut self) -> Result<&[u8], Code> {
        let length = self.big_endian(4)? as usize;
        self.take(length)
    }

    fn text(&mut self) -> Result<String, Code> {
        String::from_utf8(self.block()?.to_vec()).map_err(|_| "BAD_UTF8")
    }

    /// A count needs at least `each` bytes per element that follows.
    fn count(&mut self, each: usize) -> Result<usize, Code> {
        let count = self.big_endian(4)? as usize;
        match count.saturating_mul(each) <= self.bytes.len() - self.at {
            true => Ok(count),
            false => Err("TRUNCATED"),
        }
    }

    fn list(&mut self, open: usize) -> Result<Vec<Value>, Code> {
        let count = self.count(1)?;
        (0..count).map(|_| self.value(open)).collect()
    }

    fn key(&mut self, open: usize) -> Result<Value, Code> {
        match self.value(open)? {
            Value::List(_) | Value::Map(_) | Value::Set(_) => Err("BAD_KEY"),
            key => Ok(key),
        }
    }

    fn map(&mut self, open: usize) -> Result<Vec<(Value, Value)>, Code> {
        let mut pairs: Vec<(Value, Value)> = Vec::new();
        for _ in 0..self.count(2)? {
            let key = self.key(open)?;
            let value = self.value(open)?;
            match pairs.iter_mut().find(|(known, _)| *known == key) {
                Some(pair) => pair.1 = value,
                None => pairs.push((key, value)),
            }
        }
        Ok(pairs)
    }

    fn set(&mut self, open: usize) -> Result<Vec<Value>, Code> {
        let mut members: Vec<Value> = Vec::new();
        for _ in 0..self.count(1)? {
            let member = self.key(open)?;
            if !members.contains(&member) {
                members.push(member);
            }
        }
        Ok(members)
    }
}

/// Compact bytes of a value, in the given order. None for what version 1 cannot write.
pub fn value_encode(value: &Value) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    write_compact(value, &mut out)?;
    Some(out)
}

fn write_compact(value: &Value, out: &mut Vec<u8>) -> Option<()> {
    match value {
        Value::Null => out.push(0),
        Value::Bool(flag) => out.push(if *flag { 1 } else { 2 }),
        Value::Int(digits) => write_int(digits.parse().ok()?, out),
        Value::Float(bits) => {
            out.push(4);
            out.extend(bits.to_be_bytes());
        }
        Value::Text(words) => write_block(5, words.as_bytes(), out)?,
        Value::Bytes(bytes) => write_block(6, bytes, out)?,
        Value::List(items) => write_items(7, items, out)?,
        Value::Set(items) => write_items(10, items, out)?,
        Value::Map(pairs) => {
            write_count(8, pairs.len(), out)?;
            for (key, value) in pairs {
                write_compact(key, out)?;
                write_compact(value, out)?;
            }
        }
        Value::Tuple(_) | Value::Blob(_) => return None,
    }
    Some(())
}

fn write_int(value: i64, out: &mut Vec<u8>) {
    match i8::try_from(value) {
        Ok(small) => out.extend([9, small as u8]),
        Err(_) => {
            out.push(3);
            out.extend(value.to_be_bytes());
        }
    }
}

fn write_count(tag: u8, count: usize, out: &mut Vec<u8>) -> Option<()> {
    out.push(tag);
    out.extend(u32::try_from(count).ok()?.to_be_bytes());
    Some(())
}

fn write_block(tag: u8, bytes: &[u8], out: &mut Vec<u8>) -> Option<()> {
    write_count(tag, bytes.len(), out)?;
    out.extend(bytes);
    Some(())
}

fn write_items(tag: u8, items: &[Value], out: &mut Vec<u8>) -> Option<()> {
    write_count(tag, items.len(), out)?;
    items.iter().try_for_each(|item| write_compact(item, out))
}

/// The frame of a payload, not compressed. None for what version 1 cannot write.
pub fn encode(tag: u8, payload: &Value) -> Option<Vec<u8>> {
    let body = match schema::is_json(tag) {
        true => json_text(payload)?.into_bytes(),
        false => value_encode(payload)?,
    };
    let mut out = b"CRDT\x00\x01".to_vec();
    out.extend([tag, 0]);
    out.extend(u32::try_from(body.len()).ok()?.to_be_bytes());
    out.extend(body);
    Some(out)
}

/// JSON text of a payload as version 1 writes it: ASCII, `", "` and `": "`, order kept.
pub fn json_text(value: &Value) -> Option<String> {
    let mut out = String::new();
    write_json(value, &mut out)?;
    Some(out)
}

fn write_json(value: &Value, out: &mut String) -> Option<()> {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(flag) => out.push_str(if *flag { "true" } else { "false" }),
        Value::Int(digits) => out.push_str(digits),
        Value::Float(bits) => out.push_str(&json_float(*bits)),
        Value::Text(words) => write_json_text(words, out),
        Value::List(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                out.push_str(if index > 0 { ", " } else { "" });
                write_json(item, out)?;
            }
            out.push(']');
        }
        Value::Map(pairs) => {
            out.push('{');
            for (index, (key, value)) in pairs.iter().enumerate() {
                out.push_str(if index > 0 { ", " } else { "" });
                write_json_text(key.as_text()?, out);
                out.push_str(": ");
                write_json(value, out)?;
            }
            out.push('}');
        }
        Value::Bytes(_) | Value::Set(_) | Value::Tuple(_) | Value::Blob(_) => return None,
    }
    Some(())
}

fn json_float(bits: u64) -> String {
    let value = f64::from_bits(bits);
    match (value.is_nan(), value.is_infinite(), value < 0.0) {
        (true, _, _) => "NaN".into(),
        (_, true, true) => "-Infinity".into(),
        (_, true, false) => "Infinity".into(),
        _ => float_text(bits),
    }
}

fn write_json_text(words: &str, out: &mut String) {
    out.push('"');
    for unit in words.encode_utf16() {
        match unit {
            0x22 => out.push_str("\\\""),
            0x5c => out.push_str("\\\\"),
            0x0a => out.push_str("\\n"),
            0x0d => out.push_str("\\r"),
            0x09 => out.push_str("\\t"),
            0x0c => out.push_str("\\f"),
            0x08 => out.push_str("\\b"),
            0x20..=0x7e => out.push(unit as u8 as char),
            _ => out.push_str(&format!("\\u{unit:04x}")),
        }
    }
    out.push('"');
}

/// Reads the JSON text of a payload; integers of any size, floats by their spelling.
pub fn json_value(json: &Json) -> Value {
    match json {
        Json::Null => Value::Null,
        Json::Bool(flag) => Value::Bool(*flag),
        Json::Number(digits) => json_number(digits),
        Json::Text(words) => Value::text(words),
        Json::Array(items) => Value::List(items.iter().map(json_value).collect()),
        Json::Object(members) => Value::Map(members.iter().map(|(n, v)| (Value::text(n), json_value(v))).collect()),
    }
}

fn json_number(digits: &str) -> Value {
    match digits {
        "NaN" => Value::Float(0x7ff8_0000_0000_0000),
        "Infinity" => Value::float(f64::INFINITY),
        "-Infinity" => Value::float(f64::NEG_INFINITY),
        "-0" => Value::int(0),
        _ if digits.bytes().all(|b| b == b'-' || b.is_ascii_digit()) => Value::Int(digits.into()),
        _ => Value::float(digits.parse().unwrap_or(f64::NAN)),
    }
}

fn read_json_payload(payload: &[u8]) -> Result<Value, Code> {
    if matches!(payload.first(), Some(0x80..=0x8f | 0xde | 0xdf)) {
        return crate::msgpack::read(payload);
    }
    let text = payload.strip_prefix(b"\xef\xbb\xbf").unwrap_or(payload);
    let text = std::str::from_utf8(text).map_err(|error| match ends_inside_text(&text[..error.valid_up_to()]) {
        true => "BAD_UTF8",
        false => "BAD_JSON",
    })?;
    match Json::parse_with(text, Duplicates::LastWins, MAX_DEPTH) {
        Ok(json) => Ok(json_value(&json)),
        Err(error) if error.fault == JsonFault::TooDeep => Err("TOO_DEEP"),
        Err(_) => Err("BAD_JSON"),
    }
}

/// Whether the end of some JSON lies between the quotes of a text.
fn ends_inside_text(json: &[u8]) -> bool {
    let mut inside = false;
    let mut escaped = false;
    for byte in json {
        match (inside, escaped, byte) {
            (true, true, _) => escaped = false,
            (true, false, b'\\') => escaped = true,
            (_, _, b'"') => inside = !inside,
            _ => {}
        }
    }
    inside
}

/// Strict reading of a batch: the bytes of each item.
pub fn batch_unpack(bytes: &[u8]) -> Result<Vec<Vec<u8>>, Code> {
    let mut reader = Compact { bytes, at: 0 };
    let count = reader.big_endian(4)?;
    let mut items = Vec::new();
    for _ in 0..count {
        let item = reader.block()?.to_vec();
        decode(&item)?;
        items.push(item);
    }
    match reader.at == bytes.len() {
        true => Ok(items),
        false => Err("TRAILING_BYTES"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hex;

    fn bytes(text: &str) -> Vec<u8> {
        hex::decode(text).unwrap()
    }

    #[test]
    fn compact_values_survive_a_round_trip() {
        let wire = bytes(
            "0800000001050000000161070000000209010800000001050000000162070000000200070000000201044004000000000000",
        );
        let value = value_decode(&wire).unwrap();
        assert_eq!(value_encode(&value).unwrap(), wire);
    }

    #[test]
    fn the_first_failing_check_names_the_code() {
        for (wire, code) in [
            ("", "TOO_SHORT"),
            ("6372647400012000000000050800000000", "BAD_MAGIC"),
            ("4352445400022000000000050800000000", "BAD_VERSION"),
            ("43524454000120fe0000000707000000010901", "BAD_FLAGS"),
            ("4352445400010600000000050800000000", "UNKNOWN_TYPE"),
            ("4352445400012000000000320800000000", "TRUNCATED"),
            ("43524454000120000000000508000000007878", "TRAILING_BYTES"),
            ("43524454000120010000000707000000010901", "BAD_ZLIB"),
            ("4352445400012000000000010b", "BAD_VALUE_TAG"),
            ("43524454000120000000000a0a000000010700000000", "BAD_KEY"),
            ("435244540001400000000000", "BAD_JSON"),
            ("4352445400014000000000025b5d", "BAD_SCHEMA"),
        ] {
            assert_eq!(decode(&bytes(wire)).unwrap_err(), code, "{wire}");
        }
    }

    #[test]
    fn depth_128_passes_and_129_does_not() {
        let nest = |depth: usize| [b"\x07\0\0\0\x01".repeat(depth - 1), b"\x07\0\0\0\0".to_vec()].concat();
        assert!(value_decode(&nest(128)).is_ok());
        assert_eq!(value_decode(&nest(129)), Err("TOO_DEEP"));
    }

    #[test]
    fn a_batch_is_checked_item_by_item() {
        assert_eq!(batch_unpack(&bytes("00000000")), Ok(vec![]));
        assert_eq!(batch_unpack(&bytes("000000")), Err("TRUNCATED"));
        assert_eq!(batch_unpack(&bytes("0000000100000000")), Err("TOO_SHORT"));
    }
}
