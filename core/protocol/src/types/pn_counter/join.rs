use super::PnCounter;
use crate::error::Result;
use crate::join::{Changed, Join, Observer};

/// Each half joins for itself.
impl Join for PnCounter {
    fn join_with<O: Observer>(&mut self, other: &Self, observer: &mut O) -> Result<Changed> {
        let positive = self.positive.join_with(&other.positive, observer)?;
        let negative = self.negative.join_with(&other.negative, observer)?;
        let carried = self.extensions.join(&other.extensions);
        Ok(Changed::from_bool(positive.is_yes() || negative.is_yes() || carried))
    }
}
