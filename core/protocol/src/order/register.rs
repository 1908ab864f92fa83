//! Order W: between writes to a register.

use std::borrow::Cow;
use std::cmp::Ordering;

use crate::stamp::Stamp;
use crate::value::{Map, Set, Value, canonical_bits};
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
///
/// The bits of NaN come last: they are a spelling that version 1 keeps, and no part of a value.
pub(crate) fn compare_tied(a: Write<'_>, b: Write<'_>) -> Ordering {
    compare_bytes(a.value, b.value)
        .then_with(|| a.stamp.cmp_spelling(b.stamp))
        .then_with(|| compare_nan_bits(a.value, b.value))
}

/// Order of the compact bytes of two values, every NaN taken for the same one.
pub(crate) fn compare_bytes(a: &Value, b: &Value) -> Ordering {
    if a == b { Ordering::Equal } else { encode_value(&with_one_nan(a)).cmp(&encode_value(&with_one_nan(b))) }
}

/// Order of two equal values by the bits of the NaNs in them.
pub(crate) fn compare_nan_bits(a: &Value, b: &Value) -> Ordering {
    if holds_nan(a) { encode_value(a).cmp(&encode_value(b)) } else { Ordering::Equal }
}

fn with_one_nan(value: &Value) -> Cow<'_, Value> {
    if !holds_nan(value) {
        return Cow::Borrowed(value);
    }
    let canonical = |value: &Value| with_one_nan(value).into_owned();
    Cow::Owned(match value {
        Value::Float(_) => Value::Float(f64::from_bits(canonical_bits(f64::NAN))),
        Value::List(list) => Value::List(list.iter().map(canonical).collect()),
        // Keys and members stay distinct: of two NaNs one was kept already.
        Value::Map(map) => {
            let pairs = map.iter().map(|(key, value)| (canonical(key), canonical(value))).collect();
            Map::from_pairs(pairs).map_or_else(|_| value.clone(), Value::Map)
        }
        Value::Set(set) => {
            Set::from_members(set.iter().map(canonical).collect()).map_or_else(|_| value.clone(), Value::Set)
        }
        other => other.clone(),
    })
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

    #[test]
    fn a_nan_has_one_place_among_values_whatever_its_bits() {
        let infinity = Value::Float(f64::NEG_INFINITY);
        for bits in [0x7ff8_0000_0000_0000, 0xfff8_0000_0000_0000, 0x7ff0_0000_0000_0001] {
            let nan = Value::Float(f64::from_bits(bits));
            assert_eq!(compare_bytes(&nan, &infinity), Ordering::Less);
            assert_eq!(compare_bytes(&Value::List(vec![nan]), &Value::List(vec![infinity.clone()])), Ordering::Less);
        }
    }

    #[test]
    fn bits_of_nan_decide_last_at_any_depth() -> Result<()> {
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
            assert_eq!(compare_bytes(&low, &high), Ordering::Equal);
            assert_eq!(compare_nan_bits(&low, &high), Ordering::Less);
            assert_eq!(compare_nan_bits(&low, &low), Ordering::Equal);
        }
        Ok(())
    }
}
