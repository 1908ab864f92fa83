//! Sixteen messages side by side in 512-bit vectors, which bring rotation and any function of three inputs in one step.

use std::arch::x86_64::*;

use super::{DIGEST_BYTES, Digest, INITIAL, ROUND_CONSTANTS};
use crate::padding::{BLOCK_BYTES, Block};
use crate::transposed::{COLUMNS, transposed};

/// Messages per group.
pub(super) const LANES: usize = COLUMNS;
/// Blocks that the SHA extensions take in the time of one row.
const BREAK_EVEN: usize = 9;

/// One word of every message.
type Word = __m512i;

/// The block of a lane without a message or with none left.
static IDLE: Block = [0; BLOCK_BYTES];

/// Writes a step out for each of sixteen indices: a loop would keep the vectors in memory.
macro_rules! sixteen_times {
    ($index:ident => $step:expr) => {
        sixteen_times!($index => $step; 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15)
    };
    ($index:ident => $step:expr; $($number:literal)*) => {
        $({
            const $index: usize = $number;
            $step
        })*
    };
}

/// Whether so many lanes have blocks so often that a group takes less time than its messages in pairs.
pub(super) fn is_worth_it(messages: &[&[Block]; LANES]) -> bool {
    let (all, most) = messages.iter().fold((0, 0), |(all, most), blocks| (all + blocks.len(), blocks.len().max(most)));
    all > most.saturating_mul(BREAK_EVEN)
}

/// The digests of messages that are padded already; of lanes without blocks they mean nothing.
#[target_feature(enable = "avx512f,avx512bw")]
pub(super) fn digest_group(messages: &[&[Block]; LANES]) -> [Digest; LANES] {
    let mut state = INITIAL.map(|word| splat(word));
    let turns = messages.iter().map(|blocks| blocks.len()).max().unwrap_or(0);
    for turn in 0..turns {
        let (rows, active) = take(messages, turn);
        let after = compress(state, transposed(&rows).map(|word| swap_bytes(word)));
        for (word, after) in state.iter_mut().zip(after) {
            *word = _mm512_mask_mov_epi32(*word, active, after);
        }
    }
    digests(state)
}

/// The next block of every lane, and a bit for each lane that has one.
#[inline]
fn take<'a>(messages: &[&'a [Block]; LANES], turn: usize) -> ([&'a Block; LANES], __mmask16) {
    let (mut rows, mut active) = ([&IDLE; LANES], 0);
    for (lane, (row, blocks)) in rows.iter_mut().zip(messages).enumerate() {
        if let Some(block) = blocks.get(turn) {
            *row = block;
            active |= 1 << lane;
        }
    }
    (rows, active)
}

/// Takes states through one block each.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn compress(before: [Word; 8], mut words: [Word; 16]) -> [Word; 8] {
    let mut state = before;
    let (sixteens, _) = ROUND_CONSTANTS.as_chunks::<16>();
    for (index, constants) in sixteens.iter().enumerate() {
        if index > 0 {
            extend(&mut words);
        }
        sixteen_times!(INDEX => state = round(state, add(words[INDEX], splat(constants[INDEX]))));
    }
    for (word, before) in state.iter_mut().zip(before) {
        *word = add(*word, before);
    }
    state
}

/// Puts the sixteen message words that follow in place of sixteen.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn extend(words: &mut [Word; 16]) {
    sixteen_times!(INDEX => words[INDEX] = next_word(
        [words[INDEX], words[(INDEX + 1) % 16], words[(INDEX + 9) % 16], words[(INDEX + 14) % 16]]
    ));
}

/// A message word, given those that stand sixteen, fifteen, seven and two before it.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn next_word([first, far, middle, near]: [Word; 4]) -> Word {
    let near = xor(rotate::<17>(near), rotate::<19>(near), _mm512_srli_epi32::<10>(near));
    let far = xor(rotate::<7>(far), rotate::<18>(far), _mm512_srli_epi32::<3>(far));
    add(add(first, far), add(middle, near))
}

/// One round, given the sum of its message word and its constant.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn round([a, b, c, d, e, f, g, h]: [Word; 8], sum: Word) -> [Word; 8] {
    let choice = _mm512_ternarylogic_epi32::<0xca>(e, f, g);
    let majority = _mm512_ternarylogic_epi32::<0xe8>(a, b, c);
    let first = add(add(h, sum), add(choice, xor(rotate::<6>(e), rotate::<11>(e), rotate::<25>(e))));
    let second = add(majority, xor(rotate::<2>(a), rotate::<13>(a), rotate::<22>(a)));
    [add(first, second), a, b, c, add(d, first), e, f, g]
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn add(x: Word, y: Word) -> Word {
    _mm512_add_epi32(x, y)
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn xor(x: Word, y: Word, z: Word) -> Word {
    _mm512_ternarylogic_epi32::<0x96>(x, y, z)
}

/// Rotation to the right.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn rotate<const BITS: i32>(word: Word) -> Word {
    _mm512_ror_epi32::<BITS>(word)
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn splat(word: u32) -> Word {
    _mm512_set1_epi32(word.cast_signed())
}

/// Turns the bytes of every word around.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn swap_bytes(words: Word) -> Word {
    _mm512_shuffle_epi8(words, _mm512_set4_epi32(0x0c0d_0e0f, 0x0809_0a0b, 0x0405_0607, 0x0001_0203))
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn digests(state: [Word; 8]) -> [Digest; LANES] {
    let mut digests = [[0; DIGEST_BYTES]; LANES];
    for (index, word) in state.into_iter().enumerate() {
        let mut column = [0_u32; LANES];
        // SAFETY: the reference is to 64 writable bytes, and the store asks for no alignment.
        unsafe { _mm512_storeu_si512(column.as_mut_ptr().cast(), swap_bytes(word)) };
        for (digest, word) in digests.iter_mut().zip(column) {
            digest.as_chunks_mut::<4>().0[index] = word.to_ne_bytes();
        }
    }
    digests
}
