//! Thirty-two messages side by side, in pairs of 512-bit vectors, which bring rotation and any function of three inputs in one step.

use std::arch::x86_64::*;

use super::Block;
use super::lanes::{Rows, States};
use super::rounds::{SINES, define_compress};
use crate::transposed::{COLUMNS, transposed};

/// Messages per vector.
const HALF: usize = COLUMNS;
/// Messages per group.
pub(super) const LANES: usize = 2 * HALF;

/// One word of every message. A step has to wait for the one before it, so the steps of two vectors share the time.
type Pair = [__m512i; 2];

#[inline]
#[target_feature(enable = "avx512f")]
fn add([x, v]: Pair, [y, w]: Pair) -> Pair {
    [_mm512_add_epi32(x, y), _mm512_add_epi32(v, w)]
}

#[inline]
#[target_feature(enable = "avx512f")]
fn splat(word: u32) -> Pair {
    [_mm512_set1_epi32(word.cast_signed()); 2]
}

#[inline]
#[target_feature(enable = "avx512f")]
fn choose(mask: Pair, yes: Pair, no: Pair) -> Pair {
    table::<0xca>(mask, yes, no)
}

#[inline]
#[target_feature(enable = "avx512f")]
fn parity(b: Pair, c: Pair, d: Pair) -> Pair {
    table::<0x96>(b, c, d)
}

#[inline]
#[target_feature(enable = "avx512f")]
fn cross(b: Pair, c: Pair, d: Pair) -> Pair {
    table::<0x39>(b, c, d)
}

/// Any function of three bits: bit 4b + 2c + d of the truth table is the answer for b, c and d.
#[inline]
#[target_feature(enable = "avx512f")]
fn table<const TRUTH: i32>([b, e]: Pair, [c, f]: Pair, [d, g]: Pair) -> Pair {
    [_mm512_ternarylogic_epi32::<TRUTH>(b, c, d), _mm512_ternarylogic_epi32::<TRUTH>(e, f, g)]
}

#[inline]
#[target_feature(enable = "avx512f")]
fn rotate<const LEFT: i32, const RIGHT: i32>([x, y]: Pair) -> Pair {
    [_mm512_rol_epi32::<LEFT>(x), _mm512_rol_epi32::<LEFT>(y)]
}

define_compress!(
    #[target_feature(enable = "avx512f")]
    Pair
);

/// Takes every active lane through its block.
#[target_feature(enable = "avx512f")]
pub(super) fn compress_rows(states: &mut States<LANES>, rows: &Rows<'_, LANES>) {
    let before = states.map(|word| load(&word));
    let after = compress(before, &transposed_pairs(&rows.blocks));
    let active = load(&rows.active);
    for ((state, before), after) in states.iter_mut().zip(before).zip(after) {
        store(state, choose(active, after, before));
    }
}

#[inline]
#[target_feature(enable = "avx512f")]
fn load(words: &[u32; LANES]) -> Pair {
    let mut pair = [_mm512_setzero_si512(); 2];
    for (vector, half) in pair.iter_mut().zip(words.as_chunks::<HALF>().0) {
        // SAFETY: the reference is to 64 readable bytes, and the load asks for no alignment.
        *vector = unsafe { _mm512_loadu_si512(half.as_ptr().cast()) };
    }
    pair
}

#[inline]
#[target_feature(enable = "avx512f")]
fn store(words: &mut [u32; LANES], pair: Pair) {
    for (half, vector) in words.as_chunks_mut::<HALF>().0.iter_mut().zip(pair) {
        // SAFETY: the reference is to 64 writable bytes, and the store asks for no alignment.
        unsafe { _mm512_storeu_si512(half.as_mut_ptr().cast(), vector) };
    }
}

/// Word `w` of every block in pair `w`.
#[inline]
#[target_feature(enable = "avx512f")]
fn transposed_pairs(blocks: &[&Block; LANES]) -> [Pair; 16] {
    let mut pairs = [[_mm512_setzero_si512(); 2]; 16];
    for (half, blocks) in blocks.as_chunks::<HALF>().0.iter().enumerate() {
        for (pair, vector) in pairs.iter_mut().zip(transposed(blocks)) {
            pair[half] = vector;
        }
    }
    pairs
}
