use super::BloomSizing;
use crate::error::Result;
use crate::sketch::{Positions, SketchItem, h64, hash_all};
use crate::wire::Extensions;

/// Seeds of the hash that gives the first position and of the one that gives the distance to the next.
const SEEDS: [u32; 2] = [0, 42];
/// Largest count that a frame can hold.
const MOST: u64 = i64::MAX as u64;

/// A Bloom filter with the hash of version 1: tells that an item was never added, or that it probably was.
///
/// Filters of equal size merge into the filter of all their items. Equality leaves out [`CompatBloom::count`], and takes a
/// capacity below 0 for 0.
///
/// ```
/// # use crdt_merge_protocol::{CompatBloom, Join};
/// let mut here = CompatBloom::with_capacity(1_000, 0.01)?;
/// here.add("alice")?;
/// let mut there = CompatBloom::with_capacity(1_000, 0.01)?;
/// there.add_all(["bob", "carol"])?;
/// here.join(&there)?;
/// assert!(here.contains("alice")? && here.contains("carol")?);
/// assert!(!here.contains("dave")?);
/// # Ok::<(), crdt_merge_protocol::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct CompatBloom {
    pub(super) capacity: i64,
    pub(super) fp_rate: f64,
    pub(super) sizing: BloomSizing,
    pub(super) bits: Vec<u8>,
    pub(super) count: u64,
    pub(super) extensions: Extensions,
}

impl CompatBloom {
    /// An empty filter for `capacity` items, of which a share of about `fp_rate` of others will seem to be in it.
    ///
    /// Fails with `BAD_ARGUMENT` as [`BloomSizing::for_capacity`] does.
    pub fn with_capacity(capacity: i64, fp_rate: f64) -> Result<Self> {
        let sizing = BloomSizing::for_capacity(capacity, fp_rate)?;
        let bits = vec![0; sizing.bytes()];
        Ok(CompatBloom { capacity, fp_rate, sizing, bits, count: 0, extensions: Extensions::new() })
    }

    /// The bits that an item sets in a filter of a size, in the order of the hashes; one may occur more than once.
    ///
    /// Fails with `BAD_VALUE` on an item with a set in it.
    pub fn positions(sizing: BloomSizing, item: &(impl SketchItem + ?Sized)) -> Result<Vec<u64>> {
        Ok(places(sizing, hashes(item)?).collect())
    }

    /// Adds an item. Fails with `BAD_VALUE` on an item with a set in it.
    pub fn add(&mut self, item: &(impl SketchItem + ?Sized)) -> Result<()> {
        self.add_hashes(hashes(item)?);
        Ok(())
    }

    /// Adds items, many times faster than one by one.
    ///
    /// Fails with `BAD_VALUE` at the first item with a set in it; the items before it have been added.
    pub fn add_all<T: SketchItem>(&mut self, items: impl IntoIterator<Item = T>) -> Result<()> {
        hash_all(items.into_iter().map(|item| (item, ())), SEEDS, |hashes, ()| {
            self.add_hashes(hashes);
            Ok(())
        })
    }

    #[inline]
    fn add_hashes(&mut self, hashes: [u64; 2]) {
        for place in places(self.sizing, hashes) {
            if let Some(byte) = self.bits.get_mut((place >> 3) as usize) {
                *byte |= mask(place);
            }
        }
        self.count = self.count.saturating_add(1).min(MOST);
    }

    /// Whether an item may have been added; `false` is certain.
    ///
    /// Fails with `BAD_VALUE` on an item with a set in it.
    pub fn contains(&self, item: &(impl SketchItem + ?Sized)) -> Result<bool> {
        Ok(self.has(hashes(item)?))
    }

    /// Whether each item may have been added, many times faster than asking one by one.
    ///
    /// Fails with `BAD_VALUE` on an item with a set in it.
    pub fn contains_all<T: SketchItem>(&self, items: impl IntoIterator<Item = T>) -> Result<Vec<bool>> {
        let mut found = Vec::new();
        hash_all(items.into_iter().map(|item| (item, ())), SEEDS, |hashes, ()| {
            found.push(self.has(hashes));
            Ok(())
        })?;
        Ok(found)
    }

    #[inline]
    fn has(&self, hashes: [u64; 2]) -> bool {
        let is_set = |place| self.bits.get((place >> 3) as usize).is_some_and(|byte| byte & mask(place) != 0);
        places(self.sizing, hashes).all(is_set)
    }

    /// The share of items never added for which [`CompatBloom::contains`] is true, estimated from the bits that are set.
    pub fn estimated_fp_rate(&self) -> f64 {
        libm::pow(self.ones() as f64 / self.sizing.size as f64, f64::from(self.sizing.num_hashes))
    }

    /// The number of bits that are set.
    pub(super) fn ones(&self) -> u64 {
        let (words, rest) = self.bits.as_chunks::<8>();
        let in_words = words.iter().map(|word| u64::from(u64::from_ne_bytes(*word).count_ones())).sum::<u64>();
        in_words + rest.iter().map(|byte| u64::from(byte.count_ones())).sum::<u64>()
    }

    /// How many additions there were, repeated ones included; after a merge, about how many different items there are.
    ///
    /// A figure for people: it takes no part in equality.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The number of items that the filter was made for. A merge takes the greater one.
    pub fn capacity(&self) -> i64 {
        self.capacity
    }

    /// The rate of false positives that the filter was made for. A merge takes the smaller one.
    pub fn fp_rate(&self) -> f64 {
        self.fp_rate
    }

    /// The number of bits and of hashes.
    pub fn sizing(&self) -> BloomSizing {
        self.sizing
    }
}

fn hashes(item: &(impl SketchItem + ?Sized)) -> Result<[u64; 2]> {
    let [first, step] = SEEDS;
    Ok([h64(item, first)?, h64(item, step)?])
}

#[inline]
fn places(sizing: BloomSizing, [first, step]: [u64; 2]) -> impl Iterator<Item = u64> {
    Positions::new(first, step, sizing.size).take(sizing.num_hashes as usize)
}

#[inline]
fn mask(place: u64) -> u8 {
    1 << (place & 7)
}

impl PartialEq for CompatBloom {
    fn eq(&self, other: &Self) -> bool {
        let identity = |filter: &Self| (filter.capacity.max(0), filter.fp_rate.to_bits(), filter.sizing);
        identity(self) == identity(other) && self.bits == other.bits && self.extensions == other.extensions
    }
}

impl Eq for CompatBloom {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_at_once_are_as_one_by_one() -> Result<()> {
        let (mut one, mut all) = (CompatBloom::with_capacity(500, 0.01)?, CompatBloom::with_capacity(500, 0.01)?);
        (0..500_i64).try_for_each(|number| one.add(&number))?;
        all.add_all(0..500_i64)?;
        assert_eq!((&one, one.count()), (&all, 500));
        let found = all.contains_all(0..3_000_i64)?;
        assert!(found.iter().take(500).all(|found| *found));
        assert!((0..3_000_i64).zip(&found).all(|(number, found)| all.contains(&number) == Ok(*found)));
        let wrong = found.iter().skip(500).filter(|found| **found).count();
        assert!((1..100).contains(&wrong), "{wrong} of 2500 at a rate of 0.01");
        Ok(())
    }

    #[test]
    fn the_count_takes_no_part_in_equality() -> Result<()> {
        let mut once = CompatBloom::with_capacity(10, 0.1)?;
        once.add("a")?;
        let mut twice = once.clone();
        twice.add("a")?;
        assert_eq!(once, twice);
        assert_eq!((once.count(), twice.count()), (1, 2));
        Ok(())
    }
}
