//! The grow-only counter, tag 0x01.

mod join;
mod state;
mod wire;

pub use state::{GCounter, Slot};
pub(crate) use wire::{read_counter, read_slots, write_counter};
