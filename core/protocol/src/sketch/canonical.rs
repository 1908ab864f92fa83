//! The hash of an item of the native sketches: XXH3 with 128 bits and a seed over the item's canonical bytes.

use std::borrow::Borrow;

use crdt_merge_kernels::xxh3::{Short, hash_parts, hash_zigzags};
use xxhash_rust::xxh3::{Xxh3, xxh3_128_with_seed};

use crate::value::{Kind, Value, canonical_bits, push_canonical};
use crate::wire::body::{VARINT_BYTES, push_varint};

/// Items up to this many bytes are put together in a buffer of this size before they are hashed.
const BUFFER: usize = 128;
/// Bytes in front of the content of a text: its kind and its length.
const MOST_HEAD: usize = 1 + VARINT_BYTES;

/// The hash of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ItemHash {
    /// The low 64 bits.
    pub lo: u64,
    /// The high 64 bits.
    pub hi: u64,
}

impl ItemHash {
    /// The hash of canonical bytes ([`canonical_bytes`](crate::value::canonical_bytes)) that the caller has at hand.
    pub fn of_canonical_bytes(bytes: &[u8], seed: u64) -> Self {
        ItemHash::from_wide(xxh3_128_with_seed(bytes, seed))
    }

    #[inline(always)]
    fn of_short(message: Short, seed: u64) -> Self {
        let [lo, hi] = message.xxh3_128(seed);
        ItemHash { lo, hi }
    }

    fn from_wide(hash: u128) -> Self {
        ItemHash { lo: hash as u64, hi: (hash >> 64) as u64 }
    }
}

/// The hashes of some items, for sketches that take many at once.
#[derive(Debug, Clone)]
pub struct ItemHashes {
    lo: [u64; ItemHashes::MOST],
    hi: [u64; ItemHashes::MOST],
    filled: usize,
}

impl ItemHashes {
    /// Items that are hashed before anything is done with them: their hashes and blocks of a filter stay in the nearest cache.
    pub const MOST: usize = 128;

    const fn new() -> Self {
        ItemHashes { lo: [0; Self::MOST], hi: [0; Self::MOST], filled: 0 }
    }

    /// Takes the first hashes of an iterator, as many as there is room for.
    #[inline]
    fn fill(&mut self, hashes: impl Iterator<Item = ItemHash>) {
        self.filled = 0;
        for ((lo, hi), hash) in self.lo.iter_mut().zip(&mut self.hi).zip(hashes) {
            (*lo, *hi) = (hash.lo, hash.hi);
            self.filled += 1;
        }
    }

    /// The low halves.
    #[inline]
    pub(crate) fn low(&self) -> &[u64] {
        self.lo.get(..self.filled).unwrap_or_default()
    }

    /// The hashes in the order of their items.
    #[inline]
    pub(crate) fn iter(&self) -> impl Iterator<Item = ItemHash> {
        self.low().iter().zip(&self.hi).map(|(lo, hi)| ItemHash { lo: *lo, hi: *hi })
    }
}

/// Hands the hashes of items to `take`, up to [`ItemHashes::MOST`] at a time.
#[inline]
pub(crate) fn for_batches<T: CanonicalItem>(
    items: impl IntoIterator<Item = T>,
    seed: u64,
    mut take: impl FnMut(&ItemHashes),
) {
    let (mut items, mut hashes) = (items.into_iter(), ItemHashes::new());
    loop {
        T::hash_some(&mut items, seed, &mut hashes);
        take(&hashes);
        if hashes.filled < ItemHashes::MOST {
            return;
        }
    }
}

/// Something that the native sketches take as an item.
///
/// An item is a value, and two items are one when their values are equal: `5`, `5.0` and `"5"` are three. The plain types are
/// the values of their kind, hashed without building one.
///
/// ```
/// # use crdt_merge_protocol::{Value, sketch::CanonicalItem};
/// assert_eq!(5_i64.item_hash(0), Value::Int(5).item_hash(0));
/// assert_eq!("alice".item_hash(0).lo, 0x3551_145e_5bf3_94c7);
/// assert_ne!("alice".item_hash(7), "alice".item_hash(0));
/// ```
pub trait CanonicalItem {
    /// XXH3-128 with a seed over the canonical bytes of the item.
    fn item_hash(&self, seed: u64) -> ItemHash;

    /// Hashes the next items of an iterator, as many as there is room for; it takes no more of them than that.
    #[inline]
    fn hash_some<B: Borrow<Self>>(items: &mut impl Iterator<Item = B>, seed: u64, hashes: &mut ItemHashes) {
        hashes.fill(items.map(|item| item.borrow().item_hash(seed)));
    }
}

