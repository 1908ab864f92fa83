//! Frames from JSON, the way back of `convert --to json`.

use crdt_merge::frames::{Body, Compression, DecodeOptions, Document};
use crdt_merge::value::{Integer, Map, Node, Set};
use crdt_merge::{AnyState, Code, Error, JsonValue, PayloadForm, Result, Tag, json};

/// Levels of JSON that one level of a value takes: `{"m": [[key, value]]}`.
const LEVELS: usize = 3;

/// The frames that the lines of a text describe, one after another. Empty lines count for nothing.
///
/// Errors carry the number of their line, counted from 1.
pub fn frames(text: &[u8], options: &DecodeOptions) -> Result<Vec<u8>> {
    let lines = text.split(|byte| *byte == b'\n').enumerate().filter(|(_, line)| !line.trim_ascii().is_empty());
    let frames = lines.map(|(index, line)| frame(line, options).map_err(|error| error.with("line", index + 1)));
    Ok(frames.collect::<Result<Vec<_>>>()?.concat())
}

/// The frame of `{"type": …, "version": 1, "payload": …}` or `{"version": 2, "frame": …}`.
fn frame(line: &[u8], options: &DecodeOptions) -> Result<Vec<u8>> {
    let described = json::parse(line, options.limits.depth() * LEVELS + 1)?;
    let member = |name: &'static str| {
        let found = described.as_map().and_then(|members| members.field(name));
        found.ok_or_else(|| Error::new(Code::BadSchema, "the member is missing").with("field", name))
    };
    if *member("version")? == JsonValue::from(2) {
        return second(member("frame")?, options);
    }
    check_version(member("version")?)?;
    let tag = tag_of(member("type")?)?;
    let body = match tag.form() {
        PayloadForm::Compact => Body::Compact(value(member("payload")?)?),
        PayloadForm::Json => Body::Json(value(member("payload")?)?),
        PayloadForm::None => return Err(Error::new(Code::UnknownType, "version 1 has no type of this name")),
    };
    Ok(Document::new(tag, body, Compression::None)?.encode().to_vec())
}

/// The frame that a line of version 2 holds.
fn second(frame: &JsonValue, options: &DecodeOptions) -> Result<Vec<u8>> {
    match value::<i64>(frame)? {
        Node::Bytes(frame) => {
            AnyState::decode_with(&frame, options)?;
            Ok(frame)
        }
        _ => Err(Error::new(Code::BadSchema, "expected bytes").with("field", "frame")),
    }
}

fn check_version(version: &JsonValue) -> Result<()> {
    if *version == JsonValue::from(1) { Ok(()) } else { Err(Error::new(Code::BadVersion, "expected version 1 or 2")) }
}

fn tag_of(name: &JsonValue) -> Result<Tag> {
    let found = Tag::V1.iter().find(|tag| name.as_text() == Some(tag.name()));
    found.copied().ok_or_else(|| Error::new(Code::UnknownType, "version 1 has no type of this name"))
}

/// The value in a tagged form, see [`crate::json::tagged`].
fn value<I: Integer>(tagged: &JsonValue) -> Result<Node<I>> {
    match tagged {
        JsonValue::Null => Ok(Node::Null),
        JsonValue::Bool(value) => Ok(Node::Bool(*value)),
        JsonValue::Map(members) => match members.iter().as_slice() {
            [(JsonValue::Text(kind), body)] => untagged(kind, body),
            _ => Err(malformed("a value is an object with one member")),
        },
        _ => Err(malformed("numbers, text and lists are tagged with their kind")),
    }
}

fn untagged<I: Integer>(kind: &str, body: &JsonValue) -> Result<Node<I>> {
    match kind {
        "i" => integer(text(body)?),
        "f" => bits(text(body)?).map(Node::Float),
        "s" => Ok(Node::from(text(body)?)),
        "b" => bytes(text(body)?).map(Node::Bytes),
        "l" => values(body).map(Node::List),
        "set" => Ok(Node::Set(Set::from_members(values(body)?)?)),
        "m" => Ok(Node::Map(Map::from_pairs(list(body)?.iter().map(pair).collect::<Result<_>>()?)?)),
        _ => Err(malformed("no kind of value has this tag").with("found", kind)),
    }
}

