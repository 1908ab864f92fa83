//! Messages side by side: one lane of a vector each, whatever their number of blocks.

use super::scalar::digest_blocks;
use super::{BLOCK_BYTES, Block, Digest, INITIAL};
use crate::messages::Extent;

/// States of `N` messages, word by word.
pub(super) type States<const N: usize> = [[u32; N]; 4];

/// The next block of every lane, and all ones for the lanes that have one.
pub(super) struct Rows<'a, const N: usize> {
    pub(super) blocks: [&'a Block; N],
    pub(super) active: [u32; N],
}

/// The block of a lane without a message or with none left.
static IDLE: Block = [0; BLOCK_BYTES];

impl<'a, const N: usize> Rows<'a, N> {
    fn take(blocks: &'a [Block], extents: &[Extent], turn: usize) -> Self {
        let mut rows = Rows { blocks: [&IDLE; N], active: [0; N] };
        let lanes = rows.blocks.iter_mut().zip(&mut rows.active);
        for ((row, active), extent) in lanes.zip(extents) {
            if let Some(block) = extent.of(blocks).get(turn) {
                (*row, *active) = (block, u32::MAX);
            }
        }
        rows
    }
}

/// Appends the digests of up to `N` messages, taking all of them through their blocks with `compress`.
#[inline(always)]
pub(super) fn digest_group<const N: usize>(
    blocks: &[Block],
    extents: &[Extent],
    digests: &mut Vec<Digest>,
    compress: impl Fn(&mut States<N>, &Rows<'_, N>),
) {
    // Alone, a message is faster without company in the other lanes.
    if let [extent] = extents {
        return digests.push(digest_blocks(extent.of(blocks)));
    }
    let mut states = INITIAL.map(|word| [word; N]);
    let turns = extents.iter().map(|extent| extent.count).max().unwrap_or(0);
    for turn in 0..turns {
        compress(&mut states, &Rows::take(blocks, extents, turn));
    }
    let [a, b, c, d] = &states;
    let lanes: [Digest; N] = std::array::from_fn(|lane| Digest([a[lane], b[lane], c[lane], d[lane]]));
    digests.extend_from_slice(lanes.get(..extents.len()).unwrap_or(&lanes));
}
