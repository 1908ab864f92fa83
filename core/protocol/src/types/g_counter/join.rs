use super::GCounter;
use crate::error::Result;
use crate::join::{Changed, Join, Observer};

/// Each slot by its larger count.
impl Join for GCounter {
    fn join_with<O: Observer>(&mut self, other: &Self, observer: &mut O) -> Result<Changed> {
        let raised = self.counts.join_counts(&other.counts, observer)?;
        Ok(Changed::from_bool(self.extensions.join(&other.extensions) || raised))
    }
}
