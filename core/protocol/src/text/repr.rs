//! `repr` of values.

use std::fmt::Write;

use super::tables::NONPRINTABLE;
use crate::value::{Integer, Node, Value};

/// Order in which map members are printed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum MapOrder {
    /// As stored.
    Stored,
    /// By the UTF-8 bytes of the key's text.
    ByKeyText,
}

/// Text of the tuple of some values: `()`, `(1,)`, `(1, 2)`. Frames have no tuples; sketches of the reference hash them.
pub fn py_repr_tuple(members: &[Value]) -> String {
    let mut out = String::from("(");
    push_joined(&mut out, members, MapOrder::Stored);
    out.push_str(if members.len() == 1 { ",)" } else { ")" });
    out
}

/// Text in quotes, with everything that does not print escaped.
pub fn text_repr(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    push_text(&mut out, text);
    out
}

/// Bytes as a literal: `b'\x00ab'`.
pub fn bytes_repr(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len() + 3);
    push_bytes(&mut out, bytes);
    out
}

pub(crate) fn push_repr<I: Integer>(out: &mut String, value: &Node<I>, order: MapOrder) {
    match value {
        Node::Null => out.push_str("None"),
        Node::Bool(true) => out.push_str("True"),
        Node::Bool(false) => out.push_str("False"),
        // Writing to a String cannot fail.
        Node::Int(integer) => drop(write!(out, "{integer}")),
        Node::Float(float) => super::push_float(out, *float),
        Node::Text(text) => push_text(out, text),
        Node::Bytes(bytes) => push_bytes(out, bytes),
        Node::List(list) => {
            out.push('[');
            push_joined(out, list, order);
            out.push(']');
        }
        Node::Map(map) => push_map(out, map.iter(), order),
        Node::Set(set) => push_set(out, set.iter(), order),
    }
}

fn push_joined<'a, I: Integer + 'a>(out: &mut String, nodes: impl IntoIterator<Item = &'a Node<I>>, order: MapOrder) {
    for (index, node) in nodes.into_iter().enumerate() {
        if index > 0 {
            out.push_str(", ");
        }
        push_repr(out, node, order);
    }
}

fn push_map<'a, I: Integer + 'a>(
    out: &mut String,
    pairs: impl Iterator<Item = &'a (Node<I>, Node<I>)>,
    order: MapOrder,
) {
    let mut pairs: Vec<_> = pairs.collect();
    if order == MapOrder::ByKeyText {
        pairs.sort_by_cached_key(|(key, _)| (super::py_str(key), key.kind()));
    }
    out.push('{');
    for (index, (key, value)) in pairs.into_iter().enumerate() {
        if index > 0 {
            out.push_str(", ");
        }
        push_repr(out, key, order);
        out.push_str(": ");
        push_repr(out, value, order);
    }
    out.push('}');
}

fn push_set<'a, I: Integer + 'a>(out: &mut String, members: impl Iterator<Item = &'a Node<I>>, order: MapOrder) {
    let mut texts: Vec<String> = members
        .map(|member| {
            let mut text = String::new();
            push_repr(&mut text, member, order);
            text
        })
        .collect();
    if texts.is_empty() {
        return out.push_str("set()");
    }
    texts.sort_unstable();
    out.push('{');
    out.push_str(&texts.join(", "));
    out.push('}');
}

/// The quote that needs no escaping, the single one if both or none do.
fn quote_for(has_single: bool, has_double: bool) -> char {
    if has_single && !has_double { '"' } else { '\'' }
}

pub(crate) fn push_text(out: &mut String, text: &str) {
    let quote = quote_for(text.contains('\''), text.contains('"'));
    out.push(quote);
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~') && byte != b'\\' && byte != quote as u8) {
        out.push_str(text);
    } else {
        text.chars().for_each(|c| push_char(out, c, quote));
    }
    out.push(quote);
}

fn push_char(out: &mut String, c: char, quote: char) {
    match c {
        '\\' => out.push_str("\\\\"),
        '\t' => out.push_str("\\t"),
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        c if c == quote => out.extend(['\\', c]),
        c if is_printable(c) => out.push(c),
        c => push_escape(out, u32::from(c)),
    }
}

