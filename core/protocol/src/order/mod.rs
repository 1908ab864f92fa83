//! The three total orders of the protocol, and exact comparison of numbers.
//!
//! * **Order W** decides between writes to a register: stamp, node id, compact bytes of the value, compact bytes of the stamp.
//! * **Order T** decides between cells of a table: stamp, order text, kind, canonical bytes, node id.
//! * **Key order** sorts the keys of a table.
//!
//! Text compares by UTF-8 bytes and numbers by exact value everywhere.

mod cell;
mod key;
mod number;
mod register;

pub use cell::compare_cells;
pub use key::compare_keys;
pub use number::compare_int_float;
pub use register::{Write, compare_writes};
pub(crate) use register::{compare_bytes, compare_nan_bits, compare_stamps_and_nodes, compare_tied};
