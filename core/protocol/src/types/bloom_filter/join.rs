use super::BloomFilter;
use crate::error::Result;
use crate::join::{Changed, Join, Observer};
use crate::sketch::same_parameters;

/// The bits of both. The parts of a filter have no names, so an observer hears nothing.
impl Join for BloomFilter {
    /// Fails with `PARAMETER_MISMATCH` between two sizes or seeds.
    fn join_with<O: Observer>(&mut self, other: &Self, _: &mut O) -> Result<Changed> {
        same_parameters("seed", self.seed, other.seed)?;
        same_parameters("blocks", self.blocks.len(), other.blocks.len())?;
        let mut added = 0;
        for (here, there) in self.blocks.iter_mut().zip(&other.blocks) {
            for (here, there) in here.0.iter_mut().zip(there.0) {
                added |= there & !*here;
                *here |= there;
            }
        }
        Ok(Changed::from_bool(self.extensions.join(&other.extensions) || added != 0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Code;

    #[test]
    fn the_join_has_the_items_of_both() -> Result<()> {
        let (mut evens, mut odds, mut all) = (BloomFilter::new(40)?, BloomFilter::new(40)?, BloomFilter::new(40)?);
        evens.add_all((0..250_i64).map(|number| 2 * number));
        odds.add_all((0..250_i64).map(|number| 2 * number + 1));
        all.add_all(0..500_i64);
        assert_eq!(evens.joined(&odds)?, all);
        assert_eq!(evens.join(&odds)?, Changed::Yes);
        assert_eq!(evens.join(&odds)?, Changed::No);
        Ok(())
    }

    #[test]
    fn other_parameters_change_nothing() -> Result<()> {
        for mut other in [BloomFilter::new(5)?, BloomFilter::with_seed(4, 1)?] {
            let mut filter = BloomFilter::new(4)?;
            other.add("x");
            assert_eq!(filter.join(&other).unwrap_err().code(), Code::ParameterMismatch);
            assert_eq!(filter, BloomFilter::new(4)?);
        }
        Ok(())
    }
}
