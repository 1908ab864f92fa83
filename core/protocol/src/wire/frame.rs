//! The twelve-byte header and the frame around a payload.

use std::borrow::Cow;

use super::options::{Compression, DecodeOptions};
use super::version2::{Frame2, VERSION_2};
use super::zlib;
use crate::error::{Code, Error, Result};
use crate::generated::Tag;

/// First four bytes of every frame.
pub const MAGIC: [u8; 4] = *b"CRDT";
/// Bytes of a header.
pub const HEADER_BYTES: usize = 12;
/// The first version of the wire.
pub const VERSION: u16 = 1;

const FLAG_ZLIB: u8 = 1;
/// What an unknown tag is called by [`peek_type`] and [`inspect`].
const UNKNOWN_NAME: &str = "generic";
/// The same in version 2, where a tag that is not known is no generic frame.
const UNKNOWN_LATER: &str = "unknown";

/// What a header says.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct FrameInfo {
    /// Name of the type; for tags that are not known `generic` in version 1 and `unknown` later.
    pub type_name: &'static str,
    /// The type tag.
    pub tag: u8,
    /// Protocol version of the frame.
    pub version: u16,
    /// The flags byte.
    pub flags: u8,
    /// Whether the payload is a zlib stream.
    pub is_compressed: bool,
    /// The payload length that the header states.
    pub payload_bytes: u32,
    /// Bytes handed in, which may be more or fewer than the frame.
    pub total_bytes: usize,
}

/// The type name of a frame by its tag alone; nothing but magic and length of the header is checked.
///
/// ```
/// # use crdt_merge_protocol::wire::peek_type;
/// assert_eq!(peek_type(b"CRDT\x00\x01\x40\x00\x00\x00\x00\x00")?, "vector_clock");
/// # Ok::<(), crdt_merge_protocol::Error>(())
/// ```
pub fn peek_type(bytes: &[u8]) -> Result<&'static str> {
    Ok(inspect(bytes)?.type_name)
}

/// Everything a header says, without looking at the payload.
///
/// Fails with `TOO_SHORT` or `BAD_MAGIC` only.
pub fn inspect(bytes: &[u8]) -> Result<FrameInfo> {
    let header = header_of(bytes)?;
    Ok(FrameInfo {
        type_name: type_name(&header),
        tag: header.tag,
        version: header.version,
        flags: header.flags,
        is_compressed: header.flags & FLAG_ZLIB != 0,
        payload_bytes: header.length,
        total_bytes: bytes.len(),
    })
}

/// The name of the kind; version 1 has a name for tags it does not know.
fn type_name(header: &Header) -> &'static str {
    match Tag::from_byte(header.tag) {
        Some(tag) if header.version >= VERSION_2 || tag.is_in_v1() => tag.name(),
        _ if header.version == VERSION_2 => UNKNOWN_LATER,
        _ => UNKNOWN_NAME,
    }
}

/// The fields of a header, not checked but for the magic bytes.
pub(super) struct Header {
    pub(super) version: u16,
    pub(super) tag: u8,
    pub(super) flags: u8,
    pub(super) length: u32,
}

#[inline]
fn header_of(bytes: &[u8]) -> Result<Header> {
    let Some(&[m0, m1, m2, m3, v0, v1, tag, flags, l0, l1, l2, l3]) = bytes.first_chunk::<HEADER_BYTES>() else {
        return Err(Error::at(Code::TooShort, bytes.len(), "a frame has at least 12 bytes").with("found", bytes.len()));
    };
    if [m0, m1, m2, m3] != MAGIC {
        return Err(Error::at(Code::BadMagic, 0, "a frame starts with the bytes CRDT"));
    }
    Ok(Header { version: u16::from_be_bytes([v0, v1]), tag, flags, length: u32::from_be_bytes([l0, l1, l2, l3]) })
}

/// A frame whose header has been checked; the payload may still be compressed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Frame<'a> {
    pub(crate) tag: Tag,
    /// The payload as it stands in the frame.
    pub(crate) stored: &'a [u8],
    pub(crate) is_compressed: bool,
}

