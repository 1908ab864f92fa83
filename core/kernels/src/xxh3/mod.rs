//! XXH3 with 128 bits of messages of up to sixteen bytes, given as one number instead of a slice.
//!
//! Items of sketches are mostly that short. A number that was never written to memory needs no bounds, no copies and no second
//! look at its length, which is half of the time such a message takes. Columns of numbers are hashed side by side.

#[cfg(target_arch = "x86_64")]
mod avx512;

use crate::level::Level;

/// The longest message.
pub const SHORT_BYTES: usize = 16;

/// The first half of the default secret of XXH3: all that short messages meet.
const SECRET: [u8; 96] = [
    0xb8, 0xfe, 0x6c, 0x39, 0x23, 0xa4, 0x4b, 0xbe, 0x7c, 0x01, 0x81, 0x2c, 0xf7, 0x21, 0xad, 0x1c, 0xde, 0xd4, 0x6d,
    0xe9, 0x83, 0x90, 0x97, 0xdb, 0x72, 0x40, 0xa4, 0xa4, 0xb7, 0xb3, 0x67, 0x1f, 0xcb, 0x79, 0xe6, 0x4e, 0xcc, 0xc0,
    0xe5, 0x78, 0x82, 0x5a, 0xd0, 0x7d, 0xcc, 0xff, 0x72, 0x21, 0xb8, 0x08, 0x46, 0x74, 0xf7, 0x43, 0x24, 0x8e, 0xe0,
    0x35, 0x90, 0xe6, 0x81, 0x3a, 0x26, 0x4c, 0x3c, 0x28, 0x52, 0xbb, 0x91, 0xc3, 0x00, 0xcb, 0x88, 0xd0, 0x65, 0x8b,
    0x1b, 0x53, 0x2e, 0xa3, 0x71, 0x64, 0x48, 0x97, 0xa2, 0x0d, 0xf9, 0x4e, 0x38, 0x19, 0xef, 0x46, 0xa9, 0xde, 0xac,
    0xd8,
];

const PRIME32_2: u64 = 0x85eb_ca77;
const PRIME64_1: u64 = 0x9e37_79b1_85eb_ca87;
const PRIME64_2: u64 = 0xc2b2_ae3d_27d4_eb4f;
const PRIME64_3: u64 = 0x1656_67b1_9e37_79f9;
const MIX_1: u64 = 0x1656_6791_9e37_79f9;
const MIX_2: u64 = 0x9fb2_1c65_1e98_df25;

/// The eight bytes of the secret at an offset, as a number.
const fn secret64(offset: usize) -> u64 {
    let mut bytes = [0; 8];
    let mut index = 0;
    while index < 8 {
        bytes[index] = SECRET[offset + index];
        index += 1;
    }
    u64::from_le_bytes(bytes)
}

/// The four bytes of the secret at an offset, as a number.
const fn secret32(offset: usize) -> u64 {
    secret64(offset) & 0xffff_ffff
}

/// A message of up to sixteen bytes: the first one is the lowest of `word`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Short {
    word: u128,
    length: u32,
}

impl Short {
    /// A message of the lowest `length` bytes of a number, whose other bytes are 0; at most sixteen.
    #[inline(always)]
    pub const fn from_word(word: u128, length: u32) -> Self {
        debug_assert!(length as usize <= SHORT_BYTES && (length == 16 || word >> (8 * length) == 0));
        Short { word, length: if length as usize > SHORT_BYTES { SHORT_BYTES as u32 } else { length } }
    }

    /// A tag byte and a signed number after it: zigzag, then seven bits a byte, the lowest first, with the top bit of every byte
    /// but the last one set.
    #[inline(always)]
    pub const fn from_zigzag(tag: u8, number: i64) -> Self {
        let zigzag = (number << 1 ^ number >> 63).cast_unsigned();
        if zigzag < 1 << 49 {
            let (groups, length) = seven_groups(zigzag);
            return Short { word: (groups << 8 | tag as u64) as u128, length: length + 1 };
        }
        let (low, _) = seven_groups(zigzag & ((1 << 49) - 1));
        let high = zigzag >> 49;
        let (high, more) = seven_groups(high);
        // The seven low groups are followed by others: all of their top bits are set.
        let low = (low | 0x80_8080_8080_8080) as u128;
        Short { word: (low | (high as u128) << 56) << 8 | tag as u128, length: more + 8 }
    }

    /// A tag byte and eight bytes after it, the lowest first.
    #[inline(always)]
    pub const fn from_u64(tag: u8, number: u64) -> Self {
        Short { word: (number as u128) << 8 | tag as u128, length: 9 }
    }

