//! The HyperLogLog sketch, tag 0x33: how many different items were seen.

mod estimate;
mod join;
mod state;
mod wire;

pub use state::HyperLogLog;
