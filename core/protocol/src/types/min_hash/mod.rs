//! The MinHash signature, tag 0x36: how much two sets of items overlap.

mod join;
mod state;
mod wire;

pub use state::MinHash;
