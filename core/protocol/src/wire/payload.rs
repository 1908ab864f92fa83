//! From payload bytes to typed contents, with the first fault in the protocol's order reported.

use super::compact::{Reader, encode_value};
use super::frame::HEADER_BYTES;
use super::options::DecodeOptions;
use crate::error::{Error, Result};
use crate::json;
use crate::value::JsonValue;

/// Reads a payload of compact values with `parse`.
///
/// A fault in the values themselves, or bytes left over, is reported before a fault against the schema, wherever it stands:
/// only when `parse` fails is the payload gone through once more without it.
pub(crate) fn decode_compact<T>(
    payload: &[u8],
    options: &DecodeOptions,
    parse: impl Fn(&mut Reader<'_>) -> Result<T>,
) -> Result<T> {
    let mut reader = Reader::new(payload, HEADER_BYTES, options);
    match parse(&mut reader) {
        Ok(contents) => reader.finish().map(|()| contents),
        Err(fault) => retry_collapsed(payload, options, parse, fault),
    }
}

/// The slow way after a fault: if the values are sound, the fault is against the schema, and it only counts if it is still there
/// when repeated keys have been collapsed to their last value.
#[cold]
fn retry_collapsed<T>(
    payload: &[u8],
    options: &DecodeOptions,
    parse: impl Fn(&mut Reader<'_>) -> Result<T>,
    fault: Error,
) -> Result<T> {
    let mut reader = Reader::new(payload, HEADER_BYTES, options);
    let value = reader.value()?;
    reader.finish()?;
    let collapsed = encode_value(&value);
    if collapsed == payload {
        return Err(fault);
    }
    // The same fault again is told as it stands in the input: offsets in collapsed bytes mean nothing to the caller.
    parse(&mut Reader::new(&collapsed, HEADER_BYTES, options)).map_err(|again| {
        let is_same = again.code() == fault.code() && again.detail("field") == fault.detail("field");
        if is_same { fault } else { again }
    })
}

/// The document in a JSON payload, or in a MessagePack one where the first byte opens a MessagePack map.
///
/// No JSON text begins with such a byte, so the two cannot be confused. Lenient reading also takes UTF-16 and UTF-32.
pub(crate) fn parse_json_payload(payload: &[u8], options: &DecodeOptions) -> Result<JsonValue> {
    let depth = options.limits.depth();
    let parsed = match payload.first() {
        Some(0x80..=0x8f | 0xde | 0xdf) => json::parse_message_pack(payload, depth),
        _ if options.is_lenient() => match wide_text(payload) {
            Some(text) => json::parse(text.as_bytes(), depth),
            None => json::parse(payload, depth),
        },
        _ => json::parse(payload, depth),
    };
    parsed.map_err(|error| error.shifted(HEADER_BYTES))
}

/// The text of a UTF-16 or UTF-32 payload, told by its byte order mark or by the zero bytes around its first character.
fn wide_text(payload: &[u8]) -> Option<String> {
    match *payload {
        [0xff, 0xfe, 0, 0, ref rest @ ..] => utf32(rest, u32::from_le_bytes),
        [0, 0, 0xfe, 0xff, ref rest @ ..] => utf32(rest, u32::from_be_bytes),
        [0xff, 0xfe, ref rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xfe, 0xff, ref rest @ ..] => utf16(rest, u16::from_be_bytes),
        [0, 0, 0, _, ..] => utf32(payload, u32::from_be_bytes),
        [_, 0, 0, 0, ..] => utf32(payload, u32::from_le_bytes),
        [0, _, ..] => utf16(payload, u16::from_be_bytes),
        [_, 0, ..] => utf16(payload, u16::from_le_bytes),
        _ => None,
    }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Option<String> {
    let (units, rest) = bytes.as_chunks::<2>();
    let text = char::decode_utf16(units.iter().map(|bytes| unit(*bytes))).collect::<std::result::Result<_, _>>().ok();
    text.filter(|_| rest.is_empty())
}

fn utf32(bytes: &[u8], unit: fn([u8; 4]) -> u32) -> Option<String> {
    let (units, rest) = bytes.as_chunks::<4>();
    let text = units.iter().map(|bytes| char::from_u32(unit(*bytes))).collect();
    if rest.is_empty() { text } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Code;

    #[test]
    fn a_fault_in_the_values_comes_before_one_in_the_schema() {
        let parse = |reader: &mut Reader<'_>| reader.fields("payload", |_, _| Ok(()));
        let strict = DecodeOptions::strict();
        let code = |payload: &[u8]| decode_compact(payload, &strict, parse).unwrap_err().code();
        assert_eq!(code(b"\x07\0\0\0\0"), Code::BadSchema);
        assert_eq!(code(b"\x07\0\0\0\x01\x0b"), Code::BadValueTag);
        assert_eq!(code(b"\x07\0\0\0\0\0"), Code::TrailingBytes);
    }

    #[test]
    fn offsets_count_in_the_input_however_it_is_spelled() {
        let parse = |reader: &mut Reader<'_>| reader.fields("payload", |_, reader| reader.int("a").map(drop));
        // The first integer takes eight bytes more than it needs.
        let payload = b"\x08\0\0\0\x02\x05\0\0\0\x01b\x03\0\0\0\0\0\0\0\x05\x05\0\0\0\x01a\x00";
        let error = decode_compact(payload, &DecodeOptions::strict(), parse).unwrap_err();
        assert_eq!(error.detail("offset"), Some("39"), "the byte behind the null");
    }

    #[test]
    fn a_value_that_is_replaced_is_not_looked_at() {
        let parse = |reader: &mut Reader<'_>| {
            let mut number = 0;
            reader.fields("payload", |_, reader| {
                number = reader.int("a")?;
                Ok(())
            })?;
            Ok(number)
        };
        let payload = b"\x08\0\0\0\x02\x05\0\0\0\x01a\x00\x05\0\0\0\x01a\x09\x07";
        assert_eq!(decode_compact(payload, &DecodeOptions::strict(), parse), Ok(7));
    }

    #[test]
    fn wide_json_is_for_lenient_readers() {
        let wide: Vec<u8> = "\u{feff}{\"a\": 1}".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert!(parse_json_payload(&wide, &DecodeOptions::lenient()).is_ok());
        assert_eq!(parse_json_payload(&wide, &DecodeOptions::strict()).unwrap_err().code(), Code::BadJson);
    }
}
