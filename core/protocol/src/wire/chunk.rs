//! Chunks: one frame as a stream of frames, for bodies that are too long for one, or for transports with small messages.

use std::collections::BTreeMap;

use super::body::{BodyReader, push_varint};
use super::frame::{AnyFrame, HEADER_BYTES};
use super::options::{Compression, DecodeOptions};
use super::state_id::StateId;
use super::version2::{FLAG_CHUNK, Frame2, Header, finish};
use super::zlib;
use crate::error::{Code, Error, Result};
use crate::generated::limit;

const FLAG_ZLIB: u8 = 1;
/// Bytes of a stream id.
const STREAM_ID_BYTES: usize = 16;

/// How a frame is cut into chunks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChunkOptions {
    /// Bytes of the body in each chunk but the last, from 1 to [`limit::MOST_CHUNK_BYTES`].
    pub slice_bytes: usize,
    /// Whether each slice is tried as a zlib stream.
    pub compression: Compression,
    /// Whether each chunk has a trailer.
    pub has_trailer: bool,
}

impl Default for ChunkOptions {
    fn default() -> Self {
        ChunkOptions { slice_bytes: limit::CHUNK_BYTES, compression: Compression::None, has_trailer: false }
    }
}

/// Cuts a canonical frame of version 2 into chunk frames, in order.
///
/// The stream is named by the state id, so that two senders of one state name it alike. Fails as decoding does when the input is
/// no canonical frame, and with `BAD_ARGUMENT` on a slice size out of bounds.
pub fn split_frame(frame: &[u8], options: &ChunkOptions) -> Result<Vec<Vec<u8>>> {
    let AnyFrame::Second(parsed) = AnyFrame::parse(frame, &DecodeOptions::strict())? else {
        return Err(Error::at(Code::BadVersion, 4, "only frames of version 2 are cut into chunks"));
    };
    let body = parsed.body(&DecodeOptions::strict())?;
    split_body(parsed.tag, &body, options)
}

/// Cuts the body of a frame into chunk frames, in order.
pub(crate) fn split_body(tag: u8, body: &[u8], options: &ChunkOptions) -> Result<Vec<Vec<u8>>> {
    if !(1..=limit::MOST_CHUNK_BYTES).contains(&options.slice_bytes) {
        return Err(Error::new(Code::BadArgument, "a chunk holds 1 byte to 64 MiB of the body")
            .with("found", options.slice_bytes));
    }
    let id = StateId::of_body(tag, body);
    let last = body.len().div_ceil(options.slice_bytes).max(1) - 1;
    let slices = body.chunks(options.slice_bytes);
    Ok(slices
        .enumerate()
        .map(|(index, slice)| chunk(tag, body.len(), &id, index, index == last, slice, options))
        .collect())
}

fn chunk(
    tag: u8,
    total: usize,
    id: &StateId,
    index: usize,
    is_last: bool,
    slice: &[u8],
    options: &ChunkOptions,
) -> Vec<u8> {
    let mut out = Header::canonical(tag, 0).as_slice().to_vec();
    out.extend_from_slice(id.as_bytes().first_chunk::<STREAM_ID_BYTES>().unwrap_or(&[0; STREAM_ID_BYTES]));
    push_varint(&mut out, index as u64);
    out.push(u8::from(is_last));
    if is_last {
        push_varint(&mut out, total as u64);
        out.extend_from_slice(id.as_bytes());
    }
    let stream = if options.compression == Compression::Zlib { zlib::deflate(slice) } else { None };
    out.extend_from_slice(stream.as_deref().unwrap_or(slice));
    let flags = FLAG_CHUNK | if stream.is_some() { FLAG_ZLIB } else { 0 };
    finish(&mut out, 0, flags, options.has_trailer);
    out
}

/// Puts chunk frames, which may come in any order and more than once, together again.
///
/// Nothing of a stream is handed out before all of it is there and its length and state id fit.
#[derive(Debug, Clone)]
pub struct ChunkAssembler {
    options: DecodeOptions,
    stream: Option<Stream>,
}

#[derive(Debug, Clone)]
struct Stream {
    id: [u8; STREAM_ID_BYTES],
    tag: u8,
    slices: BTreeMap<u64, Vec<u8>>,
    bytes: usize,
    end: Option<End>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct End {
    index: u64,
    total: u64,
    state_id: [u8; 32],
}

struct Chunk<'a> {
    stream: [u8; STREAM_ID_BYTES],
    tag: u8,
    index: u64,
    end: Option<End>,
    slice: std::borrow::Cow<'a, [u8]>,
}

impl ChunkAssembler {
    /// An assembler for one stream. What its body may grow to is the limit of inflated bytes.
    pub const fn new(options: DecodeOptions) -> Self {
        ChunkAssembler { options, stream: None }
    }

