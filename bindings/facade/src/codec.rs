//! The bytes in which arguments and results cross a border that knows nothing else. `docs/abi.md` is their description.
//!
//! They live for one call between two parts that were built together, and are neither stored nor sent.

use crdt_merge_protocol::{Code, Error, Result};

use crate::datum::Datum;

/// Containers that may be open at once.
const MOST_DEPTH: usize = 200;

const NULL: u8 = 0;
const FALSE: u8 = 1;
const TRUE: u8 = 2;
const INT: u8 = 3;
const BIG: u8 = 4;
const FLOAT: u8 = 5;
const TEXT: u8 = 6;
const BYTES: u8 = 7;
const LIST: u8 = 8;
const MAP: u8 = 9;
const SET: u8 = 10;
const TUPLE: u8 = 11;
const INTS: u8 = 12;
const FLOATS: u8 = 13;
const TEXTS: u8 = 14;

/// First byte of a reply that is a result.
const DONE: u8 = 0;
/// First byte of a reply that is an error.
const FAILED: u8 = 1;

/// Reads the one datum that fills the bytes.
pub fn decode(bytes: &[u8]) -> Result<Datum> {
    let mut reader = Reader { rest: bytes };
    let datum = reader.datum(MOST_DEPTH)?;
    if reader.rest.is_empty() { Ok(datum) } else { Err(malformed("bytes are left over")) }
}

/// The bytes of a datum.
pub fn encode(datum: &Datum) -> Vec<u8> {
    let mut out = Vec::new();
    push(&mut out, datum);
    out
}

/// The reply of an operation: a result, or an error with its code, message and details.
pub fn encode_reply(reply: &Result<Datum>) -> Vec<u8> {
    let mut out = Vec::new();
    match reply {
        Ok(datum) => {
            out.push(DONE);
            push(&mut out, datum);
        }
        Err(error) => {
            out.push(FAILED);
            push(&mut out, &described(error));
        }
    }
    out
}

/// Code, message and details of an error, as a record.
pub fn described(error: &Error) -> Datum {
    let details = error.details().map(|(name, value)| (Datum::text(name), Datum::text(value))).collect();
    Datum::map([
        ("code", Datum::text(error.code().as_str())),
        ("message", Datum::text(error.message())),
        ("detail", Datum::Map(details)),
    ])
}

fn malformed(message: &'static str) -> Error {
    Error::new(Code::BadArgument, message)
}

struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(count).ok_or_else(|| malformed("the arguments end early"))?;
        self.rest = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N]> {
        let (taken, rest) = self.rest.split_first_chunk().ok_or_else(|| malformed("the arguments end early"))?;
        self.rest = rest;
        Ok(*taken)
    }

    /// A count of things that take at least `least` bytes each.
    fn count(&mut self, least: usize) -> Result<usize> {
        let count = u32::from_le_bytes(self.array()?) as usize;
        if count > self.rest.len() / least {
            return Err(malformed("the arguments end early"));
        }
        Ok(count)
    }

    fn text(&mut self) -> Result<String> {
        let length = self.count(1)?;
        owned_text(self.take(length)?)
    }

    fn datum(&mut self, depth: usize) -> Result<Datum> {
        let [tag] = self.array()?;
        let within = depth.checked_sub(1);
        Ok(match tag {
            NULL => Datum::Null,
            FALSE => Datum::Bool(false),
            TRUE => Datum::Bool(true),
            INT => Datum::Int(i64::from_le_bytes(self.array()?)),
            BIG => self.text().and_then(big)?,
            FLOAT => Datum::Float(f64::from_le_bytes(self.array()?)),
            TEXT => Datum::Text(self.text()?),
            BYTES => {
                let length = self.count(1)?;
                Datum::Bytes(self.take(length)?.to_vec())
            }
            LIST => Datum::List(self.items(within)?),
            SET => Datum::Set(self.items(within)?),
            TUPLE => Datum::Tuple(self.items(within)?),
            MAP => {
                let count = self.count(2)?;
                let depth = within.ok_or_else(too_deep)?;
                let pair = |_| Ok((self.datum(depth)?, self.datum(depth)?));
                Datum::Map((0..count).map(pair).collect::<Result<_>>()?)
            }
            INTS => Datum::Ints(self.column(i64::from_le_bytes)?),
            FLOATS => Datum::Floats(self.column(f64::from_le_bytes)?),
            TEXTS => self.texts()?,
            _ => return Err(malformed("no datum has this tag").with("found", tag)),
        })
    }

    fn items(&mut self, depth: Option<usize>) -> Result<Vec<Datum>> {
        let count = self.count(1)?;
        let depth = depth.ok_or_else(too_deep)?;
        (0..count).map(|_| self.datum(depth)).collect()
    }

    fn column<T>(&mut self, of: impl Fn([u8; 8]) -> T) -> Result<Vec<T>> {
        let count = self.count(8)?;
        let (cells, _) = self.take(count * 8)?.as_chunks();
        Ok(cells.iter().map(|cell| of(*cell)).collect())
    }

    /// A column of texts: how many, the length of each, then all of them.
    fn texts(&mut self) -> Result<Datum> {
        let count = self.count(4)?;
        let (lengths, _) = self.take(count * 4)?.as_chunks();
        let texts = lengths.iter().map(|length| owned_text(self.take(u32::from_le_bytes(*length) as usize)?));
        Ok(Datum::Texts(texts.collect::<Result<_>>()?))
    }
}

