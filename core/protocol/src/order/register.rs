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
    if a == b {
        // Equal values have equal bytes but for NaN, whose bits are kept on the wire of version 1.
        return if holds_float(a) { encode_value(a).cmp(&encode_value(b)) } else { Ordering::Equal };
    }
    encode_value(a).cmp(&encode_value(b))
}

fn holds_float(value: &Value) -> bool {
    matches!(value, Value::Float(_) | Value::List(_) | Value::Map(_) | Value::Set(_))
}
