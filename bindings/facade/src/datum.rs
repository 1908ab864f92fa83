//! What crosses a language border: the nine kinds of values, integers of any size, columns.

use crdt_merge_protocol::value::{Integer, JsonInteger, Map, Node, Set};
use crdt_merge_protocol::{Code, Error, JsonValue, Result, Value};

/// An argument or a result of an operation.
///
/// Records and options are maps with text keys, handles are integers. Nothing has been checked: two equal keys of a map are found
/// when it becomes a [`Value`].
#[derive(Debug, Clone, PartialEq)]
pub enum Datum {
    /// No value; an optional member that is left out.
    Null,
    /// A truth value.
    Bool(bool),
    /// An integer of 64 bits, or a handle.
    Int(i64),
    /// An integer outside 64 bits, as canonical decimal text.
    Big(String),
    /// A double.
    Float(f64),
    /// Unicode text.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
    /// A sequence.
    List(Vec<Datum>),
    /// Pairs in their order.
    Map(Vec<(Datum, Datum)>),
    /// Members that the receiver makes distinct.
    Set(Vec<Datum>),
    /// A kind of the reference that only its sketches and texts know.
    Tuple(Vec<Datum>),
    /// A column of integers.
    Ints(Vec<i64>),
    /// A column of doubles.
    Floats(Vec<f64>),
    /// A column of texts.
    Texts(Vec<String>),
}

impl Datum {
    /// An integer of any size.
    pub fn int(value: impl Into<i128>) -> Self {
        let value = value.into();
        i64::try_from(value).map_or_else(|_| Datum::Big(value.to_string()), Datum::Int)
    }

    /// An integer without a sign, of any size.
    pub fn count(value: impl Into<u128>) -> Self {
        let value = value.into();
        i64::try_from(value).map_or_else(|_| Datum::Big(value.to_string()), Datum::Int)
    }

    /// A double.
    pub const fn float(value: f64) -> Self {
        Datum::Float(value)
    }

    /// Text.
    pub fn text(value: impl Into<String>) -> Self {
        Datum::Text(value.into())
    }

    /// A list of texts.
    pub fn texts<T: Into<String>>(texts: impl IntoIterator<Item = T>) -> Self {
        Datum::List(texts.into_iter().map(Datum::text).collect())
    }

    /// A list of bytes.
    pub fn frames(frames: impl IntoIterator<Item = Vec<u8>>) -> Self {
        Datum::List(frames.into_iter().map(Datum::Bytes).collect())
    }

    /// A record.
    pub fn map<const N: usize>(members: [(&str, Datum); N]) -> Self {
        Datum::Map(members.into_iter().map(|(name, value)| (Datum::text(name), value)).collect())
    }

    /// The member of a record.
    pub fn field(&self, name: &str) -> Option<&Datum> {
        let pairs = self.as_map()?;
        pairs.iter().find(|(key, _)| key.as_text() == Some(name)).map(|(_, value)| value)
    }

    /// The text, if this is text.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Datum::Text(words) => Some(words),
            _ => None,
        }
    }

    /// The pairs, if this is a map.
    pub fn as_map(&self) -> Option<&[(Datum, Datum)]> {
        match self {
            Datum::Map(pairs) => Some(pairs),
            _ => None,
        }
    }

    /// What kind of datum this is, for messages.
    pub const fn kind(&self) -> &'static str {
        match self {
            Datum::Null => "null",
            Datum::Bool(_) => "bool",
            Datum::Int(_) | Datum::Big(_) => "int",
            Datum::Float(_) => "float",
            Datum::Text(_) => "text",
            Datum::Bytes(_) => "bytes",
            Datum::List(_) => "list",
            Datum::Map(_) => "map",
            Datum::Set(_) => "set",
            Datum::Tuple(_) => "tuple",
            Datum::Ints(_) => "column of integers",
            Datum::Floats(_) => "column of floats",
            Datum::Texts(_) => "column of texts",
        }
    }

    /// The value of a state; integers have 64 bits.
    pub fn to_value(&self) -> Result<Value> {
        self.to_node()
    }

    /// The value of a JSON document; integers have any size.
    pub fn to_json(&self) -> Result<JsonValue> {
        self.to_node()
    }

    fn to_node<I: Integer>(&self) -> Result<Node<I>> {
        Ok(match self {
            Datum::Null => Node::Null,
            Datum::Bool(flag) => Node::Bool(*flag),
            Datum::Int(integer) => Node::Int(I::from(*integer)),
            Datum::Big(digits) => Node::Int(I::from_decimal(digits).ok_or_else(|| too_wide(digits))?),
            Datum::Float(float) => Node::Float(*float),
            Datum::Text(words) => Node::Text(words.clone()),
            Datum::Bytes(bytes) => Node::Bytes(bytes.clone()),
            Datum::List(items) => Node::List(nodes(items)?),
            Datum::Set(items) => Node::Set(Set::from_members(nodes(items)?)?),
            Datum::Map(pairs) => {
                let pairs: Result<_> =
                    pairs.iter().map(|(key, value)| Ok((key.to_node()?, value.to_node()?))).collect();
                Node::Map(Map::from_pairs(pairs?)?)
            }
            Datum::Tuple(_) | Datum::Ints(_) | Datum::Floats(_) | Datum::Texts(_) => {
                return Err(Error::new(Code::BadValue, "no value is of this kind").with("found", self.kind()));
            }
        })
    }
}

fn nodes<I: Integer>(items: &[Datum]) -> Result<Vec<Node<I>>> {
    items.iter().map(Datum::to_node).collect()
}

pub(crate) fn too_wide(digits: &str) -> Error {
    Error::new(Code::OutOfRange, "expected an integer of 64 bits").with("found", digits)
}

impl From<&Value> for Datum {
    fn from(value: &Value) -> Self {
        of_node(value, &|integer| Datum::Int(*integer))
    }
}

impl From<&JsonValue> for Datum {
    fn from(value: &JsonValue) -> Self {
        of_node(value, &|integer| match integer {
            JsonInteger::Small(integer) => Datum::Int(*integer),
            JsonInteger::Big(integer) => Datum::Big(integer.as_str().to_owned()),
        })
    }
}

fn of_node<I: Integer>(value: &Node<I>, of_integer: &impl Fn(&I) -> Datum) -> Datum {
    let all = |items: &[Node<I>]| items.iter().map(|item| of_node(item, of_integer)).collect();
    match value {
        Node::Null => Datum::Null,
        Node::Bool(flag) => Datum::Bool(*flag),
        Node::Int(integer) => of_integer(integer),
        Node::Float(float) => Datum::Float(*float),
        Node::Text(words) => Datum::text(words),
        Node::Bytes(bytes) => Datum::Bytes(bytes.clone()),
        Node::List(items) => Datum::List(all(items)),
        Node::Set(set) => Datum::Set(set.iter().map(|item| of_node(item, of_integer)).collect()),
        Node::Map(map) => {
            Datum::Map(map.iter().map(|(key, value)| (of_node(key, of_integer), of_node(value, of_integer))).collect())
        }
    }
}
