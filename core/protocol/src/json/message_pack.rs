//! Reading MessagePack, which an old reference writes in place of JSON when a package happens to be installed. Never written.

use rmp::Marker;

use crate::error::{Code, Error, Result};
use crate::value::{Integer, JsonInteger, JsonValue, Map};

/// The value of a MessagePack text, which must fill the input. Errors are those of JSON.
pub(crate) fn parse(input: &[u8], max_depth: usize) -> Result<JsonValue> {
    let mut reader = Reader { input, position: 0, depth_left: max_depth, promised: 0 };
    let value = reader.value()?;
    if reader.position == input.len() { Ok(value) } else { Err(reader.fail("bytes after the MessagePack value")) }
}

struct Reader<'a> {
    input: &'a [u8],
    position: usize,
    depth_left: usize,
    /// Bytes that the members still to come of the open containers need at least.
    promised: u64,
}

impl<'a> Reader<'a> {
    fn fail(&self, message: &'static str) -> Error {
        Error::at(Code::BadJson, self.position, message)
    }

    fn take(&mut self, len: usize) -> Result<&'a [u8]> {
        let bytes = self
            .position
            .checked_add(len)
            .and_then(|end| self.input.get(self.position..end))
            .ok_or_else(|| self.fail("MessagePack ends early"))?;
        self.position += len;
        Ok(bytes)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N]> {
        let mut bytes = [0; N];
        bytes.copy_from_slice(self.take(N)?);
        Ok(bytes)
    }

    /// A big-endian unsigned integer of `N` bytes.
    fn unsigned<const N: usize>(&mut self) -> Result<u64> {
        Ok(self.array::<N>()?.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)))
    }

    fn length<const N: usize>(&mut self) -> Result<usize> {
        let length = self.unsigned::<N>()?;
        usize::try_from(length).map_err(|_| self.fail("a length is too large"))
    }

    fn value(&mut self) -> Result<JsonValue> {
        let [byte] = self.array()?;
        Ok(match Marker::from_u8(byte) {
            Marker::Null => JsonValue::Null,
            Marker::False => JsonValue::Bool(false),
            Marker::True => JsonValue::Bool(true),
            Marker::FixPos(number) => JsonValue::from(i64::from(number)),
            Marker::FixNeg(number) => JsonValue::from(i64::from(number)),
            Marker::U8 => self.unsigned::<1>().map(unsigned_integer)?,
            Marker::U16 => self.unsigned::<2>().map(unsigned_integer)?,
            Marker::U32 => self.unsigned::<4>().map(unsigned_integer)?,
            Marker::U64 => self.unsigned::<8>().map(unsigned_integer)?,
            Marker::I8 => JsonValue::from(i64::from(i8::from_be_bytes(self.array()?))),
            Marker::I16 => JsonValue::from(i64::from(i16::from_be_bytes(self.array()?))),
            Marker::I32 => JsonValue::from(i64::from(i32::from_be_bytes(self.array()?))),
            Marker::I64 => JsonValue::from(i64::from_be_bytes(self.array()?)),
            Marker::F32 => JsonValue::Float(f64::from(f32::from_be_bytes(self.array()?))),
            Marker::F64 => JsonValue::Float(f64::from_be_bytes(self.array()?)),
            other => self.sized(other)?,
        })
    }

    fn sized(&mut self, marker: Marker) -> Result<JsonValue> {
        match marker {
            Marker::FixStr(length) => self.text(usize::from(length)),
            Marker::Str8 => self.length::<1>().and_then(|length| self.text(length)),
            Marker::Str16 => self.length::<2>().and_then(|length| self.text(length)),
            Marker::Str32 => self.length::<4>().and_then(|length| self.text(length)),
            Marker::Bin8 => self.length::<1>().and_then(|length| self.bytes(length)),
            Marker::Bin16 => self.length::<2>().and_then(|length| self.bytes(length)),
            Marker::Bin32 => self.length::<4>().and_then(|length| self.bytes(length)),
            Marker::FixArray(count) => self.list(usize::from(count)),
            Marker::Array16 => self.length::<2>().and_then(|count| self.list(count)),
            Marker::Array32 => self.length::<4>().and_then(|count| self.list(count)),
            Marker::FixMap(count) => self.map(usize::from(count)),
            Marker::Map16 => self.length::<2>().and_then(|count| self.map(count)),
            Marker::Map32 => self.length::<4>().and_then(|count| self.map(count)),
            _ => Err(self.fail("MessagePack extension types have no meaning here")),
        }
    }

    fn text(&mut self, length: usize) -> Result<JsonValue> {
        let start = self.position;
        let text = std::str::from_utf8(self.take(length)?)
            .map_err(|error| Error::at(Code::BadUtf8, start + error.valid_up_to(), "text is not UTF-8"))?;
        Ok(JsonValue::from(text))
    }

    fn bytes(&mut self, length: usize) -> Result<JsonValue> {
        Ok(JsonValue::Bytes(self.take(length)?.to_vec()))
    }

    fn list(&mut self, count: usize) -> Result<JsonValue> {
        self.enter(count)?;
        self.members(count, 1, Self::value).map(JsonValue::List)
    }

    fn map(&mut self, count: usize) -> Result<JsonValue> {
        self.enter(count.saturating_mul(2))?;
        let pairs = self.members(count, 2, |reader| Ok((reader.value()?, reader.value()?)))?;
        Ok(JsonValue::Map(Map::from_pairs(pairs)?))
    }

    /// The members of a container, each of which takes at least `bytes_each` bytes.
    ///
    /// Room is made for all of them at once, but only as far as the bytes left suffice for what the containers around this one
    /// have still to come. So counts that lie cost no more than the input is long, however deep they are nested.
    fn members<T>(
        &mut self,
        count: usize,
        bytes_each: usize,
        mut read: impl FnMut(&mut Self) -> Result<T>,
    ) -> Result<Vec<T>> {
        let left = self.input.len() - self.position;
        let unpromised = left.saturating_sub(usize::try_from(self.promised).unwrap_or(usize::MAX));
        let mut members = Vec::with_capacity(count.min(unpromised / bytes_each));
        self.promised += (count * bytes_each) as u64;
        for _ in 0..count {
            self.promised -= bytes_each as u64;
            members.push(read(self)?);
        }
        self.depth_left += 1;
        Ok(members)
    }

    /// Opens a container of so many values; each takes at least one byte, so a count beyond the input is refused unread.
    fn enter(&mut self, values: usize) -> Result<()> {
        if self.depth_left == 0 {
            return Err(Error::at(Code::TooDeep, self.position, "containers are nested too deeply"));
        }
        if values > self.input.len() - self.position {
            return Err(self.fail("MessagePack ends early"));
        }
        self.depth_left -= 1;
        Ok(())
    }
}

