use crate::error::{Code, Error, Result};
use crate::generated::limit;
use crate::sketch::{CanonicalItem, ItemHash, for_batches};
use crate::wire::Extensions;

/// The largest rank: all 64 bits that it looks at are zero.
pub(super) const MOST_RANK: u8 = 65;

/// A HyperLogLog sketch: counts different items in a fixed space, roughly.
///
/// Sketches of equal precision and seed merge into the sketch of all their items. An item that was added twice counts once, on
/// one replica or on two. The standard error is 1.04 / √registers: 0.8 % at the default precision, whose state takes 16 KiB in
/// memory and half of it as a compressed frame.
///
/// ```
/// # use crdt_merge_protocol::{HyperLogLog, Join};
/// let mut here = HyperLogLog::new(14)?;
/// here.add_all(0..6_000_i64);
/// let mut there = HyperLogLog::new(14)?;
/// there.add_all(4_000..10_000_i64);
/// here.join(&there)?;
/// let estimate = here.estimate();
/// assert!(estimate.low < 10_000.0 && 10_000.0 < estimate.high);
/// # Ok::<(), crdt_merge_protocol::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HyperLogLog {
    pub(super) seed: u64,
    pub(super) precision: u8,
    pub(super) registers: Vec<u8>,
    pub(super) extensions: Extensions,
}

impl HyperLogLog {
    /// The precision used when none is asked for: 16,384 registers, a standard error below one percent.
    pub const DEFAULT_PRECISION: u8 = 14;

    /// An empty sketch of 2^`precision` registers with seed 0.
    ///
    /// Fails with `BAD_ARGUMENT` when the precision is not from 4 to 18.
    pub fn new(precision: u8) -> Result<Self> {
        Self::with_seed(precision, 0)
    }

    /// As [`HyperLogLog::new`], with the seed of the item hash. Only sketches of one seed merge; a secret one keeps others from
    /// choosing items that spoil the count.
    pub fn with_seed(precision: u8, seed: u64) -> Result<Self> {
        let registers = vec![0; register_count(precision).ok_or_else(|| bad_precision(precision))?];
        Ok(HyperLogLog { seed, precision, registers, extensions: Extensions::new() })
    }

    /// Adds an item.
    #[inline]
    pub fn add(&mut self, item: impl CanonicalItem) {
        self.add_hash(item.item_hash(self.seed));
    }

    /// Adds items: slices of integers, floats, texts or bytes, values, or whatever yields them.
    pub fn add_all<T: CanonicalItem>(&mut self, items: impl IntoIterator<Item = T>) {
        let (seed, shift) = (self.seed, u64::BITS - u32::from(self.precision));
        let registers = self.registers.as_mut_slice();
        for_batches(items, seed, |hashes| hashes.iter().for_each(|hash| raise(registers, shift, hash)));
    }

    /// Adds an item that was hashed before, with the seed of this sketch.
    #[inline]
    pub fn add_hash(&mut self, hash: ItemHash) {
        raise(&mut self.registers, u64::BITS - u32::from(self.precision), hash);
    }

    /// The seed of the item hash.
    pub fn seed(&self) -> u64 {
        self.seed
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

/// An empty sketch of the default precision with seed 0.
impl Default for HyperLogLog {
    fn default() -> Self {
        let registers = vec![0; 1 << Self::DEFAULT_PRECISION];
        HyperLogLog { seed: 0, precision: Self::DEFAULT_PRECISION, registers, extensions: Extensions::new() }
    }
}

/// The register is the top bits of one half of the hash, the rank the zeros that the other half begins with: the two know
/// nothing of each other at any precision.
#[inline(always)]
fn raise(registers: &mut [u8], shift: u32, hash: ItemHash) {
    let rank = (1 + hash.hi.leading_zeros()) as u8;
    if let Some(register) = registers.get_mut((hash.lo >> shift) as usize) {
        *register = rank.max(*register);
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
    fn an_item_raises_the_register_of_its_hash() -> Result<()> {
        let mut sketch = HyperLogLog::new(4)?;
        sketch.add("alice");
        let expected: Vec<u8> = (0..16).map(|index| if index == 3 { 2 } else { 0 }).collect();
        assert_eq!(sketch.registers(), expected);
        for (lo, hi, index, rank) in [(u64::MAX, 0, 15, 65), (0, 1, 0, 64), (1 << 60, u64::MAX, 1, 1)] {
            let mut sketch = HyperLogLog::new(4)?;
            sketch.add_hash(ItemHash { lo, hi });
            assert_eq!(sketch.registers()[index], rank);
        }
        Ok(())
    }

    #[test]
    fn many_at_once_are_as_one_by_one() -> Result<()> {
        let (mut one, mut all) = (HyperLogLog::with_seed(10, 9)?, HyperLogLog::with_seed(10, 9)?);
        (0..5_000_i64).for_each(|number| one.add(number));
        all.add_all((0..5_000_i64).collect::<Vec<_>>().as_slice());
        assert_eq!(one, all);
        assert_ne!(one.registers(), HyperLogLog::new(10)?.registers());
        Ok(())
    }

    #[test]
    fn precision_has_bounds() {
        for precision in [0, 3, 19, 255] {
            assert_eq!(HyperLogLog::new(precision).unwrap_err().code(), Code::BadArgument);
        }
        assert_eq!(HyperLogLog::new(18).map(|sketch| sketch.registers().len()), Ok(1 << 18));
    }
}
