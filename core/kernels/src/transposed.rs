//! Sixteen blocks turned so that each 512-bit vector holds one word of all of them.

use std::arch::x86_64::*;

use crate::padding::Block;

/// Words of a block, and blocks in a vector.
pub(crate) const COLUMNS: usize = 16;

#[inline]
#[target_feature(enable = "avx512f")]
fn load_block(block: &Block) -> __m512i {
    // SAFETY: the reference is to 64 readable bytes, and the load asks for no alignment.
    unsafe { _mm512_loadu_si512(block.as_ptr().cast()) }
}

/// Word `w` of every block in vector `w`.
#[inline]
#[target_feature(enable = "avx512f")]
pub(crate) fn transposed(blocks: &[&Block; COLUMNS]) -> [__m512i; COLUMNS] {
    let mut quads = [[_mm512_setzero_si512(); 4]; 4];
    for (quad, [a, b, c, d]) in quads.iter_mut().zip(blocks.as_chunks::<4>().0) {
        *quad = transposed_quad([load_block(a), load_block(b), load_block(c), load_block(d)]);
    }
    let mut words = [_mm512_setzero_si512(); COLUMNS];
    for word in 0..4 {
        let quarters = transposed_quarters(quads.map(|quad| quad[word]));
        for (quarter, vector) in quarters.into_iter().enumerate() {
            words[4 * quarter + word] = vector;
        }
    }
    words
}

/// Of four rows, the words `w`, 4 + `w`, 8 + `w` and 12 + `w` in the quarters of vector `w`.
#[inline]
#[target_feature(enable = "avx512f")]
fn transposed_quad([a, b, c, d]: [__m512i; 4]) -> [__m512i; 4] {
    let [ab_low, ab_high] = [_mm512_unpacklo_epi32(a, b), _mm512_unpackhi_epi32(a, b)];
    let [cd_low, cd_high] = [_mm512_unpacklo_epi32(c, d), _mm512_unpackhi_epi32(c, d)];
    [
        _mm512_unpacklo_epi64(ab_low, cd_low),
        _mm512_unpackhi_epi64(ab_low, cd_low),
        _mm512_unpacklo_epi64(ab_high, cd_high),
        _mm512_unpackhi_epi64(ab_high, cd_high),
    ]
}

/// Quarter `q` of every vector in vector `q`.
#[inline]
#[target_feature(enable = "avx512f")]
fn transposed_quarters([a, b, c, d]: [__m512i; 4]) -> [__m512i; 4] {
    const EVEN: i32 = 0x88;
    const ODD: i32 = 0xdd;
    let [ab_even, ab_odd] = [_mm512_shuffle_i32x4::<EVEN>(a, b), _mm512_shuffle_i32x4::<ODD>(a, b)];
    let [cd_even, cd_odd] = [_mm512_shuffle_i32x4::<EVEN>(c, d), _mm512_shuffle_i32x4::<ODD>(c, d)];
    [
        _mm512_shuffle_i32x4::<EVEN>(ab_even, cd_even),
        _mm512_shuffle_i32x4::<EVEN>(ab_odd, cd_odd),
        _mm512_shuffle_i32x4::<ODD>(ab_even, cd_even),
        _mm512_shuffle_i32x4::<ODD>(ab_odd, cd_odd),
    ]
}
