//! The last-writer-wins register, tag 0x03.

mod join;
mod state;
mod wire;

pub use state::LwwRegister;
pub(crate) use wire::{push_write, read_register, read_write, write_register};