    /// Up to two bytes and some more after them; `None` when they are too long together.
    #[inline(always)]
    pub fn from_parts(head: [u8; 2], tail: &[u8]) -> Option<Self> {
        if tail.len() > SHORT_BYTES - 2 {
            return None;
        }
        let word = packed(tail) << 16 | u128::from(u16::from_le_bytes(head));
        Some(Short { word, length: tail.len() as u32 + 2 })
    }

    /// The low and the high half of the hash.
    #[inline(always)]
    pub const fn xxh3_128(self, seed: u64) -> [u64; 2] {
        match self.length {
            0 => of_nothing(seed),
            1..=3 => of_1_to_3(self.word as u32, self.length, seed),
            4..=8 => of_4_to_8(self.word as u64, self.length, seed),
            _ => of_9_to_16(self.word as u64, (self.word >> (8 * (self.length - 8))) as u64, self.length, seed),
        }
    }
}

/// The low and the high half of the hash of two bytes and some more after them; `None` when they are too long together.
#[inline(always)]
pub fn hash_parts(head: [u8; 2], tail: &[u8], seed: u64) -> Option<[u64; 2]> {
    let length = tail.len() + head.len();
    match (tail.first_chunk(), tail.last_chunk()) {
        // Both ends can be read as they lie.
        (Some(first), Some(last)) if length <= SHORT_BYTES => {
            let first = u64::from_le_bytes(*first) << 16 | u64::from(u16::from_le_bytes(head));
            Some(of_9_to_16(first, u64::from_le_bytes(*last), length as u32, seed))
        }
        _ => Short::from_parts(head, tail).map(|short| short.xxh3_128(seed)),
    }
}

/// The hashes of numbers, each as [`Short::from_zigzag`] has it, at the best level of this machine: the low halves and the high
/// halves, as many as the shortest slice has room for.
pub fn hash_zigzags(tag: u8, numbers: &[i64], seed: u64, low: &mut [u64], high: &mut [u64]) {
    hash_zigzags_at(Level::detect(), tag, numbers, seed, low, high);
}

/// As [`hash_zigzags`], at a level of the caller's choice, or the portable one where the machine lacks it.
pub fn hash_zigzags_at(level: Level, tag: u8, numbers: &[i64], seed: u64, low: &mut [u64], high: &mut [u64]) {
    #[cfg(target_arch = "x86_64")]
    if level == Level::Avx512 && avx512::is_available() {
        // SAFETY: the line above has found on this machine what the function asks for.
        return unsafe { hash_groups(tag, numbers, seed, low, high) };
    }
    let _ = level;
    hash_each(tag, numbers, seed, low, high);
}

/// One after the other: the definition that vectors are held against.
#[inline]
fn hash_each(tag: u8, numbers: &[i64], seed: u64, low: &mut [u64], high: &mut [u64]) {
    for ((number, low), high) in numbers.iter().zip(low).zip(high) {
        [*low, *high] = Short::from_zigzag(tag, *number).xxh3_128(seed);
    }
}

/// In groups, as far as the numbers of a group are alike.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512bw,avx512cd,avx512dq,avx512vbmi")]
fn hash_groups(tag: u8, numbers: &[i64], seed: u64, low: &mut [u64], high: &mut [u64]) {
    let (groups, rest) = numbers.as_chunks::<{ avx512::LANES }>();
    let (low_groups, high_groups) = (low.as_chunks_mut().0, high.as_chunks_mut().0);
    if groups.len() > low_groups.len().min(high_groups.len()) {
        return hash_each(tag, numbers, seed, low, high);
    }
    for ((group, low), high) in groups.iter().zip(low_groups).zip(high_groups) {
        if !avx512::hash_group(tag, group, seed, low, high) {
            hash_each(tag, group, seed, low, high);
        }
    }
    // What is left over goes where the groups end.
    let done = groups.len() * avx512::LANES;
    hash_each(tag, rest, seed, low.get_mut(done..).unwrap_or_default(), high.get_mut(done..).unwrap_or_default());
}

/// Up to sixteen bytes as a number, the first one the lowest.
#[inline(always)]
fn packed(bytes: &[u8]) -> u128 {
    let length = bytes.len();
    if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
        let tail = u128::from(u64::from_le_bytes(*last)) << (8 * (length - 8));
        return u128::from(u64::from_le_bytes(*first)) | tail;
    }
    if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
        let tail = u64::from(u32::from_le_bytes(*last)) << (8 * (length - 4));
        return u128::from(u64::from(u32::from_le_bytes(*first)) | tail);
    }
    bytes.iter().rev().fold(0, |word, byte| word << 8 | u128::from(*byte))
}