impl<'a> Frame<'a> {
    /// The frame at the start of the input, whose header has been read, and the number of bytes it takes.
    fn parse_prefix(bytes: &'a [u8], header: &Header, options: &DecodeOptions) -> Result<(Self, usize)> {
        check_version(header.version, options)?;
        if header.flags & !FLAG_ZLIB != 0 && !options.is_lenient() {
            return Err(
                Error::at(Code::BadFlags, 7, "only flag 0 has a meaning in version 1").with("found", header.flags)
            );
        }
        let tag = Tag::from_byte(header.tag).filter(|tag| tag.is_in_v1()).ok_or_else(|| {
            Error::at(Code::UnknownType, 6, "version 1 has no such type tag")
                .with("found", format_args!("{:#04x}", header.tag))
        })?;
        let length = usize::try_from(header.length).unwrap_or(usize::MAX);
        let end = HEADER_BYTES.saturating_add(length);
        let stored = bytes.get(HEADER_BYTES..end).ok_or_else(|| short_payload(bytes.len(), length))?;
        Ok((Frame { tag, stored, is_compressed: header.flags & FLAG_ZLIB != 0 }, end))
    }

    /// The payload, inflated if need be.
    pub(crate) fn payload(&self, options: &DecodeOptions) -> Result<Cow<'a, [u8]>> {
        if self.is_compressed {
            zlib::inflate(self.stored, HEADER_BYTES, options).map(Cow::Owned)
        } else {
            Ok(Cow::Borrowed(self.stored))
        }
    }

    /// The frame's tag, which has to be the one asked for.
    pub(crate) fn expect(self, tag: Tag) -> Result<Self> {
        if self.tag == tag {
            return Ok(self);
        }
        Err(Error::new(Code::TypeMismatch, "the frame holds another type")
            .with("expected", tag.name())
            .with("found", self.tag.name()))
    }
}

