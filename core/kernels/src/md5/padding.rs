//! The end of a message: a one bit, zeros, and the length of the message in bits.

use super::{BLOCK_BYTES, LENGTH_BYTES};

/// Most bytes of a message that fits one block with its padding.
pub(super) const SHORT: usize = BLOCK_BYTES - LENGTH_BYTES - 1;

/// Number of blocks that a message takes with its padding.
pub(super) fn block_count(length: usize) -> usize {
    (length + 1 + LENGTH_BYTES).div_ceil(BLOCK_BYTES)
}

/// Writes the parts of a message and its padding into zeroed blocks that hold both.
#[inline(always)]
pub(super) fn fill(blocks: &mut [u8], parts: &[&[u8]]) {
    let mut end = 0;
    for part in parts {
        copy(&mut blocks[end..end + part.len()], part);
        end += part.len();
    }
    finish(blocks, end);
}

/// Pads a message that stands at the start of zeroed blocks.
#[inline(always)]
pub(super) fn finish(blocks: &mut [u8], length: usize) {
    blocks[length] = 0x80;
    let bits = blocks.len() - LENGTH_BYTES;
    blocks[bits..].copy_from_slice(&bit_length(length).to_le_bytes());
}

/// Copies between slices of equal length; short ones as two moves that overlap, which beats a call.
#[inline(always)]
fn copy(to: &mut [u8], from: &[u8]) {
    match from.len() {
        4..8 => copy_ends::<4>(to, from),
        8..16 => copy_ends::<8>(to, from),
        16..=32 => copy_ends::<16>(to, from),
        _ => to.copy_from_slice(from),
    }
}

#[inline(always)]
fn copy_ends<const N: usize>(to: &mut [u8], from: &[u8]) {
    if let (Some(to), Some(from)) = (to.first_chunk_mut::<N>(), from.first_chunk::<N>()) {
        *to = *from;
    }
    if let (Some(to), Some(from)) = (to.last_chunk_mut::<N>(), from.last_chunk::<N>()) {
        *to = *from;
    }
}

/// Length in bits, modulo 2^64 as MD5 has it.
fn bit_length(bytes: usize) -> u64 {
    (bytes as u64).wrapping_mul(8)
}
