//! Deterministic simulation of replicas: histories of writes, messages, crashes and returns are drawn from seeds and played against
//! the protocol core, and whatever a copy shows is compared with what an oracle says about everything that the copy knows.
//!
//! A history is a list of events that can be left out one by one, which is how a failing one is made short.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod bits;
pub mod draw;
mod exchange;
pub mod fault;
pub mod history;
pub mod kind;
mod kinds;
mod oracle;
pub mod shrink;
mod subject;
pub mod tally;
pub mod world;

pub use draw::history_of;
pub use fault::Fault;
pub use history::History;
pub use kind::Kind;
pub use shrink::shrunk;
pub use tally::Tally;
pub use world::{Outcome, Violation};
