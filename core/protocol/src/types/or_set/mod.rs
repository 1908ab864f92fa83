//! The observed-remove set, tag 0x04.

mod body;
mod element;
mod floor;
mod join;
mod ranges;
mod state;
mod wire;

pub use state::{Elements, OrSet};
