//! Values: the nine kinds that states hold and frames carry.

mod canonical;
mod convert;
mod integer;
mod map;
mod set;

use std::cmp::Ordering;
use std::hash::{Hash, Hasher};

pub use canonical::canonical_bytes;
pub(crate) use canonical::push as push_canonical;
pub use integer::{BigInteger, Integer, JsonInteger};
pub use map::Map;
pub use set::Set;

/// A value of a state: integers are 64 bits wide.
pub type Value = Node<i64>;

/// A value of a JSON document: as [`Value`], but integers of any size are kept exactly.
///
/// It is a type of its own so that a big integer can never slip into a replicated state.
pub type JsonValue = Node<JsonInteger>;

/// One value of nine kinds; `I` is the integer type (see [`Value`] and [`JsonValue`]).
///
/// Equality is typed: `Int(1)` and `Float(1.0)` differ, `NaN` equals `NaN` whatever its bits, and `0.0` differs from `-0.0`.
/// Two maps with the same pairs in another order are two values. The derived-looking [`Ord`] is the internal total order of
/// containers; the orders that decide merges are in [`crate::order`].
#[derive(Debug, Clone)]
pub enum Node<I> {
    /// No value.
    Null,
    /// A truth value.
    Bool(bool),
    /// An integer.
    Int(I),
    /// A double.
    Float(f64),
    /// Unicode text.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
    /// A sequence.
    List(Vec<Node<I>>),
    /// Pairs in the order given by the user.
    Map(Map<I>),
    /// Distinct members.
    Set(Set<I>),
}

/// Name of a kind, for messages and for the kind rank of order T.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// No value.
    Null,
    /// A truth value.
    Bool,
    /// An integer.
    Int,
    /// A double.
    Float,
    /// Unicode text.
    Text,
    /// Bytes.
    Bytes,
    /// A sequence.
    List,
    /// Pairs.
    Map,
    /// Distinct members.
    Set,
}

impl Kind {
    /// Lower-case name of the kind.
    pub const fn name(self) -> &'static str {
        match self {
            Kind::Null => "null",
            Kind::Bool => "bool",
            Kind::Int => "int",
            Kind::Float => "float",
            Kind::Text => "text",
            Kind::Bytes => "bytes",
            Kind::List => "list",
            Kind::Map => "map",
            Kind::Set => "set",
        }
    }

    /// Whether a value of this kind may be a map key or a set member.
    pub const fn is_scalar(self) -> bool {
        !matches!(self, Kind::List | Kind::Map | Kind::Set)
    }
}

impl<I> Node<I> {
    /// The kind of the value.
    pub const fn kind(&self) -> Kind {
        match self {
            Node::Null => Kind::Null,
            Node::Bool(_) => Kind::Bool,
            Node::Int(_) => Kind::Int,
            Node::Float(_) => Kind::Float,
            Node::Text(_) => Kind::Text,
            Node::Bytes(_) => Kind::Bytes,
            Node::List(_) => Kind::List,
            Node::Map(_) => Kind::Map,
            Node::Set(_) => Kind::Set,
        }
    }

    /// The text, if the value is text.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Node::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The map, if the value is a map.
    pub const fn as_map(&self) -> Option<&Map<I>> {
        match self {
            Node::Map(map) => Some(map),
            _ => None,
        }
    }

    /// The members in order, if the value is a list.
    pub fn as_list(&self) -> Option<&[Node<I>]> {
        match self {
            Node::List(list) => Some(list),
            _ => None,
        }
    }
}

impl<I: Integer> Node<I> {
    /// Text of the value as Python's `str` gives it; see [`crate::text`].
    pub fn py_str(&self) -> String {
        crate::text::py_str(self)
    }

    /// Text of the value as Python's `repr` gives it; see [`crate::text`].
    pub fn py_repr(&self) -> String {
        crate::text::py_repr(self)
    }
}

/// Bits that stand for a float in equality, order and hashing: every NaN is one value.
pub(crate) fn canonical_bits(float: f64) -> u64 {
    if float.is_nan() { 0x7ff8_0000_0000_0000 } else { float.to_bits() }
}

/// Key that sorts canonical bits as numbers, with −0.0 before 0.0 and NaN last.
fn float_rank(float: f64) -> u64 {
    let bits = canonical_bits(float);
    if bits >> 63 == 1 { !bits } else { bits | 1 << 63 }
}

impl<I: Integer> PartialEq for Node<I> {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Node::Null, Node::Null) => true,
            (Node::Bool(a), Node::Bool(b)) => a == b,
            (Node::Int(a), Node::Int(b)) => a == b,
            (Node::Float(a), Node::Float(b)) => canonical_bits(*a) == canonical_bits(*b),
            (Node::Text(a), Node::Text(b)) => a == b,
            (Node::Bytes(a), Node::Bytes(b)) => a == b,
            (Node::List(a), Node::List(b)) => a == b,
            (Node::Map(a), Node::Map(b)) => a == b,
            (Node::Set(a), Node::Set(b)) => a == b,
            _ => false,
        }
    }
}

impl<I: Integer> Eq for Node<I> {}

impl<I: Integer> Ord for Node<I> {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Node::Bool(a), Node::Bool(b)) => a.cmp(b),
            (Node::Int(a), Node::Int(b)) => a.cmp(b),
            (Node::Float(a), Node::Float(b)) => float_rank(*a).cmp(&float_rank(*b)),
            (Node::Text(a), Node::Text(b)) => a.cmp(b),
            (Node::Bytes(a), Node::Bytes(b)) => a.cmp(b),
            (Node::List(a), Node::List(b)) => a.cmp(b),
            (Node::Map(a), Node::Map(b)) => a.iter().cmp(b.iter()),
            (Node::Set(a), Node::Set(b)) => a.iter().cmp(b.iter()),
            _ => self.kind().cmp(&other.kind()),
        }
    }
}

impl<I: Integer> PartialOrd for Node<I> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<I: Integer> Hash for Node<I> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.kind().hash(state);
        match self {
            Node::Null => {}
            Node::Bool(value) => value.hash(state),
            Node::Int(value) => value.hash(state),
            Node::Float(value) => canonical_bits(*value).hash(state),
            Node::Text(value) => value.hash(state),
            Node::Bytes(value) => value.hash(state),
            Node::List(value) => value.hash(state),
            Node::Map(value) => value.iter().for_each(|pair| pair.hash(state)),
            Node::Set(value) => value.iter().for_each(|member| member.hash(state)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equality_is_typed() {
        assert_ne!(Value::Int(1), Value::Float(1.0));
        assert_ne!(Value::Float(0.0), Value::Float(-0.0));
        assert_eq!(Value::Float(f64::NAN), Value::Float(-f64::NAN));
    }

    #[test]
    fn order_agrees_with_equality() {
        let values = [-0.0, 0.0, f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1.5].map(Value::Float);
        for a in &values {
            for b in &values {
                assert_eq!(a == b, a.cmp(b) == Ordering::Equal, "{a:?} {b:?}");
            }
        }
        assert!(Value::Float(-1.0) < Value::Float(-0.0) && Value::Float(1.0) < Value::Float(f64::NAN));
    }
}
