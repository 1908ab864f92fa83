//! From items to the text that is hashed.

use crate::error::{Code, Error, Result};
use crate::text;
use crate::value::{Integer, Node, Value};

/// Something a sketch can be asked about.
///
/// What counts is the text of the item as Python's `repr` gives it, so an `i64` and a [`Value::Int`] of the same number are one
/// item, and the integer 1, the float 1.0 and the text `1` are three.
pub trait SketchItem {
    /// The text of the item, made in `buffer` where it has to be made.
    ///
    /// Fails with `BAD_VALUE` on an item with a set in it: the members of a set have no order, so it has no text of its own.
    fn text<'a>(&'a self, buffer: &'a mut TextBuffer) -> Result<ItemText<'a>>;
}

/// Room in which texts of items are made, for use again and again.
#[derive(Default)]
pub struct TextBuffer {
    text: String,
    decimal: itoa::Buffer,
}

impl TextBuffer {
    fn written(&mut self, write: impl FnOnce(&mut String)) -> ItemText<'_> {
        self.text.clear();
        write(&mut self.text);
        ItemText(Form::Bare(self.text.as_bytes()))
    }
}

/// The text of an item.
#[derive(Debug, Clone, Copy)]
pub struct ItemText<'a>(pub(super) Form<'a>);

#[derive(Debug, Clone, Copy)]
pub(super) enum Form<'a> {
    /// The whole text.
    Bare(&'a [u8]),
    /// What stands between single quotes. Most items are such texts, which then need no copy.
    Quoted(&'a [u8]),
}

impl SketchItem for i64 {
    #[inline]
    fn text<'a>(&'a self, buffer: &'a mut TextBuffer) -> Result<ItemText<'a>> {
        Ok(ItemText(Form::Bare(buffer.decimal.format(*self).as_bytes())))
    }
}

impl SketchItem for i32 {
    #[inline]
    fn text<'a>(&'a self, buffer: &'a mut TextBuffer) -> Result<ItemText<'a>> {
        Ok(ItemText(Form::Bare(buffer.decimal.format(*self).as_bytes())))
    }
}

impl SketchItem for u32 {
    #[inline]
    fn text<'a>(&'a self, buffer: &'a mut TextBuffer) -> Result<ItemText<'a>> {
        Ok(ItemText(Form::Bare(buffer.decimal.format(*self).as_bytes())))
    }
}

impl SketchItem for bool {
    fn text<'a>(&'a self, _: &'a mut TextBuffer) -> Result<ItemText<'a>> {
        Ok(ItemText(Form::Bare(if *self { b"True" } else { b"False" })))
    }
}

impl SketchItem for f64 {
    fn text<'a>(&'a self, buffer: &'a mut TextBuffer) -> Result<ItemText<'a>> {
        Ok(buffer.written(|out| text::push_float(out, *self)))
    }
}

impl SketchItem for str {
    #[inline]
    fn text<'a>(&'a self, buffer: &'a mut TextBuffer) -> Result<ItemText<'a>> {
        if is_plain(self) {
            return Ok(ItemText(Form::Quoted(self.as_bytes())));
        }
        Ok(buffer.written(|out| text::push_text_repr(out, self)))
    }
}

impl SketchItem for String {
    #[inline]
    fn text<'a>(&'a self, buffer: &'a mut TextBuffer) -> Result<ItemText<'a>> {
        self.as_str().text(buffer)
    }
}

impl SketchItem for [u8] {
    fn text<'a>(&'a self, buffer: &'a mut TextBuffer) -> Result<ItemText<'a>> {
        Ok(buffer.written(|out| text::push_bytes_repr(out, self)))
    }
}

impl<I: Integer> SketchItem for Node<I> {
    #[inline]
    fn text<'a>(&'a self, buffer: &'a mut TextBuffer) -> Result<ItemText<'a>> {
        match self {
            Node::Text(text) => text.text(buffer),
            Node::Int(integer) => match integer.as_i64() {
                Some(small) => Ok(ItemText(Form::Bare(buffer.decimal.format(small).as_bytes()))),
                None => Ok(buffer.written(|out| text::push_repr(out, self, text::MapOrder::Stored))),
            },
            other => {
                refuse_sets(other)?;
                Ok(buffer.written(|out| text::push_repr(out, other, text::MapOrder::Stored)))
            }
        }
    }
}

/// Some values as one item. Frames hold no tuples; sketches of Python programs count them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tuple<'t>(pub &'t [Value]);

impl SketchItem for Tuple<'_> {
    fn text<'a>(&'a self, buffer: &'a mut TextBuffer) -> Result<ItemText<'a>> {
        self.0.iter().try_for_each(refuse_sets)?;
        Ok(buffer.written(|out| out.push_str(&text::py_repr_tuple(self.0))))
    }
}

