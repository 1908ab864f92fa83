//! The count-min sketch with a table for each writer, tag 0x35: how often an item was seen.

mod join;
mod state;
mod wire;

pub use state::CountMinSketch;
