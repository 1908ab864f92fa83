use crate::error::{Code, Error, Result};
use crate::generated::limit;
use crate::sketch::{CanonicalItem, ItemHash, for_batches, same_parameters};
use crate::wire::Extensions;

/// What a figure is before the first item.
pub(super) const EMPTY: u32 = u32::MAX;

/// A MinHash signature of a set of items: two signatures agree in about as many places as their sets overlap.
///
/// The share of equal places is an unbiased estimate of the Jaccard index, the size of the intersection divided by that of the
/// union, with a standard error of at most 0.5 / √length. Signatures of equal length and seed merge into the signature of the
/// union.
///
/// ```
/// # use crdt_merge_protocol::{Join, MinHash};
/// let (mut here, mut there) = (MinHash::new(1_000)?, MinHash::new(1_000)?);
/// here.add_all(0..300_i64);
/// there.add_all(100..400_i64);
/// assert!((here.similarity(&there)? - 0.5).abs() < 0.07);
/// here.join(&there)?;
/// assert!((here.similarity(&there)? - 0.75).abs() < 0.07);
/// # Ok::<(), crdt_merge_protocol::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MinHash {
    pub(super) seed: u64,
    pub(super) signature: Vec<u32>,
    pub(super) extensions: Extensions,
}

impl MinHash {
    /// The length used when none is asked for.
    pub const DEFAULT_LENGTH: usize = 200;

    /// The signature of no items, of `length` figures, with seed 0.
    ///
    /// Fails with `BAD_ARGUMENT` when the length is not from 1 to 65,536.
    pub fn new(length: usize) -> Result<Self> {
        Self::with_seed(length, 0)
    }

    /// As [`MinHash::new`], with the seed of the item hash. Only signatures of one seed merge and compare.
    pub fn with_seed(length: usize, seed: u64) -> Result<Self> {
        if !is_length(length) {
            return Err(Error::new(Code::BadArgument, "a signature has 1 to 65,536 figures").with("found", length));
        }
        Ok(MinHash { seed, signature: vec![EMPTY; length], extensions: Extensions::new() })
    }

    /// Adds an item.
    pub fn add(&mut self, item: impl CanonicalItem) {
        self.add_hash(item.item_hash(self.seed));
    }

    /// Adds items: slices of integers, floats, texts or bytes, values, or whatever yields them.
    pub fn add_all<T: CanonicalItem>(&mut self, items: impl IntoIterator<Item = T>) {
        for_batches(items, self.seed, |hashes| hashes.iter().for_each(|hash| self.add_hash(hash)));
    }

    /// Adds an item that was hashed before, with the seed of this signature.
    pub fn add_hash(&mut self, hash: ItemHash) {
        let (mut place, step) = (hash.lo, hash.hi | 1);
        for least in &mut self.signature {
            *least = (*least).min((mix(place) >> u32::BITS) as u32);
            place = place.wrapping_add(step);
        }
    }

    /// The share of equal figures: an estimate of how much of all items of both are items of each.
    ///
    /// Two signatures without items are equal. Fails with `PARAMETER_MISMATCH` between two lengths or seeds.
    pub fn similarity(&self, other: &Self) -> Result<f64> {
        self.check_parameters(other)?;
        let equal = self.signature.iter().zip(&other.signature).filter(|(here, there)| here == there).count();
        Ok(equal as f64 / self.signature.len() as f64)
    }

    pub(super) fn check_parameters(&self, other: &Self) -> Result<()> {
        same_parameters("seed", self.seed, other.seed)?;
        same_parameters("length", self.signature.len(), other.signature.len())
    }

    /// Whether no item was added, as far as the figures tell.
    pub fn is_empty(&self) -> bool {
        self.signature.iter().all(|figure| *figure == EMPTY)
    }

    /// The figures: of each hash function the least hash of any item.
    pub fn signature(&self) -> &[u32] {
        &self.signature
    }

    /// The seed of the item hash.
    pub fn seed(&self) -> u64 {
        self.seed
    }
}

/// The signature of no items, of the default length with seed 0.
impl Default for MinHash {
    fn default() -> Self {
        MinHash { seed: 0, signature: vec![EMPTY; Self::DEFAULT_LENGTH], extensions: Extensions::new() }
    }
}

/// Whether such a signature is allowed.
pub(super) fn is_length(length: usize) -> bool {
    (1..=limit::MINHASH_LENGTH).contains(&length)
}

/// The finish of SplitMix64: every bit in changes every bit out with a probability of about a half.
#[inline]
fn mix(number: u64) -> u64 {
    let number = (number ^ number >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ number >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ number >> 31
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_those_of_the_specification() -> Result<()> {
        let mut signature = MinHash::new(4)?;
        assert!(signature.is_empty());
        signature.add("alice");
        assert_eq!(signature.signature(), [0xe31c_a4d1, 0xdbc8_5179, 0xa447_33cf, 0x7553_25d5]);
        assert!(!signature.is_empty());
        Ok(())
    }

    #[test]
    fn similarity_is_unbiased() -> Result<()> {
        // 40 of 100 items are common; 200 seeds of 100 figures: a standard error of 0.0035.
        let mut sum = 0.0;
        for seed in 0..200 {
            let (mut here, mut there) = (MinHash::with_seed(100, seed)?, MinHash::with_seed(100, seed)?);
            here.add_all(0..70_i64);
            there.add_all(30..100_i64);
            sum += here.similarity(&there)?;
        }
        assert!((sum / 200.0 - 0.4).abs() < 0.012, "{}", sum / 200.0);
        Ok(())
    }

    #[test]
    fn lengths_have_bounds() -> Result<()> {
        for length in [0, 65_537] {
            assert_eq!(MinHash::new(length).unwrap_err().code(), Code::BadArgument);
        }
        assert_eq!(MinHash::new(3)?.similarity(&MinHash::new(4)?).unwrap_err().code(), Code::ParameterMismatch);
        assert_eq!(
            MinHash::new(3)?.similarity(&MinHash::with_seed(3, 1)?).unwrap_err().code(),
            Code::ParameterMismatch
        );
        assert_eq!(MinHash::default().similarity(&MinHash::default()), Ok(1.0));
        Ok(())
    }
}