impl CanonicalItem for i64 {
    #[inline(always)]
    fn item_hash(&self, seed: u64) -> ItemHash {
        ItemHash::of_short(Short::from_zigzag(Kind::Int as u8, *self), seed)
    }

    /// Side by side.
    #[inline]
    fn hash_some<B: Borrow<Self>>(items: &mut impl Iterator<Item = B>, seed: u64, hashes: &mut ItemHashes) {
        let mut numbers = [0; ItemHashes::MOST];
        hashes.filled = 0;
        for (number, item) in numbers.iter_mut().zip(items) {
            *number = *item.borrow();
            hashes.filled += 1;
        }
        let numbers = numbers.get(..hashes.filled).unwrap_or_default();
        hash_zigzags(Kind::Int as u8, numbers, seed, &mut hashes.lo, &mut hashes.hi);
    }
}

impl CanonicalItem for i32 {
    #[inline(always)]
    fn item_hash(&self, seed: u64) -> ItemHash {
        i64::from(*self).item_hash(seed)
    }
}

impl CanonicalItem for u32 {
    #[inline(always)]
    fn item_hash(&self, seed: u64) -> ItemHash {
        i64::from(*self).item_hash(seed)
    }
}

/// Every NaN is one item; 0.0 and −0.0 are two.
impl CanonicalItem for f64 {
    #[inline(always)]
    fn item_hash(&self, seed: u64) -> ItemHash {
        ItemHash::of_short(Short::from_u64(Kind::Float as u8, canonical_bits(*self)), seed)
    }
}

impl CanonicalItem for bool {
    fn item_hash(&self, seed: u64) -> ItemHash {
        let bytes = [Kind::Bool as u8, u8::from(*self)];
        ItemHash::of_short(Short::from_word(u128::from(u16::from_le_bytes(bytes)), 2), seed)
    }
}

impl CanonicalItem for str {
    #[inline]
    fn item_hash(&self, seed: u64) -> ItemHash {
        of_content(Kind::Text, self.as_bytes(), seed)
    }
}

impl CanonicalItem for String {
    #[inline]
    fn item_hash(&self, seed: u64) -> ItemHash {
        self.as_str().item_hash(seed)
    }
}

impl CanonicalItem for [u8] {
    #[inline]
    fn item_hash(&self, seed: u64) -> ItemHash {
        of_content(Kind::Bytes, self, seed)
    }
}

impl CanonicalItem for Vec<u8> {
    #[inline]
    fn item_hash(&self, seed: u64) -> ItemHash {
        self.as_slice().item_hash(seed)
    }
}

impl CanonicalItem for Value {
    fn item_hash(&self, seed: u64) -> ItemHash {
        match self {
            Value::Int(number) => number.item_hash(seed),
            Value::Float(number) => number.item_hash(seed),
            Value::Text(text) => text.item_hash(seed),
            Value::Bytes(bytes) => bytes.item_hash(seed),
            other => {
                let mut bytes = Vec::new();
                push_canonical(&mut bytes, other);
                ItemHash::of_canonical_bytes(&bytes, seed)
            }
        }
    }
}

impl<T: CanonicalItem + ?Sized> CanonicalItem for &T {
    #[inline(always)]
    fn item_hash(&self, seed: u64) -> ItemHash {
        (**self).item_hash(seed)
    }

    #[inline]
    fn hash_some<B: Borrow<Self>>(items: &mut impl Iterator<Item = B>, seed: u64, hashes: &mut ItemHashes) {
        T::hash_some(&mut items.map(|item| *item.borrow()), seed, hashes);
    }
}

/// The hash of a kind, a length and so many bytes.
#[inline]
fn of_content(kind: Kind, content: &[u8], seed: u64) -> ItemHash {
    // A length below 128 is one byte.
    match hash_parts([kind as u8, content.len() as u8], content, seed) {
        Some([lo, hi]) => ItemHash { lo, hi },
        None => of_long_content(kind, content, seed),
    }
}

