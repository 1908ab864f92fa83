//! The body encoding of version 2: postcard's conventions, with exactly one spelling of everything.

use super::options::DecodeOptions;
use super::sink::Sink;
use crate::dot::{Context, Dot};
use crate::error::{Code, Error, Result};
use crate::names::{Name, NameMap};
use crate::stamp::Stamp;
use crate::value::{Kind, Map, Set, Value, canonical_bits, push_canonical};

/// Most bytes of a 64-bit number.
pub(crate) const VARINT_BYTES: usize = 10;
/// Bytes that the shortest value takes.
const LEAST_BYTES: usize = 1;

/// Most entries that room is made for before they are read.
const MOST_RESERVED: usize = 1024;

const KINDS: [Kind; 9] =
    [Kind::Null, Kind::Bool, Kind::Int, Kind::Float, Kind::Text, Kind::Bytes, Kind::List, Kind::Map, Kind::Set];

/// Reads the body of a version-2 frame from front to back.
///
/// Every read accepts the one canonical spelling and nothing else; the first fault is the error, with its offset from the start
/// of the frame. Nothing is allocated from a count before the bytes for it are there.
#[derive(Debug, Clone)]
pub struct BodyReader<'a> {
    whole: &'a [u8],
    /// What has not been read yet.
    rest: &'a [u8],
    /// Where the body starts in the frame.
    base: usize,
    depth: usize,
}

impl<'a> BodyReader<'a> {
    /// A reader of a body that starts at `base` in its frame.
    pub fn new(bytes: &'a [u8], base: usize, options: &DecodeOptions) -> Self {
        BodyReader { whole: bytes, rest: bytes, base, depth: options.limits.depth() }
    }

    /// Where the reader stands, from the start of the frame.
    pub fn offset(&self) -> usize {
        self.base + self.mark()
    }

