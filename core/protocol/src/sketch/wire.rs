//! Bytes as version 1 writes them in sketches: a list with an integer for each.

use crate::error::{Error, Result};
use crate::wire::{Item, Reader, push_int, push_list_header};

pub(crate) fn push_byte_list(out: &mut Vec<u8>, bytes: &[u8]) {
    push_list_header(out, bytes.len());
    bytes.iter().for_each(|byte| push_int(out, i64::from(*byte)));
}

/// Reads a list of integers from 0 to 255, or a value of bytes, which other writers may choose.
pub(crate) fn read_bytes(reader: &mut Reader<'_>, name: &str) -> Result<Vec<u8>> {
    match reader.item()? {
        Item::Bytes(bytes) => Ok(bytes.to_vec()),
        Item::List(count) => {
            reader.open();
            // Grows with what is read, not with what is promised.
            let bytes = (0..count).map(|_| read_byte(reader, name)).collect();
            reader.close();
            bytes
        }
        _ => Err(reader.mistyped(name, "expected a list of integers or bytes")),
    }
}

fn read_byte(reader: &mut Reader<'_>, name: &str) -> Result<u8> {
    let value = reader.int(name)?;
    u8::try_from(value).map_err(|_| reader.mistyped(name, "expected integers from 0 to 255").with("found", value))
}

/// A field without which there is no sketch.
#[cold]
pub(crate) fn missing(field: &str) -> Error {
    Error::schema(field, "the field is missing")
}