impl<T: SketchItem + ?Sized> SketchItem for &T {
    #[inline]
    fn text<'a>(&'a self, buffer: &'a mut TextBuffer) -> Result<ItemText<'a>> {
        (**self).text(buffer)
    }
}

/// Whether the `repr` of a text is the text itself in single quotes.
#[inline]
fn is_plain(text: &str) -> bool {
    let is_special = |byte: u8| !matches!(byte, b' '..=b'~') | (byte == b'\\') | (byte == b'\'');
    // No early exit: texts are short, and a loop without one becomes vector instructions.
    !text.bytes().fold(false, |found, byte| found | is_special(byte))
}

fn refuse_sets<I: Integer>(value: &Node<I>) -> Result<()> {
    match value {
        Node::Set(_) => {
            Err(Error::new(Code::BadValue, "a set cannot be an item of a sketch: its members have no order"))
        }
        Node::List(members) => members.iter().try_for_each(refuse_sets),
        // Keys are scalars.
        Node::Map(map) => map.iter().try_for_each(|(_, member)| refuse_sets(member)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::py_repr;
    use crate::value::{Map, Set};

    fn text_of(item: &(impl SketchItem + ?Sized)) -> Result<String> {
        let mut buffer = TextBuffer::default();
        Ok(match item.text(&mut buffer)?.0 {
            Form::Bare(text) => String::from_utf8_lossy(text).into_owned(),
            Form::Quoted(text) => format!("'{}'", String::from_utf8_lossy(text)),
        })
    }

    #[test]
    fn the_text_of_an_item_is_its_repr() -> Result<()> {
        let texts =
            ["", "alice", "it's", "a\"b", "both ' and \"", "back\\slash", "\t", "\u{7f}", "é", "\u{200b}", "~ plain"];
        for text in texts {
            assert_eq!(text_of(text)?, py_repr(&Value::from(text)));
            assert_eq!(text_of(&Value::from(text))?, py_repr(&Value::from(text)));
        }
        let map = Map::from_pairs(vec![(Value::from("k"), Value::List(vec![Value::Null, Value::Float(1.5)]))])?;
        let others =
            [Value::Int(i64::MIN), Value::Bool(true), Value::Float(-0.0), Value::Bytes(vec![0, 39]), Value::Map(map)];
        for value in others {
            assert_eq!(text_of(&value)?, py_repr(&value));
        }
        Ok(())
    }

    #[test]
    fn plain_types_and_values_agree() -> Result<()> {
        assert_eq!(text_of(&-5_i64)?, text_of(&Value::Int(-5))?);
        assert_eq!(text_of(&-5_i32)?, "-5");
        assert_eq!(text_of(&u32::MAX)?, "4294967295");
        assert_eq!(text_of(&1e16)?, "1e+16");
        assert_eq!(text_of(&false)?, "False");
        assert_eq!(text_of(&b"a'"[..])?, "b\"a'\"");
        assert_eq!(text_of(&Tuple(&[Value::Int(1)]))?, "(1,)");
        Ok(())
    }

    #[test]
    fn sets_are_refused_at_any_depth() -> Result<()> {
        let set = Value::Set(Set::from_members(vec![Value::Int(1)])?);
        let map = Value::Map(Map::from_pairs(vec![(Value::Null, set.clone())])?);
        for item in [set, Value::List(vec![map])] {
            assert_eq!(text_of(&item).unwrap_err().code(), Code::BadValue);
            assert_eq!(text_of(&Tuple(&[item])).unwrap_err().code(), Code::BadValue);
        }
        Ok(())
    }
}
