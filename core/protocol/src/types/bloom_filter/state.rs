use crdt_merge_kernels::bloom::{self, Block, WORDS};

use super::sizing;
use crate::error::{Code, Error, Result};
use crate::generated::limit;
use crate::sketch::{CanonicalItem, Estimate, ItemHash, ItemHashes, for_batches};
use crate::wire::Extensions;

/// Bits that the items of one filter share out in each of the eight columns of words, a block.
const WORD_BITS: f64 = u32::BITS as f64;

/// A Bloom filter: says whether an item may have been added, in about twelve bits an item at a rate of 1 %.
///
/// A *no* is certain, a *yes* is wrong at a rate that grows as the filter fills. Filters of equal size and seed merge into the
/// filter of all their items; nothing can be taken out. An item sets eight bits of one block of 256, so that adding and asking
/// cost one line of the cache.
///
/// ```
/// # use crdt_merge_protocol::{BloomFilter, Join};
/// let mut here = BloomFilter::with_capacity(10_000, 0.01)?;
/// here.add_all(["alice", "bob"]);
/// let mut there = BloomFilter::with_capacity(10_000, 0.01)?;
/// there.add("carol");
/// here.join(&there)?;
/// assert_eq!(here.contains_all(["alice", "carol", "dave"]), [true, true, false]);
/// # Ok::<(), crdt_merge_protocol::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BloomFilter {
    pub(super) seed: u64,
    pub(super) blocks: Vec<Block>,
    pub(super) extensions: Extensions,
}

impl BloomFilter {
    /// An empty filter of so many blocks of 32 bytes, with seed 0.
    ///
    /// Fails with `BAD_ARGUMENT` when there would be no block or more than 2^24.
    pub fn new(blocks: u32) -> Result<Self> {
        Self::with_seed(blocks, 0)
    }

    /// As [`BloomFilter::new`], with the seed of the item hash. Only filters of one seed merge; a secret one keeps others from
    /// choosing items that fill the filter or collide.
    pub fn with_seed(blocks: u32, seed: u64) -> Result<Self> {
        let count = block_count(blocks).ok_or_else(|| {
            Error::new(Code::BadArgument, "a filter has 1 to 2^24 blocks of 32 bytes").with("found", blocks)
        })?;
        Ok(BloomFilter { seed, blocks: vec![Block::default(); count], extensions: Extensions::new() })
    }

    /// An empty filter that says wrongly *yes* at most at a rate of `fp_rate` once it holds `items` items, with seed 0.
    ///
    /// Fails with `BAD_ARGUMENT` when the rate is not between 0 and 1 or when 2^24 blocks would not be enough.
    pub fn with_capacity(items: u64, fp_rate: f64) -> Result<Self> {
        Self::new(Self::blocks_for(items, fp_rate)?)
    }

    /// The number of blocks that [`BloomFilter::with_capacity`] takes.
    pub fn blocks_for(items: u64, fp_rate: f64) -> Result<u32> {
        sizing::blocks_for(items, fp_rate)
    }

    /// Adds an item.
    #[inline]
    pub fn add(&mut self, item: impl CanonicalItem) {
        self.add_hash(item.item_hash(self.seed));
    }

    /// Adds items, faster than one by one: slices of integers, floats, texts or bytes, values, or whatever yields them.
    pub fn add_all<T: CanonicalItem>(&mut self, items: impl IntoIterator<Item = T>) {
        let (seed, blocks) = (self.seed, self.blocks.as_mut_slice());
        for_batches(items, seed, |hashes| bloom::add_all(blocks, hashes.low()));
    }

    /// Adds an item that was hashed before, with the seed of this filter.
    pub fn add_hash(&mut self, hash: ItemHash) {
        bloom::add_all(&mut self.blocks, &[hash.lo]);
    }

    /// Whether an item may have been added; *no* is certain.
    #[inline]
    pub fn contains(&self, item: impl CanonicalItem) -> bool {
        self.contains_hash(item.item_hash(self.seed))
    }

    /// As [`BloomFilter::contains`] for each of some items, faster than one by one.
    pub fn contains_all<T: CanonicalItem>(&self, items: impl IntoIterator<Item = T>) -> Vec<bool> {
        let items = items.into_iter();
        let mut all = Vec::with_capacity(items.size_hint().0);
        for_batches(items, self.seed, |hashes| {
            let mut found = [false; ItemHashes::MOST];
            bloom::contains_all(&self.blocks, hashes.low(), &mut found);
            all.extend(found.iter().take(hashes.low().len()));
        });
        all
    }

