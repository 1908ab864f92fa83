//! The enable-wins flag, tag 0x08.

mod join;
mod state;
mod wire;

pub use state::EwFlag;
