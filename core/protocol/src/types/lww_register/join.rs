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
        let carried = self.extensions.join(&other.extensions);
        let moved = self.join_named(WHOLE, other, observer);
        Ok(Changed::from_bool(moved.is_yes() || carried))
    }
}

impl LwwRegister {
    /// Joins under the name that the register has in a larger state. Cannot fail.
    /// Joins the write, under the name that observers know it by; the extension fields are the business of the caller.
    pub(crate) fn join_named<O: Observer>(&mut self, name: &str, other: &Self, observer: &mut O) -> Changed {
        let decided = compare_stamps_and_nodes(other.as_write(), self.as_write());
        let order = decided.then_with(|| compare_tied(other.as_write(), self.as_write()));
        let differs = !self.is_same_write(other);
        if differs && self.value != other.value {
            observer.conflict(name);
            if decided == Ordering::Equal {
                observer.tie(name);
            }
        }
        if order == Ordering::Greater {
            self.value.clone_from(&other.value);
            (self.stamp, self.node) = (other.stamp, other.node.clone());
            if differs {
                observer.changed(name);
            }
        }
        Changed::from_bool(differs && order == Ordering::Greater)
    }

    fn is_same_write(&self, other: &Self) -> bool {
        self.stamp == other.stamp && self.node == other.node && self.value == other.value
    }
}