    /// The bytes from a position of this reader ([`BodyReader::mark`]) up to here.
    pub fn since(&self, mark: usize) -> &'a [u8] {
        self.whole.get(mark..self.mark()).unwrap_or_default()
    }

    /// The position for [`BodyReader::since`].
    pub fn mark(&self) -> usize {
        self.whole.len() - self.rest.len()
    }

    /// An error at the place reached.
    #[cold]
    pub fn fault(&self, code: Code, message: &'static str) -> Error {
        Error::at(code, self.offset(), message)
    }

    /// `NOT_CANONICAL` at the place reached.
    #[cold]
    pub fn not_canonical(&self, message: &'static str) -> Error {
        self.fault(Code::NotCanonical, message)
    }

    #[cold]
    fn ends_early(&self) -> Error {
        self.fault(Code::Truncated, "the body ends early")
    }

    fn left(&self) -> usize {
        self.rest.len()
    }

    /// Fails with `TRAILING_BYTES` unless everything has been read.
    pub fn finish(&self) -> Result<()> {
        if self.left() == 0 { Ok(()) } else { Err(self.fault(Code::TrailingBytes, "bytes after the body")) }
    }

    /// One byte.
    #[inline]
    pub fn byte(&mut self) -> Result<u8> {
        let Some((byte, rest)) = self.rest.split_first() else { return Err(self.ends_early()) };
        self.rest = rest;
        Ok(*byte)
    }

    /// A fixed number of bytes.
    pub fn array<const N: usize>(&mut self) -> Result<[u8; N]> {
        let Some((array, rest)) = self.rest.split_first_chunk() else { return Err(self.ends_early()) };
        self.rest = rest;
        Ok(*array)
    }

    /// `len` bytes.
    pub fn raw(&mut self, len: usize) -> Result<&'a [u8]> {
        let Some((taken, rest)) = self.rest.split_at_checked(len) else {
            return Err(self.ends_early().with("expected", len));
        };
        self.rest = rest;
        Ok(taken)
    }

    /// An unsigned number of up to 64 bits.
    #[inline]
    pub fn varint(&mut self) -> Result<u64> {
        match *self.rest {
            [byte, ref rest @ ..] if byte < 0x80 => {
                self.rest = rest;
                Ok(u64::from(byte))
            }
            [low, high, ref rest @ ..] if (1..0x80).contains(&high) => {
                self.rest = rest;
                Ok(u64::from(low & 0x7f) | u64::from(high) << 7)
            }
            _ => self.long_varint(),
        }
    }

    fn long_varint(&mut self) -> Result<u64> {
        let mut number = 0;
        for index in 0..VARINT_BYTES {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << (7 * index);
            if byte < 0x80 {
                return self.checked_varint(number, byte, index);
            }
        }
        Err(self.fault(Code::OutOfRange, "a number has at most 64 bits"))
    }

    fn checked_varint(&self, number: u64, last: u8, index: usize) -> Result<u64> {
        if index + 1 == VARINT_BYTES && last > 1 {
            return Err(self.fault(Code::OutOfRange, "a number has at most 64 bits"));
        }
        if last == 0 && index > 0 {
            return Err(self.not_canonical("a number is written in the fewest bytes"));
        }
        Ok(number)
    }

    /// An unsigned number of up to 32 bits.
    pub fn varint32(&mut self) -> Result<u32> {
        let number = self.varint()?;
        u32::try_from(number).map_err(|_| self.fault(Code::OutOfRange, "the number has at most 32 bits"))
    }

    /// A signed number.
    #[inline]
    pub fn zigzag(&mut self) -> Result<i64> {
        let number = self.varint()?;
        Ok((number >> 1).cast_signed() ^ -(number & 1).cast_signed())
    }

    /// A byte that is 0 or 1.
    pub fn bool(&mut self) -> Result<bool> {
        match self.byte()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(self.not_canonical("a truth value is 0 or 1")),
        }
    }

    /// A double; of the NaNs only one is allowed.
    pub fn float(&mut self) -> Result<f64> {
        let float = f64::from_le_bytes(self.array()?);
        if float.to_bits() == canonical_bits(float) {
            return Ok(float);
        }
        Err(self.not_canonical("NaN has one spelling"))
    }

    /// A count of things that take at least `least` bytes each.
    #[inline]
    pub fn count(&mut self, least: usize) -> Result<usize> {
        let count = self.varint()?;
        let most = self.left() / least.max(LEAST_BYTES);
        match usize::try_from(count) {
            Ok(count) if count <= most => Ok(count),
            _ => Err(self.fault(Code::Truncated, "the body ends inside a counted sequence").with("expected", count)),
        }
    }

    /// Bytes with their length.
    #[inline]
    pub fn bytes(&mut self) -> Result<&'a [u8]> {
        let len = self.count(1)?;
        self.raw(len)
    }

    /// Text.
    #[inline]
    pub fn text(&mut self) -> Result<&'a str> {
        let bytes = self.bytes()?;
        std::str::from_utf8(bytes).map_err(|error| {
            let offset = self.offset() - bytes.len() + error.valid_up_to();
            Error::at(Code::BadUtf8, offset, "text is UTF-8")
        })
    }

    /// Text as a name.
    #[inline]
    pub(crate) fn name(&mut self) -> Result<Name> {
        self.text().map(Name::new)
    }

    /// A byte 0, or a byte 1 and what `read` reads.
    pub fn option<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T>) -> Result<Option<T>> {
        if self.bool()? { read(self).map(Some) } else { Ok(None) }
    }

    /// A counted sequence whose members take at least `least` bytes each.
    pub fn list<T>(&mut self, least: usize, mut read: impl FnMut(&mut Self) -> Result<T>) -> Result<Vec<T>> {
        let count = self.count(least)?;
        let mut list = Vec::new();
        for _ in 0..count {
            list.push(read(self)?);
        }
        Ok(list)
    }

    /// A map from text, keys strictly ascending by their bytes; `read` gets each key.
    pub fn text_map(&mut self, mut read: impl FnMut(&'a str, &mut Self) -> Result<()>) -> Result<()> {
        let mut last: Option<&str> = None;
        for _ in 0..self.count(2)? {
            let key = self.text()?;
            if last.is_some_and(|last| last >= key) {
                return Err(self.not_canonical("keys ascend and stand once"));
            }
            last = Some(key);
            read(key, self)?;
        }
        Ok(())
    }

    /// As [`BodyReader::text_map`], with the entries collected.
    #[inline]
    pub(crate) fn entries<T>(&mut self, mut read: impl FnMut(&mut Self) -> Result<T>) -> Result<Vec<(Name, T)>> {
        let mut entries: Vec<(Name, T)> = Vec::new();
        let count = self.count(2)?;
        for index in 0..count {
            let key = self.text()?;
            if entries.last().is_some_and(|(last, _)| last.as_str() >= key) {
                return Err(self.not_canonical("keys ascend and stand once"));
            }
            let entry = (Name::new(key), read(self)?);
            if index == 0 {
                entries.reserve_exact(count.min(MOST_RESERVED));
            }
            entries.push(entry);
        }
        Ok(entries)
    }

    /// A map from scalar values, keys strictly ascending by their encoded bytes; `read` gets each key.
    pub fn value_map(&mut self, mut read: impl FnMut(Value, &mut Self) -> Result<()>) -> Result<()> {
        let mut last: Option<&[u8]> = None;
        for _ in 0..self.count(2)? {
            let (key, bytes) = self.scalar()?;
            if last.is_some_and(|last| last >= bytes) {
                return Err(self.not_canonical("keys ascend and stand once"));
            }
            last = Some(bytes);
            read(key, self)?;
        }
        Ok(())
    }

    /// A value that may be a key, with its bytes.
    pub fn scalar(&mut self) -> Result<(Value, &'a [u8])> {
        let start = self.mark();
        if self.rest.first().is_some_and(|kind| (Kind::List as u8..=Kind::Set as u8).contains(kind)) {
            return Err(self.fault(Code::BadKey, "a key or set member is no list, map or set"));
        }
        let value = self.value()?;
        Ok((value, self.since(start)))
    }

    /// A value.
    pub fn value(&mut self) -> Result<Value> {
        let start = self.offset();
        let kind = self.varint()?;
        match usize::try_from(kind).ok().and_then(|kind| KINDS.get(kind)) {
            Some(Kind::Null) => Ok(Value::Null),
            Some(Kind::Bool) => self.bool().map(Value::Bool),
            Some(Kind::Int) => self.zigzag().map(Value::Int),
            Some(Kind::Float) => self.float().map(Value::Float),
            Some(Kind::Text) => self.text().map(|text| Value::Text(text.to_owned())),
            Some(Kind::Bytes) => self.bytes().map(|bytes| Value::Bytes(bytes.to_vec())),
            Some(container) => self.nested(*container, start),
            None => Err(Error::at(Code::BadValueTag, start, "no value starts with this byte").with("found", kind)),
        }
    }

    fn nested(&mut self, kind: Kind, start: usize) -> Result<Value> {
        self.depth = self
            .depth
            .checked_sub(1)
            .ok_or_else(|| Error::at(Code::TooDeep, start, "the value is nested too deeply"))?;
        let value = match kind {
            Kind::List => self.list(1, Self::value).map(Value::List),
            Kind::Map => self.user_map(),
            _ => self.set(),
        };
        self.depth += 1;
        value
    }

    fn user_map(&mut self) -> Result<Value> {
        let pairs = self.list(2, |reader| Ok((reader.scalar()?.0, reader.value()?)))?;
        let count = pairs.len();
        let map = Map::from_pairs(pairs)?;
        if map.len() < count {
            return Err(self.not_canonical("a key stands once in a map"));
        }
        Ok(Value::Map(map))
    }

    fn set(&mut self) -> Result<Value> {
        let mut last: Option<&[u8]> = None;
        let members = self.list(1, |reader| {
            let (member, bytes) = reader.scalar()?;
            if last.is_some_and(|last| last >= bytes) {
                return Err(reader.not_canonical("members ascend and stand once"));
            }
            last = Some(bytes);
            Ok(member)
        })?;
        Set::from_members(members).map(Value::Set)
    }

    /// A stamp.
    pub fn stamp(&mut self) -> Result<Stamp> {
        let start = self.offset();
        match self.varint()? {
            0 => self.zigzag().map(Stamp::from_whole_seconds),
            1 => self.fraction(),
            2 => self.zigzag().map(Stamp::from_micros),
            kind => Err(Error::at(Code::BadValueTag, start, "no stamp starts with this byte").with("found", kind)),
        }
    }

    fn fraction(&mut self) -> Result<Stamp> {
        let seconds = f64::from_le_bytes(self.array()?);
        let stamp =
            Stamp::from_seconds(seconds).map_err(|_| self.fault(Code::BadStamp, "a stamp is a finite number"))?;
        if stamp.as_fraction().is_none() {
            return Err(self.not_canonical("a stamp of whole microseconds is written as such"));
        }
        Ok(stamp)
    }

    /// A dot.
    pub fn dot(&mut self) -> Result<Dot> {
        let (actor, start) = (self.text()?, self.offset());
        let sequence = self.varint()?;
        Dot::new(actor, sequence).ok_or_else(|| match sequence {
            0 => Error::at(Code::NotCanonical, start, "sequences start at 1"),
            _ => Error::at(Code::BadText, start, "an actor is not empty"),
        })
    }

    /// Dots, strictly ascending.
    pub fn dots(&mut self) -> Result<Vec<Dot>> {
        let mut dots: Vec<Dot> = Vec::new();
        for _ in 0..self.count(2)? {
            let dot = self.dot()?;
            if dots.last().is_some_and(|last| *last >= dot) {
                return Err(self.not_canonical("dots ascend and stand once"));
            }
            dots.push(dot);
        }
        Ok(dots)
    }

    /// Texts, strictly ascending by their bytes.
    pub fn sorted_texts(&mut self) -> Result<Vec<&'a str>> {
        let mut texts: Vec<&str> = Vec::new();
        for _ in 0..self.count(1)? {
            let text = self.text()?;
            if texts.last().is_some_and(|last| *last >= text) {
                return Err(self.not_canonical("texts ascend and stand once"));
            }
            texts.push(text);
        }
        Ok(texts)
    }

    /// Counts by name, none of them 0 and none above `most` (`OUT_OF_RANGE`).
    pub(crate) fn counts(&mut self, most: u64) -> Result<Vec<(Name, u64)>> {
        self.entries(|reader| match reader.varint()? {
            0 => Err(reader.not_canonical("a slot of 0 is not written")),
            count if count > most => Err(reader.fault(Code::OutOfRange, "a slot ends at 2^63 - 1")),
            count => Ok(count),
        })
    }

    /// A context.
    pub fn context(&mut self) -> Result<Context> {
        let contiguous = self.counts(u64::MAX)?;
        let start = self.offset();
        if contiguous.first().is_some_and(|(actor, _)| actor.is_empty()) {
            return Err(Error::at(Code::BadText, start, "an actor is not empty"));
        }
        let exceptions = self.dots()?;
        Context::from_parts(contiguous, exceptions)
            .ok_or_else(|| self.not_canonical("an exception is beyond what is contiguous"))
    }
}

