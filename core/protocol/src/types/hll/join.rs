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
        Ok(Changed::from_bool(moved))
    }
}
