//! The remove-wins set, tag 0x07.

mod dots;
mod join;
mod state;
mod wire;

pub(crate) use state::{Mark, Turn};
pub use state::{Members, RwSet};