    /// Takes one chunk frame; gives the canonical frame when it was the last one missing, and is then ready for another stream.
    ///
    /// Fails with `CHUNK_MISMATCH` when the chunk is of another stream, contradicts an earlier one, or the whole does not fit its
    /// announced length and id; with `TOO_LARGE` beyond the limits. The chunks collected before stay, unless the whole was wrong.
    pub fn push(&mut self, frame: &[u8]) -> Result<Option<Vec<u8>>> {
        let chunk = parse_chunk(frame, &self.options)?;
        let stream = self.stream.get_or_insert_with(|| Stream::new(&chunk));
        stream.take(chunk, &self.options)?;
        if !stream.is_complete() {
            return Ok(None);
        }
        self.stream.take().map(Stream::assemble).transpose()
    }
}

fn parse_chunk<'a>(frame: &'a [u8], options: &DecodeOptions) -> Result<Chunk<'a>> {
    let parsed = match AnyFrame::parse(frame, options)? {
        AnyFrame::Second(parsed) if parsed.is_chunk => parsed,
        _ => return Err(mismatch("the frame is no chunk")),
    };
    let mut reader = BodyReader::new(parsed.stored, HEADER_BYTES, options);
    let stream = reader.array()?;
    let index = reader.varint()?;
    let end =
        if reader.bool()? { Some(End { index, total: reader.varint()?, state_id: reader.array()? }) } else { None };
    let slice = slice_of(&parsed, reader.mark(), options)?;
    Ok(Chunk { stream, tag: parsed.tag, index, end, slice })
}

fn slice_of<'a>(frame: &Frame2<'a>, start: usize, options: &DecodeOptions) -> Result<std::borrow::Cow<'a, [u8]>> {
    let stored = frame.stored.get(start..).unwrap_or_default();
    let slice = frame.inflated(stored, HEADER_BYTES + start, options)?;
    if slice.len() > limit::MOST_CHUNK_BYTES {
        return Err(Error::new(Code::TooLarge, "a chunk holds at most 64 MiB of the body").with("found", slice.len()));
    }
    Ok(slice)
}

impl Stream {
    fn new(chunk: &Chunk<'_>) -> Self {
        Stream { id: chunk.stream, tag: chunk.tag, slices: BTreeMap::new(), bytes: 0, end: None }
    }

    fn take(&mut self, chunk: Chunk<'_>, options: &DecodeOptions) -> Result<()> {
        if chunk.stream != self.id || chunk.tag != self.tag {
            return Err(mismatch("the chunk is of another stream"));
        }
        if chunk.end.is_some() && self.end.is_some() && chunk.end != self.end {
            return Err(mismatch("two chunks say they are the last"));
        }
        if let Some(known) = self.slices.get(&chunk.index) {
            let was_last = self.end.as_ref().is_some_and(|end| end.index == chunk.index);
            let is_same = **known == *chunk.slice && was_last == chunk.end.is_some();
            return if is_same { Ok(()) } else { Err(mismatch("one chunk came twice, and differs")) };
        }
        let most = options.limits.inflated_bytes();
        if self.bytes.saturating_add(chunk.slice.len()) > most {
            return Err(Error::new(Code::TooLarge, "the chunks pass the limit of one decode").with("limit", most));
        }
        if let Some(end) = chunk.end.as_ref().filter(|end| end.total > most as u64) {
            let message = "the chunks announce more than the limit of one decode";
            return Err(Error::new(Code::TooLarge, message).with("found", end.total).with("limit", most));
        }
        self.bytes += chunk.slice.len();
        self.end = self.end.take().or(chunk.end);
        self.slices.insert(chunk.index, chunk.slice.into_owned());
        Ok(())
    }

    fn is_complete(&self) -> bool {
        self.end.as_ref().is_some_and(|end| {
            self.slices.last_key_value().is_some_and(|(last, _)| *last > end.index)
                || self.slices.len() as u64 == end.index.saturating_add(1)
        })
    }

    fn assemble(self) -> Result<Vec<u8>> {
        let Some(end) = self.end else { return Err(mismatch("the last chunk is missing")) };
        check_slices(&self.slices, end.index)?;
        if self.bytes as u64 != end.total {
            return Err(mismatch("the chunks are not as long as announced").with("expected", end.total));
        }
        let mut frame = Header::canonical(self.tag, self.bytes).as_slice().to_vec();
        frame.reserve_exact(self.bytes);
        self.slices.values().for_each(|slice| frame.extend_from_slice(slice));
        if StateId::of_frame(&frame).as_bytes() == &end.state_id {
            return Ok(frame);
        }
        Err(mismatch("the chunks do not make up the state announced"))
    }
}

/// Every index up to the last is there, and all slices but the last are equally long.
fn check_slices(slices: &BTreeMap<u64, Vec<u8>>, last: u64) -> Result<()> {
    if !slices.keys().copied().eq(0..=last) {
        return Err(mismatch("the numbers of the chunks do not follow each other"));
    }
    let mut lengths = slices.values().rev().map(Vec::len);
    let (tail, full) = (lengths.next(), lengths.next());
    let is_even = lengths.all(|length| Some(length) == full) && full.is_none_or(|_| Some(0) < tail && tail <= full);
    if is_even { Ok(()) } else { Err(mismatch("all chunks but the last are equally long, and it is not empty")) }
}

#[cold]
fn mismatch(message: &'static str) -> Error {
    Error::new(Code::ChunkMismatch, message)
}
