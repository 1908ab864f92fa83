//! The eight words of a block in one 256-bit vector.

use std::arch::x86_64::*;

use super::{BIT_SHIFT, Block, SALTS, index};

/// How many items ahead a block is asked for: more than the memory takes to answer, fewer than the cache has room for.
const AHEAD: usize = 16;

#[target_feature(enable = "avx2")]
pub(super) fn add_all(blocks: &mut [Block], hashes: &[u64]) {
    let count = blocks.len();
    hashes.iter().take(AHEAD).for_each(|hash| fetch(blocks, *hash));
    for (place, hash) in hashes.iter().enumerate() {
        if let Some(later) = hashes.get(place + AHEAD) {
            fetch(blocks, *later);
        }
        if let Some(block) = blocks.get_mut(index(*hash, count)) {
            store(block, _mm256_or_si256(load(block), mask(*hash)));
        }
    }
}

#[target_feature(enable = "avx2")]
pub(super) fn contains_all(blocks: &[Block], hashes: &[u64], found: &mut [bool]) {
    hashes.iter().take(AHEAD).for_each(|hash| fetch(blocks, *hash));
    for (place, (found, hash)) in found.iter_mut().zip(hashes).enumerate() {
        if let Some(later) = hashes.get(place + AHEAD) {
            fetch(blocks, *later);
        }
        // All bits of the mask are in the block.
        *found = blocks
            .get(index(*hash, blocks.len()))
            .is_some_and(|block| _mm256_testc_si256(load(block), mask(*hash)) == 1);
    }
}

/// One bit in each word.
#[inline]
#[target_feature(enable = "avx2")]
fn mask(hash: u64) -> __m256i {
    let products = _mm256_mullo_epi32(load(&Block(SALTS)), _mm256_set1_epi32(hash as i32));
    _mm256_sllv_epi32(_mm256_set1_epi32(1), _mm256_srli_epi32::<{ BIT_SHIFT as i32 }>(products))
}

/// Asks for the block of a hash; nothing waits for it.
#[inline]
#[target_feature(enable = "avx2")]
fn fetch(blocks: &[Block], hash: u64) {
    if let Some(block) = blocks.get(index(hash, blocks.len())) {
        _mm_prefetch::<_MM_HINT_T0>(block.0.as_ptr().cast());
    }
}

#[inline]
#[target_feature(enable = "avx2")]
fn load(block: &Block) -> __m256i {
    // SAFETY: the reference is to 32 readable bytes, and the load asks for no alignment.
    unsafe { _mm256_loadu_si256(block.0.as_ptr().cast()) }
}

#[inline]
#[target_feature(enable = "avx2")]
fn store(block: &mut Block, words: __m256i) {
    // SAFETY: the reference is to 32 writable bytes, and the store asks for no alignment.
    unsafe { _mm256_storeu_si256(block.0.as_mut_ptr().cast(), words) };
}
