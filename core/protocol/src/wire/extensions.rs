//! Fields behind the ones a schema knows: carried, joined and written by nodes that do not know them.

use super::body::{BodyReader, push_bytes, push_varint};
use super::sink::Sink;
use crate::error::{Code, Error, Result};

/// The extension field in which kinds with a compaction floor write it.
pub(crate) const FLOOR_ID: u64 = 1;

/// Extension fields with an even number: nodes that do not know them carry them on.
///
/// Their join is fixed for ever, so that nodes that know a field and nodes that do not agree: the greater bytes win, and a
/// field that is there wins over none.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Extensions(Option<Box<Fields>>);

/// Fields by number.
type Fields = Vec<(u64, Vec<u8>)>;

/// What stands behind the fields of a body.
#[derive(Debug, Default)]
pub(crate) struct Tail<'a> {
    pub(crate) carried: Extensions,
    /// The content of the field [`FLOOR_ID`] and where it starts.
    pub(crate) floor: Option<(&'a [u8], usize)>,
}

impl Extensions {
    /// No fields.
    pub const NONE: &'static Extensions = &Extensions(None);

    /// No fields.
    pub const fn new() -> Self {
        Extensions(None)
    }

    /// Whether there are no fields.
    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// The fields by number.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (u64, &[u8])> {
        self.fields().iter().map(|(id, bytes)| (*id, bytes.as_slice()))
    }

    fn fields(&self) -> &[(u64, Vec<u8>)] {
        self.0.as_deref().map_or(&[], Vec::as_slice)
    }

    /// Puts a field in.
    ///
    /// Fails with `BAD_ARGUMENT` when the number is 0 or odd: such fields have a meaning of their own.
    pub fn insert(&mut self, id: u64, bytes: Vec<u8>) -> Result<()> {
        if id == 0 || id % 2 == 1 {
            return Err(Error::new(Code::BadArgument, "a carried field has an even number above 0").with("found", id));
        }
        self.raise(id, bytes);
        Ok(())
    }

    /// Puts a field in unless there are greater bytes; true if that changed something.
    fn raise(&mut self, id: u64, bytes: Vec<u8>) -> bool {
        let fields = self.0.get_or_insert_default();
        match fields.binary_search_by_key(&id, |(known, _)| *known) {
            Ok(place) => match fields.get_mut(place) {
                Some((_, here)) if *here < bytes => {
                    *here = bytes;
                    true
                }
                _ => false,
            },
            Err(place) => {
                fields.insert(place, (id, bytes));
                true
            }
        }
    }

    /// Joins the fields of another state; true if something changed.
    #[inline]
    pub fn join(&mut self, other: &Extensions) -> bool {
        if other.is_empty() {
            return false;
        }
        other.iter().fold(false, |changed, (id, bytes)| self.raise(id, bytes.to_vec()) | changed)
    }

    /// Appends the count of fields and the fields, a floor among them if there is one.
    #[inline]
    pub(crate) fn write<S: Sink>(&self, out: &mut S, floor: Option<&[u8]>) {
        push_varint(out, (self.fields().len() + usize::from(floor.is_some())) as u64);
        if let Some(floor) = floor {
            push_varint(out, FLOOR_ID);
            push_bytes(out, floor);
        }
        for (id, bytes) in self.iter() {
            push_varint(out, id);
            push_bytes(out, bytes);
        }
    }
}

impl<'a> Tail<'a> {
    /// Reads what [`Extensions::write`] writes. Odd numbers other than the floor's are `UNKNOWN_FIELD`.
    #[inline]
    pub(crate) fn read(reader: &mut BodyReader<'a>) -> Result<Self> {
        let mut tail = Tail::default();
        let mut last = 0;
        for index in 0..reader.count(2)? {
            let start = reader.offset();
            let id = reader.varint()?;
            check_id(id, last, index, start)?;
            last = id;
            let bytes = reader.bytes()?;
            if id == FLOOR_ID {
                tail.floor = Some((bytes, reader.offset() - bytes.len()));
            } else {
                tail.carried.0.get_or_insert_default().push((id, bytes.to_vec()));
            }
        }
        Ok(tail)
    }
}

fn check_id(id: u64, last: u64, index: usize, start: usize) -> Result<()> {
    let (code, fault) = if id == 0 {
        (Code::BadSchema, "extension fields are numbered from 1")
    } else if index > 0 && id <= last {
        (Code::NotCanonical, "extension fields ascend and stand once")
    } else if id % 2 == 1 && id != FLOOR_ID {
        (Code::UnknownField, "a field with an odd number has to be understood")
    } else {
        return Ok(());
    };
    Err(Error::at(code, start, fault).with("field", id))
}

/// The error for a field that this kind does not know and must not pass over.
#[cold]
pub(crate) fn unknown_field(id: u64, offset: usize) -> Error {
    Error::at(Code::UnknownField, offset, "this kind has no such field").with("field", id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::DecodeOptions;

    fn read(bytes: &[u8]) -> Result<Extensions> {
        let mut reader = BodyReader::new(bytes, 0, &DecodeOptions::strict());
        Tail::read(&mut reader).map(|tail| tail.carried)
    }

    #[test]
    fn greater_bytes_win_and_absent_loses() -> Result<()> {
        let (mut a, mut b) = (Extensions::new(), Extensions::new());
        a.insert(2, vec![1])?;
        b.insert(2, vec![1, 0])?;
        b.insert(4, vec![])?;
        let mut other = b.clone();
        assert!(a.join(&b) && !other.join(&a));
        assert_eq!(a, other);
        assert_eq!(a.insert(3, vec![]).unwrap_err().code(), Code::BadArgument);
        Ok(())
    }

    #[test]
    fn only_ascending_even_fields_are_carried() -> Result<()> {
        let mut out = Vec::new();
        read(&[2, 2, 1, 9, 4, 0])?.write(&mut out, None);
        assert_eq!(out, [2, 2, 1, 9, 4, 0]);
        let code = |bytes: &[u8]| read(bytes).unwrap_err().code();
        assert_eq!(code(&[1, 0, 0]), Code::BadSchema);
        assert_eq!(code(&[1, 3, 0]), Code::UnknownField);
        assert_eq!(code(&[2, 4, 0, 2, 0]), Code::NotCanonical);
        assert_eq!(code(&[2, 2, 0, 2, 0]), Code::NotCanonical);
        assert_eq!(code(&[9, 2, 0]), Code::Truncated);
        Ok(())
    }
}
