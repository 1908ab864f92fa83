//! Writing JSON: ASCII only, `", "` and `": "` between parts, floats as [`crate::text::float_text`].

use std::fmt::Write;

use crate::error::{Code, Error, Result};
use crate::text;
use crate::value::{Integer, Map, Node};

/// The four switches of the writer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JsonStyle {
    /// Sort members by the UTF-8 bytes of their key's text instead of keeping the stored order.
    pub sort_keys: bool,
    /// Spaces per level; `None` writes one line.
    pub indent: Option<usize>,
    /// What happens to NaN and the infinities.
    pub non_finite: NonFinite,
    /// What happens to bytes and sets, which JSON cannot hold.
    pub other: Other,
}

/// Treatment of NaN and the infinities.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NonFinite {
    /// The literals `NaN`, `Infinity` and `-Infinity`.
    Literal,
    /// `BAD_VALUE`.
    Error,
}

/// Treatment of bytes and sets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Other {
    /// `BAD_VALUE`.
    Error,
    /// The text of the value, [`crate::text::py_str`].
    PyStr,
}

impl JsonStyle {
    /// Payloads of frames: stored order, literals, nothing but JSON kinds.
    pub const WIRE: JsonStyle =
        JsonStyle { sort_keys: false, indent: None, non_finite: NonFinite::Literal, other: Other::Error };
    /// Input of Merkle leaf hashes and gossip digests: sorted, literals, other kinds as text.
    pub const HASHED: JsonStyle =
        JsonStyle { sort_keys: true, indent: None, non_finite: NonFinite::Literal, other: Other::PyStr };
    /// Canonical text of audit records and envelopes: sorted, nothing that JSON cannot hold.
    pub const CANONICAL: JsonStyle =
        JsonStyle { sort_keys: true, indent: None, non_finite: NonFinite::Error, other: Other::Error };
    /// Reports for people and files: two spaces per level.
    pub const EXPORT: JsonStyle =
        JsonStyle { sort_keys: false, indent: Some(2), non_finite: NonFinite::Literal, other: Other::PyStr };
}

/// JSON text of a value.
///
/// Fails with `BAD_VALUE` (detail `path`) on a value the style refuses, and on bytes as a member key.
pub fn to_text<I: Integer>(value: &Node<I>, style: JsonStyle) -> Result<String> {
    let mut out = String::new();
    push_value(&mut out, value, style)?;
    Ok(out)
}

/// Appends what [`to_text`] gives.
pub(crate) fn push_value<I: Integer>(out: &mut String, value: &Node<I>, style: JsonStyle) -> Result<()> {
    Writer { out, style, level: 0 }.value(value)
}

/// An integer in decimal.
pub(crate) fn push_integer(out: &mut String, integer: impl itoa::Integer) {
    out.push_str(itoa::Buffer::new().format(integer));
}

/// A member key as JSON text in quotes, followed by `": "`.
pub(crate) fn push_key(out: &mut String, key: &str) {
    push_text(out, key);
    out.push_str(": ");
}

/// Text in quotes: everything outside printable ASCII escaped.
pub(crate) fn push_text(out: &mut String, text: &str) {
    out.reserve(text.len() + 2);
    out.push('"');
    let mut rest = text;
    while let Some(stop) = first_to_escape(rest.as_bytes()) {
        let (plain, from) = rest.split_at(stop);
        out.push_str(plain);
        let mut characters = from.chars();
        if let Some(character) = characters.next() {
            push_escaped(out, character);
        }
        rest = characters.as_str();
    }
    out.push_str(rest);
    out.push('"');
}

/// Where the first byte stands that cannot be written as it is.
fn first_to_escape(bytes: &[u8]) -> Option<usize> {
    let (words, _) = bytes.as_chunks::<8>();
    let plain = words.iter().take_while(|word| is_plain_word(u64::from_ne_bytes(**word))).count() * 8;
    if plain == words.len() * 8 && is_plain_end(bytes) {
        return None;
    }
    let rest = bytes.get(plain..).unwrap_or(&[]);
    rest.iter().position(|byte| !is_plain(*byte)).map(|position| plain + position)
}

