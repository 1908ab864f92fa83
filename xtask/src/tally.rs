//! Counting what passed and what failed.

use std::fmt;
use std::iter::Sum;

/// Tests that ran. Nothing that did not run is ever counted as passed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    pub passed: u64,
    pub failed: u64,
}

impl Tally {
    /// One check with this outcome.
    pub fn one(passed: bool) -> Self {
        Tally { passed: u64::from(passed), failed: u64::from(!passed) }
    }

    /// Whether something ran and nothing failed.
    pub fn is_success(self) -> bool {
        self.failed == 0 && self.passed > 0
    }
}

impl Sum for Tally {
    fn sum<I: Iterator<Item = Tally>>(tallies: I) -> Self {
        tallies.fold(Tally::default(), |a, b| Tally { passed: a.passed + b.passed, failed: a.failed + b.failed })
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)
    }
}
