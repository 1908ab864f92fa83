//! One message at a time: the twin that defines the answer.

use super::rounds::{SINES, define_compress};
use super::{BLOCK_BYTES, Block, Digest, INITIAL};
use crate::padding::{LittleEndian, SHORT, block_count, fill};

#[inline(always)]
fn add(x: u32, y: u32) -> u32 {
    x.wrapping_add(y)
}

#[inline(always)]
fn splat(word: u32) -> u32 {
    word
}

#[inline(always)]
fn choose(mask: u32, yes: u32, no: u32) -> u32 {
    no ^ (mask & (yes ^ no))
}

#[inline(always)]
fn parity(b: u32, c: u32, d: u32) -> u32 {
    b ^ c ^ d
}

#[inline(always)]
fn cross(b: u32, c: u32, d: u32) -> u32 {
    c ^ (b | !d)
}

#[inline(always)]
fn rotate<const LEFT: u32, const RIGHT: u32>(word: u32) -> u32 {
    word.rotate_left(LEFT)
}

define_compress!(u32);

/// Takes a state through one block.
#[inline]
pub(super) fn compress_block(state: [u32; 4], block: &Block) -> [u32; 4] {
    let mut words = [0; 16];
    for (word, bytes) in words.iter_mut().zip(block.as_chunks::<4>().0) {
        *word = u32::from_le_bytes(*bytes);
    }
    compress(state, &words)
}

/// The digest of a message that is padded already.
pub(super) fn digest_blocks(blocks: &[Block]) -> Digest {
    Digest(blocks.iter().fold(INITIAL, compress_block))
}

/// The MD5 digest of one message given in parts, which are put one after the other.
///
/// ```
/// # use crdt_merge_kernels::md5;
/// assert_eq!(md5([b"ab", b"c"]).to_u128(), 0x90015098_3cd24fb0_d6963f7d_28e17f72);
/// ```
pub fn md5<const N: usize>(parts: [&[u8]; N]) -> Digest {
    let length = parts.iter().map(|part| part.len()).sum();
    if length <= SHORT {
        let mut block = [0; BLOCK_BYTES];
        fill::<LittleEndian>(&mut block, &parts);
        return digest_blocks(&[block]);
    }
    let mut blocks = vec![[0; BLOCK_BYTES]; block_count(length)];
    fill::<LittleEndian>(blocks.as_flattened_mut(), &parts);
    digest_blocks(&blocks)
}