/// A frame of either version.
#[derive(Debug, Clone, Copy)]
pub(crate) enum AnyFrame<'a> {
    First(Frame<'a>),
    Second(Frame2<'a>),
}

impl<'a> AnyFrame<'a> {
    /// The frame at the start of the input and the number of bytes it takes.
    pub(crate) fn parse_prefix(bytes: &'a [u8], options: &DecodeOptions) -> Result<(Self, usize)> {
        AnyFrame::parse_prefix_as(None, bytes, options)
    }

    /// As [`AnyFrame::parse_prefix`]; in version 2 the frame has to be of the kind that is asked for, if one is.
    #[inline]
    pub(crate) fn parse_prefix_as(
        asked: Option<Tag>,
        bytes: &'a [u8],
        options: &DecodeOptions,
    ) -> Result<(Self, usize)> {
        let (frame, end) = AnyFrame::parse_unchecked(asked, bytes, options)?;
        frame.check_trailer(bytes.get(..end).unwrap_or(bytes))?;
        Ok((frame, end))
    }

    /// The frame that fills the input.
    pub(crate) fn parse(bytes: &'a [u8], options: &DecodeOptions) -> Result<Self> {
        AnyFrame::parse_as(None, bytes, options)
    }

    /// As [`AnyFrame::parse`]; in version 2 the frame has to be of the kind that is asked for, if one is.
    #[inline]
    pub(crate) fn parse_as(asked: Option<Tag>, bytes: &'a [u8], options: &DecodeOptions) -> Result<Self> {
        let (frame, end) = AnyFrame::parse_unchecked(asked, bytes, options)?;
        if end < bytes.len() && !options.is_lenient() {
            return Err(Error::at(Code::TrailingBytes, end, "bytes after the frame"));
        }
        frame.check_trailer(bytes.get(..end).unwrap_or(bytes))?;
        Ok(frame)
    }

    #[inline]
    fn parse_unchecked(asked: Option<Tag>, bytes: &'a [u8], options: &DecodeOptions) -> Result<(Self, usize)> {
        let header = header_of(bytes)?;
        if header.version == VERSION_2 {
            return Frame2::parse_prefix(bytes, &header, asked).map(|(frame, end)| (AnyFrame::Second(frame), end));
        }
        Frame::parse_prefix(bytes, &header, options).map(|(frame, end)| (AnyFrame::First(frame), end))
    }

    /// The type tag.
    pub(crate) fn tag(&self) -> u8 {
        match self {
            AnyFrame::First(first) => first.tag.byte(),
            AnyFrame::Second(second) => second.tag,
        }
    }

    #[inline]
    fn check_trailer(&self, frame: &[u8]) -> Result<()> {
        match self {
            AnyFrame::First(_) => Ok(()),
            AnyFrame::Second(second) => second.check_trailer(frame),
        }
    }
}

fn check_version(version: u16, options: &DecodeOptions) -> Result<()> {
    if version == VERSION || (options.is_lenient() && version == 0) {
        return Ok(());
    }
    Err(Error::at(Code::BadVersion, 4, "expected version 1 or 2").with("found", version))
}

fn short_payload(len: usize, expected: usize) -> Error {
    Error::at(Code::Truncated, len, "the payload ends early")
        .with("expected", expected)
        .with("found", len - HEADER_BYTES)
}

/// Appends a frame whose payload `write` appends.
///
/// Fails with `TOO_LARGE` when the payload does not fit the length field, and leaves `out` as it was on every failure.
pub(crate) fn write_frame(
    out: &mut Vec<u8>,
    tag: Tag,
    compression: Compression,
    write: impl FnOnce(&mut Vec<u8>) -> Result<()>,
) -> Result<()> {
    let start = out.len();
    out.extend_from_slice(&header(tag));
    let written = write(out).and_then(|()| seal(out, start, compression));
    if written.is_err() {
        out.truncate(start);
    }
    written
}

/// A header without flags and length.
const fn header(tag: Tag) -> [u8; HEADER_BYTES] {
    let [m0, m1, m2, m3] = MAGIC;
    let [v0, v1] = VERSION.to_be_bytes();
    [m0, m1, m2, m3, v0, v1, tag.byte(), 0, 0, 0, 0, 0]
}

/// Compresses the payload if asked to and writes the flags and the length.
fn seal(out: &mut Vec<u8>, start: usize, compression: Compression) -> Result<()> {
    let body = start + HEADER_BYTES;
    let stream = match compression {
        Compression::None => None,
        Compression::Zlib => out.get(body..).and_then(zlib::deflate),
    };
    if let Some(stream) = &stream {
        out.truncate(body);
        out.extend_from_slice(stream);
    }
    let length = u32::try_from(out.len() - body)
        .map_err(|_| Error::new(Code::TooLarge, "a payload of version 1 has less than 4 GiB"))?;
    if let Some(tail) = out.get_mut(start + 7..body) {
        let [l0, l1, l2, l3] = length.to_be_bytes();
        tail.copy_from_slice(&[u8::from(stream.is_some()), l0, l1, l2, l3]);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(bytes: &[u8]) -> Code {
        AnyFrame::parse(bytes, &DecodeOptions::strict()).unwrap_err().code()
    }

    #[test]
    fn the_first_fault_in_order_is_reported() {
        assert_eq!(code(b"XRDT"), Code::TooShort);
        assert_eq!(code(b"XRDT\0\x09\xee\xff\0\0\0\x09"), Code::BadMagic);
        assert_eq!(code(b"CRDT\0\x09\xee\xff\0\0\0\x09"), Code::BadVersion);
        assert_eq!(code(b"CRDT\0\x01\xee\xff\0\0\0\x09"), Code::BadFlags);
        assert_eq!(code(b"CRDT\0\x01\xee\x01\0\0\0\x09"), Code::UnknownType);
        assert_eq!(code(b"CRDT\0\x01\x20\x01\0\0\0\x09"), Code::Truncated);
        assert_eq!(code(b"CRDT\0\x01\x20\x01\0\0\0\x00x"), Code::TrailingBytes);
    }

    #[test]
    fn a_failed_write_leaves_the_buffer_as_it_was() {
        let mut out = vec![1, 2];
        let failed = write_frame(&mut out, Tag::Generic, Compression::None, |out| {
            out.push(9);
            Err(Error::new(Code::NotInV1, "no"))
        });
        assert!(failed.is_err());
        assert_eq!(out, [1, 2]);
    }
}