/// Appends an unsigned number.
#[inline]
pub fn push_varint<S: Sink>(out: &mut S, mut number: u64) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// Appends a signed number.
#[inline]
pub fn push_zigzag<S: Sink>(out: &mut S, number: i64) {
    push_varint(out, (number << 1 ^ number >> 63).cast_unsigned());
}

/// Appends a double; every NaN becomes the one that is allowed.
pub fn push_f64<S: Sink>(out: &mut S, float: f64) {
    out.extend_from_slice(&canonical_bits(float).to_le_bytes());
}

/// Appends bytes with their length.
#[inline]
pub fn push_bytes<S: Sink>(out: &mut S, bytes: &[u8]) {
    push_varint(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

/// Appends text.
#[inline]
pub fn push_str<S: Sink>(out: &mut S, text: &str) {
    push_bytes(out, text.as_bytes());
}

/// Appends a byte 0, or a byte 1 and what `push` appends.
pub fn push_option<S: Sink, T>(out: &mut S, value: Option<T>, push: impl FnOnce(&mut S, T)) {
    out.push(u8::from(value.is_some()));
    if let Some(value) = value {
        push(out, value);
    }
}

/// Appends a value.
#[inline]
pub fn push_node<S: Sink>(out: &mut S, value: &Value) {
    push_canonical(out, value);
}

/// Appends a stamp.
#[inline]
pub fn push_time<S: Sink>(out: &mut S, stamp: Stamp) {
    if let Some(seconds) = stamp.as_whole_seconds() {
        out.push(0);
        push_zigzag(out, seconds);
    } else if let Some(seconds) = stamp.as_fraction() {
        out.push(1);
        push_f64(out, seconds);
    } else {
        out.push(2);
        push_zigzag(out, stamp.floor_micros());
    }
}

/// Appends a dot.
pub fn push_dot<S: Sink>(out: &mut S, dot: &Dot) {
    push_str(out, dot.actor());
    push_varint(out, dot.sequence());
}

/// Appends dots that ascend.
pub fn push_dots<'a, S: Sink>(out: &mut S, dots: impl ExactSizeIterator<Item = &'a Dot>) {
    push_varint(out, dots.len() as u64);
    dots.for_each(|dot| push_dot(out, dot));
}

/// Appends the counts above 0, by name.
#[inline]
pub(crate) fn push_counts<S: Sink>(out: &mut S, counts: &NameMap<u64>) {
    push_varint(out, counts.values().filter(|count| **count > 0).count() as u64);
    for (name, count) in counts.iter().filter(|(_, count)| **count > 0) {
        push_str(out, name);
        push_varint(out, *count);
    }
}

/// Appends a context.
pub fn push_context<S: Sink>(out: &mut S, context: &Context) {
    push_varint(out, context.contiguous().count() as u64);
    for (actor, sequence) in context.contiguous() {
        push_str(out, actor);
        push_varint(out, sequence);
    }
    push_dots(out, context.exceptions());
}
