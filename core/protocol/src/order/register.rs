//! Order W: between writes to a register.

use std::cmp::Ordering;

use crate::stamp::Stamp;
use crate::value::Value;
use crate::wire::encode_value;

/// A write as order W sees it.
#[derive(Debug, Clone, Copy)]
pub struct Write<'a> {
    /// When it was written.
    pub stamp: &'a Stamp,
    /// Who wrote it.
    pub node: &'a str,
    /// What was written.
    pub value: &'a Value,
}

/// Order W; the greater write wins.
pub fn compare_writes(a: Write<'_>, b: Write<'_>) -> Ordering {
    compare_stamps_and_nodes(a, b).then_with(|| compare_tied(a, b))
}

/// The part of order W that is about time and place, not about bytes.
pub(crate) fn compare_stamps_and_nodes(a: Write<'_>, b: Write<'_>) -> Ordering {
    a.stamp.cmp_time(b.stamp).then_with(|| a.node.cmp(b.node))
}

/// The part of order W that decides when stamps are equal in time and nodes are the same.
pub(crate) fn compare_tied(a: Write<'_>, b: Write<'_>) -> Ordering {
    compare_bytes(a.value, b.value).then_with(|| a.stamp.cmp_spelling(b.stamp))
}

/// Order of the compact bytes of two values.
pub(crate) fn compare_bytes(a: &Value, b: &Value) -> Ordering {
    // Equal values have equal bytes but for NaN, whose bits are kept on the wire of version 1.
    if a == b && !holds_nan(a) { Ordering::Equal } else { encode_value(a).cmp(&encode_value(b)) }
}

fn holds_nan(value: &Value) -> bool {
    match value {
        Value::Float(float) => float.is_nan(),
        Value::List(list) => list.iter().any(holds_nan),
        Value::Map(map) => map.iter().any(|(key, value)| holds_nan(key) || holds_nan(value)),
        Value::Set(set) => set.iter().any(holds_nan),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Result;
    use crate::value::{Map, Set};

    #[test]
    fn bits_of_nan_decide_at_any_depth() -> Result<()> {
        let (low, high) = (f64::from_bits(0x7ff8_0000_0000_0000), f64::from_bits(0x7ff8_0000_0000_0001));
        let holders: [fn(Value) -> Result<Value>; 4] = [
            |nan| Ok(Value::List(vec![Value::Null, nan])),
            |nan| Map::from_pairs(vec![(Value::Null, nan)]).map(Value::Map),
            |nan| Map::from_pairs(vec![(nan, Value::Null)]).map(Value::Map),
            |nan| Set::from_members(vec![nan]).map(Value::Set),
        ];
        for holder in holders {
            let (low, high) = (holder(low.into())?, holder(high.into())?);
            assert_eq!(low, high);
            assert_eq!(compare_bytes(&low, &high), Ordering::Less);
            assert_eq!(compare_bytes(&low, &low), Ordering::Equal);
        }
        Ok(())
    }
}
