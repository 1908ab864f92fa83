//! Conversions into values, and between values of states and of JSON documents.

use super::{Integer, JsonValue, Map, Node, Set, Value};
use crate::error::{Code, Error, Result};

impl<I> From<bool> for Node<I> {
    fn from(value: bool) -> Self {
        Node::Bool(value)
    }
}

impl<I> From<f64> for Node<I> {
    fn from(value: f64) -> Self {
        Node::Float(value)
    }
}

impl<I> From<&str> for Node<I> {
    fn from(value: &str) -> Self {
        Node::Text(value.to_owned())
    }
}

impl<I> From<String> for Node<I> {
    fn from(value: String) -> Self {
        Node::Text(value)
    }
}

impl<I> From<Vec<Node<I>>> for Node<I> {
    fn from(value: Vec<Node<I>>) -> Self {
        Node::List(value)
    }
}

impl<I: Integer> From<Map<I>> for Node<I> {
    fn from(value: Map<I>) -> Self {
        Node::Map(value)
    }
}

impl<I: Integer> From<Set<I>> for Node<I> {
    fn from(value: Set<I>) -> Self {
        Node::Set(value)
    }
}

impl<I: Clone> From<&Node<I>> for Node<I> {
    fn from(value: &Node<I>) -> Self {
        value.clone()
    }
}

impl<I: Integer> From<i64> for Node<I> {
    fn from(value: i64) -> Self {
        Node::Int(I::from(value))
    }
}

impl<I: Integer> From<i32> for Node<I> {
    fn from(value: i32) -> Self {
        Node::Int(I::from(i64::from(value)))
    }
}

impl<I: Integer> From<u32> for Node<I> {
    fn from(value: u32) -> Self {
        Node::Int(I::from(i64::from(value)))
    }
}

impl<I: Integer, T: Into<Node<I>>> From<Option<T>> for Node<I> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Node::Null, Into::into)
    }
}

impl<I: Integer> Node<I> {
    /// The same value with integers of another type, which `convert` provides or refuses.
    fn map_integers<J: Integer>(&self, convert: &impl Fn(&I) -> Result<J>) -> Result<Node<J>> {
        Ok(match self {
            Node::Null => Node::Null,
            Node::Bool(value) => Node::Bool(*value),
            Node::Int(value) => Node::Int(convert(value)?),
            Node::Float(value) => Node::Float(*value),
            Node::Text(value) => Node::Text(value.clone()),
            Node::Bytes(value) => Node::Bytes(value.clone()),
            Node::List(list) => Node::List(map_all(list.iter(), |node| node.map_integers(convert))?),
            Node::Map(map) => Node::Map(Map::from_pairs(map_all(map.iter(), |(key, value)| {
                Ok((key.map_integers(convert)?, value.map_integers(convert)?))
            })?)?),
            Node::Set(set) => Node::Set(Set::from_members(map_all(set.iter(), |node| node.map_integers(convert))?)?),
        })
    }
}

/// Everything mapped, in a vector with room for just that: collecting results leaves room for four where there is one.
fn map_all<T, U>(items: impl ExactSizeIterator<Item = T>, map: impl Fn(T) -> Result<U>) -> Result<Vec<U>> {
    let mut mapped = Vec::with_capacity(items.len());
    for item in items {
        mapped.push(map(item)?);
    }
    Ok(mapped)
}

impl JsonValue {
    /// The value of a state, or `OUT_OF_RANGE` when an integer is wider than 64 bits.
    pub fn to_value(&self) -> Result<Value> {
        self.map_integers(&|integer| integer.to_i64())
    }
}

impl Value {
    /// The same value as part of a JSON document.
    pub fn to_json(&self) -> JsonValue {
        match self.map_integers(&|integer| Ok(super::JsonInteger::Small(*integer))) {
            Ok(value) => value,
            // Widening an integer cannot fail and keeps distinct keys distinct.
            Err(_) => JsonValue::Null,
        }
    }

    /// The integer, or `BAD_VALUE`.
    pub fn to_i64(&self) -> Result<i64> {
        match self {
            Value::Int(value) => Ok(*value),
            other => Err(Error::new(Code::BadValue, "expected an integer").with("found", other.kind().name())),
        }
    }
}