/// A number below 2^49 in bytes of seven bits, and how many there are.
#[inline(always)]
const fn seven_groups(number: u64) -> (u64, u32) {
    let bits = u64::BITS - (number | 1).leading_zeros();
    // Exact division by seven for up to 64 bits, rounded up.
    let length = (bits * 9 + 64) >> 6;
    let spread = (number & 0x0fff_ffff) | (number & 0x00ff_ffff_f000_0000) << 4;
    let spread = (spread & 0x0000_3fff_0000_3fff) | (spread & 0x0fff_c000_0fff_c000) << 2;
    let spread = (spread & 0x007f_007f_007f_007f) | (spread & 0x3f80_3f80_3f80_3f80) << 1;
    let followed = (1_u64 << (8 * (length - 1))) - 1;
    (spread | followed & 0x8080_8080_8080_8080, length)
}

const fn of_nothing(seed: u64) -> [u64; 2] {
    [xxh64_avalanche(seed ^ secret64(64) ^ secret64(72)), xxh64_avalanche(seed ^ secret64(80) ^ secret64(88))]
}

#[inline(always)]
const fn of_1_to_3(word: u32, length: u32, seed: u64) -> [u64; 2] {
    let first = word & 0xff;
    let middle = word >> (8 * (length >> 1)) & 0xff;
    let last = word >> (8 * (length - 1)) & 0xff;
    let low = first << 16 | middle << 24 | last | length << 8;
    let high = low.swap_bytes().rotate_left(13);
    let flip_low = (secret32(0) ^ secret32(4)).wrapping_add(seed);
    let flip_high = (secret32(8) ^ secret32(12)).wrapping_sub(seed);
    [xxh64_avalanche(low as u64 ^ flip_low), xxh64_avalanche(high as u64 ^ flip_high)]
}

#[inline(always)]
const fn of_4_to_8(word: u64, length: u32, seed: u64) -> [u64; 2] {
    let seed = seed ^ ((seed as u32).swap_bytes() as u64) << 32;
    let last = word >> (8 * (length - 4)) & 0xffff_ffff;
    let keyed = (word & 0xffff_ffff | last << 32) ^ (secret64(16) ^ secret64(24)).wrapping_add(seed);
    let [low, high] = product(keyed, PRIME64_1 + (length << 2) as u64);
    let high = high.wrapping_add(low << 1);
    let low = low ^ high >> 3;
    let low = (low ^ low >> 35).wrapping_mul(MIX_2);
    [low ^ low >> 28, avalanche(high)]
}

#[inline(always)]
const fn of_9_to_16(first: u64, last: u64, length: u32, seed: u64) -> [u64; 2] {
    let flip_low = (secret64(32) ^ secret64(40)).wrapping_sub(seed);
    let flip_high = (secret64(48) ^ secret64(56)).wrapping_add(seed);
    let [low, high] = product(first ^ last ^ flip_low, PRIME64_1);
    let low = low.wrapping_add(((length - 1) as u64) << 54);
    let last = last ^ flip_high;
    let high = high.wrapping_add(last).wrapping_add((last & 0xffff_ffff).wrapping_mul(PRIME32_2 - 1));
    let [low, carried] = product(low ^ high.swap_bytes(), PRIME64_2);
    let high = carried.wrapping_add(high.wrapping_mul(PRIME64_2));
    [avalanche(low), avalanche(high)]
}

/// The low and the high half of a product.
#[inline(always)]
const fn product(a: u64, b: u64) -> [u64; 2] {
    let product = a as u128 * b as u128;
    [product as u64, (product >> 64) as u64]
}

#[inline(always)]
const fn avalanche(hash: u64) -> u64 {
    let hash = (hash ^ hash >> 37).wrapping_mul(MIX_1);
    hash ^ hash >> 32
}

/// The finish of the older XXH64, which the shortest messages have.
#[inline(always)]
const fn xxh64_avalanche(hash: u64) -> u64 {
    let hash = (hash ^ hash >> 33).wrapping_mul(PRIME64_2);
    let hash = (hash ^ hash >> 29).wrapping_mul(PRIME64_3);
    hash ^ hash >> 32
}

#[cfg(test)]
mod tests {
    use super::*;
    use xxhash_rust::xxh3::xxh3_128_with_seed;

    const SEEDS: [u64; 5] = [0, 1, 7, 0x0123_4567_89ab_cdef, u64::MAX];

