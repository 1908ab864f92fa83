use crate::error::{Code, Error, Result};
use crate::generated::limit;
use crate::sketch::{SketchItem, h64, hash_all};
use crate::wire::Extensions;

/// Seed of the hash.
const SEED: u32 = 0;
/// Bits of the hash.
const HASH_BITS: u32 = u64::BITS;

/// A HyperLogLog sketch with the hash of version 1: counts different items in a fixed space, roughly.
///
/// Sketches of equal precision merge into the sketch of all their items. An item that was added twice counts once.
///
/// ```
/// # use crdt_merge_protocol::{CompatHll, Join};
/// let mut here = CompatHll::new(14)?;
/// here.add_all(0..6_000_i64)?;
/// let mut there = CompatHll::new(14)?;
/// there.add_all(4_000..10_000_i64)?;
/// here.join(&there)?;
/// let estimate = here.estimate();
/// assert!(estimate.low < 10_000.0 && 10_000.0 < estimate.high);
/// # Ok::<(), crdt_merge_protocol::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompatHll {
    pub(super) precision: u8,
    pub(super) registers: Vec<u8>,
    pub(super) extensions: Extensions,
}

/// What one item does to a sketch: register `index` rises to `rank` if it is lower.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HllPosition {
    /// The register.
    pub index: usize,
    /// One more than the number of zero bits before the first one.
    pub rank: u8,
}

impl HllPosition {
    /// The register is the top bits of the hash. The rank looks at the lowest `64 − precision` bits of the hash moved up by
    /// `precision`, so that as many bits below the index are never looked at; frames of version 1 depend on it.
    #[inline]
    fn of_hash(hash: u64, precision: u8) -> Self {
        let bits = u32::from(precision);
        let window = hash << (2 * bits) >> bits;
        let rank = 1 + window.leading_zeros() - bits;
        HllPosition { index: (hash >> (HASH_BITS - bits)) as usize, rank: rank as u8 }
    }
}

impl CompatHll {
    /// The precision used when none is asked for: 16,384 registers, a standard error below one percent.
    pub const DEFAULT_PRECISION: u8 = 14;

    /// An empty sketch of 2^`precision` registers.
    ///
    /// Fails with `BAD_ARGUMENT` when the precision is not from 4 to 18.
    pub fn new(precision: u8) -> Result<Self> {
        let registers = vec![0; register_count(precision).ok_or_else(|| bad_precision(precision))?];
        Ok(CompatHll { precision, registers, extensions: Extensions::new() })
    }

    /// Where an item falls in a sketch of a precision.
    ///
    /// Fails with `BAD_ARGUMENT` on a precision that is not from 4 to 18 and with `BAD_VALUE` on an item with a set in it.
    pub fn position(precision: u8, item: &(impl SketchItem + ?Sized)) -> Result<HllPosition> {
        register_count(precision).ok_or_else(|| bad_precision(precision))?;
        Ok(HllPosition::of_hash(h64(item, SEED)?, precision))
    }

    /// Adds an item. Fails with `BAD_VALUE` on an item with a set in it.
    pub fn add(&mut self, item: &(impl SketchItem + ?Sized)) -> Result<()> {
        self.add_hash(h64(item, SEED)?);
        Ok(())
    }

    /// Adds items, many times faster than one by one.
    ///
    /// Fails with `BAD_VALUE` at the first item with a set in it; the items before it have been added.
    pub fn add_all<T: SketchItem>(&mut self, items: impl IntoIterator<Item = T>) -> Result<()> {
        let items = items.into_iter().map(|item| (item, ()));
        hash_all(items, [SEED], |[hash], ()| {
            self.add_hash(hash);
            Ok(())
        })
    }

    #[inline]
    fn add_hash(&mut self, hash: u64) {
        let HllPosition { index, rank } = HllPosition::of_hash(hash, self.precision);
        if let Some(register) = self.registers.get_mut(index) {
            *register = rank.max(*register);
        }
    }

    /// The number of bits of a hash that choose a register.
    pub fn precision(&self) -> u8 {
        self.precision
    }

    /// The registers: the largest rank of each.
    pub fn registers(&self) -> &[u8] {
        &self.registers
    }
}

/// An empty sketch of the default precision.
impl Default for CompatHll {
    fn default() -> Self {
        let registers = vec![0; 1 << Self::DEFAULT_PRECISION];
        CompatHll { precision: Self::DEFAULT_PRECISION, registers, extensions: Extensions::new() }
    }
}

/// 2^`precision`, if such a sketch is allowed.
pub(super) fn register_count(precision: u8) -> Option<usize> {
    (limit::HLL_PRECISION_MIN..=limit::HLL_PRECISION_MAX).contains(&precision).then(|| 1 << precision)
}

#[cold]
fn bad_precision(precision: u8) -> Error {
    Error::new(Code::BadArgument, "the precision is from 4 to 18").with("found", precision)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rank_looks_past_the_bits_below_the_index() {
        let of = |hash| HllPosition::of_hash(hash, 4);
        assert_eq!(of(0xd0ff_ffff_ffff_ffff), HllPosition { index: 13, rank: 1 });
        // The four bits after the index are skipped, whatever they are.
        assert_eq!(of(0x5f00_0000_0000_0000), HllPosition { index: 5, rank: 61 });
        assert_eq!(of(0), HllPosition { index: 0, rank: 61 });
        // The window begins with bits of the hash and ends with as many zeros as were moved in.
        assert_eq!(of(1), HllPosition { index: 0, rank: 56 });
        assert_eq!(HllPosition::of_hash(u64::MAX, 18), HllPosition { index: (1 << 18) - 1, rank: 1 });
    }

    #[test]
    fn precision_has_bounds() {
        for precision in [0, 3, 19, 255] {
            assert_eq!(CompatHll::new(precision).unwrap_err().code(), Code::BadArgument);
            assert_eq!(CompatHll::position(precision, &1_i64).unwrap_err().code(), Code::BadArgument);
        }
        assert_eq!(CompatHll::new(18).map(|sketch| sketch.registers().len()), Ok(1 << 18));
    }

    #[test]
    fn many_at_once_are_as_one_by_one() -> Result<()> {
        let (mut one, mut all) = (CompatHll::new(10)?, CompatHll::new(10)?);
        (0..5_000_i64).try_for_each(|number| one.add(&number))?;
        all.add_all(0..5_000_i64)?;
        assert_eq!(one, all);
        Ok(())
    }
}
