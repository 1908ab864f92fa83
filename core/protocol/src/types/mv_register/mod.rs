//! The multi-value register, tag 0x06.

mod join;
mod state;
mod wire;

pub use state::{MvRegister, Sibling};
