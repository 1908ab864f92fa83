//! Split-block Bloom filters: blocks of 256 bits, one bit of each of their eight words for an item.
//!
//! An item touches one block, that is one line of the cache, so what a large filter costs is fetching lines. Hashes come many
//! at a time, and the lines of those that come next are asked for ahead.

#[cfg(target_arch = "x86_64")]
mod avx2;
mod portable;

use crate::level::Level;

/// Words of a block.
pub const WORDS: usize = 8;
/// Multipliers of the words, those of the Parquet format.
const SALTS: [u32; WORDS] =
    [0x47b6_137b, 0x4497_4d91, 0x8824_ad5b, 0xa2b7_289d, 0x7054_95c7, 0x2df1_424b, 0x9efc_4947, 0x5c6b_fb31];
/// A product moved right by this many bits is the number of a bit in a word.
const BIT_SHIFT: u32 = 27;

/// 256 bits; never in two lines of the cache.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[repr(align(32))]
pub struct Block(pub [u32; WORDS]);

/// Adds the items with these hashes, at the best level of this machine.
pub fn add_all(blocks: &mut [Block], hashes: &[u64]) {
    add_all_at(Level::detect(), blocks, hashes);
}

/// Whether the items with these hashes may have been added, one answer for each, at the best level of this machine. Answers
/// beyond the shorter of both slices are left as they are.
pub fn contains_all(blocks: &[Block], hashes: &[u64], found: &mut [bool]) {
    contains_all_at(Level::detect(), blocks, hashes, found);
}

/// As [`add_all`], at a level of the caller's choice, or the portable one where the machine lacks it.
pub fn add_all_at(level: Level, blocks: &mut [Block], hashes: &[u64]) {
    #[cfg(target_arch = "x86_64")]
    if level >= Level::Avx2 && Level::Avx2.is_available() {
        // SAFETY: the line above has found AVX2 on this machine.
        return unsafe { avx2::add_all(blocks, hashes) };
    }
    let _ = level;
    portable::add_all(blocks, hashes);
}

/// As [`contains_all`], at a level of the caller's choice, or the portable one where the machine lacks it.
pub fn contains_all_at(level: Level, blocks: &[Block], hashes: &[u64], found: &mut [bool]) {
    #[cfg(target_arch = "x86_64")]
    if level >= Level::Avx2 && Level::Avx2.is_available() {
        // SAFETY: the line above has found AVX2 on this machine.
        return unsafe { avx2::contains_all(blocks, hashes, found) };
    }
    let _ = level;
    portable::contains_all(blocks, hashes, found);
}

/// The block of a hash: its high half, scaled to the number of blocks, which is below 2^32.
#[inline(always)]
fn index(hash: u64, blocks: usize) -> usize {
    ((hash >> 32).wrapping_mul(blocks as u64) >> 32) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hashes(count: u64) -> Vec<u64> {
        (1..=count).map(|n| n.wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29) ^ n).collect()
    }

    #[test]
    fn levels_agree_with_the_portable_one() {
        for (size, count) in [(1, 0), (1, 1), (1, 5), (3, 40), (1_000, 333), (5_000, 20_000)] {
            let hashes = hashes(count);
            let mut expected = vec![Block::default(); size];
            portable::add_all(&mut expected, &hashes);
            let asked: Vec<u64> = hashes.iter().flat_map(|hash| [*hash, !hash]).collect();
            let mut answers = vec![false; asked.len()];
            portable::contains_all(&expected, &asked, &mut answers);
            for level in Level::available() {
                let mut blocks = vec![Block::default(); size];
                add_all_at(level, &mut blocks, &hashes);
                assert_eq!(blocks, expected, "{level:?}");
                let mut found = vec![false; asked.len()];
                contains_all_at(level, &blocks, &asked, &mut found);
                assert_eq!(found, answers, "{level:?}");
            }
            assert!(answers.chunks(2).all(|pair| pair[0]), "no item is missed");
            assert!(count != 333 || !answers.iter().all(|found| *found));
        }
    }

    #[test]
    fn one_bit_of_each_word_is_set() {
        let mut blocks = [Block::default()];
        // XXH3-128 of the canonical bytes of the text "alice", its low half.
        add_all(&mut blocks, &[0x3551_145e_5bf3_94c7]);
        assert_eq!(blocks[0].0.map(u32::trailing_zeros), [7, 30, 29, 23, 4, 24, 7, 3]);
        assert!(blocks[0].0.iter().all(|word| word.count_ones() == 1));
        assert_eq!(index(0x3551_145e_5bf3_94c7, 1_000), 208);
    }

    #[test]
    fn no_blocks_hold_nothing() {
        add_all(&mut [], &[1, 2, 3]);
        let mut found = [true];
        contains_all(&[], &[1], &mut found);
        assert_eq!(found, [false]);
    }
}
