//! Sixteen messages side by side, in pairs of 256-bit vectors.

use std::arch::x86_64::*;

use super::Block;
use super::lanes::{Rows, States};
use super::rounds::{SINES, define_compress};

/// Messages per vector.
const HALF: usize = 8;
/// Messages per group.
pub(super) const LANES: usize = 2 * HALF;

/// One word of every message. A step has to wait for the one before it, so the steps of two vectors share the time.
type Pair = [__m256i; 2];

#[inline]
#[target_feature(enable = "avx2")]
fn add([x, v]: Pair, [y, w]: Pair) -> Pair {
    [_mm256_add_epi32(x, y), _mm256_add_epi32(v, w)]
}

#[inline]
#[target_feature(enable = "avx2")]
fn splat(word: u32) -> Pair {
    [_mm256_set1_epi32(word.cast_signed()); 2]
}

#[inline]
#[target_feature(enable = "avx2")]
fn choose(mask: Pair, yes: Pair, no: Pair) -> Pair {
    xor(no, and(mask, xor(yes, no)))
}

#[inline]
#[target_feature(enable = "avx2")]
fn parity(b: Pair, c: Pair, d: Pair) -> Pair {
    xor(xor(c, d), b)
}

#[inline]
#[target_feature(enable = "avx2")]
fn cross(b: Pair, c: Pair, d: Pair) -> Pair {
    xor(c, or(b, xor(d, splat(u32::MAX))))
}

#[inline]
#[target_feature(enable = "avx2")]
fn rotate<const LEFT: i32, const RIGHT: i32>([x, y]: Pair) -> Pair {
    or(
        [_mm256_slli_epi32::<LEFT>(x), _mm256_slli_epi32::<LEFT>(y)],
        [_mm256_srli_epi32::<RIGHT>(x), _mm256_srli_epi32::<RIGHT>(y)],
    )
}

#[inline]
#[target_feature(enable = "avx2")]
fn xor([x, v]: Pair, [y, w]: Pair) -> Pair {
    [_mm256_xor_si256(x, y), _mm256_xor_si256(v, w)]
}

#[inline]
#[target_feature(enable = "avx2")]
fn and([x, v]: Pair, [y, w]: Pair) -> Pair {
    [_mm256_and_si256(x, y), _mm256_and_si256(v, w)]
}

#[inline]
#[target_feature(enable = "avx2")]
fn or([x, v]: Pair, [y, w]: Pair) -> Pair {
    [_mm256_or_si256(x, y), _mm256_or_si256(v, w)]
}

define_compress!(
    #[target_feature(enable = "avx2")]
    Pair
);

/// Takes every active lane through its block.
#[target_feature(enable = "avx2")]
pub(super) fn compress_rows(states: &mut States<LANES>, rows: &Rows<'_, LANES>) {
    let before = states.map(|word| load(&word));
    let after = compress(before, &transposed_pairs(&rows.blocks));
    let active = load(&rows.active);
    for ((state, before), after) in states.iter_mut().zip(before).zip(after) {
        store(state, choose(active, after, before));
    }
}

#[inline]
#[target_feature(enable = "avx2")]
fn load(words: &[u32; LANES]) -> Pair {
    let mut pair = [_mm256_setzero_si256(); 2];
    for (vector, half) in pair.iter_mut().zip(words.as_chunks::<HALF>().0) {
        // SAFETY: the reference is to 32 readable bytes, and the load asks for no alignment.
        *vector = unsafe { _mm256_loadu_si256(half.as_ptr().cast()) };
    }
    pair
}

#[inline]
#[target_feature(enable = "avx2")]
fn store(words: &mut [u32; LANES], pair: Pair) {
    for (half, vector) in words.as_chunks_mut::<HALF>().0.iter_mut().zip(pair) {
        // SAFETY: the reference is to 32 writable bytes, and the store asks for no alignment.
        unsafe { _mm256_storeu_si256(half.as_mut_ptr().cast(), vector) };
    }
}

/// Word `w` of every block in pair `w`.
#[inline]
#[target_feature(enable = "avx2")]
fn transposed_pairs(blocks: &[&Block; LANES]) -> [Pair; 16] {
    let mut pairs = [[_mm256_setzero_si256(); 2]; 16];
    for (half, blocks) in blocks.as_chunks::<HALF>().0.iter().enumerate() {
        for (pair, vector) in pairs.iter_mut().zip(transposed(blocks)) {
            pair[half] = vector;
        }
    }
    pairs
}

#[inline]
#[target_feature(enable = "avx2")]
fn load_half(block: &Block, half: usize) -> __m256i {
    let (halves, _) = block.as_chunks::<32>();
    // SAFETY: the reference is to 32 readable bytes, and the load asks for no alignment.
    unsafe { _mm256_loadu_si256(halves[half].as_ptr().cast()) }
}

/// Word `w` of every block in vector `w`.
#[inline]
#[target_feature(enable = "avx2")]
fn transposed(blocks: &[&Block; HALF]) -> [__m256i; 16] {
    let mut words = [_mm256_setzero_si256(); 16];
    for (half, words) in words.as_chunks_mut::<8>().0.iter_mut().enumerate() {
        let mut rows = *words;
        for (row, block) in rows.iter_mut().zip(blocks) {
            *row = load_half(block, half);
        }
        *words = transposed_half(rows);
    }
    words
}

#[inline]
#[target_feature(enable = "avx2")]
fn transposed_half(rows: [__m256i; 8]) -> [__m256i; 8] {
    let [a, b, c, d, e, f, g, h] = rows;
    let [low, high] = [transposed_quad([a, b, c, d]), transposed_quad([e, f, g, h])];
    let mut words = rows;
    for (index, (low, high)) in low.into_iter().zip(high).enumerate() {
        words[index] = _mm256_permute2x128_si256::<0x20>(low, high);
        words[index + 4] = _mm256_permute2x128_si256::<0x31>(low, high);
    }
    words
}

/// Of four rows, words 0 to 3 in the low halves and words 4 to 7 in the high halves.
#[inline]
#[target_feature(enable = "avx2")]
fn transposed_quad([a, b, c, d]: [__m256i; 4]) -> [__m256i; 4] {
    let [ab_low, ab_high] = [_mm256_unpacklo_epi32(a, b), _mm256_unpackhi_epi32(a, b)];
    let [cd_low, cd_high] = [_mm256_unpacklo_epi32(c, d), _mm256_unpackhi_epi32(c, d)];
    [
        _mm256_unpacklo_epi64(ab_low, cd_low),
        _mm256_unpackhi_epi64(ab_low, cd_low),
        _mm256_unpacklo_epi64(ab_high, cd_high),
        _mm256_unpackhi_epi64(ab_high, cd_high),
    ]
}
