//! Compact values: one tag byte, then lengths and numbers in big-endian order.

use super::options::{DecodeOptions, Limits};
use crate::error::{Code, Error, Result};
use crate::generated::value_tag;
use crate::names::Name;
use crate::stamp::Stamp;
use crate::text;
use crate::value::{Map, Set, Value};

/// Compact bytes of a value.
///
/// Map order is kept; set members are sorted by their text, and by their bytes where texts are equal.
pub fn encode_value(value: &Value) -> Vec<u8> {
    let mut out = Vec::new();
    push_value(&mut out, value);
    out
}

/// The value whose compact bytes fill the input.
pub fn decode_value(bytes: &[u8], options: &DecodeOptions) -> Result<Value> {
    let mut reader = Reader::new(bytes, 0, options);
    let value = reader.value()?;
    reader.finish()?;
    Ok(value)
}

pub(crate) fn push_value(out: &mut Vec<u8>, value: &Value) {
    match value {
        Value::Null => out.push(value_tag::NULL),
        Value::Bool(value) => out.push(if *value { value_tag::TRUE } else { value_tag::FALSE }),
        Value::Int(value) => push_int(out, *value),
        Value::Float(value) => push_float(out, *value),
        Value::Text(value) => push_text(out, value),
        Value::Bytes(value) => push_sized(out, value_tag::BYTES, value),
        Value::List(list) => {
            push_list_header(out, list.len());
            list.iter().for_each(|member| push_value(out, member));
        }
        Value::Map(map) => push_map(out, map),
        Value::Set(set) => push_set(out, set),
    }
}

/// An integer: one byte from −128 to 127, eight bytes otherwise.
pub(crate) fn push_int(out: &mut Vec<u8>, value: i64) {
    match i8::try_from(value) {
        Ok(small) => out.extend_from_slice(&[value_tag::SMALL_INT, small.to_be_bytes()[0]]),
        Err(_) => push_tagged(out, value_tag::INT, value.to_be_bytes()),
    }
}

pub(crate) fn push_float(out: &mut Vec<u8>, value: f64) {
    push_tagged(out, value_tag::FLOAT, value.to_bits().to_be_bytes());
}

/// A stamp: integer seconds as an integer, everything else as seconds in a double.
pub(crate) fn push_stamp(out: &mut Vec<u8>, stamp: Stamp) {
    match stamp.to_wire() {
        Value::Int(seconds) => push_int(out, seconds),
        Value::Float(seconds) => push_float(out, seconds),
        other => push_value(out, &other),
    }
}

pub(crate) fn push_text(out: &mut Vec<u8>, text: &str) {
    push_sized(out, value_tag::TEXT, text.as_bytes());
}

pub(crate) fn push_list_header(out: &mut Vec<u8>, count: usize) {
    push_header(out, value_tag::LIST, count);
}

pub(crate) fn push_map_header(out: &mut Vec<u8>, count: usize) {
    push_header(out, value_tag::MAP, count);
}

fn push_tagged(out: &mut Vec<u8>, tag: u8, [a, b, c, d, e, f, g, h]: [u8; 8]) {
    out.extend_from_slice(&[tag, a, b, c, d, e, f, g, h]);
}

/// Tag and length. A length beyond 32 bits saturates: such a payload is refused when its frame is sealed.
fn push_header(out: &mut Vec<u8>, tag: u8, length: usize) {
    let [a, b, c, d] = u32::try_from(length).unwrap_or(u32::MAX).to_be_bytes();
    out.extend_from_slice(&[tag, a, b, c, d]);
}

fn push_sized(out: &mut Vec<u8>, tag: u8, bytes: &[u8]) {
    push_header(out, tag, bytes.len());
    out.extend_from_slice(bytes);
}

fn push_map(out: &mut Vec<u8>, map: &Map<i64>) {
    push_map_header(out, map.len());
    for (key, value) in map {
        push_value(out, key);
        push_value(out, value);
    }
}