fn of_long_content(kind: Kind, content: &[u8], seed: u64) -> ItemHash {
    let mut head = Vec::with_capacity(MOST_HEAD);
    head.push(kind as u8);
    push_varint(&mut head, content.len() as u64);
    let length = head.len() + content.len();
    let mut buffer = [0; BUFFER];
    if let Some(message) = buffer.get_mut(..length) {
        let (start, rest) = message.split_at_mut(head.len());
        start.copy_from_slice(&head);
        rest.copy_from_slice(content);
        return ItemHash::of_canonical_bytes(message, seed);
    }
    let mut hasher = Xxh3::with_seed(seed);
    hasher.update(&head);
    hasher.update(content);
    ItemHash::from_wide(hasher.digest128())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::{Map, canonical_bytes};

    fn by_bytes(value: &Value, seed: u64) -> ItemHash {
        ItemHash::of_canonical_bytes(&canonical_bytes(value), seed)
    }

    #[test]
    fn hashes_are_those_of_the_specification() {
        let hash = |item: Value, seed| (item.item_hash(seed).lo, item.item_hash(seed).hi);
        assert_eq!(hash("alice".into(), 0), (0x3551_145e_5bf3_94c7, 0x5254_045d_e1a9_d494));
        assert_eq!(hash("alice".into(), 7), (0x2ff8_ef38_a210_c806, 0x7448_05a6_a203_8df4));
        assert_eq!(hash(Value::Int(5), 0), (0xfdba_957b_7bf5_e616, 0xd498_411f_a2a6_d6da));
        assert_eq!(hash(Value::Float(1.5), 0), (0x4848_f144_0928_d509, 0x2d07_1992_9098_c2ee));
        assert_eq!(hash("5".into(), 0), (0x0d6a_2402_9d54_d94c, 0x63ff_9d3a_9484_6414));
    }

    /// The digests of 257 messages in one: figures of xxHash 0.8.4 as the Python package `xxhash` 4.1.0 carries it.
    #[test]
    fn lengths_up_to_256_hash_as_the_original_does() {
        let message = |length: usize| -> Vec<u8> { (0..length).map(|index| (index * 151 + length) as u8).collect() };
        let scattered = |bytes: Vec<u8>| -> Vec<u8> { bytes.iter().map(|byte| byte.wrapping_mul(73) ^ 0xa5).collect() };
        let digest = |bytes: &[u8], seed| {
            let ItemHash { lo, hi } = ItemHash::of_canonical_bytes(bytes, seed);
            [hi.to_be_bytes(), lo.to_be_bytes()].concat()
        };
        let whole = |seed| {
            let digests: Vec<u8> = (0..=256).flat_map(|length| digest(&scattered(message(length)), seed)).collect();
            u128::from_be_bytes(digest(&digests, 0).try_into().unwrap())
        };
        assert_eq!(whole(0), 0x343a_fc00_c674_0e8e_42c4_2fd1_df65_f76c);
        assert_eq!(whole(7), 0xf788_d529_4dce_4584_1e30_8d58_b85b_f0f4);
        assert_eq!(whole(u64::MAX), 0x732b_9c0d_4017_253d_eabf_cf52_d335_a40d);
    }

    #[test]
    fn texts_and_bytes_of_any_length_hash_as_their_canonical_bytes() {
        let long = "naïve ".repeat(400);
        for length in (0..=long.len()).filter(|length| *length < 300 || length % 97 == 0) {
            let bytes = &long.as_bytes()[..length];
            let text: String = (0..length).map(|index| char::from(b'a' + (index % 26) as u8)).collect();
            for seed in [0, 7, u64::MAX] {
                assert_eq!(bytes.item_hash(seed), by_bytes(&Value::Bytes(bytes.to_vec()), seed), "{length}");
                assert_eq!(text.item_hash(seed), by_bytes(&Value::Text(text.clone()), seed), "{length}");
            }
        }
    }

    #[test]
    fn plain_types_are_their_values() -> crate::Result<()> {
        for number in (0..64).flat_map(|bit| [1_i64 << bit, (1_i64 << bit).wrapping_neg(), !(1_i64 << bit)]) {
            assert_eq!(number.item_hash(3), by_bytes(&Value::Int(number), 3), "{number}");
        }
        for number in [0.0, -0.0, 1.5, f64::NAN, -f64::NAN, f64::NEG_INFINITY] {
            assert_eq!(number.item_hash(3), by_bytes(&Value::Float(number), 3), "{number}");
        }
        assert_eq!((-5_i32).item_hash(1), Value::Int(-5).item_hash(1));
        assert_eq!(u32::MAX.item_hash(1), Value::Int(4_294_967_295).item_hash(1));
        assert_eq!(
            [true, false].map(|flag| flag.item_hash(2)),
            [true, false].map(|flag| by_bytes(&Value::Bool(flag), 2))
        );
        let map = Value::Map(Map::from_pairs(vec![(Value::Null, Value::List(vec![1.into(), "x".into()]))])?);
        for value in [Value::Null, true.into(), 9.into(), 0.5.into(), "t".into(), Value::Bytes(vec![1]), map] {
            assert_eq!(value.item_hash(4), by_bytes(&value, 4));
        }
        Ok(())
    }
}
