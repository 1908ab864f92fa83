//! The disable-wins flag, tag 0x09.

mod join;
mod state;
mod wire;

pub use state::DwFlag;
pub(crate) use state::Turn;
