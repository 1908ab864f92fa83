use super::{Bigrams, Deduplicated};
use crate::error::{Code, Error, Result};
use crate::join::{Changed, Join, Observer};
use crate::sketch::h64;

/// 2³¹ − 1, the prime in whose field the hashes are.
const PRIME: u64 = 2_147_483_647;
/// Seed of the item hash.
const SEED: u32 = 0;

/// Makes signatures of texts: short lists of numbers that agree in about as many places as the texts share bigrams.
///
/// The same text has the same signature everywhere.
///
/// ```
/// # use crdt_merge_protocol::dedup::MinHasher;
/// let hasher = MinHasher::new(MinHasher::DEFAULT_HASHES)?;
/// let (one, two) = (hasher.signature("The quick brown fox"), hasher.signature("the quick  brown fox!"));
/// assert!(one.similarity(&two)? > 0.8);
/// assert_eq!(one.similarity(&one)?, 1.0);
/// # Ok::<(), crdt_merge_protocol::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct MinHasher {
    functions: Vec<Function>,
}

/// x ↦ (`factor` · x + `shift`) mod 2³¹ − 1.
#[derive(Debug, Clone, Copy)]
struct Function {
    factor: u64,
    shift: u64,
}

impl Function {
    fn new(number: usize) -> Result<Self> {
        let factor = 1 + h64(format!("a_{number}").as_str(), SEED)? % (PRIME - 1);
        Ok(Function { factor, shift: h64(format!("b_{number}").as_str(), SEED)? % PRIME })
    }

    /// `hash` is below the prime, so that nothing passes 64 bits.
    fn of(self, hash: u64) -> u32 {
        ((self.factor * hash + self.shift) % PRIME) as u32
    }
}

impl MinHasher {
    /// Numbers in a signature when nothing else is asked for.
    pub const DEFAULT_HASHES: usize = 200;
    /// The similarity from which on two texts are duplicates when nothing else is asked for.
    pub const DEFAULT_THRESHOLD: f64 = 0.5;

    /// Signatures of `hashes` numbers each. Fails with `BAD_ARGUMENT` when there would be none.
    pub fn new(hashes: usize) -> Result<Self> {
        if hashes == 0 {
            return Err(Error::new(Code::BadArgument, "a signature has at least one number"));
        }
        Ok(MinHasher { functions: (0..hashes).map(Function::new).collect::<Result<_>>()? })
    }

    /// The signature of a text, which is normalised first.
    pub fn signature(&self, text: &str) -> Signature {
        let mut least = vec![u32::MAX; self.functions.len()];
        for bigram in Bigrams::of(text).texts() {
            // Text can always be hashed.
            let Ok(hash) = h64(bigram.as_str(), SEED) else { continue };
            for (least, function) in least.iter_mut().zip(&self.functions) {
                *least = function.of(hash % PRIME).min(*least);
            }
        }
        Signature(least)
    }

    /// Finds the texts in a list whose similarity to a kept one before them is at least `threshold`.
    pub fn dedup_list(&self, items: &[impl AsRef<str>], threshold: f64) -> Deduplicated {
        let (mut kept, mut found) = (Vec::<Signature>::new(), Deduplicated::default());
        for (place, item) in items.iter().enumerate() {
            let signature = self.signature(item.as_ref());
            if kept.iter().any(|kept| kept.share_of(&signature) >= threshold) {
                found.duplicates.push(place);
            } else {
                found.unique.push(place);
                kept.push(signature);
            }
        }
        found
    }
}

/// The signature of a text, or, joined, of the bigrams of several.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Signature(Vec<u32>);

impl Signature {
    /// The numbers.
    pub fn numbers(&self) -> &[u32] {
        &self.0
    }

    /// The share of equal numbers, an estimate of the share of common bigrams among all.
    ///
    /// Fails with `PARAMETER_MISMATCH` when the signatures have different lengths.
    pub fn similarity(&self, other: &Self) -> Result<f64> {
        self.check_length(other)?;
        Ok(self.share_of(other))
    }

    fn share_of(&self, other: &Self) -> f64 {
        let equal = self.0.iter().zip(&other.0).filter(|(here, there)| here == there).count();
        equal as f64 / self.0.len() as f64
    }

    fn check_length(&self, other: &Self) -> Result<()> {
        if self.0.len() == other.0.len() {
            return Ok(());
        }
        let error = Error::new(Code::ParameterMismatch, "signatures of two lengths cannot be compared");
        Err(error.with("expected", self.0.len()).with("found", other.0.len()))
    }
}

/// Place by place the smaller number: the signature of all bigrams of both. The places have no names, so an observer hears
/// nothing.
impl Join for Signature {
    /// Fails with `PARAMETER_MISMATCH` when the signatures have different lengths.
    fn join_with<O: Observer>(&mut self, other: &Self, _: &mut O) -> Result<Changed> {
        self.check_length(other)?;
        let mut moved = false;
        for (here, there) in self.0.iter_mut().zip(&other.0) {
            moved |= *there < *here;
            *here = (*here).min(*there);
        }
        Ok(Changed::from_bool(moved))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_follows_its_definition() -> Result<()> {
        // By hand in wide numbers, without reducing the hash first.
        let hash = u128::from(h64("ab", 0)?);
        let prime = u128::from(PRIME);
        let by_hand = (0..5).map(|number| {
            let factor = 1 + u128::from(h64(format!("a_{number}").as_str(), 0)?) % (prime - 1);
            let shift = u128::from(h64(format!("b_{number}").as_str(), 0)?) % prime;
            Ok(((factor * hash + shift) % prime) as u32)
        });
        assert_eq!(MinHasher::new(5)?.signature(" AB ").numbers(), by_hand.collect::<Result<Vec<_>>>()?);
        Ok(())
    }

    #[test]
    fn similarity_is_near_the_share_of_common_bigrams() -> Result<()> {
        let hasher = MinHasher::new(2_000)?;
        // abc… against its first half: 12 of 25 bigrams are common.
        let similarity =
            hasher.signature("abcdefghijklmnopqrstuvwxyz").similarity(&hasher.signature("abcdefghijklm"))?;
        assert!((similarity - 12.0 / 25.0).abs() < 0.05, "{similarity}");
        Ok(())
    }

    #[test]
    fn joining_is_the_signature_of_all_bigrams() -> Result<()> {
        let hasher = MinHasher::new(50)?;
        let (abc, bcd, abcd) = (hasher.signature("abc"), hasher.signature("bcd"), hasher.signature("abcd"));
        assert_eq!(abc.joined(&bcd)?, abcd);
        assert_eq!(bcd.joined(&abc)?, abcd);
        assert_eq!(abcd.clone().join(&abc)?, Changed::No);
        assert_eq!(abc.joined(&MinHasher::new(49)?.signature("abc")).unwrap_err().code(), Code::ParameterMismatch);
        Ok(())
    }

    #[test]
    fn lists_keep_the_first_of_a_kind() -> Result<()> {
        let items =
            ["The quick brown fox jumps", "something else", "the quick brown fox jumped", "THE quick  brown fox jumps"];
        let hasher = MinHasher::new(MinHasher::DEFAULT_HASHES)?;
        assert_eq!(hasher.dedup_list(&items, MinHasher::DEFAULT_THRESHOLD).duplicates, [2, 3]);
        assert_eq!(hasher.dedup_list(&items, 1.0).duplicates, [3]);
        assert_eq!(MinHasher::new(0).unwrap_err().code(), Code::BadArgument);
        Ok(())
    }
}
