//! The map of last-writer-wins registers, tag 0x05.

mod floor;
mod join;
mod state;
mod wire;

pub use state::LwwMap;
