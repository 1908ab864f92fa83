//! Arguments of operations, taken apart with `BAD_ARGUMENT` for the wrong kind.

use crdt_merge_protocol::wire::{DecodeOptions, Limits};
use crdt_merge_protocol::{AnyState, Code, Error, JsonValue, Result, Stamp, Value};

use crate::datum::{Datum, too_wide};

pub(crate) fn bad_argument(expected: impl Into<String>) -> Error {
    Error::new(Code::BadArgument, expected.into())
}

/// A value.
pub(crate) fn value(datum: &Datum) -> Result<Value> {
    datum.to_value()
}

/// A value of a JSON document.
pub(crate) fn json_value(datum: &Datum) -> Result<JsonValue> {
    datum.to_json()
}

pub(crate) fn bytes(datum: &Datum) -> Result<&[u8]> {
    match datum {
        Datum::Bytes(bytes) => Ok(bytes),
        other => Err(wrong_kind("bytes", other)),
    }
}

pub(crate) fn list(datum: &Datum) -> Result<&[Datum]> {
    match datum {
        Datum::List(items) => Ok(items),
        other => Err(wrong_kind("a list", other)),
    }
}

pub(crate) fn pairs(datum: &Datum) -> Result<&[(Datum, Datum)]> {
    datum.as_map().ok_or_else(|| wrong_kind("a map", datum))
}

pub(crate) fn words(datum: &Datum) -> Result<&str> {
    datum.as_text().ok_or_else(|| wrong_kind("text", datum))
}

/// A list of texts, or a column of them.
pub(crate) fn all_words(datum: &Datum) -> Result<Vec<&str>> {
    match datum {
        Datum::Texts(texts) => Ok(texts.iter().map(String::as_str).collect()),
        other => list(other)?.iter().map(words).collect(),
    }
}

fn wrong_kind(expected: &str, found: &Datum) -> Error {
    bad_argument(format!("expected {expected}")).with("found", found.kind())
}

pub(crate) fn state(datum: &Datum) -> Result<AnyState> {
    AnyState::decode_with(bytes(datum)?, &DecodeOptions::strict())
}

/// A member of a map argument that must be there.
pub(crate) fn member<'a>(input: &'a Datum, name: &str) -> Result<&'a Datum> {
    input.field(name).ok_or_else(|| bad_argument(format!("the member {name:?} is missing")))
}

/// A member that may be left out, or null.
pub(crate) fn optional<'a>(input: &'a Datum, name: &str) -> Option<&'a Datum> {
    input.field(name).filter(|value| !matches!(value, Datum::Null))
}

pub(crate) fn text<'a>(input: &'a Datum, name: &str) -> Result<&'a str> {
    member(input, name)?.as_text().ok_or_else(|| bad_argument(format!("{name:?} is text")))
}

pub(crate) fn flag(input: &Datum, name: &str) -> Result<bool> {
    match member(input, name)? {
        Datum::Bool(flag) => Ok(*flag),
        _ => Err(bad_argument(format!("{name:?} is true or false"))),
    }
}

/// A truth value that is false when left out.
pub(crate) fn is_set(input: &Datum, name: &str) -> Result<bool> {
    optional(input, name).map_or(Ok(false), |_| flag(input, name))
}

/// An integer of the type asked for; one that does not fit is `OUT_OF_RANGE`.
pub(crate) fn int<T: TryFrom<i128>>(input: &Datum, name: &str) -> Result<T> {
    match member(input, name)? {
        Datum::Int(integer) => {
            T::try_from(i128::from(*integer)).map_err(|_| too_wide(&integer.to_string()).with("argument", name))
        }
        Datum::Big(digits) => {
            let wide = digits.parse::<i128>().ok();
            wide.and_then(|n| T::try_from(n).ok()).ok_or_else(|| too_wide(digits).with("argument", name))
        }
        _ => Err(bad_argument(format!("{name:?} is an integer"))),
    }
}

/// An integer that may be left out.
pub(crate) fn optional_int<T: TryFrom<i128>>(input: &Datum, name: &str) -> Result<Option<T>> {
    optional(input, name).map(|_| int(input, name)).transpose()
}

pub(crate) fn number(input: &Datum, name: &str) -> Result<f64> {
    match member(input, name)? {
        Datum::Float(float) => Ok(*float),
        Datum::Int(integer) => Ok(*integer as f64),
        Datum::Big(digits) => digits.parse().map_err(|_| too_wide(digits)),
        _ => Err(bad_argument(format!("{name:?} is a number"))),
    }
}

/// Seconds as an int or a float, the spellings of version 1.
pub(crate) fn stamp(input: &Datum, name: &str) -> Result<Stamp> {
    match member(input, name)? {
        Datum::Float(seconds) => Stamp::from_seconds(*seconds),
        Datum::Int(seconds) => Ok(Stamp::from_whole_seconds(*seconds)),
        _ => Err(Error::new(Code::BadStamp, "a stamp is a number")),
    }
}

/// How a frame is read: `lenient`, `max_inflated` and `max_depth` where they are given.
pub(crate) fn decode_options(input: &Datum) -> Result<DecodeOptions> {
    let mut limits = Limits::default();
    if let Some(bytes) = optional_int(input, "max_inflated")? {
        limits = limits.with_inflated_bytes(bytes);
    }
    if let Some(depth) = optional_int(input, "max_depth")? {
        limits = limits.with_depth(depth);
    }
    let options = if is_set(input, "lenient")? { DecodeOptions::lenient() } else { DecodeOptions::strict() };
    Ok(options.with_limits(limits))
}

/// The datum of a value of either kind.
pub(crate) fn tagged<'a, V>(value: &'a V) -> Datum
where
    Datum: From<&'a V>,
{
    Datum::from(value)
}

/// A list of texts.
pub(crate) fn tagged_texts<T: AsRef<str>>(texts: impl IntoIterator<Item = T>) -> Datum {
    Datum::texts(texts.into_iter().map(|text| text.as_ref().to_owned()))
}
