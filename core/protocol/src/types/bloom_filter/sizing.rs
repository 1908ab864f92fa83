//! How many blocks a filter needs, and what one that has them gets wrong.

use crate::error::{Code, Error, Result};
use crate::generated::limit;

/// Bits of a word; an item sets one in each word of its block.
const WORD_BITS: f64 = 32.0;
/// Items a block beyond which all of its bits are set but for one word in ten million.
const CROWDED: f64 = 700.0;
/// Numbers of items in a block that are looked at: more than ten standard deviations above [`CROWDED`].
const MOST_ITEMS: u32 = 1024;

/// The share of wrong yeses in a filter with so many items a block on average.
///
/// A block that got k items has a bit of a word set with probability 1 − (31/32)^k, and a wrong yes needs all eight words; k has
/// a Poisson distribution. Sums and products are in this order, so that everyone gets the same bits.
pub(super) fn false_positives(items_per_block: f64) -> f64 {
    if items_per_block > CROWDED {
        return 1.0;
    }
    let (mut probability, mut unset, mut sum) = (libm::exp(-items_per_block), 1.0, 0.0);
    for items in 1..=MOST_ITEMS {
        probability = probability * items_per_block / f64::from(items);
        unset *= 1.0 - 1.0 / WORD_BITS;
        sum += probability * eighth_power(1.0 - unset);
    }
    sum
}

/// By three squarings: one factor for each word of a block.
fn eighth_power(number: f64) -> f64 {
    let second = number * number;
    let fourth = second * second;
    fourth * fourth
}

/// The least number of blocks with which `items` items leave at most a share `fp_rate` of wrong yeses.
pub(super) fn blocks_for(items: u64, fp_rate: f64) -> Result<u32> {
    if !(fp_rate > 0.0 && fp_rate < 1.0) {
        let error = Error::new(Code::BadArgument, "a rate of false positives is between 0 and 1");
        return Err(error.with("field", "fp_rate").with("found", fp_rate));
    }
    let is_enough = |blocks: u32| false_positives(items as f64 / f64::from(blocks)) <= fp_rate;
    if !is_enough(limit::NATIVE_BLOOM_BLOCKS) {
        let error = Error::new(Code::BadArgument, "a filter has at most 2^24 blocks of 32 bytes");
        return Err(error.with("items", items).with("fp_rate", fp_rate));
    }
    Ok(least(is_enough))
}

/// The least number of blocks that is enough, when the largest is.
fn least(is_enough: impl Fn(u32) -> bool) -> u32 {
    let (mut below, mut enough) = (0, limit::NATIVE_BLOOM_BLOCKS);
    while enough - below > 1 {
        let middle = below + (enough - below) / 2;
        if is_enough(middle) {
            enough = middle;
        } else {
            below = middle;
        }
    }
    enough
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_their_numbers() -> Result<()> {
        assert_eq!(blocks_for(10_000, 0.01)?, 412);
        assert_eq!(blocks_for(1_000_000, 0.01)?, 41_130);
        assert_eq!(blocks_for(1_000_000, 0.001)?, 65_976);
        assert_eq!(blocks_for(0, 0.5)?, 1);
        assert_eq!(blocks_for(1, 0.5)?, 1);
        Ok(())
    }

    #[test]
    fn rates_grow_with_items_and_the_size_is_the_least_one() -> Result<()> {
        assert_eq!((false_positives(0.0), false_positives(701.0)), (0.0, 1.0));
        let rates: Vec<f64> = (0..700).map(|items| false_positives(f64::from(items))).collect();
        assert!(rates.is_sorted() && rates[699] > 0.999 && rates[699] <= 1.0 + 1e-9);
        for (items, rate) in [(100, 0.1), (12_345, 0.01), (1_000_000, 0.001), (50_000, 1e-9), (3, 1e-6)] {
            let blocks = blocks_for(items, rate)?;
            let at = |blocks: u32| false_positives(items as f64 / f64::from(blocks));
            assert!(at(blocks) <= rate && (blocks == 1 || at(blocks - 1) > rate), "{items} {rate}: {blocks}");
        }
        Ok(())
    }

    #[test]
    fn sizes_that_cannot_be_are_refused() {
        for (items, rate) in [(1, 0.0), (1, 1.0), (1, f64::NAN), (1, -0.1), (u64::MAX, 0.5), (1 << 40, 0.01)] {
            assert_eq!(blocks_for(items, rate).unwrap_err().code(), Code::BadArgument, "{items} {rate}");
        }
    }
}
