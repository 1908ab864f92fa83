//! Frames of version 2: header, body or slice of a body, trailer.

use std::borrow::Cow;

use sha2::{Digest, Sha256};

use super::body::BodyReader;
use super::extensions::Tail;
use super::frame::{HEADER_BYTES, Header as RawHeader, MAGIC};
use super::options::{Compression, DecodeOptions, EncodeOptions};
use super::zlib;
use crate::error::{Code, Error, Result};
use crate::generated::Tag;

/// The version this module reads and writes.
pub const VERSION_2: u16 = 2;
/// The schema of every body in this release.
pub(crate) const SCHEMA: u64 = 1;
/// Bytes of a trailer.
pub(super) const TRAILER_BYTES: usize = 16;

const FLAG_ZLIB: u8 = 1;
const FLAG_TRAILER: u8 = 2;
pub(super) const FLAG_CHUNK: u8 = 4;
/// The length that no frame has: longer bodies are hashed with their length as 64 bits behind the header.
const NO_LENGTH: u32 = u32::MAX;
const LONG_HEADER_BYTES: usize = HEADER_BYTES + 8;

/// The header that a state id is made over.
pub(crate) struct Header {
    bytes: [u8; LONG_HEADER_BYTES],
    len: usize,
}

impl Header {
    /// The header of the canonical frame: no flags.
    pub(crate) fn canonical(tag: u8, body: usize) -> Self {
        let mut bytes = [0; LONG_HEADER_BYTES];
        let short = u32::try_from(body).unwrap_or(NO_LENGTH);
        bytes[..HEADER_BYTES].copy_from_slice(&header(tag, 0, short));
        bytes[HEADER_BYTES..].copy_from_slice(&(body as u64).to_be_bytes());
        Header { bytes, len: if short == NO_LENGTH { LONG_HEADER_BYTES } else { HEADER_BYTES } }
    }

    pub(crate) fn as_slice(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or(&self.bytes)
    }
}

const fn header(tag: u8, flags: u8, length: u32) -> [u8; HEADER_BYTES] {
    let ([m0, m1, m2, m3], [v0, v1], [l0, l1, l2, l3]) = (MAGIC, VERSION_2.to_be_bytes(), length.to_be_bytes());
    [m0, m1, m2, m3, v0, v1, tag, flags, l0, l1, l2, l3]
}

/// A frame whose header and trailer have been checked; its content may still be compressed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Frame2<'a> {
    pub(crate) tag: u8,
    /// What stands between header and trailer.
    pub(crate) stored: &'a [u8],
    pub(crate) is_compressed: bool,
    pub(crate) has_trailer: bool,
    pub(crate) is_chunk: bool,
}

impl<'a> Frame2<'a> {
    /// The frame at the start of the input, whose header has been read, and the number of bytes it takes.
    ///
    /// Where one kind is `asked` for, another one is noticed before the length is looked at.
    #[inline]
    pub(super) fn parse_prefix(bytes: &'a [u8], header: &RawHeader, asked: Option<Tag>) -> Result<(Self, usize)> {
        check_header(header, asked)?;
        let length = usize::try_from(header.length).unwrap_or(usize::MAX);
        let end = HEADER_BYTES.saturating_add(length);
        let content = bytes.get(HEADER_BYTES..end).ok_or_else(|| {
            Error::at(Code::Truncated, bytes.len(), "the frame ends early")
                .with("expected", length)
                .with("found", bytes.len() - HEADER_BYTES)
        })?;
        let has_trailer = header.flags & FLAG_TRAILER != 0;
        let stored = if has_trailer { without_trailer(content)? } else { content };
        let frame = Frame2 {
            tag: header.tag,
            stored,
            is_compressed: header.flags & FLAG_ZLIB != 0,
            has_trailer,
            is_chunk: header.flags & FLAG_CHUNK != 0,
        };
        Ok((frame, end))
    }

    /// Checks the trailer of the frame, whose bytes are given, if it has one.
    pub(super) fn check_trailer(&self, frame: &[u8]) -> Result<()> {
        if !self.has_trailer {
            return Ok(());
        }
        let place = frame.len().saturating_sub(TRAILER_BYTES);
        let (sent, trailer) = frame.split_at_checked(place).unwrap_or((frame, &[]));
        if trailer_of(sent) == *trailer {
            return Ok(());
        }
        Err(Error::at(Code::BadIntegrity, place, "the trailer does not fit the bytes before it"))
    }

    /// The body, inflated if need be. A chunk holds none.
    pub(crate) fn body(&self, options: &DecodeOptions) -> Result<Cow<'a, [u8]>> {
        if self.is_chunk {
            return Err(Error::at(Code::ChunkMismatch, 7, "a chunk is a part of a frame: the whole stream is needed"));
        }
        self.inflated(self.stored, HEADER_BYTES, options)
    }

    /// Bytes of this frame, inflated if the frame is compressed.
    pub(super) fn inflated(&self, bytes: &'a [u8], base: usize, options: &DecodeOptions) -> Result<Cow<'a, [u8]>> {
        if self.is_compressed {
            zlib::inflate(bytes, base, &options.strictly()).map(Cow::Owned)
        } else {
            Ok(Cow::Borrowed(bytes))
        }
    }
}

/// The name of a tag, or its number.
pub(crate) fn tag_name(tag: u8) -> Cow<'static, str> {
    Tag::from_byte(tag).map_or_else(|| Cow::Owned(format!("{tag:#04x}")), |tag| Cow::Borrowed(tag.name()))
}

