use super::MvRegister;
use crate::error::Result;
use crate::join::{Changed, Join, Observer};

/// Name under which the register reports to an observer.
const WHOLE: &str = "";

/// Values that neither side has overwritten. No value is dropped that its successor had not seen, so no conflict is told.
impl Join for MvRegister {
    /// Fails with `DOT_CONFLICT` when one dot stands for two writes.
    fn join_with<O: Observer>(&mut self, other: &Self, observer: &mut O) -> Result<Changed> {
        let plan = self.siblings.plan(&other.siblings)?;
        if !plan.is_empty() {
            observer.changed(WHOLE);
        }
        let changed = self.siblings.carry_out(&plan, &other.siblings);
        Ok(Changed::from_bool(self.extensions.join(&other.extensions) || changed))
    }
}
