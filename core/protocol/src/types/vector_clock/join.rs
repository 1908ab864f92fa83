use super::VectorClock;
use crate::error::Result;
use crate::join::{Changed, Join, Observer};

/// Each counter by its maximum.
impl Join for VectorClock {
    fn join_with<O: Observer>(&mut self, other: &Self, observer: &mut O) -> Result<Changed> {
        let raised = self.clocks.join_counts(&other.clocks, observer)?;
        Ok(Changed::from_bool(self.extensions.join(&other.extensions) || raised))
    }
}
