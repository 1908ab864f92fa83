//! Key order: how the keys of a table are sorted.

use std::cmp::Ordering;

use super::compare_int_float;
use crate::value::{Kind, Value};

/// Key order of two scalar key parts: numbers by exact value, then bools, texts, bytes.
///
/// An integer and a float of equal value are one key. Null and NaN cannot be keys; they and containers sort after all keys,
/// by kind and canonical bytes, so that the order is total.
pub fn compare_keys(a: &Value, b: &Value) -> Ordering {
    match (a, b) {
        (Value::Int(a), Value::Int(b)) => a.cmp(b),
        (Value::Int(a), Value::Float(b)) if !b.is_nan() => compare_int_float(*a, *b),
        (Value::Float(a), Value::Int(b)) if !a.is_nan() => compare_int_float(*b, *a).reverse(),
        (Value::Float(a), Value::Float(b)) if !a.is_nan() && !b.is_nan() => (a + 0.0).total_cmp(&(b + 0.0)),
        _ => rank(a).cmp(&rank(b)).then_with(|| a.cmp(b)),
    }
}

fn rank(value: &Value) -> u8 {
    match value.kind() {
        Kind::Float if matches!(value, Value::Float(float) if float.is_nan()) => 5,
        Kind::Int | Kind::Float => 0,
        Kind::Bool => 1,
        Kind::Text => 2,
        Kind::Bytes => 3,
        Kind::Null => 4,
        Kind::List | Kind::Map | Kind::Set => 6,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_follow_each_other_and_numbers_are_one_kind() {
        let keys = [
            Value::Float(f64::NEG_INFINITY),
            Value::Int(-1),
            Value::Float(0.5),
            Value::Int(1),
            Value::Float(1.5),
            Value::Bool(false),
            Value::Bool(true),
            Value::from(""),
            Value::from("é"),
            Value::Bytes(vec![0]),
            Value::Null,
            Value::Float(f64::NAN),
        ];
        for (i, a) in keys.iter().enumerate() {
            for (j, b) in keys.iter().enumerate() {
                assert_eq!(compare_keys(a, b), i.cmp(&j), "{a:?} {b:?}");
            }
        }
        assert_eq!(compare_keys(&Value::Int(1), &Value::Float(1.0)), Ordering::Equal);
        assert_eq!(compare_keys(&Value::Float(-0.0), &Value::Float(0.0)), Ordering::Equal);
    }
}
