//! The bounded counter, tag 0x0A.

mod join;
mod spend;
mod state;
mod wire;

pub use state::BoundedCounter;
