//! MessagePack payloads: some writers of version 1 produced them, every reader must read them.

use crate::value::Value;
use crate::wire::{Code, MAX_DEPTH};

/// Reads one MessagePack map that fills `bytes`.
pub fn read(bytes: &[u8]) -> Result<Value, Code> {
    let mut reader = Reader { bytes, at: 0 };
    let value = reader.value(0)?;
    match reader.at == bytes.len() {
        true => Ok(value),
        false => Err("BAD_JSON"),
    }
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn take(&mut self, count: usize) -> Result<&[u8], Code> {
        let end = self.at.checked_add(count).filter(|end| *end <= self.bytes.len());
        let start = self.at;
        self.at = end.ok_or("BAD_JSON")?;
        Ok(&self.bytes[start..self.at])
    }

    fn unsigned(&mut self, count: usize) -> Result<u64, Code> {
        Ok(self.take(count)?.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte)))
    }

    fn signed(&mut self, count: usize) -> Result<Value, Code> {
        let shift = 64 - 8 * count;
        Ok(Value::int((self.unsigned(count)? << shift) as i64 >> shift))
    }

    fn value(&mut self, open: usize) -> Result<Value, Code> {
        if open > MAX_DEPTH {
            return Err("TOO_DEEP");
        }
        let tag = self.take(1)?[0];
        match tag {
            0x00..=0x7f => Ok(Value::int(tag)),
            0x80..=0x8f => self.map(usize::from(tag & 15), open + 1),
            0x90..=0x9f => self.list(usize::from(tag & 15), open + 1),
            0xa0..=0xbf => self.text(usize::from(tag & 31)),
            0xe0..=0xff => Ok(Value::int(tag as i8)),
            _ => self.marked(tag, open),
        }
    }

    fn marked(&mut self, tag: u8, open: usize) -> Result<Value, Code> {
        match tag {
            0xc0 => Ok(Value::Null),
            0xc2 => Ok(Value::Bool(false)),
            0xc3 => Ok(Value::Bool(true)),
            0xca => Ok(Value::float(f32::from_bits(self.unsigned(4)? as u32).into())),
            0xcb => self.unsigned(8).map(Value::Float),
            0xcc..=0xcf => Ok(Value::int(self.unsigned(1 << (tag - 0xcc))?)),
            0xd0..=0xd3 => self.signed(1 << (tag - 0xd0)),
            0xd9..=0xdb => {
                let length = self.unsigned(1 << (tag - 0xd9))?;
                self.text(length as usize)
            }
            0xdc | 0xdd => {
                let count = self.unsigned(if tag == 0xdc { 2 } else { 4 })?;
                self.list(count as usize, open + 1)
            }
            0xde | 0xdf => {
                let count = self.unsigned(if tag == 0xde { 2 } else { 4 })?;
                self.map(count as usize, open + 1)
            }
            _ => Err("BAD_JSON"),
        }
    }

    fn text(&mut self, length: usize) -> Result<Value, Code> {
        let bytes = self.take(length)?.to_vec();
        String::from_utf8(bytes).map(Value::Text).map_err(|_| "BAD_JSON")
    }

    fn list(&mut self, count: usize, open: usize) -> Result<Value, Code> {
        (0..count).map(|_| self.value(open)).collect::<Result<_, _>>().map(Value::List)
    }

    fn map(&mut self, count: usize, open: usize) -> Result<Value, Code> {
        let mut pairs: Vec<(Value, Value)> = Vec::new();
        for _ in 0..count {
            let key = self.value(open)?;
            let value = self.value(open)?;
            match pairs.iter_mut().find(|(known, _)| *known == key) {
                Some(pair) => pair.1 = value,
                None => pairs.push((key, value)),
            }
        }
        Ok(Value::Map(pairs))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hex;

    #[test]
    fn a_clock_written_as_messagepack_is_read() {
        let bytes = hex::decode("82a474797065ac766563746f725f636c6f636ba6636c6f636b7381a16101").unwrap();
        let expected =
            Value::map([("type", Value::text("vector_clock")), ("clocks", Value::map([("a", Value::int(1))]))]);
        assert_eq!(read(&bytes), Ok(expected));
    }

    #[test]
    fn cut_short_or_left_over_is_no_payload() {
        assert_eq!(read(&[0x81, 0xa1]), Err("BAD_JSON"));
        assert_eq!(read(&[0x80, 0x00]), Err("BAD_JSON"));
    }
}
