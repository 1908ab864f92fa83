//! Text of values: what Python's `str` and `repr` give, with tables frozen at Unicode 14.0.
//!
//! Hashes, sketches and tie-breaks use this text, so it must not depend on a toolchain's Unicode data or float printer.
//! [`order_text`] differs from [`py_str`] only in sorting map members; it is used by order T alone.

mod float;
mod repr;
mod tables;
mod words;

pub use float::float_text;
pub(crate) use float::push_float;
pub(crate) use repr::{
    MapOrder, parse_bytes_repr, push_bytes as push_bytes_repr, push_repr, push_text as push_text_repr,
};
pub use repr::{bytes_repr, py_repr_tuple, text_repr};
pub use words::{lower_case, words};

use crate::value::{Integer, Node};

/// Text of a value as Python's `str` gives it: text stands as it is, everything else as in [`py_repr`].
pub fn py_str<I: Integer>(value: &Node<I>) -> String {
    match value {
        Node::Text(text) => text.clone(),
        other => py_repr(other),
    }
}

/// Text of a value as Python's `repr` gives it; maps in stored order, sets by their members' text.
pub fn py_repr<I: Integer>(value: &Node<I>) -> String {
    let mut out = String::new();
    push_repr(&mut out, value, repr::MapOrder::Stored);
    out
}

/// [`py_str`] with the members of every map sorted by the UTF-8 bytes of the key's text, then by its kind.
pub fn order_text<I: Integer>(value: &Node<I>) -> String {
    match value {
        Node::Text(text) => text.clone(),
        other => {
            let mut out = String::new();
            push_repr(&mut out, other, repr::MapOrder::ByKeyText);
            out
        }
    }
}
