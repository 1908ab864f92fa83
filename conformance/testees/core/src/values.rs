//! Values, their text and their order.

use crdt_conform::value::Value as Tagged;
use crdt_merge_protocol::json::{JsonStyle, NonFinite, Other, to_text};
use crdt_merge_protocol::order::compare_keys;
use crdt_merge_protocol::text::{order_text, py_repr, py_repr_tuple, py_str};
use crdt_merge_protocol::wire::{DecodeOptions, decode_value, encode_value};
use crdt_merge_protocol::{JsonValue, Result, Value};

use crate::Operation;
use crate::arguments::{bad_argument, bytes, flag, int, json_value, member, tagged, text, value};

pub const OPERATIONS: &[(&str, Operation)] = &[
    ("echo", |input| Ok(tagged(&value(input)?))),
    ("value_encode", |input| Ok(Tagged::Bytes(encode_value(&value(input)?)))),
    ("value_decode", |input| Ok(tagged(&decode_value(bytes(input)?, &DecodeOptions::strict())?))),
    ("py_str", |input| text_of(input, py_str)),
    ("py_repr", repr),
    ("order_text", |input| text_of(input, order_text)),
    ("json_text", json_text),
    ("key_order", key_order),
];

fn text_of(input: &Tagged, writer: fn(&JsonValue) -> String) -> Result<Tagged> {
    Ok(Tagged::Text(writer(&json_value(input)?)))
}

fn repr(input: &Tagged) -> Result<Tagged> {
    let Tagged::Tuple(members) = input else { return text_of(input, py_repr) };
    let members: Vec<Value> = members.iter().map(value).collect::<Result<_>>()?;
    Ok(Tagged::Text(py_repr_tuple(&members)))
}

fn json_text(input: &Tagged) -> Result<Tagged> {
    let indent = match member(input, "indent")? {
        Tagged::Null => None,
        _ => Some(int(input, "indent")?),
    };
    let non_finite = match text(input, "non_finite")? {
        "literal" => NonFinite::Literal,
        "error" => NonFinite::Error,
        _ => return Err(bad_argument("non_finite is literal or error")),
    };
    let other = match text(input, "other")? {
        "error" => Other::Error,
        "py_str" => Other::PyStr,
        _ => return Err(bad_argument("other is error or py_str")),
    };
    let style = JsonStyle { sort_keys: flag(input, "sort_keys")?, indent, non_finite, other };
    to_text(&json_value(member(input, "value")?)?, style).map(Tagged::Text)
}

fn key_order(input: &Tagged) -> Result<Tagged> {
    let order = compare_keys(&value(member(input, "a")?)?, &value(member(input, "b")?)?);
    Ok(Tagged::int(order as i8))
}
