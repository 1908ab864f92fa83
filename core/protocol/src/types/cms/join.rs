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
        Ok(Changed::from_bool(moved))
    }
}
