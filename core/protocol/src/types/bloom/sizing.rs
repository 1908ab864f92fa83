use std::f64::consts::LN_2;

use crate::error::{Code, Error, Result};
use crate::generated::limit;

/// Fewest bits of a filter made for a capacity.
const FEWEST_BITS: f64 = 64.0;

/// How large a filter is: what two filters must have in common to be joined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BloomSizing {
    pub(super) size: u64,
    pub(super) num_hashes: u32,
}

impl BloomSizing {
    /// A filter of `size` bits in which an item sets up to `num_hashes` of them.
    ///
    /// Fails with `BAD_ARGUMENT` when the size is not from 1 to 2^32 or the number of hashes not from 1 to 1024.
    pub fn new(size: u64, num_hashes: u32) -> Result<Self> {
        if !(1..=limit::BLOOM_BITS).contains(&size) {
            return Err(Error::new(Code::BadArgument, "a filter has 1 to 2^32 bits").with("found", size));
        }
        if !(1..=limit::BLOOM_HASHES).contains(&num_hashes) {
            return Err(Error::new(Code::BadArgument, "a filter has 1 to 1024 hashes").with("found", num_hashes));
        }
        Ok(BloomSizing { size, num_hashes })
    }

    /// The filter in which `capacity` items leave a share of about `fp_rate` of other items that seem to be in it.
    ///
    /// Fails with `BAD_ARGUMENT` when the rate is not above 0 or the filter would pass a limit of [`BloomSizing::new`].
    pub fn for_capacity(capacity: i64, fp_rate: f64) -> Result<Self> {
        if fp_rate.is_nan() || fp_rate <= 0.0 {
            return Err(Error::new(Code::BadArgument, "the rate of false positives is above 0").with("found", fp_rate));
        }
        let size = (-(capacity as f64) * libm::log(fp_rate) / (LN_2 * LN_2)).ceil().max(FEWEST_BITS);
        let num_hashes = (size / capacity.max(1) as f64 * LN_2).ceil().max(1.0);
        // Casts of doubles saturate, and what saturates is over a limit.
        Self::new(size as u64, num_hashes as u32)
    }

    /// The number of bits.
    pub fn size(self) -> u64 {
        self.size
    }

    /// The number of hashes of an item.
    pub fn num_hashes(self) -> u32 {
        self.num_hashes
    }

    /// The number of bytes that hold the bits.
    pub(super) fn bytes(self) -> usize {
        // At most 2^29.
        self.size.div_ceil(8) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(capacity: i64, fp_rate: f64) -> Result<(u64, u32)> {
        BloomSizing::for_capacity(capacity, fp_rate).map(|sizing| (sizing.size, sizing.num_hashes))
    }

    #[test]
    fn sizes_follow_capacity_and_rate() {
        assert_eq!(of(10_000, 0.01), Ok((95_851, 7)));
        assert_eq!(of(1, 0.01), Ok((64, 45)));
        assert_eq!(of(100, 1e-9), Ok((4_314, 30)));
        assert_eq!(of(10, 1.5), Ok((64, 5)));
        assert_eq!(of(-3, 0.1), Ok((64, 45)));
        assert_eq!(of(10, f64::INFINITY), Ok((64, 5)));
    }

    #[test]
    fn what_makes_no_filter_is_refused() {
        for (capacity, rate) in [(10, 0.0), (10, -0.1), (10, f64::NAN), (i64::MAX, 0.01), (1, f64::MIN_POSITIVE / 8.0)]
        {
            assert_eq!(of(capacity, rate).unwrap_err().code(), Code::BadArgument, "{capacity} {rate}");
        }
        for (size, hashes) in [(0, 1), (1, 0), ((1 << 32) + 1, 1), (64, 1025)] {
            assert_eq!(BloomSizing::new(size, hashes).unwrap_err().code(), Code::BadArgument);
        }
        assert!(BloomSizing::new(1 << 32, 1024).is_ok());
    }
}
