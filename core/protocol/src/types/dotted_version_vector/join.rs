use super::DottedVersionVector;
use crate::error::Result;
use crate::join::{Changed, Join, Observer};

/// The join of the effective clocks, without a dot.
impl Join for DottedVersionVector {
    fn join_with<O: Observer>(&mut self, other: &Self, observer: &mut O) -> Result<Changed> {
        self.fold();
        let moved = self.base.join_with(&other.effective(), observer)?;
        Ok(Changed::from_bool(self.extensions.join(&other.extensions) || moved.is_yes()))
    }
}
