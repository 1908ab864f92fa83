//! The dotted version vector, tag 0x41.

mod join;
mod state;
mod wire;

pub use state::DottedVersionVector;
