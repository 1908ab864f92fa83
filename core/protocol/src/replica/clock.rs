//! Clocks: the host's, handed in, and the hybrid one folded into microseconds.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use crate::error::{Code, Error, Result};
use crate::generated::limit;

/// Where the host's time comes from.
pub trait Clock: Send + Sync {
    /// Microseconds since 1970-01-01T00:00:00Z. May stand still or go back.
    fn now_micros(&self) -> i64;
}

/// A clock that is set by hand; copies share the time.
#[derive(Debug, Clone, Default)]
pub struct ManualClock(Arc<AtomicI64>);

impl ManualClock {
    /// A clock that stands at a time.
    pub fn at_micros(micros: i64) -> Self {
        ManualClock(Arc::new(AtomicI64::new(micros)))
    }

    /// Sets the time, forwards or backwards.
    pub fn set_micros(&self, micros: i64) {
        self.0.store(micros, Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now_micros(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }
}

/// A clock that never repeats and never goes back, and follows stamps of others up to a distance.
///
/// It reads no clock itself: the host's time is an argument of every operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HybridClock {
    last: i64,
    max_ahead: i64,
}

impl HybridClock {
    /// A clock that has given out nothing and follows stamps up to 60 s ahead of the host.
    pub const fn new() -> Self {
        HybridClock { last: i64::MIN, max_ahead: limit::CLOCK_AHEAD_MICROS }
    }

    /// A clock that has given out `last`, or nothing if that is `i64::MIN`.
    pub const fn starting_at(last: i64) -> Self {
        HybridClock { last, max_ahead: limit::CLOCK_AHEAD_MICROS }
    }

    /// The same clock with another distance, in microseconds, up to which it follows.
    #[must_use]
    pub const fn with_max_ahead(mut self, micros: i64) -> Self {
        self.max_ahead = micros;
        self
    }

    /// The last microsecond given out, if there is one.
    pub fn last(&self) -> Option<i64> {
        (self.last > i64::MIN).then_some(self.last)
    }

    /// The next stamp: the host's time or one past the last, whichever is later. `OUT_OF_RANGE` at the end of time.
    pub fn tick(&mut self, host_now: i64) -> Result<i64> {
        let next = self
            .last
            .checked_add(1)
            .ok_or_else(|| Error::new(Code::OutOfRange, "the clock is at its last microsecond"))?;
        self.last = next.max(host_now);
        Ok(self.last)
    }

    /// Goes past a stamp that this clock gave out itself at some time, however far ahead of the host's time it is.
    pub fn resume(&mut self, given_out: i64) {
        self.last = self.last.max(given_out);
    }

    /// Goes past a stamp seen elsewhere, but no further than the allowed distance before the host's time.
    ///
    /// Returns by how many microseconds the stamp is ahead of the host when it is too far to follow. A stamp that this clock has
    /// passed already is none: when the host's time falls back, what was written before is no news.
    pub fn observe(&mut self, seen: i64, host_now: i64) -> Option<i64> {
        let reach = host_now.saturating_add(self.max_ahead);
        let is_behind = seen > self.last.max(reach);
        self.last = self.last.max(seen.min(reach));
        is_behind.then(|| seen.saturating_sub(host_now))
    }
}

impl Default for HybridClock {
    fn default() -> Self {
        HybridClock::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_time_is_an_error() {
        let mut clock = HybridClock::new();
        assert_eq!(clock.observe(i64::MAX, i64::MAX), None);
        assert_eq!(clock.tick(0).unwrap_err().code(), Code::OutOfRange);
    }

    #[test]
    fn the_first_stamp_is_the_host_time_even_before_1970() -> Result<()> {
        assert_eq!(HybridClock::new().tick(-5)?, -5);
        Ok(())
    }
}
