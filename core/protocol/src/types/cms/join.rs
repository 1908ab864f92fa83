use super::CompatCountMin;
use crate::error::{Code, Error, Result};
use crate::join::{Changed, Join, Observer};

/// Each cell by its larger count, and the larger total. The parts of a sketch have no names, so an observer hears nothing.
impl Join for CompatCountMin {
    /// Fails with `PARAMETER_MISMATCH` when widths or depths differ.
    fn join_with<O: Observer>(&mut self, other: &Self, _: &mut O) -> Result<Changed> {
        if (self.width, self.depth) != (other.width, other.depth) {
            return Err(Error::new(Code::ParameterMismatch, "sketches of two sizes cannot be joined"));
        }
        let mut moved = other.total > self.total;
        self.total = self.total.max(other.total);
        for (here, there) in self.table.iter_mut().zip(&other.table) {
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
    fn the_join_is_no_addition() -> Result<()> {
        let (mut here, mut there) = (CompatCountMin::new(50, 3)?, CompatCountMin::new(50, 3)?);
        here.add("a", 3)?;
        there.add_all([("a", 4), ("b", 2)])?;
        assert_eq!(here.join(&there)?, Changed::Yes);
        assert_eq!((here.estimate("a")?, here.estimate("b")?, here.total()), (4, 2, 6));
        assert_eq!(here.join(&there)?, Changed::No);
        Ok(())
    }

    #[test]
    fn two_sizes_change_nothing() -> Result<()> {
        for (width, depth) in [(50, 4), (51, 3), (75, 2)] {
            let mut sketch = CompatCountMin::new(50, 3)?;
            let mut other = CompatCountMin::new(width, depth)?;
            other.add("a", 1)?;
            assert_eq!(sketch.join(&other).unwrap_err().code(), Code::ParameterMismatch);
            assert_eq!(sketch, CompatCountMin::new(50, 3)?);
        }
        Ok(())
    }
}
