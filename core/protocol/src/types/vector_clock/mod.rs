//! The vector clock, tag 0x40.

mod join;
mod state;
mod wire;

pub use state::{Causality, ClockSlot, VectorClock};
pub(crate) use wire::{clock_of, push_clock, push_sorted_clock, read_counters};
