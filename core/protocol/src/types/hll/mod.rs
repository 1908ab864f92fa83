//! The HyperLogLog sketch of version 1, tag 0x30: how many different items were seen.

mod join;
mod read;
mod state;
mod wire;

pub use state::{CompatHll, HllPosition};
