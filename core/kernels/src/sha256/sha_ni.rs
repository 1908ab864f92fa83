//! The SHA extensions of x86-64, with the blocks of several messages in flight.

use std::arch::x86_64::*;

use super::{Digest, INITIAL, ROUND_CONSTANTS};
use crate::padding::Block;

/// Messages in flight. Each round waits for the one before it in its own message only, so more of them share the time, as far
/// as sixteen registers reach.
const LANES: usize = 2;
/// Rounds that share one vector of message words.
const GROUP: usize = 4;

/// The state as the instructions want it: words F, E, B, A, then words H, G, D, C, each from the low end.
type State = [__m128i; 2];

/// A message on its way through its blocks, or nothing.
struct Lane<'a> {
    state: State,
    blocks: &'a [Block],
    number: Option<usize>,
}

impl<'a> Lane<'a> {
    #[inline]
    #[target_feature(enable = "sha,ssse3,sse4.1")]
    fn start(message: Option<(usize, &'a [Block])>) -> Self {
        let (number, blocks) = message.map_or((None, &[][..]), |(number, blocks)| (Some(number), blocks));
        Lane { state: initial(), blocks, number }
    }

    #[inline]
    #[target_feature(enable = "sha,ssse3,sse4.1")]
    fn finish(&mut self, store: &mut impl FnMut(usize, Digest)) {
        if let Some(number) = self.number.take() {
            store(number, digest_of(self.state));
        }
    }
}

/// Passes on the digests of messages, each with the number that came with the message.
#[target_feature(enable = "sha,ssse3,sse4.1")]
pub(super) fn digest_all<'a>(
    mut messages: impl Iterator<Item = (usize, &'a [Block])>,
    mut store: impl FnMut(usize, Digest),
) {
    let mut lanes: [Lane; LANES] = std::array::from_fn(|_| Lane::start(messages.next()));
    while step(&mut lanes) {
        for lane in lanes.iter_mut().filter(|lane| lane.blocks.is_empty()) {
            lane.finish(&mut store);
            *lane = Lane::start(messages.next());
        }
    }
    for lane in lanes {
        let mut alone = [lane];
        while step(&mut alone) {}
        let [mut lane] = alone;
        lane.finish(&mut store);
    }
}

/// Takes every lane through its next block, provided that each has one.
#[inline]
#[target_feature(enable = "sha,ssse3,sse4.1")]
fn step<const N: usize>(lanes: &mut [Lane<'_>; N]) -> bool {
    let mut states = [initial(); N];
    let mut blocks = [&[0; 64]; N];
    for (index, lane) in lanes.iter().enumerate() {
        let Some(block) = lane.blocks.first() else { return false };
        (states[index], blocks[index]) = (lane.state, block);
    }
    let states = compress(states, blocks);
    for (lane, state) in lanes.iter_mut().zip(states) {
        lane.state = state;
        lane.blocks = lane.blocks.get(1..).unwrap_or(&[]);
    }
    true
}

/// Takes states through one block each.
#[inline]
#[target_feature(enable = "sha,ssse3,sse4.1")]
fn compress<const N: usize>(before: [State; N], blocks: [&Block; N]) -> [State; N] {
    let mut states = before;
    let mut words = [[_mm_setzero_si128(); 4]; N];
    for (group, constants) in ROUND_CONSTANTS.as_chunks::<GROUP>().0.iter().enumerate() {
        for lane in 0..N {
            let next = if group < 4 { load_words(blocks[lane], group) } else { next_words(&words[lane]) };
            let [_, b, c, d] = words[lane];
            words[lane] = [b, c, d, next];
            states[lane] = four_rounds(states[lane], _mm_add_epi32(next, load(constants)));
        }
    }
    for (state, before) in states.iter_mut().zip(before) {
        let ([abef, cdgh], [abef_before, cdgh_before]) = (*state, before);
        *state = [_mm_add_epi32(abef, abef_before), _mm_add_epi32(cdgh, cdgh_before)];
    }
    states
}

/// Four rounds, given the sums of message words and round constants.
#[inline]
#[target_feature(enable = "sha,ssse3,sse4.1")]
fn four_rounds([abef, cdgh]: State, sums: __m128i) -> State {
    let middle = _mm_sha256rnds2_epu32(cdgh, abef, sums);
    [_mm_sha256rnds2_epu32(abef, middle, _mm_unpackhi_epi64(sums, sums)), middle]
}

/// The four message words after sixteen.
#[inline]
#[target_feature(enable = "sha,ssse3,sse4.1")]
fn next_words([a, b, c, d]: &[__m128i; 4]) -> __m128i {
    let sum = _mm_add_epi32(_mm_sha256msg1_epu32(*a, *b), _mm_alignr_epi8::<4>(*d, *c));
    _mm_sha256msg2_epu32(sum, *d)
}

#[inline]
#[target_feature(enable = "sha,ssse3,sse4.1")]
fn load(words: &[u32; GROUP]) -> __m128i {
    // SAFETY: the reference is to 16 readable bytes, and the load asks for no alignment.
    unsafe { _mm_loadu_si128(words.as_ptr().cast()) }
}

/// Message words of a block, four at a time.
#[inline]
#[target_feature(enable = "sha,ssse3,sse4.1")]
fn load_words(block: &Block, group: usize) -> __m128i {
    let bytes = &block.as_chunks::<16>().0[group];
    // SAFETY: the reference is to 16 readable bytes, and the load asks for no alignment.
    swap_bytes(unsafe { _mm_loadu_si128(bytes.as_ptr().cast()) })
}

/// Turns the bytes of every word around.
#[inline]
#[target_feature(enable = "sha,ssse3,sse4.1")]
fn swap_bytes(words: __m128i) -> __m128i {
    _mm_shuffle_epi8(words, _mm_set_epi64x(0x0c0d_0e0f_0809_0a0b, 0x0405_0607_0001_0203))
}

/// The state before the first block.
#[inline]
#[target_feature(enable = "sha,ssse3,sse4.1")]
fn initial() -> State {
    let [a, b, c, d, e, f, g, h] = INITIAL;
    [load(&[f, e, b, a]), load(&[h, g, d, c])]
}

#[inline]
#[target_feature(enable = "sha,ssse3,sse4.1")]
fn digest_of([abef, cdgh]: State) -> Digest {
    let (abef, ghcd) = (_mm_shuffle_epi32::<0b00_01_10_11>(abef), _mm_shuffle_epi32::<0b10_11_00_01>(cdgh));
    let halves = [_mm_blend_epi16::<0b1111_0000>(abef, ghcd), _mm_alignr_epi8::<8>(ghcd, abef)];
    let mut digest = Digest::default();
    for (bytes, half) in digest.as_chunks_mut::<16>().0.iter_mut().zip(halves) {
        // SAFETY: the reference is to 16 writable bytes, and the store asks for no alignment.
        unsafe { _mm_storeu_si128(bytes.as_mut_ptr().cast(), swap_bytes(half)) };
    }
    digest
}
