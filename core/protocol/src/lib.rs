//! The protocol core of crdt-merge: values, total orders, wire frames, mergeable types, replicas and the law checker.
//!
//! Everything here is a pure function of its inputs: no I/O, no threads, no clock and no randomness of its own, so that every
//! history can be replayed. Time and entropy come in through [`replica::Clock`] and [`replica::Entropy`].
#![forbid(unsafe_code)]
#![warn(missing_docs)]

pub mod error;
pub mod generated;
pub mod json;
pub mod text;
pub mod value;

pub use error::{Code, Error, Family, Result};
pub use generated::{PayloadForm, Tag};
pub use value::{JsonValue, Kind, Value};
