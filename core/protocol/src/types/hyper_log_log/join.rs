use super::HyperLogLog;
use crate::error::Result;
use crate::join::{Changed, Join, Observer};
use crate::sketch::same_parameters;

/// Each register by its larger rank. The parts of a sketch have no names, so an observer hears nothing.
impl Join for HyperLogLog {
    /// Fails with `PARAMETER_MISMATCH` between two precisions or seeds.
    fn join_with<O: Observer>(&mut self, other: &Self, _: &mut O) -> Result<Changed> {
        same_parameters("seed", self.seed, other.seed)?;
        same_parameters("precision", self.precision, other.precision)?;
        let mut moved = false;
        for (here, there) in self.registers.iter_mut().zip(&other.registers) {
            moved |= *there > *here;
            *here = (*here).max(*there);
        }
        Ok(Changed::from_bool(self.extensions.join(&other.extensions) || moved))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Code;

    #[test]
    fn the_join_has_the_items_of_both() -> Result<()> {
        let (mut evens, mut odds, mut all) = (HyperLogLog::new(6)?, HyperLogLog::new(6)?, HyperLogLog::new(6)?);
        evens.add_all((0..500_i64).map(|number| 2 * number));
        odds.add_all((0..500_i64).map(|number| 2 * number + 1));
        all.add_all(0..1_000_i64);
        assert_eq!(evens.joined(&odds)?, all);
        assert_eq!(evens.join(&odds)?, Changed::Yes);
        assert_eq!(evens.join(&odds)?, Changed::No);
        Ok(())
    }

    #[test]
    fn other_parameters_change_nothing() -> Result<()> {
        for mut other in [HyperLogLog::new(5)?, HyperLogLog::with_seed(4, 1)?] {
            let mut sketch = HyperLogLog::new(4)?;
            other.add("x");
            assert_eq!(sketch.join(&other).unwrap_err().code(), Code::ParameterMismatch);
            assert_eq!(sketch, HyperLogLog::new(4)?);
        }
        Ok(())
    }
}