fn unsigned_integer(number: u64) -> JsonValue {
    match i64::try_from(number) {
        Ok(small) => JsonValue::from(small),
        Err(_) => JsonInteger::from_decimal(&number.to_string()).map_or(JsonValue::Null, JsonValue::Int),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::{JsonStyle, to_text};

    #[test]
    fn kinds_read_as_json() -> Result<()> {
        let input = b"\x88\xa1a\x01\xa1b\xff\xa1c\xcb\x3f\xf8\0\0\0\0\0\0\xa1d\xc0\xa1e\xcf\xff\xff\xff\xff\xff\xff\xff\xff\xa1f\x92\xc3\xd9\x01x\xa1g\xd1\xff\x00\xa1h\xdf\0\0\0\0";
        assert_eq!(
            to_text(&parse(input, 4)?, JsonStyle::WIRE)?,
            "{\"a\": 1, \"b\": -1, \"c\": 1.5, \"d\": null, \"e\": 18446744073709551615, \"f\": [true, \"x\"], \"g\": -256, \"h\": {}}"
        );
        Ok(())
    }

    #[test]
    fn hostile_input_is_refused() {
        for input in [&b"\xdd\xff\xff\xff\xff"[..], b"\x81\xa5ab", b"\x80\x80", b"\xc1", b"\xd4\x01\x02", b""] {
            assert_eq!(parse(input, 4).unwrap_err().code(), Code::BadJson, "{input:?}");
        }
        assert_eq!(parse(b"\x91\x91\x91\x91\x91\x01", 4).unwrap_err().code(), Code::TooDeep);
    }
}