/// Whether [`is_plain`] holds for each of the last bytes: eight, or all of fewer.
fn is_plain_end(bytes: &[u8]) -> bool {
    if let Some(word) = bytes.last_chunk() {
        return is_plain_word(u64::from_ne_bytes(*word));
    }
    match (bytes.first_chunk(), bytes.last_chunk()) {
        // From four bytes on, these two overlap or meet.
        (Some(first), Some(last)) => {
            let halves = [first, last].map(|half| u64::from(u32::from_ne_bytes(*half)));
            is_plain_word(halves[0] | halves[1] << 32)
        }
        _ => bytes.iter().all(|byte| is_plain(*byte)),
    }
}

/// Whether [`is_plain`] holds for each of eight bytes.
const fn is_plain_word(word: u64) -> bool {
    const ONES: u64 = u64::MAX / 255;
    const HIGH: u64 = ONES << 7;
    /// The high bit of some byte is set exactly if some byte of a word is zero.
    const fn zero_bytes(word: u64) -> u64 {
        word.wrapping_sub(ONES) & !word & HIGH
    }
    let controls = word.wrapping_sub(ONES * 0x20) & !word & HIGH;
    let quotes = zero_bytes(word ^ (ONES * b'"' as u64)) | zero_bytes(word ^ (ONES * b'\\' as u64));
    let beyond = (word & HIGH) | zero_bytes(word ^ (ONES * 0x7f));
    controls | quotes | beyond == 0
}

const fn is_plain(byte: u8) -> bool {
    matches!(byte, 0x20..=0x7e) && byte != b'"' && byte != b'\\'
}

fn push_escaped(out: &mut String, character: char) {
    match character {
        '"' => out.push_str("\\\""),
        '\\' => out.push_str("\\\\"),
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        '\u{c}' => out.push_str("\\f"),
        '\u{8}' => out.push_str("\\b"),
        other => {
            for unit in other.encode_utf16(&mut [0; 2]) {
                // Writing to a String cannot fail.
                let _ = write!(out, "\\u{unit:04x}");
            }
        }
    }
}

struct Writer<'a> {
    out: &'a mut String,
    style: JsonStyle,
    level: usize,
}

impl Writer<'_> {
    fn value<I: Integer>(&mut self, value: &Node<I>) -> Result<()> {
        match value {
            Node::Null => self.out.push_str("null"),
            Node::Bool(value) => self.out.push_str(if *value { "true" } else { "false" }),
            Node::Int(integer) => match integer.as_i64() {
                Some(small) => push_integer(self.out, small),
                // Writing to a String cannot fail.
                None => drop(write!(self.out, "{integer}")),
            },
            Node::Float(float) => self.float(*float)?,
            Node::Text(text) => push_text(self.out, text),
            Node::List(list) => self.list(list)?,
            Node::Map(map) => self.map(map)?,
            Node::Bytes(_) | Node::Set(_) => self.other(value)?,
        }
        Ok(())
    }

    fn float(&mut self, float: f64) -> Result<()> {
        if float.is_finite() {
            text::push_float(self.out, float);
        } else if self.style.non_finite == NonFinite::Error {
            return Err(Error::new(Code::BadValue, "expected a finite number").with("found", text::float_text(float)));
        } else {
            self.out.push_str(if float.is_nan() {
                "NaN"
            } else if float > 0.0 {
                "Infinity"
            } else {
                "-Infinity"
            });
        }
        Ok(())
    }

    fn other<I: Integer>(&mut self, value: &Node<I>) -> Result<()> {
        match self.style.other {
            Other::PyStr => push_text(self.out, &text::py_str(value)),
            Other::Error => {
                return Err(Error::new(Code::BadValue, "JSON cannot hold this kind").with("found", value.kind().name()));
            }
        }
        Ok(())
    }

    fn list<I: Integer>(&mut self, list: &[Node<I>]) -> Result<()> {
        self.out.push('[');
        self.level += 1;
        for (index, member) in list.iter().enumerate() {
            self.separate(index);
            self.value(member).map_err(|error| error.with("path", index))?;
        }
        self.close(list.is_empty(), ']');
        Ok(())
    }

    fn map<I: Integer>(&mut self, map: &Map<I>) -> Result<()> {
        let mut members = map.iter().map(|(key, value)| Ok((key_text(key)?, value))).collect::<Result<Vec<_>>>()?;
        if self.style.sort_keys {
            members.sort_by(|(a, _), (b, _)| a.cmp(b));
        }
        self.out.push('{');
        self.level += 1;
        for (index, (key, value)) in members.iter().enumerate() {
            self.separate(index);
            push_key(self.out, key);
            self.value(value).map_err(|error| error.with("path", key))?;
        }
        self.close(members.is_empty(), '}');
        Ok(())
    }

    fn separate(&mut self, index: usize) {
        match self.style.indent {
            Some(_) => {
                self.out.push_str(if index > 0 { "," } else { "" });
                self.new_line();
            }
            None => self.out.push_str(if index > 0 { ", " } else { "" }),
        }
    }

    fn close(&mut self, is_empty: bool, bracket: char) {
        self.level -= 1;
        if !is_empty && self.style.indent.is_some() {
            self.new_line();
        }
        self.out.push(bracket);
    }

    fn new_line(&mut self) {
        self.out.push('\n');
        self.out.extend(std::iter::repeat_n(' ', self.level * self.style.indent.unwrap_or(0)));
    }
}