#[inline]
fn check_header(header: &RawHeader, asked: Option<Tag>) -> Result<()> {
    if header.flags & !(FLAG_ZLIB | FLAG_TRAILER | FLAG_CHUNK) != 0 {
        return Err(Error::at(Code::BadFlags, 7, "flags above 2 have no meaning").with("found", header.flags));
    }
    if header.tag == 0 || header.tag == u8::MAX {
        return Err(Error::at(Code::UnknownType, 6, "no kind ever has this tag")
            .with("found", format_args!("{:#04x}", header.tag)));
    }
    if let Some(asked) = asked.filter(|asked| asked.byte() != header.tag) {
        return Err(Error::new(Code::TypeMismatch, "the frame holds another type")
            .with("expected", asked.name())
            .with("found", tag_name(header.tag)));
    }
    if header.length == NO_LENGTH {
        return Err(Error::at(Code::TooLarge, 8, "a frame has less than 4 GiB; what is longer travels in chunks"));
    }
    Ok(())
}

fn without_trailer(content: &[u8]) -> Result<&[u8]> {
    let place = content.len().checked_sub(TRAILER_BYTES);
    place
        .and_then(|place| content.get(..place))
        .ok_or_else(|| Error::at(Code::Truncated, HEADER_BYTES + content.len(), "the frame ends inside its trailer"))
}

fn trailer_of(sent: &[u8]) -> [u8; TRAILER_BYTES] {
    let digest = Sha256::digest(sent);
    let mut trailer = [0; TRAILER_BYTES];
    trailer.iter_mut().zip(digest).for_each(|(to, from)| *to = from);
    trailer
}

/// Reads a body with `read`, which takes the fields of schema 1, and what stands behind the fields.
#[inline]
pub(crate) fn read_body<'b, T>(
    body: &'b [u8],
    base: usize,
    options: &DecodeOptions,
    read: impl FnOnce(&mut BodyReader<'b>) -> Result<T>,
) -> Result<(T, Tail<'b>)> {
    let mut reader = BodyReader::new(body, base, options);
    let schema = reader.varint()?;
    if schema != SCHEMA {
        return Err(other_schema(schema, base));
    }
    let contents = read(&mut reader)?;
    let tail = Tail::read(&mut reader)?;
    reader.finish()?;
    Ok((contents, tail))
}

#[cold]
fn other_schema(schema: u64, base: usize) -> Error {
    let (code, fault) = match schema {
        0 => (Code::BadSchema, "schemas are numbered from 1"),
        _ => (Code::UnsupportedSchema, "the body is written in a newer schema"),
    };
    Error::at(code, base, fault).with("found", schema).with("supported", SCHEMA)
}

/// Appends a frame whose body `write` appends; the buffer is left as it was on failure.
///
/// Fails with `TOO_LARGE` when the body is of 4 GiB and more.
pub(crate) fn write_frame2(
    out: &mut Vec<u8>,
    tag: u8,
    options: &EncodeOptions,
    write: impl FnOnce(&mut Vec<u8>) -> Result<()>,
) -> Result<()> {
    let start = out.len();
    write_hashed_form(out, tag, options, write)?;
    if out.get(start + 8..start + HEADER_BYTES) != Some(&NO_LENGTH.to_be_bytes()) {
        return Ok(());
    }
    out.truncate(start);
    Err(Error::new(Code::TooLarge, "a frame has less than 4 GiB; what is longer travels in chunks"))
}

/// As [`write_frame2`], but a body of 4 GiB and more gives the form that is only hashed: it is no frame, and no reader takes it.
pub(crate) fn write_hashed_form(
    out: &mut Vec<u8>,
    tag: u8,
    options: &EncodeOptions,
    write: impl FnOnce(&mut Vec<u8>) -> Result<()>,
) -> Result<()> {
    let start = out.len();
    out.extend_from_slice(&header(tag, 0, 0));
    let written = write(out);
    match written {
        Ok(()) => seal(out, start, options),
        Err(_) => out.truncate(start),
    }
    written
}

fn seal(out: &mut Vec<u8>, start: usize, options: &EncodeOptions) {
    let body = start + HEADER_BYTES;
    let mut flags = 0;
    if options.compression == Compression::Zlib
        && let Some(stream) = out.get(body..).and_then(zlib::deflate)
    {
        out.truncate(body);
        out.extend_from_slice(&stream);
        flags |= FLAG_ZLIB;
    }
    finish(out, start, flags, options.has_trailer);
}

/// Fills in flags and length of the frame that starts at `start`, and appends its trailer if it is to have one.
pub(super) fn finish(out: &mut Vec<u8>, start: usize, flags: u8, has_trailer: bool) {
    let body = start + HEADER_BYTES;
    let content = out.len() - body;
    let trailer = if has_trailer { TRAILER_BYTES } else { 0 };
    let length = u32::try_from(content + trailer).ok().filter(|length| *length != NO_LENGTH);
    let Some(length) = length else { return make_long(out, body, content) };
    if let Some(tail) = out.get_mut(start + 7..body) {
        let [l0, l1, l2, l3] = length.to_be_bytes();
        tail.copy_from_slice(&[flags | if has_trailer { FLAG_TRAILER } else { 0 }, l0, l1, l2, l3]);
    }
    if has_trailer {
        let trailer = trailer_of(out.get(start..).unwrap_or_default());
        out.extend_from_slice(&trailer);
    }
}

/// The form of a body that fits no frame.
#[cold]
fn make_long(out: &mut Vec<u8>, body: usize, content: usize) {
    if let Some(length) = out.get_mut(body - 4..body) {
        length.copy_from_slice(&NO_LENGTH.to_be_bytes());
    }
    out.splice(body..body, (content as u64).to_be_bytes());
}