fn push_escape(out: &mut String, code: u32) {
    // Writing to a String cannot fail.
    let _ = match code {
        0..=0xff => write!(out, "\\x{code:02x}"),
        0x100..=0xffff => write!(out, "\\u{code:04x}"),
        _ => write!(out, "\\U{code:08x}"),
    };
}

/// Whether `repr` shows the character itself (Unicode 14.0).
fn is_printable(c: char) -> bool {
    if c.is_ascii() {
        return !c.is_ascii_control();
    }
    let code = u32::from(c);
    NONPRINTABLE.binary_search_by(|&(first, last)| super::words::position(first, last, code)).is_err()
}

pub(crate) fn push_bytes(out: &mut String, bytes: &[u8]) {
    let quote = quote_for(bytes.contains(&b'\''), bytes.contains(&b'"'));
    out.push('b');
    out.push(quote);
    for &byte in bytes {
        match byte {
            b'\\' => out.push_str("\\\\"),
            b'\t' => out.push_str("\\t"),
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            byte if char::from(byte) == quote => out.extend(['\\', quote]),
            b' '..=b'~' => out.push(char::from(byte)),
            byte => push_escape(out, u32::from(byte)),
        }
    }
    out.push(quote);
}

/// The bytes of a literal as [`bytes_repr`] writes it; `None` for any other spelling.
pub(crate) fn parse_bytes_repr(literal: &str) -> Option<Vec<u8>> {
    let inner = literal.strip_prefix('b')?.get(1..literal.len().checked_sub(2)?)?;
    let mut bytes = Vec::with_capacity(inner.len());
    let mut rest = inner.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(if byte == b'\\' { unescape(&mut rest)? } else { byte });
    }
    // One spelling only: what prints differently was not written by `bytes_repr`.
    (bytes_repr(&bytes) == literal).then_some(bytes)
}

fn unescape(rest: &mut impl Iterator<Item = u8>) -> Option<u8> {
    match rest.next()? {
        b't' => Some(b'\t'),
        b'n' => Some(b'\n'),
        b'r' => Some(b'\r'),
        b'x' => {
            let mut digit = || char::from(rest.next()?).to_digit(16);
            u8::try_from(digit()? << 4 | digit()?).ok()
        }
        other => Some(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Map;

    #[test]
    fn text_and_bytes_quote_like_python() {
        assert_eq!(text_repr("it's"), "\"it's\"");
        assert_eq!(text_repr("it's \"x\""), "'it\\'s \"x\"'");
        assert_eq!(text_repr("a\u{7f}\u{a0}\u{200b}\u{e0001}é😀\n"), "'a\\x7f\\xa0\\u200b\\U000e0001é😀\\n'");
        assert_eq!(bytes_repr(b"\x00a'\xff\\"), "b\"\\x00a'\\xff\\\\\"");
    }

    #[test]
    fn byte_literals_read_back() {
        for bytes in [&b""[..], b"abc", b"\x00'\"\\\t\xff", b"'"] {
            assert_eq!(parse_bytes_repr(&bytes_repr(bytes)).as_deref(), Some(bytes));
        }
        for wrong in ["", "b", "b'", "b'\\x4'", "b'\\x41'", "'a'", "b\"a\"", "b'é'"] {
            assert_eq!(parse_bytes_repr(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn containers() -> crate::Result<()> {
        let map = Map::from_pairs(vec![
            (Value::from("b"), Value::Int(1)),
            (Value::from("a"), Value::List(vec![Value::Null, Value::from("x")])),
        ])?;
        let map = Value::Map(map);
        assert_eq!(super::super::py_str(&map), "{'b': 1, 'a': [None, 'x']}");
        assert_eq!(super::super::order_text(&map), "{'a': [None, 'x'], 'b': 1}");
        assert_eq!(py_repr_tuple(&[Value::Int(1)]), "(1,)");
        assert_eq!(py_repr_tuple(&[]), "()");
        Ok(())
    }
}
