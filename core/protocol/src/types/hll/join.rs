use super::CompatHll;
use crate::error::{Code, Error, Result};
use crate::join::{Changed, Join, Observer};

/// Each register by its larger rank. The parts of a sketch have no names, so an observer hears nothing.
impl Join for CompatHll {
    /// Fails with `PARAMETER_MISMATCH` between two precisions.
    fn join_with<O: Observer>(&mut self, other: &Self, _: &mut O) -> Result<Changed> {
        if self.precision != other.precision {
            let error = Error::new(Code::ParameterMismatch, "sketches of two precisions cannot be joined");
            return Err(error.with("expected", self.precision).with("found", other.precision));
        }
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

    #[test]
    fn the_join_has_the_items_of_both() -> Result<()> {
        let (mut evens, mut odds, mut all) = (CompatHll::new(6)?, CompatHll::new(6)?, CompatHll::new(6)?);
        evens.add_all((0..500_i64).map(|number| 2 * number))?;
        odds.add_all((0..500_i64).map(|number| 2 * number + 1))?;
        all.add_all(0..1_000_i64)?;
        assert_eq!(evens.joined(&odds)?, all);
        assert_eq!(evens.join(&odds)?, Changed::Yes);
        assert_eq!(evens.join(&odds)?, Changed::No);
        Ok(())
    }

    #[test]
    fn two_precisions_change_nothing() -> Result<()> {
        let mut small = CompatHll::new(4)?;
        let mut large = CompatHll::new(5)?;
        large.add("x")?;
        assert_eq!(small.join(&large).unwrap_err().code(), Code::ParameterMismatch);
        assert_eq!(small, CompatHll::new(4)?);
        Ok(())
    }
}
