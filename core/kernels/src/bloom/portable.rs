//! One word after the other; the definition that vectors are held against.

use super::{BIT_SHIFT, Block, SALTS, WORDS, index};

pub(super) fn add_all(blocks: &mut [Block], hashes: &[u64]) {
    let count = blocks.len();
    for hash in hashes {
        if let Some(block) = blocks.get_mut(index(*hash, count)) {
            block.0.iter_mut().zip(masks(*hash)).for_each(|(word, mask)| *word |= mask);
        }
    }
}

pub(super) fn contains_all(blocks: &[Block], hashes: &[u64], found: &mut [bool]) {
    for (found, hash) in found.iter_mut().zip(hashes) {
        *found = blocks.get(index(*hash, blocks.len())).is_some_and(|block| {
            block.0.iter().zip(masks(*hash)).fold(true, |all, (word, mask)| all & (word & mask != 0))
        });
    }
}

/// The bit of each word.
#[inline(always)]
fn masks(hash: u64) -> [u32; WORDS] {
    SALTS.map(|salt| 1 << (salt.wrapping_mul(hash as u32) >> BIT_SHIFT))
}
