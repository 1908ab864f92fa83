//! Arguments of operations, taken apart with `BAD_ARGUMENT` for the wrong kind.

use crdt_conform::value::Value as Tagged;
use crdt_merge_protocol::value::{Integer, Map, Node, Set};
use crdt_merge_protocol::wire::DecodeOptions;
use crdt_merge_protocol::{AnyState, Code, Error, JsonValue, Result, Stamp, Value};

pub fn bad_argument(expected: impl Into<String>) -> Error {
    Error::new(Code::BadArgument, expected.into())
}

/// A value in the core's form. Integers of the core's type only.
fn node<I: Integer>(tagged: &Tagged) -> Result<Node<I>> {
    Ok(match tagged {
        Tagged::Null => Node::Null,
        Tagged::Bool(flag) => Node::Bool(*flag),
        Tagged::Int(digits) => Node::Int(I::from_decimal(digits).ok_or_else(|| too_wide(digits))?),
        Tagged::Float(bits) => Node::Float(f64::from_bits(*bits)),
        Tagged::Text(words) => Node::Text(words.clone()),
        Tagged::Bytes(bytes) => Node::Bytes(bytes.clone()),
        Tagged::List(items) => Node::List(nodes(items)?),
        Tagged::Set(items) => Node::Set(Set::from_members(nodes(items)?)?),
        Tagged::Map(pairs) => Node::Map(Map::from_pairs(
            pairs.iter().map(|(key, value)| Ok((node(key)?, node(value)?))).collect::<Result<_>>()?,
        )?),
        Tagged::Tuple(_) | Tagged::Blob(_) => return Err(bad_argument("no value of ours is a tuple or a blob")),
    })
}

fn nodes<I: Integer>(items: &[Tagged]) -> Result<Vec<Node<I>>> {
    items.iter().map(node).collect()
}

fn too_wide(digits: &str) -> Error {
    Error::new(Code::OutOfRange, "expected an integer of 64 bits").with("found", digits)
}

/// A value.
pub fn value(tagged: &Tagged) -> Result<Value> {
    node(tagged)
}

/// A value of a JSON document.
pub fn json_value(tagged: &Tagged) -> Result<JsonValue> {
    node(tagged)
}

/// The tagged form of a value.
pub fn tagged<I: Integer>(value: &Node<I>) -> Tagged {
    match value {
        Node::Null => Tagged::Null,
        Node::Bool(flag) => Tagged::Bool(*flag),
        Node::Int(integer) => Tagged::Int(integer.to_string()),
        Node::Float(float) => Tagged::Float(float.to_bits()),
        Node::Text(words) => Tagged::text(words),
        Node::Bytes(bytes) => Tagged::Bytes(bytes.clone()),
        Node::List(items) => Tagged::List(items.iter().map(tagged).collect()),
        Node::Set(set) => Tagged::Set(set.iter().map(tagged).collect()),
        Node::Map(map) => Tagged::Map(map.iter().map(|(key, value)| (tagged(key), tagged(value))).collect()),
    }
}

/// A list of texts.
pub fn tagged_texts<T: AsRef<str>>(texts: impl IntoIterator<Item = T>) -> Tagged {
    Tagged::List(texts.into_iter().map(|words| Tagged::text(words.as_ref())).collect())
}

pub fn bytes(tagged: &Tagged) -> Result<&[u8]> {
    tagged.as_bytes().ok_or_else(|| bad_argument("bytes were expected"))
}

pub fn list(tagged: &Tagged) -> Result<&[Tagged]> {
    tagged.as_list().ok_or_else(|| bad_argument("a list was expected"))
}

pub fn state(tagged: &Tagged) -> Result<AnyState> {
    AnyState::decode_with(bytes(tagged)?, &DecodeOptions::strict())
}

/// A member of a map argument that must be there.
pub fn member<'a>(input: &'a Tagged, name: &str) -> Result<&'a Tagged> {
    input.field(name).ok_or_else(|| bad_argument(format!("the member {name:?} is missing")))
}

pub fn text<'a>(input: &'a Tagged, name: &str) -> Result<&'a str> {
    member(input, name)?.as_text().ok_or_else(|| bad_argument(format!("{name:?} is text")))
}

pub fn flag(input: &Tagged, name: &str) -> Result<bool> {
    match member(input, name)? {
        Tagged::Bool(flag) => Ok(*flag),
        _ => Err(bad_argument(format!("{name:?} is true or false"))),
    }
}

/// An integer of the type asked for; one that does not fit is `OUT_OF_RANGE`.
pub fn int<T: TryFrom<i128>>(input: &Tagged, name: &str) -> Result<T> {
    match member(input, name)? {
        Tagged::Int(digits) => {
            let wide = digits.parse::<i128>().ok();
            wide.and_then(|n| T::try_from(n).ok()).ok_or_else(|| too_wide(digits))
        }
        _ => Err(bad_argument(format!("{name:?} is an integer"))),
    }
}

pub fn number(input: &Tagged, name: &str) -> Result<f64> {
    match member(input, name)? {
        Tagged::Float(bits) => Ok(f64::from_bits(*bits)),
        Tagged::Int(digits) => digits.parse().map_err(|_| too_wide(digits)),
        _ => Err(bad_argument(format!("{name:?} is a number"))),
    }
}

/// Seconds as an int or a float, the spellings of version 1.
pub fn stamp(input: &Tagged, name: &str) -> Result<Stamp> {
    match member(input, name)? {
        Tagged::Float(bits) => Stamp::from_seconds(f64::from_bits(*bits)),
        Tagged::Int(_) => int(input, name).map(Stamp::from_whole_seconds),
        _ => Err(Error::new(Code::BadStamp, "a stamp is a number")),
    }
}
