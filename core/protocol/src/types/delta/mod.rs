//! The delta, tag 0x10: the difference between two lists of records, an operation and not a state.

mod apply;
mod compose;
mod compute;
mod key;
mod state;
mod store;
mod wire;

pub use compute::record_hash;
pub use state::{Delta, Record};
pub use store::DeltaStore;
