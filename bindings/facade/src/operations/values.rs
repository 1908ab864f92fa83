//! Values, their text and their order.

use crate::datum::Datum;
use crdt_merge_protocol::json::{JsonStyle, NonFinite, Other, to_text};
use crdt_merge_protocol::order::compare_keys;
use crdt_merge_protocol::text;
use crdt_merge_protocol::wire::{DecodeOptions, decode_value, encode_value};
use crdt_merge_protocol::{JsonValue, Result, Value};

use crate::arguments::text as words;
use crate::arguments::{bad_argument, bytes, flag, int, json_value, member, tagged, value};

pub(crate) fn echo(input: &Datum) -> Result<Datum> {
    Ok(tagged(&value(input)?))
}

pub(crate) fn value_encode(input: &Datum) -> Result<Datum> {
    Ok(Datum::Bytes(encode_value(&value(input)?)))
}

pub(crate) fn value_decode(input: &Datum) -> Result<Datum> {
    Ok(tagged(&decode_value(bytes(input)?, &DecodeOptions::strict())?))
}

pub(crate) fn py_str(input: &Datum) -> Result<Datum> {
    text_of(input, text::py_str)
}

pub(crate) fn order_text(input: &Datum) -> Result<Datum> {
    text_of(input, text::order_text)
}

fn text_of(input: &Datum, writer: fn(&JsonValue) -> String) -> Result<Datum> {
    Ok(Datum::Text(writer(&json_value(input)?)))
}

pub(crate) fn py_repr(input: &Datum) -> Result<Datum> {
    let Datum::Tuple(members) = input else { return text_of(input, text::py_repr) };
    let members: Vec<Value> = members.iter().map(value).collect::<Result<_>>()?;
    Ok(Datum::Text(text::py_repr_tuple(&members)))
}

pub(crate) fn json_text(input: &Datum) -> Result<Datum> {
    let indent = match member(input, "indent")? {
        Datum::Null => None,
        _ => Some(int(input, "indent")?),
    };
    let non_finite = match words(input, "non_finite")? {
        "literal" => NonFinite::Literal,
        "error" => NonFinite::Error,
        _ => return Err(bad_argument("non_finite is literal or error")),
    };
    let other = match words(input, "other")? {
        "error" => Other::Error,
        "py_str" => Other::PyStr,
        _ => return Err(bad_argument("other is error or py_str")),
    };
    let style = JsonStyle { sort_keys: flag(input, "sort_keys")?, indent, non_finite, other };
    to_text(&json_value(member(input, "value")?)?, style).map(Datum::Text)
}

pub(crate) fn key_order(input: &Datum) -> Result<Datum> {
    let order = compare_keys(&value(member(input, "a")?)?, &value(member(input, "b")?)?);
    Ok(Datum::int(order as i8))
}