fn push_set(out: &mut Vec<u8>, set: &Set<i64>) {
    let mut members: Vec<_> = set.iter().map(|member| (text::py_str(member), encode_value(member))).collect();
    members.sort_unstable();
    push_header(out, value_tag::SET, members.len());
    members.iter().for_each(|(_, bytes)| out.extend_from_slice(bytes));
}

/// Most entries that room is made for before they are read.
const PREALLOCATED: usize = 16;

/// What the next value of a payload is, with scalars read and containers opened.
pub(crate) enum Item<'a> {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(&'a str),
    Bytes(&'a [u8]),
    List(usize),
    Map(usize),
    Set(usize),
}

/// A cursor over compact values within limits.
///
/// Counts are never trusted for allocation: a list needs at least one byte per member and a map two per pair.
pub(crate) struct Reader<'a> {
    rest: &'a [u8],
    /// Where the input ends in the frame, for offsets in errors.
    end: usize,
    depth_left: usize,
    /// Bytes that the members still to come of the open containers need at least.
    promised: u64,
    is_lenient: bool,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(input: &'a [u8], base: usize, options: &DecodeOptions) -> Self {
        let depth_left = options.limits.depth().min(Limits::MAX_DEPTH);
        Reader { rest: input, end: base + input.len(), depth_left, promised: 0, is_lenient: options.is_lenient() }
    }

    #[cold]
    fn fail(&self, code: Code, message: &'static str) -> Error {
        Error::at(code, self.offset(), message)
    }

    /// Refuses bytes after the value, unless lenient.
    pub(crate) fn finish(&self) -> Result<()> {
        if self.rest.is_empty() || self.is_lenient {
            return Ok(());
        }
        Err(self.fail(Code::TrailingBytes, "bytes after the value"))
    }

    fn left(&self) -> usize {
        self.rest.len()
    }

    /// Where the next byte stands in the frame.
    fn offset(&self) -> usize {
        self.end - self.rest.len()
    }

    #[inline]
    fn array<const N: usize>(&mut self) -> Result<[u8; N]> {
        match self.rest.split_first_chunk::<N>() {
            Some((bytes, rest)) => {
                self.rest = rest;
                Ok(*bytes)
            }
            None => Err(self.fail(Code::Truncated, "the value ends early")),
        }
    }

    #[inline(always)]
    fn sized(&mut self) -> Result<&'a [u8]> {
        let length = u32::from_be_bytes(self.array()?) as usize;
        let length = if length > self.left() && self.is_lenient { self.left() } else { length };
        match self.rest.split_at_checked(length) {
            Some((bytes, rest)) => {
                self.rest = rest;
                Ok(bytes)
            }
            None => Err(self.short_text(length)),
        }
    }

    #[cold]
    fn short_text(&self, length: usize) -> Error {
        self.fail(Code::Truncated, "text or bytes end early").with("expected", length).with("found", self.left())
    }

    fn count(&mut self, bytes_each: usize) -> Result<usize> {
        if self.depth_left == 0 {
            return Err(self.fail(Code::TooDeep, "containers are nested too deeply"));
        }
        let count = u32::from_be_bytes(self.array()?) as usize;
        if count > self.left() / bytes_each {
            return Err(self.fail(Code::Truncated, "a count is larger than the bytes left").with("found", count));
        }
        Ok(count)
    }

    #[inline(always)]
    fn utf8(&self, bytes: &'a [u8]) -> Result<&'a str> {
        crdt_merge_kernels::utf8(bytes).map_err(|error| {
            Error::at(Code::BadUtf8, self.offset() - bytes.len() + error.valid_up_to(), "text is not UTF-8")
        })
    }

    /// Whether the next value has this tag, which is then taken.
    #[inline]
    fn accept(&mut self, tag: u8) -> bool {
        match self.rest.split_first() {
            Some((first, rest)) if *first == tag => {
                self.rest = rest;
                true
            }
            _ => false,
        }
    }

    /// The next value if it is text: the shortest way to the most frequent item.
    #[inline(always)]
    fn accept_text(&mut self) -> Result<Option<&'a str>> {
        if !self.accept(value_tag::TEXT) {
            return Ok(None);
        }
        let bytes = self.sized()?;
        self.utf8(bytes).map(Some)
    }

    /// The next scalar, or the head of the next container, whose members the caller then reads between
    /// [`Reader::open`] and [`Reader::close`].
    #[inline]
    pub(crate) fn item(&mut self) -> Result<Item<'a>> {
        let start = self.rest;
        let [tag] = self.array()?;
        Ok(match tag {
            value_tag::NULL => Item::Null,
            value_tag::TRUE => Item::Bool(true),
            value_tag::FALSE => Item::Bool(false),
            value_tag::INT => Item::Int(i64::from_be_bytes(self.array()?)),
            value_tag::SMALL_INT => Item::Int(i64::from(i8::from_be_bytes(self.array()?))),
            value_tag::FLOAT => Item::Float(f64::from_bits(u64::from_be_bytes(self.array()?))),
            value_tag::TEXT => {
                let bytes = self.sized()?;
                Item::Text(self.utf8(bytes)?)
            }
            value_tag::BYTES => Item::Bytes(self.sized()?),
            value_tag::LIST => Item::List(self.count(1)?),
            value_tag::MAP => Item::Map(self.count(2)?),
            value_tag::SET => Item::Set(self.count(1)?),
            _ => {
                self.rest = start;
                return Err(self
                    .fail(Code::BadValueTag, "no such value tag")
                    .with("found", format_args!("{tag:#04x}")));
            }
        })
    }

    pub(crate) fn open(&mut self) {
        self.depth_left -= 1;
    }

    pub(crate) fn close(&mut self) {
        self.depth_left += 1;
    }

    /// The next value.
    pub(crate) fn value(&mut self) -> Result<Value> {
        let item = self.item()?;
        self.value_of(item)
    }

    /// The value that begins with an item already taken.
    pub(crate) fn value_of(&mut self, item: Item<'a>) -> Result<Value> {
        Ok(match item {
            Item::Null => Value::Null,
            Item::Bool(value) => Value::Bool(value),
            Item::Int(value) => Value::Int(value),
            Item::Float(value) => Value::Float(value),
            Item::Text(text) => Value::Text(text.to_owned()),
            Item::Bytes(bytes) => Value::Bytes(bytes.to_vec()),
            Item::List(count) => Value::List(self.members(count, 1, Self::value)?),
            Item::Map(count) => Value::Map(Map::from_pairs(self.members(count, 2, Self::pair)?)?),
            Item::Set(count) => Value::Set(Set::from_members(self.members(count, 1, Self::scalar)?)?),
        })
    }

    /// Reads the members of a container, each of which takes at least `bytes_each` bytes.
    ///
    /// Room is made for all of them at once, but only as far as the bytes left suffice for what the containers around this one
    /// have still to come. So counts that lie cost no more than the input is long, however deep they are nested.
    fn members<T>(
        &mut self,
        count: usize,
        bytes_each: usize,
        mut read: impl FnMut(&mut Self) -> Result<T>,
    ) -> Result<Vec<T>> {
        let unpromised = self.left().saturating_sub(usize::try_from(self.promised).unwrap_or(usize::MAX));
        let mut members = Vec::with_capacity(count.min(unpromised / bytes_each));
        self.promised += (count * bytes_each) as u64;
        let done = self.each(count, |reader| {
            reader.promised -= bytes_each as u64;
            members.push(read(reader)?);
            Ok(())
        });
        done.map(|()| members)
    }

    fn pair(&mut self) -> Result<(Value, Value)> {
        Ok((self.scalar()?, self.value()?))
    }

    /// A map key or set member.
    fn scalar(&mut self) -> Result<Value> {
        let item = self.scalar_item()?;
        self.value_of(item)
    }

    /// The item of a map key or set member, which cannot be a container.
    pub(crate) fn scalar_item(&mut self) -> Result<Item<'a>> {
        let start = self.rest;
        match self.item()? {
            Item::List(_) | Item::Map(_) | Item::Set(_) => {
                self.rest = start;
                Err(self.fail(Code::BadKey, "a container cannot be a map key or set member"))
            }
            item => Ok(item),
        }
    }

    /// Checks the next value and goes past it without keeping it.
    pub(crate) fn skip(&mut self) -> Result<()> {
        let item = self.item()?;
        self.skip_rest(&item)
    }

    /// Checks what follows an item already taken.
    pub(crate) fn skip_rest(&mut self, item: &Item<'a>) -> Result<()> {
        match *item {
            Item::List(count) => self.each(count, Self::skip),
            Item::Map(count) => self.each(count, |reader| {
                reader.scalar_item()?;
                reader.skip()
            }),
            Item::Set(count) => self.each(count, |reader| reader.scalar_item().map(drop)),
            _ => Ok(()),
        }
    }

    fn each(&mut self, count: usize, mut read: impl FnMut(&mut Self) -> Result<()>) -> Result<()> {
        self.open();
        let done = (0..count).try_for_each(|_| read(self));
        self.close();
        done
    }

    /// Reads the members of a record: each text key goes to `field`, which reads or skips the value. Members with other keys
    /// are unknown ones and skipped. Fails with `BAD_SCHEMA` when the next value is no map.
    pub(crate) fn fields(&mut self, name: &str, mut field: impl FnMut(&'a str, &mut Self) -> Result<()>) -> Result<()> {
        self.pairs(name, |reader| match reader.accept_text()? {
            Some(key) => field(key, reader),
            None => {
                reader.scalar_item()?;
                reader.skip()
            }
        })
    }

    /// Reads a map from names: each goes to `entry`, which reads its value. Fails with `BAD_SCHEMA` when the next value is no
    /// map or a key is no text.
    pub(crate) fn entries(
        &mut self,
        name: &str,
        mut entry: impl FnMut(&'a str, &mut Self) -> Result<()>,
    ) -> Result<()> {
        self.pairs(name, |reader| match reader.accept_text()? {
            Some(key) => entry(key, reader),
            None => {
                reader.scalar_item()?;
                Err(reader.mistyped(name, "expected text as key"))
            }
        })
    }

    /// Reads a map from names into a list of entries, in the order in which they stand; see [`Reader::entries`].
    pub(crate) fn named<V>(
        &mut self,
        name: &str,
        mut value: impl FnMut(&mut Self) -> Result<V>,
    ) -> Result<Vec<(Name, V)>> {
        // Room for small maps at once; larger ones grow with what is really there.
        let mut entries = Vec::with_capacity(self.left_hint().min(PREALLOCATED));
        self.entries(name, |key, reader| {
            let value = value(reader)?;
            entries.push((Name::new(key), value));
            Ok(())
        })?;
        Ok(entries)
    }

    /// The count in the head of the container that comes next, without taking it; 0 if there is none.
    fn left_hint(&self) -> usize {
        self.rest.get(1..5).and_then(|bytes| bytes.first_chunk()).map_or(0, |bytes| u32::from_be_bytes(*bytes) as usize)
    }

    fn pairs(&mut self, name: &str, pair: impl FnMut(&mut Self) -> Result<()>) -> Result<()> {
        match self.item()? {
            Item::Map(count) => self.each(count, pair),
            _ => Err(self.mistyped(name, "expected a map")),
        }
    }

    /// Reads a list, calling `member` for each of its members. Fails with `BAD_SCHEMA` when the next value is no list.
    pub(crate) fn list(&mut self, name: &str, mut member: impl FnMut(&mut Self) -> Result<()>) -> Result<()> {
        match self.item()? {
            Item::List(count) => self.each(count, |reader| member(reader)),
            _ => Err(self.mistyped(name, "expected a list")),
        }
    }

    /// Reads text. Fails with `BAD_SCHEMA` when the next value is something else.
    pub(crate) fn text(&mut self, name: &str) -> Result<&'a str> {
        match self.accept_text()? {
            Some(text) => Ok(text),
            None => {
                self.item()?;
                Err(self.mistyped(name, "expected text"))
            }
        }
    }

    /// Reads an integer. Fails with `BAD_SCHEMA` when the next value is something else.
    pub(crate) fn int(&mut self, name: &str) -> Result<i64> {
        if self.accept(value_tag::SMALL_INT) {
            return self.array().map(|bytes| i64::from(i8::from_be_bytes(bytes)));
        }
        match self.item()? {
            Item::Int(value) => Ok(value),
            _ => Err(self.mistyped(name, "expected an integer")),
        }
    }

    /// Reads an integer that is not negative. Fails with `BAD_SCHEMA` when the next value is something else.
    pub(crate) fn count_value(&mut self, name: &str) -> Result<u64> {
        let value = self.int(name)?;
        u64::try_from(value)
            .map_err(|_| self.mistyped(name, "expected an integer that is not negative").with("found", value))
    }

    /// The stamp in an item already taken. Fails with `BAD_SCHEMA` when it is no finite number.
    pub(crate) fn stamp_of(&self, item: Item<'a>, name: &str) -> Result<Stamp> {
        match item {
            Item::Int(seconds) => Ok(Stamp::from_whole_seconds(seconds)),
            Item::Float(seconds) => {
                Stamp::from_seconds(seconds).map_err(|_| self.mistyped(name, "a stamp is a finite number"))
            }
            _ => Err(self.mistyped(name, "a stamp is a number")),
        }
    }

    #[cold]
    pub(crate) fn mistyped(&self, name: &str, message: &'static str) -> Error {
        Error::schema(name, message).with("offset", self.offset())
    }

    /// Reads the `type` text of a payload, which has to be the expected one unless lenient.
    pub(crate) fn type_name(&mut self, expected: &'static str) -> Result<()> {
        let found = self.text("type")?;
        if found == expected || self.is_lenient {
            return Ok(());
        }
        Err(self.mistyped("type", "the payload names another type").with("expected", expected).with("found", found))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round_trip(value: Value) -> Result<()> {
        assert_eq!(decode_value(&encode_value(&value), &DecodeOptions::strict())?, value);
        Ok(())
    }

    #[test]
    fn values_survive_a_round_trip() -> Result<()> {
        round_trip(Value::Null)?;
        round_trip(Value::Float(-0.0))?;
        for int in [i64::MIN, -129, -128, 0, 127, 128, i64::MAX] {
            round_trip(Value::Int(int))?;
        }
        let set = Set::from_members(vec![Value::Int(10), Value::Int(9), Value::Bytes(vec![0])])?;
        let map = Map::from_pairs(vec![(Value::Int(1), Value::from("é")), (Value::Float(1.0), Value::Set(set))])?;
        round_trip(Value::List(vec![Value::Map(map), Value::Bool(true)]))
    }

    #[test]
    fn set_members_go_by_text_and_then_by_bytes() -> Result<()> {
        let set = Set::from_members(vec![Value::Int(10), Value::Int(9), Value::Int(-1), Value::from("9")])?;
        assert_eq!(encode_value(&Value::Set(set)), b"\x0a\0\0\0\x04\x09\xff\x09\x0a\x05\0\0\0\x019\x09\x09");
        Ok(())
    }

    #[test]
    fn skipping_checks_as_much_as_reading() {
        let inputs: [&[u8]; 8] = [
            b"\x0b",
            b"\x07\0\0\0\x05\x09\x01",
            b"\x05\0\0\0\x02\xc3(",
            b"\x08\0\0\0\x01\x07\0\0\0\0\0",
            b"\x0a\0\0\0\x01\x07\0\0\0\0",
            b"\x09",
            b"\x05\0\0\0\x05ab",
            b"\x07\xff\xff\xff\xff",
        ];
        for input in inputs {
            let options = DecodeOptions::strict();
            let read = Reader::new(input, 12, &options).value().unwrap_err();
            let skipped = Reader::new(input, 12, &options).skip().unwrap_err();
            assert_eq!(read, skipped, "{input:?}");
        }
    }

    #[test]
    fn depth_is_bounded() {
        let nested = |levels: usize| [b"\x07\0\0\0\x01".repeat(levels), vec![0]].concat();
        assert!(decode_value(&nested(128), &DecodeOptions::strict()).is_ok());
        assert_eq!(decode_value(&nested(129), &DecodeOptions::strict()).unwrap_err().code(), Code::TooDeep);
    }
}
