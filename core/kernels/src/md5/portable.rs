//! Several messages side by side in plain arrays, which compilers turn into whatever vectors a machine has.

use super::Block;
use super::lanes::{Rows, States};
use super::rounds::{SINES, define_compress};

/// Messages per group.
pub(super) const LANES: usize = 4;

type Words = [u32; LANES];

#[inline(always)]
fn each(x: Words, y: Words, combine: impl Fn(u32, u32) -> u32) -> Words {
    let mut out = x;
    for (x, y) in out.iter_mut().zip(y) {
        *x = combine(*x, y);
    }
    out
}

#[inline(always)]
fn add(x: Words, y: Words) -> Words {
    each(x, y, u32::wrapping_add)
}

#[inline(always)]
fn splat(word: u32) -> Words {
    [word; LANES]
}

#[inline(always)]
fn choose(mask: Words, yes: Words, no: Words) -> Words {
    let differing = each(yes, no, |yes, no| yes ^ no);
    each(no, each(mask, differing, |x, y| x & y), |x, y| x ^ y)
}

#[inline(always)]
fn parity(b: Words, c: Words, d: Words) -> Words {
    each(each(c, d, |x, y| x ^ y), b, |x, y| x ^ y)
}

#[inline(always)]
fn cross(b: Words, c: Words, d: Words) -> Words {
    each(c, each(b, d, |b, d| b | !d), |x, y| x ^ y)
}

#[inline(always)]
fn rotate<const LEFT: u32, const RIGHT: u32>(words: Words) -> Words {
    words.map(|word| word.rotate_left(LEFT))
}

define_compress!(Words);

/// Takes every active lane through its block.
pub(super) fn compress_rows(states: &mut States<LANES>, rows: &Rows<'_, LANES>) {
    let before = *states;
    let after = compress(before, &transposed(&rows.blocks));
    for ((state, before), after) in states.iter_mut().zip(before).zip(after) {
        *state = choose(rows.active, after, before);
    }
}

/// Word `w` of every block in array `w`.
fn transposed(blocks: &[&Block; LANES]) -> [Words; 16] {
    let mut words = [[0; LANES]; 16];
    for (lane, block) in blocks.iter().enumerate() {
        for (word, bytes) in words.iter_mut().zip(block.as_chunks::<4>().0) {
            word[lane] = u32::from_le_bytes(*bytes);
        }
    }
    words
}
