//! The counter that goes up and down, tag 0x02.

mod join;
mod state;
mod wire;

pub use state::PnCounter;
