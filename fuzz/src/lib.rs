//! What the fuzz targets check. A target that is only run for crashes misses most bugs, so every answer is held against others.
#![forbid(unsafe_code)]

#[path = "../../core/protocol/tests/decoder/laws.rs"]
pub mod laws;

use crdt_merge_protocol::wire::{HEADER_BYTES, MAGIC};
use crdt_merge_protocol::{AnyState, Tag};
use sha2::{Digest, Sha256};

/// A plain frame around a payload.
pub fn frame(tag: Tag, payload: &[u8]) -> Vec<u8> {
    let mut frame = Vec::with_capacity(HEADER_BYTES + payload.len());
    frame.extend_from_slice(&MAGIC);
    frame.extend_from_slice(&[0, 1, tag.byte(), 0]);
    frame.extend_from_slice(&(payload.len() as u32).to_be_bytes());
    frame.extend_from_slice(payload);
    frame
}

/// A frame of version 2 around a body, with a trailer or none.
pub fn framed_body(tag: u8, body: &[u8], has_trailer: bool) -> Vec<u8> {
    let trailer = if has_trailer { 16 } else { 0 };
    let mut frame = Vec::with_capacity(HEADER_BYTES + body.len() + trailer);
    frame.extend_from_slice(&MAGIC);
    frame.extend_from_slice(&[0, 2, tag, if has_trailer { 2 } else { 0 }]);
    frame.extend_from_slice(&((body.len() + trailer) as u32).to_be_bytes());
    frame.extend_from_slice(body);
    let digest = Sha256::digest(&frame);
    frame.extend(digest.into_iter().take(trailer));
    frame
}

/// A tag chosen by the first byte of an input, and the rest of the input.
pub fn tagged(data: &[u8]) -> Option<(Tag, &[u8])> {
    let (first, rest) = data.split_first()?;
    Some((Tag::V1[usize::from(*first) % Tag::V1.len()], rest))
}

/// The two parts of an input whose first two bytes say how long the first part is.
pub fn halves(data: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = data.split_first_chunk::<2>()?;
    let middle = usize::from(u16::from_be_bytes(*length)).min(rest.len());
    Some(rest.split_at(middle))
}

/// The state in a payload, read leniently.
pub fn state(tag: Tag, payload: &[u8]) -> Option<AnyState> {
    AnyState::decode_with(&frame(tag, payload), &laws::LENIENT).ok()
}