fn malformed(message: &'static str) -> Error {
    Error::new(Code::BadValue, message)
}

fn text(body: &JsonValue) -> Result<&str> {
    body.as_text().ok_or_else(|| malformed("expected text"))
}

fn list(body: &JsonValue) -> Result<&[JsonValue]> {
    body.as_list().ok_or_else(|| malformed("expected a list"))
}

fn values<I: Integer>(body: &JsonValue) -> Result<Vec<Node<I>>> {
    list(body)?.iter().map(value).collect()
}

fn pair<I: Integer>(body: &JsonValue) -> Result<(Node<I>, Node<I>)> {
    match list(body)? {
        [key, member] => Ok((value(key)?, value(member)?)),
        _ => Err(malformed("a map has lists of key and value")),
    }
}

fn integer<I: Integer>(digits: &str) -> Result<Node<I>> {
    let is_decimal = |digits: &str| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    if !is_decimal(digits.strip_prefix('-').unwrap_or(digits)) {
        return Err(malformed("expected decimal digits"));
    }
    let integer = I::from_decimal(digits);
    integer.map(Node::Int).ok_or_else(|| Error::new(Code::OutOfRange, "an integer of this kind has 64 bits"))
}

fn bits(digits: &str) -> Result<f64> {
    match <[u8; 8]>::try_from(bytes(digits)?) {
        Ok(bits) => Ok(f64::from_be_bytes(bits)),
        Err(_) => Err(malformed("a double has sixteen hexadecimal digits")),
    }
}

fn bytes(digits: &str) -> Result<Vec<u8>> {
    let (pairs, rest) = digits.as_bytes().as_chunks::<2>();
    let byte = |[high, low]: &[u8; 2]| Some((digit(*high)? << 4) | digit(*low)?);
    let bytes = pairs.iter().map(byte).collect::<Option<Vec<_>>>().filter(|_| rest.is_empty());
    bytes.ok_or_else(|| malformed("expected pairs of hexadecimal digits"))
}

fn digit(character: u8) -> Option<u8> {
    char::from(character).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(payload: &str) -> Option<Code> {
        let line = format!("{{\"type\": \"generic\", \"version\": 1, \"payload\": {payload}}}");
        frames(line.as_bytes(), &DecodeOptions::strict()).err().map(|error| error.code())
    }

    #[test]
    fn payloads_say_their_kinds() {
        for good in
            [r#"{"i": "-5"}"#, r#"{"f": "7ff8000000000000"}"#, r#"{"m": [[null, {"l": []}]]}"#, r#"{"b": "00fF"}"#]
        {
            assert_eq!(code(good), None, "{good}");
        }
        for bad in [
            "5",
            "\"a\"",
            "[]",
            "{}",
            r#"{"i": 5}"#,
            r#"{"i": "+5"}"#,
            r#"{"f": "1.0"}"#,
            r#"{"b": "0"}"#,
            r#"{"m": [[null]]}"#,
            r#"{"x": ""}"#,
        ] {
            assert_eq!(code(bad), Some(Code::BadValue), "{bad}");
        }
        assert_eq!(code(r#"{"i": "9223372036854775808"}"#), Some(Code::OutOfRange));
        assert_eq!(code(r#"{"set": [{"l": []}]}"#), Some(Code::BadKey));
        assert_eq!(code("{"), Some(Code::BadJson));
    }

    #[test]
    fn lines_are_counted_and_empty_ones_left_out() {
        let error = frames(b"\n  \n{}\n", &DecodeOptions::strict()).unwrap_err();
        assert_eq!(
            (error.code(), error.detail("line"), error.detail("field")),
            (Code::BadSchema, Some("3"), Some("version"))
        );
    }
}
