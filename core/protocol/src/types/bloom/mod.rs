//! The Bloom filter of version 1, tag 0x31: whether an item may have been seen.

mod join;
mod sizing;
mod state;
mod wire;

pub use sizing::BloomSizing;
pub use state::CompatBloom;
