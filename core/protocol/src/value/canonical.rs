//! Canonical bytes of a value: the one encoding that equal values share (the value encoding of version 2).

use super::{Node, Value, canonical_bits};
use crate::wire::Sink;
use crate::wire::body::{push_bytes, push_varint, push_zigzag};

/// Canonical bytes: a discriminant byte, then the body; lengths and integers as minimal variable-length numbers.
///
/// Two values have the same canonical bytes exactly when they are equal.
pub fn canonical_bytes(value: &Value) -> Vec<u8> {
    let mut out = Vec::new();
    push(&mut out, value);
    out
}

/// Appends the canonical bytes of a value.
pub(crate) fn push<S: Sink>(out: &mut S, value: &Value) {
    out.push(value.kind() as u8);
    match value {
        Node::Null => {}
        Node::Bool(value) => out.push(u8::from(*value)),
        Node::Int(value) => push_zigzag(out, *value),
        Node::Float(value) => out.extend_from_slice(&canonical_bits(*value).to_le_bytes()),
        Node::Text(value) => push_bytes(out, value.as_bytes()),
        Node::Bytes(value) => push_bytes(out, value),
        Node::List(list) => {
            push_varint(out, list.len() as u64);
            list.iter().for_each(|member| push(out, member));
        }
        Node::Map(map) => {
            push_varint(out, map.len() as u64);
            map.iter().for_each(|(key, value)| {
                push(out, key);
                push(out, value);
            });
        }
        Node::Set(set) => {
            let mut members: Vec<_> = set.iter().map(canonical_bytes).collect();
            members.sort_unstable();
            push_varint(out, members.len() as u64);
            members.iter().for_each(|member| out.extend_from_slice(member));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Map;

    #[test]
    fn bytes_are_those_of_the_worked_example() -> crate::Result<()> {
        let map =
            Map::from_pairs(vec![(Value::from("qty"), Value::Int(-2)), (Value::from("price"), Value::Float(1.5))])?;
        assert_eq!(
            canonical_bytes(&Value::Map(map)),
            b"\x07\x02\x04\x03qty\x02\x03\x04\x05price\x03\0\0\0\0\0\0\xf8\x3f"
        );
        assert_eq!(canonical_bytes(&Value::Int(i64::MIN)), b"\x02\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01");
        assert_eq!(canonical_bytes(&Value::Float(-f64::NAN)), canonical_bytes(&Value::Float(f64::NAN)));
        Ok(())
    }
}
