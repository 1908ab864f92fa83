//! JSON that the program prints: one object per line, values tagged with their kind.

use crdt_merge::JsonValue;
use crdt_merge::json::{JsonStyle, NonFinite, Other, to_text};
use crdt_merge::value::{Integer, Map, Node};

const LINE: JsonStyle = JsonStyle { sort_keys: false, indent: None, non_finite: NonFinite::Error, other: Other::Error };

/// An object with text keys, in the order given.
pub fn object<'a>(members: impl IntoIterator<Item = (&'a str, JsonValue)>) -> JsonValue {
    let pairs = members.into_iter().map(|(name, value)| (JsonValue::from(name), value)).collect();
    // Text keys are always allowed.
    Map::from_pairs(pairs).map_or(JsonValue::Null, JsonValue::Map)
}

/// A count. Sizes of things in memory fit.
pub fn count(number: usize) -> JsonValue {
    i64::try_from(number).unwrap_or(i64::MAX).into()
}

/// The text of a value as one line.
///
/// Everything printed is made of the kinds JSON has, so nothing can be refused.
pub fn line(value: &JsonValue) -> String {
    to_text(value, LINE).unwrap_or_else(|error| format!("\"{error}\"")) + "\n"
}

/// A value with the kind of every part: `{"i": "5"}`, `{"f": "3ff0000000000000"}` (bits), `{"s": …}`, `{"b": hex}`, `{"l": […]}`,
/// `{"m": [[key, value], …]}`, `{"set": […]}`; null, true and false as they are.
pub fn tagged<I: Integer>(value: &Node<I>) -> JsonValue {
    match value {
        Node::Null => JsonValue::Null,
        Node::Bool(value) => JsonValue::Bool(*value),
        Node::Int(integer) => object([("i", JsonValue::Text(integer.to_string()))]),
        Node::Float(float) => object([("f", JsonValue::Text(format!("{:016x}", float.to_bits())))]),
        Node::Text(text) => object([("s", JsonValue::from(text.as_str()))]),
        Node::Bytes(bytes) => object([("b", JsonValue::Text(hex(bytes)))]),
        Node::List(list) => object([("l", list.iter().map(tagged).collect::<Vec<_>>().into())]),
        Node::Map(map) => object([("m", map.iter().map(|(key, value)| pair(key, value)).collect::<Vec<_>>().into())]),
        Node::Set(set) => object([("set", set.iter().map(tagged).collect::<Vec<_>>().into())]),
    }
}

fn pair<I: Integer>(key: &Node<I>, value: &Node<I>) -> JsonValue {
    JsonValue::List(vec![tagged(key), tagged(value)])
}

/// Lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: [char; 16] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
    let digit = |nibble: u8| DIGITS.get(usize::from(nibble)).copied().unwrap_or('0');
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

#[cfg(test)]
mod tests {
    use crdt_merge::Value;
    use crdt_merge::value::Set;

    use super::*;

    #[test]
    fn every_kind_is_told_apart() -> crdt_merge::Result<()> {
        let map = Map::from_pairs(vec![(Value::Int(1), Value::Float(-0.0)), (Value::Float(1.0), Value::Null)])?;
        let set = Set::from_members(vec![Value::from("é"), Value::Bytes(vec![0, 255])])?;
        let value = Value::List(vec![map.into(), set.into(), Value::Bool(true)]);
        assert_eq!(
            line(&tagged(&value)),
            "{\"l\": [{\"m\": [[{\"i\": \"1\"}, {\"f\": \"8000000000000000\"}], [{\"f\": \"3ff0000000000000\"}, null]]}, \
             {\"set\": [{\"s\": \"\\u00e9\"}, {\"b\": \"00ff\"}]}, true]}\n"
        );
        Ok(())
    }
}