    fn whole(message: Short, seed: u64) -> u128 {
        let [low, high] = message.xxh3_128(seed);
        u128::from(high) << 64 | u128::from(low)
    }

    /// Bytes that no pattern of the hash lines up with.
    fn bytes(length: usize, salt: u8) -> Vec<u8> {
        (0..length).map(|index| (index as u8).wrapping_mul(151).wrapping_add(salt).wrapping_mul(73) ^ 0xa5).collect()
    }

    /// The bytes as the protocol writes a number: the twin that the shortcut has to agree with.
    fn zigzag_bytes(tag: u8, number: i64) -> Vec<u8> {
        let mut rest = (number << 1 ^ number >> 63).cast_unsigned();
        let mut out = vec![tag];
        while rest >= 0x80 {
            out.push(rest as u8 | 0x80);
            rest >>= 7;
        }
        out.push(rest as u8);
        out
    }

    #[test]
    fn every_length_hashes_as_the_slice_does() {
        for (length, salt, seed) in (0..=SHORT_BYTES)
            .flat_map(|length| (0..40).map(move |salt| (length, salt)))
            .flat_map(|(length, salt)| SEEDS.map(|seed| (length, salt, seed)))
        {
            let bytes = bytes(length, salt);
            let message = Short::from_word(packed(&bytes), length as u32);
            assert_eq!(whole(message, seed), xxh3_128_with_seed(&bytes, seed), "{length} {salt} {seed:#x}");
            if let [a, b, tail @ ..] = bytes.as_slice() {
                assert_eq!(Short::from_parts([*a, *b], tail), Some(message));
                assert_eq!(hash_parts([*a, *b], tail, seed), Some(message.xxh3_128(seed)));
            }
        }
        assert_eq!(Short::from_parts([1, 2], &[0; 15]), None);
        assert_eq!(hash_parts([1, 2], &[0; 15], 0), None);
    }

    #[test]
    fn numbers_of_every_width_are_their_bytes() {
        let edges = (0..64).flat_map(|bit| [-1, 0, 1].map(|off| (1_i64 << bit).wrapping_add(off)));
        let spread = (0..2_000_i64).map(|n| n.wrapping_mul(0x5851_f42d_4c95_7f2d) >> (n % 64));
        for number in edges.chain(spread).chain([i64::MIN, i64::MAX, -1]) {
            for number in [number, number.wrapping_neg(), !number] {
                let bytes = zigzag_bytes(2, number);
                let message = Short::from_zigzag(2, number);
                assert_eq!(message, Short::from_word(packed(&bytes), bytes.len() as u32), "{number}");
                assert_eq!(whole(message, 7), xxh3_128_with_seed(&bytes, 7), "{number}");
            }
        }
        let float = [&[3][..], &1.5_f64.to_le_bytes()].concat();
        assert_eq!(whole(Short::from_u64(3, 1.5_f64.to_bits()), 0), xxh3_128_with_seed(&float, 0));
    }

    #[test]
    fn levels_agree_on_columns_of_numbers() {
        let edges = (0..64).flat_map(|bit| [-1, 0, 1].map(|off| (1_i64 << bit).wrapping_add(off)));
        let mixed: Vec<i64> = edges.flat_map(|edge| [edge, edge.wrapping_neg()]).collect();
        let alike = mixed.iter().flat_map(|number| (0..11).map(move |step| number.wrapping_add(step)));
        let columns: [Vec<i64>; 3] = [mixed.clone(), alike.collect(), (1_000_000..1_001_003).collect()];
        for (column, seed) in columns.iter().flat_map(|column| SEEDS.map(|seed| (column, seed))) {
            let expected: Vec<_> = column.iter().map(|number| Short::from_zigzag(2, *number).xxh3_128(seed)).collect();
            for (level, room) in Level::available().flat_map(|level| [0, 5].map(|room| (level, room))) {
                let (mut low, mut high) = (vec![1; column.len() + room], vec![1; column.len() + 2 * room]);
                hash_zigzags_at(level, 2, column, seed, &mut low, &mut high);
                let got: Vec<_> = low.iter().zip(&high).map(|(low, high)| [*low, *high]).collect();
                assert_eq!(got[..column.len()], expected, "{level:?}");
                assert!(got[column.len()..].iter().all(|rest| *rest == [1, 1]), "no more than there are");
            }
            let (mut low, mut high) = ([0; 20], [0; 3]);
            hash_zigzags(2, column, seed, &mut low, &mut high);
            assert_eq!((&low[..3], high[2]), (&[expected[0][0], expected[1][0], expected[2][0]][..], expected[2][1]));
        }
    }
}
