use std::cmp::Ordering;

use super::LwwRegister;
use crate::error::Result;
use crate::join::{Changed, Join, Observer};
use crate::order::{compare_stamps_and_nodes, compare_tied};

/// Name under which a single register reports to an observer.
const WHOLE: &str = "";

/// The greater write in order W.
impl Join for LwwRegister {
    fn join_with<O: Observer>(&mut self, other: &Self, observer: &mut O) -> Result<Changed> {
        Ok(self.join_named(WHOLE, other, observer))
    }
}

impl LwwRegister {
    /// Joins under the name that the register has in a larger state. Cannot fail.
    pub(crate) fn join_named<O: Observer>(&mut self, name: &str, other: &Self, observer: &mut O) -> Changed {
        let decided = compare_stamps_and_nodes(other.as_write(), self.as_write());
        let order = decided.then_with(|| compare_tied(other.as_write(), self.as_write()));
        let differs = self != other;
        if differs && self.value != other.value {
            observer.conflict(name);
            if decided == Ordering::Equal {
                observer.tie(name);
            }
        }
        if order == Ordering::Greater {
            self.clone_from(other);
            if differs {
                observer.changed(name);
            }
        }
        Changed::from_bool(differs && order == Ordering::Greater)
    }
}
