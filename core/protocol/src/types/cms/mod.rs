//! The count-min sketch of version 1, tag 0x32: how often an item was seen.

mod join;
mod state;
mod wire;

pub use state::CompatCountMin;