    /// Whether an item that was hashed before, with the seed of this filter, may have been added.
    pub fn contains_hash(&self, hash: ItemHash) -> bool {
        let mut found = [false];
        bloom::contains_all(&self.blocks, &[hash.lo], &mut found);
        found == [true]
    }

    /// How many different items were added, from the share of bits that are set, with bounds two standard errors away.
    ///
    /// The number is infinite when all bits are set.
    pub fn estimate(&self) -> Estimate {
        let bits = WORD_BITS * self.blocks.len() as f64;
        let load = -libm::log(1.0 - self.fill());
        if load == 0.0 {
            return Estimate { value: 0.0, low: 0.0, high: 0.0 };
        }
        // That of one column of words counted alone; the eight columns together are at least as good.
        let error = libm::sqrt((libm::expm1(load) - load) / bits) / load;
        if load.is_finite() { Estimate::with_relative_error(load * bits, error) } else { self.unbounded() }
    }

    /// All that a full filter tells: one item for each bit of a column would have been enough.
    fn unbounded(&self) -> Estimate {
        Estimate { value: f64::INFINITY, low: WORD_BITS * self.blocks.len() as f64, high: f64::INFINITY }
    }

    /// The share of bits that are set.
    pub fn fill(&self) -> f64 {
        let set: u64 = self.blocks.iter().flat_map(|block| block.0).map(|word| u64::from(word.count_ones())).sum();
        set as f64 / (self.blocks.len() as f64 * WORD_BITS * WORDS as f64)
    }

    /// The rate of wrong yeses to be expected once the filter holds so many different items.
    pub fn fp_rate(&self, items: u64) -> f64 {
        sizing::false_positives(items as f64 / self.blocks.len() as f64)
    }

    /// The seed of the item hash.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// The number of blocks of 32 bytes.
    pub fn block_count(&self) -> u32 {
        // At most 2^24.
        self.blocks.len() as u32
    }
}

/// The number of blocks, if such a filter is allowed.
pub(super) fn block_count(blocks: u32) -> Option<usize> {
    (1..=limit::NATIVE_BLOOM_BLOCKS).contains(&blocks).then_some(blocks as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_at_once_are_as_one_by_one() -> Result<()> {
        for count in [0, 1, 127, 128, 129, 1_000] {
            let (mut one, mut all) = (BloomFilter::with_seed(20, 5)?, BloomFilter::with_seed(20, 5)?);
            let items: Vec<String> = (0..count).map(|number| format!("item {number}")).collect();
            items.iter().for_each(|item| one.add(item));
            all.add_all(&items);
            assert_eq!(one, all);
            assert!(all.contains_all(&items).iter().all(|found| *found));
            assert_eq!(all.contains_all(&items).len(), count);
            let asked = (0..3_000_i64).collect::<Vec<_>>();
            assert_eq!(all.contains_all(&asked), asked.iter().map(|item| one.contains(item)).collect::<Vec<_>>());
        }
        Ok(())
    }

    #[test]
    fn wrong_yeses_are_as_rare_as_promised() -> Result<()> {
        for (items, rate) in [(1_000, 0.1), (20_000, 0.01), (100_000, 0.001)] {
            let mut filter = BloomFilter::with_capacity(items, rate)?;
            filter.add_all(0..items as i64);
            assert!((0..items as i64).all(|item| filter.contains(item)), "no item is missed");
            let asked = (40.0 / rate) as i64 * 10;
            let wrong = filter.contains_all(-asked..0).into_iter().filter(|found| *found).count();
            let measured = wrong as f64 / asked as f64;
            let theory = filter.fp_rate(items);
            assert!(theory <= rate && measured < 1.2 * theory && measured > theory / 1.2, "{measured} {theory}");
            let estimate = filter.estimate();
            assert!(estimate.low < items as f64 && (items as f64) < estimate.high, "{estimate:?}");
            assert!((estimate.value / items as f64 - 1.0).abs() < 0.05, "{estimate:?}");
        }
        Ok(())
    }

    #[test]
    fn estimates_have_extremes() -> Result<()> {
        let mut filter = BloomFilter::new(2)?;
        assert_eq!((filter.estimate().value, filter.fill(), filter.fp_rate(0)), (0.0, 0.0, 0.0));
        filter.blocks.fill(Block([u32::MAX; WORDS]));
        assert_eq!((filter.estimate().value, filter.estimate().low, filter.fill()), (f64::INFINITY, 64.0, 1.0));
        assert!(filter.contains("anything"));
        Ok(())
    }

    #[test]
    fn sizes_have_bounds() {
        for blocks in [0, (1 << 24) + 1, u32::MAX] {
            assert_eq!(BloomFilter::new(blocks).unwrap_err().code(), Code::BadArgument);
        }
    }
}
