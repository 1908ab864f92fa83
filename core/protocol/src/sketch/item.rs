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
    /// The number whose digits are the text.
    Decimal(i64),
}

impl SketchItem for i64 {
    #[inline]
    fn text<'a>(&'a self, _: &'a mut TextBuffer) -> Result<ItemText<'a>> {
        Ok(ItemText(Form::Decimal(*self)))
    }
}

impl SketchItem for i32 {
    #[inline]
    fn text<'a>(&'a self, _: &'a mut TextBuffer) -> Result<ItemText<'a>> {
        Ok(ItemText(Form::Decimal(i64::from(*self))))
    }
}

impl SketchItem for u32 {
    #[inline]
    fn text<'a>(&'a self, _: &'a mut TextBuffer) -> Result<ItemText<'a>> {
        Ok(ItemText(Form::Decimal(i64::from(*self))))
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
                Some(small) => Ok(ItemText(Form::Decimal(small))),
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

impl Tuple<'_> {
    /// As [`SketchItem::text`], for those who hold the values and make the tuple on the way.
    pub fn text_in(self, buffer: &mut TextBuffer) -> Result<ItemText<'_>> {
        self.0.iter().try_for_each(refuse_sets)?;
        Ok(buffer.written(|out| out.push_str(&text::py_repr_tuple(self.0))))
    }
}

impl SketchItem for Tuple<'_> {
    fn text<'a>(&'a self, buffer: &'a mut TextBuffer) -> Result<ItemText<'a>> {
        self.text_in(buffer)
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
    let (words, rest) = text.as_bytes().as_chunks::<8>();
    let Some(last) = text.as_bytes().last_chunk() else { return rest.iter().all(|byte| is_plain_byte(*byte)) };
    // No early exit: most texts are plain. The last eight bytes overlap the words before them.
    let special = words.iter().fold(special_bytes(*last), |found, word| found | special_bytes(*word));
    special == 0
}

fn is_plain_byte(byte: u8) -> bool {
    matches!(byte, b' '..=b'~') && byte != b'\\' && byte != b'\''
}

/// Zero when all eight bytes are plain.
#[inline]
fn special_bytes(bytes: [u8; 8]) -> u64 {
    /// A byte in all eight places.
    const fn all(byte: u8) -> u64 {
        u64::from_ne_bytes([byte; 8])
    }
    let word = u64::from_ne_bytes(bytes);
    // The top bit of a byte below `bound`. Bytes above a true finding may be found in error, which changes no answer.
    let below = |word: u64, bound: u8| word.wrapping_sub(all(bound)) & !word;
    let equal = |byte: u8| below(word ^ all(byte), 1);
    (word | below(word, b' ') | equal(0x7f) | equal(b'\\') | equal(b'\'')) & all(0x80)
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
            Form::Decimal(number) => number.to_string(),
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
    fn plain_text_is_told_at_every_place_and_length() {
        for length in 0..40 {
            assert!(is_plain(&"a~ \"Z".chars().cycle().take(length).collect::<String>()));
            for (place, byte) in (0..length).flat_map(|place| (0..=0x7f_u8).map(move |byte| (place, byte))) {
                let mut text = vec![b'x'; length];
                text[place] = byte;
                assert_eq!(
                    is_plain(std::str::from_utf8(&text).unwrap()),
                    is_plain_byte(byte),
                    "{byte:#x} at {place} of {length}"
                );
            }
        }
        assert!(!is_plain("xxxxxxxxé") && !is_plain("é"));
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
