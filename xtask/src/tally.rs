//! Counting what passed and what failed.

use std::fmt;
use std::iter::Sum;
use std::process::ExitStatus;

/// Tests that ran. Nothing that did not run is ever counted as passed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    pub passed: u64,
    pub failed: u64,
}

impl Tally {
    /// A single failure.
    pub const FAILURE: Tally = Tally { passed: 0, failed: 1 };

    /// One check with this outcome.
    pub fn one(passed: bool) -> Self {
        Tally { passed: u64::from(passed), failed: u64::from(!passed) }
    }

    /// What a runner's last line of the form `N passed, N failed` says; more may follow after a comma.
    pub fn of_closing_line(output: &str) -> Option<Self> {
        output.lines().rev().find_map(|line| {
            let mut parts = line.trim().split(", ");
            let passed = parts.next()?.strip_suffix(" passed")?.parse().ok()?;
            let failed = parts.next()?.strip_suffix(" failed")?.parse().ok()?;
            Some(Tally { passed, failed })
        })
    }

    /// The same, with a failure more when the runner ended badly and counted none.
    pub fn ended(mut self, status: ExitStatus) -> Self {
        self.failed += u64::from(!status.success() && self.failed == 0);
        self
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_closing_line_is_the_last_one() {
        let output = "1 passed, 2 failed\nnote\n10 passed, 0 failed, 3 known deviations\n";
        assert_eq!(Tally::of_closing_line(output), Some(Tally { passed: 10, failed: 0 }));
        assert_eq!(Tally::of_closing_line("all fine"), None);
    }

    #[test]
    fn nothing_is_no_success() {
        assert!(!Tally::default().is_success());
        assert!(Tally::one(true).is_success());
        assert!(![Tally::one(true), Tally::FAILURE].into_iter().sum::<Tally>().is_success());
    }
}
