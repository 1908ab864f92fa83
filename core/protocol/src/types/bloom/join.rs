use super::CompatBloom;
use crate::error::{Code, Error, Result};
use crate::join::{Changed, Join, Observer};

/// The share of empty bits that is assumed at least, so that its logarithm is finite.
const FEWEST_EMPTY: f64 = 1e-10;

/// All bits of both, made for the greater capacity and the smaller rate. The parts of a filter have no names, so an observer
/// hears nothing.
impl Join for CompatBloom {
    /// Fails with `PARAMETER_MISMATCH` when the numbers of bits or of hashes differ.
    fn join_with<O: Observer>(&mut self, other: &Self, _: &mut O) -> Result<Changed> {
        if self.sizing != other.sizing {
            return Err(Error::new(Code::ParameterMismatch, "filters of two sizes cannot be joined"));
        }
        let mut moved = self.capacity < other.capacity || other.fp_rate.total_cmp(&self.fp_rate).is_lt();
        self.capacity = self.capacity.max(other.capacity);
        self.fp_rate = std::cmp::min_by(self.fp_rate, other.fp_rate, f64::total_cmp);
        for (here, there) in self.bits.iter_mut().zip(&other.bits) {
            moved |= *there & !*here != 0;
            *here |= there;
        }
        self.count = self.distinct().unwrap_or_else(|| self.count.max(other.count));
        Ok(Changed::from_bool(self.extensions.join(&other.extensions) || moved))
    }
}

impl CompatBloom {
    /// About how many different items set the bits, or nothing when all bits are set.
    pub(super) fn distinct(&self) -> Option<u64> {
        let (size, ones) = (self.sizing.size, self.ones());
        if ones == size {
            return None;
        }
        let empty = (1.0 - ones as f64 / size as f64).max(FEWEST_EMPTY);
        Some((-(size as f64) / f64::from(self.sizing.num_hashes) * libm::log(empty)) as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_take_the_larger_promise() -> Result<()> {
        // 64 bits are the least, so filters for few items differ in nothing but what they were made for.
        let mut one = CompatBloom::with_capacity(1, 0.5)?;
        let mut two = CompatBloom::with_capacity(0, 0.25)?;
        two.add("x")?;
        let joined = one.joined(&two)?;
        // Bits that overlap make it a little less than one item, and the fraction is cut off.
        assert_eq!((joined.capacity(), joined.fp_rate(), joined.count()), (1, 0.25, 0));
        assert_eq!(two.joined(&one)?, joined);
        assert_eq!(one.join(&two)?, Changed::Yes);
        assert_eq!(one.join(&two)?, Changed::No);
        Ok(())
    }

    #[test]
    fn a_full_filter_keeps_the_greater_count() -> Result<()> {
        let mut full = CompatBloom::with_capacity(10, 1.0)?;
        full.add_all(0..1_000_i64)?;
        assert_eq!(full.ones(), 64);
        full.join(&CompatBloom::with_capacity(10, 1.0)?)?;
        assert_eq!(full.count(), 1_000);
        Ok(())
    }

    #[test]
    fn other_sizes_change_nothing() -> Result<()> {
        let mut one = CompatBloom::with_capacity(10, 0.01)?;
        let before = one.clone();
        let other = CompatBloom::with_capacity(1_000, 0.01)?;
        assert_eq!(one.join(&other).unwrap_err().code(), Code::ParameterMismatch);
        assert_eq!(one, before);
        Ok(())
    }
}
