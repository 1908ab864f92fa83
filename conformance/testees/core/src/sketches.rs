//! Sketches, trees and duplicates.

use crdt_conform::value::Value as Tagged;
use crdt_merge_protocol::{AnyState, Result};

use crate::Operation;
use crate::arguments::bad_argument;

pub const OPERATIONS: &[(&str, Operation)] = &[];

/// A local operation on a sketch.
pub fn apply(_: &mut AnyState, operation: &str, _: &Tagged) -> Result<()> {
    Err(bad_argument(format!("this kind has no operation {operation:?}")))
}

/// A read of a sketch or tree.
pub fn read<'a>(_: &AnyState, name: &str, _: impl Fn() -> Result<&'a Tagged>) -> Result<Tagged> {
    Err(bad_argument(format!("this kind has no read {name:?}")))
}