/// Text of a member key: other scalars are written as their JSON text, as Python does.
fn key_text<I: Integer>(key: &Node<I>) -> Result<std::borrow::Cow<'_, str>> {
    Ok(match key {
        Node::Text(text) => text.as_str().into(),
        Node::Null => "null".into(),
        Node::Bool(value) => if *value { "true" } else { "false" }.into(),
        Node::Int(integer) => integer.to_string().into(),
        Node::Float(float) if float.is_nan() => "NaN".into(),
        Node::Float(float) if float.is_infinite() => if *float > 0.0 { "Infinity" } else { "-Infinity" }.into(),
        Node::Float(float) => text::float_text(*float).into(),
        other => {
            return Err(
                Error::new(Code::BadValue, "JSON cannot hold this kind as a key").with("found", other.kind().name())
            );
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Value;

    #[test]
    fn text_is_ascii_with_lower_case_escapes() {
        let mut out = String::new();
        push_text(&mut out, "a\"\\\n\u{7f}é😀/\u{8}");
        assert_eq!(out, "\"a\\\"\\\\\\n\\u007f\\u00e9\\ud83d\\ude00/\\b\"");
    }

    #[test]
    fn eight_bytes_at_a_time_are_judged_as_one_by_one() {
        for byte in 0..=255_u8 {
            for (place, length) in (0..20).flat_map(|length| (0..length).map(move |place| (place, length))) {
                let mut bytes = b"abcdefgh ~AZ[]^_`{|}"[..length].to_vec();
                bytes[place] = byte;
                let expected = bytes.iter().position(|byte| !is_plain(*byte));
                assert_eq!(first_to_escape(&bytes), expected, "{byte:#x} at {place} of {length}");
            }
        }
    }

    #[test]
    fn keys_are_coerced_and_sorted_only_when_asked() -> Result<()> {
        let pairs = vec![
            (Value::from("b"), Value::Float(1e16)),
            (Value::Int(1), Value::Float(f64::NAN)),
            (Value::Bool(true), Value::Null),
        ];
        let map = Value::Map(Map::from_pairs(pairs)?);
        assert_eq!(to_text(&map, JsonStyle::WIRE)?, "{\"b\": 1e+16, \"1\": NaN, \"true\": null}");
        assert_eq!(to_text(&map, JsonStyle::HASHED)?, "{\"1\": NaN, \"b\": 1e+16, \"true\": null}");
        assert_eq!(to_text(&map, JsonStyle::CANONICAL).unwrap_err().code(), Code::BadValue);
        assert_eq!(to_text(&Value::Bytes(vec![1]), JsonStyle::HASHED)?, "\"b'\\\\x01'\"");
        Ok(())
    }

    #[test]
    fn indented_text_has_one_member_per_line() -> Result<()> {
        let value = Value::Map(Map::from_pairs(vec![
            (Value::from("a"), Value::List(vec![Value::Int(1)])),
            (Value::from("b"), Value::List(vec![])),
        ])?);
        assert_eq!(to_text(&value, JsonStyle::EXPORT)?, "{\n  \"a\": [\n    1\n  ],\n  \"b\": []\n}");
        Ok(())
    }
}
