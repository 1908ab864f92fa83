use super::EwFlag;
use crate::error::Result;
use crate::join::{Changed, Join, Observer};

/// Name under which the flag reports to an observer.
const WHOLE: &str = "";

/// On as long as there is an enabling that no disabling has seen.
impl Join for EwFlag {
    fn join_with<O: Observer>(&mut self, other: &Self, observer: &mut O) -> Result<Changed> {
        let was_on = self.is_on();
        let changed = self.enables.join(&other.enables)?;
        if self.is_on() != was_on {
            observer.changed(WHOLE);
        }
        Ok(Changed::from_bool(self.extensions.join(&other.extensions) || changed))
    }
}