fn owned_text(bytes: &[u8]) -> Result<String> {
    String::from_utf8(bytes.to_vec()).map_err(|_| Error::new(Code::BadUtf8, "text that is not UTF-8"))
}

/// Canonical decimal text of an integer.
fn big(digits: String) -> Result<Datum> {
    if let Ok(small) = digits.parse::<i64>() {
        return Ok(Datum::Int(small));
    }
    let magnitude = digits.strip_prefix('-').unwrap_or(&digits);
    match !magnitude.starts_with('0') && !magnitude.is_empty() && magnitude.bytes().all(|digit| digit.is_ascii_digit())
    {
        true => Ok(Datum::Big(digits)),
        false => Err(malformed("an integer is decimal digits")),
    }
}

fn too_deep() -> Error {
    Error::new(Code::TooDeep, "too many containers inside each other").with("supported", MOST_DEPTH)
}

fn push_text(out: &mut Vec<u8>, tag: u8, bytes: &[u8]) {
    out.push(tag);
    push_count(out, bytes.len());
    out.extend_from_slice(bytes);
}

/// Results are bounded by what a frame can hold, and arguments by the memory of the host.
fn push_count(out: &mut Vec<u8>, count: usize) {
    out.extend_from_slice(&u32::try_from(count).unwrap_or(u32::MAX).to_le_bytes());
}

fn push_items(out: &mut Vec<u8>, tag: u8, items: &[Datum]) {
    out.push(tag);
    push_count(out, items.len());
    items.iter().for_each(|item| push(out, item));
}

fn push(out: &mut Vec<u8>, datum: &Datum) {
    match datum {
        Datum::Null => out.push(NULL),
        Datum::Bool(false) => out.push(FALSE),
        Datum::Bool(true) => out.push(TRUE),
        Datum::Int(integer) => {
            out.push(INT);
            out.extend_from_slice(&integer.to_le_bytes());
        }
        Datum::Float(float) => {
            out.push(FLOAT);
            out.extend_from_slice(&float.to_le_bytes());
        }
        Datum::Big(digits) => push_text(out, BIG, digits.as_bytes()),
        Datum::Text(words) => push_text(out, TEXT, words.as_bytes()),
        Datum::Bytes(bytes) => push_text(out, BYTES, bytes),
        Datum::List(items) => push_items(out, LIST, items),
        Datum::Set(items) => push_items(out, SET, items),
        Datum::Tuple(items) => push_items(out, TUPLE, items),
        Datum::Map(pairs) => {
            out.push(MAP);
            push_count(out, pairs.len());
            for (key, value) in pairs {
                push(out, key);
                push(out, value);
            }
        }
        Datum::Ints(column) => {
            out.push(INTS);
            push_count(out, column.len());
            column.iter().for_each(|cell| out.extend_from_slice(&cell.to_le_bytes()));
        }
        Datum::Floats(column) => {
            out.push(FLOATS);
            push_count(out, column.len());
            column.iter().for_each(|cell| out.extend_from_slice(&cell.to_le_bytes()));
        }
        Datum::Texts(column) => {
            out.push(TEXTS);
            push_count(out, column.len());
            column.iter().for_each(|text| push_count(out, text.len()));
            column.iter().for_each(|text| out.extend_from_slice(text.as_bytes()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn everything() -> Datum {
        Datum::List(vec![
            Datum::Null,
            Datum::Bool(true),
            Datum::Bool(false),
            Datum::Int(i64::MIN),
            Datum::Big("18446744073709551616".into()),
            Datum::Float(-0.0),
            Datum::text("é"),
            Datum::Bytes(vec![0, 255]),
            Datum::Map(vec![(Datum::Int(1), Datum::Set(vec![Datum::Null]))]),
            Datum::Tuple(vec![]),
            Datum::Ints(vec![-1, i64::MAX]),
            Datum::Floats(vec![0.5]),
            Datum::Texts(vec!["".into(), "ab".into()]),
        ])
    }

    #[test]
    fn what_is_written_is_read() {
        assert_eq!(decode(&encode(&everything())), Ok(everything()));
    }

    #[test]
    fn cut_and_changed_bytes_are_refused_or_read() {
        let bytes = encode(&everything());
        for end in 0..bytes.len() {
            assert!(decode(&bytes[..end]).is_err(), "cut at {end}");
        }
        for place in 0..bytes.len() {
            for change in 1..=255 {
                let mut bytes = bytes.clone();
                bytes[place] ^= change;
                let _ = decode(&bytes);
            }
        }
    }

    #[test]
    fn depth_is_bounded() {
        let nested = [[LIST, 1, 0, 0, 0].repeat(MOST_DEPTH + 1), vec![NULL]].concat();
        assert_eq!(decode(&nested).unwrap_err().code(), Code::TooDeep);
    }
}
