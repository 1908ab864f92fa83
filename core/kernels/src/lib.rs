//! Inner loops of crdt-merge that are worth vector instructions, each beside a scalar twin that defines the answer.
//!
//! The functions take slices and plain numbers and return the same; which instructions run is chosen at run time. This is the
//! one crate of the core with `unsafe` code, and every such block says why it is sound.
#![warn(missing_docs)]
#![deny(unsafe_op_in_unsafe_fn)]

pub mod bloom;
mod decimal;
mod level;
pub mod md5;
mod messages;
mod padding;
pub mod sha256;
#[cfg(target_arch = "x86_64")]
mod transposed;
mod utf8;
pub mod xxh3;

pub use decimal::{DECIMAL_ROOM, write_decimal};
pub use level::{Level, Sha256Level};
pub use md5::{Digest, Md5Batch, md5};
pub use sha256::Sha256Batch;
pub use utf8::utf8;
