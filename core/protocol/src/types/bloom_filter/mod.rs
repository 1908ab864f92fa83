//! The split-block Bloom filter, tag 0x34: whether an item may have been seen.

mod join;
mod sizing;
mod state;
mod wire;

pub use state::BloomFilter;
