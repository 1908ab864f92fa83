//! Order T: between cells of a table.

use std::cmp::Ordering;

use super::register::Write;
use crate::text::order_text;
use crate::value::canonical_bytes;

/// Order T; the greater cell wins.
///
/// Stamp, then the order text of the value, then its kind, then its canonical bytes, then the node id.
pub fn compare_cells(a: Write<'_>, b: Write<'_>) -> Ordering {
    a.stamp
        .cmp_time(b.stamp)
        .then_with(|| order_text(a.value).cmp(&order_text(b.value)))
        .then_with(|| a.value.kind().cmp(&b.value.kind()))
        .then_with(|| canonical_bytes(a.value).cmp(&canonical_bytes(b.value)))
        .then_with(|| a.node.cmp(b.node))
        .then_with(|| a.stamp.cmp_spelling(b.stamp))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stamp::Stamp;
    use crate::value::Value;

    #[test]
    fn text_before_kind_before_bytes_before_node() {
        let stamp = Stamp::from_micros(5);
        let cell = |value: &Value, node: &str, other: &Value, other_node: &str| {
            compare_cells(Write { stamp: &stamp, node, value }, Write { stamp: &stamp, node: other_node, value: other })
        };
        assert_eq!(cell(&Value::Int(9), "a", &Value::Int(10), "b"), Ordering::Greater);
        assert_eq!(cell(&Value::from("1"), "a", &Value::Int(1), "b"), Ordering::Greater);
        assert_eq!(cell(&Value::Int(1), "b", &Value::Int(1), "a"), Ordering::Greater);
        assert_eq!(cell(&Value::from("nan"), "", &Value::Float(f64::NAN), "z"), Ordering::Greater);
    }
}
