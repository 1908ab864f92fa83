use super::DwFlag;
use crate::error::Result;
use crate::join::{Changed, Join, Observer};

/// Name under which the flag reports to an observer.
const WHOLE: &str = "";

/// On if there is an enabling and no disabling that no other write has seen; an enabling that newly meets a disabling is a
/// conflict.
impl Join for DwFlag {
    /// Fails with `DOT_CONFLICT` when one dot enables and disables.
    fn join_with<O: Observer>(&mut self, other: &Self, observer: &mut O) -> Result<Changed> {
        let (was_on, was_contested) = (self.is_on(), self.is_contested());
        let changed = self.turns.join(&other.turns)?;
        if self.is_contested() && !was_contested {
            observer.conflict(WHOLE);
        }
        if self.is_on() != was_on {
            observer.changed(WHOLE);
        }
        Ok(Changed::from_bool(self.extensions.join(&other.extensions) || changed))
    }
}
