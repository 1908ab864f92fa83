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
pub(super) fn fill(blocks: &mut [u8], parts: &[&[u8]], length: usize) {
    let mut end = 0;
    for part in parts {
        blocks[end..end + part.len()].copy_from_slice(part);
        end += part.len();
    }
    blocks[end] = 0x80;
    let bits = blocks.len() - LENGTH_BYTES;
    blocks[bits..].copy_from_slice(&bit_length(length).to_le_bytes());
}

/// Length in bits, modulo 2^64 as MD5 has it.
fn bit_length(bytes: usize) -> u64 {
    (bytes as u64).wrapping_mul(8)
}
