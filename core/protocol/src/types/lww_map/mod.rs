//! The map of last-writer-wins registers, tag 0x05.

mod floor;
mod join;
mod ranges;
mod state;
mod wire;

pub use state::LwwMap;
