//! What every language binding of crdt-merge calls.
//!
//! An operation takes one [`Datum`] and gives one, or an [`Error`]: a record with named members for most, a bare value for some.
//! `spec/operations.toml` lists the pure ones and `spec/surface.toml` those on handles; [`OPERATIONS`] is both, generated. A
//! binding converts its host's values to data, calls [`invoke`] and converts back, or hands bytes to [`invoke_bytes`]; nothing is
//! decided in it. The few calls that are too quick to be wrapped ([`counter_add`], [`clock_tick`]) are here as plain functions too.
//!
//! No operation calls code of the host, reads a clock or asks for randomness: both are arguments. Every handle may be used from
//! any thread; reads of one state run together and writes wait for each other. A panic becomes `INTERNAL`.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod arguments;
mod codec;
mod datum;
mod generated;
mod handles;
mod live;
mod operations;

use std::panic::{AssertUnwindSafe, catch_unwind};

pub use crdt_merge_protocol::{Code, Error, Family, Result, error};

pub use codec::{decode, described, encode, encode_reply};
pub use datum::Datum;
pub use generated::{ABI, OPERATIONS};
pub use handles::Handle;
pub use live::{clock_tick, counter_add};

/// An operation: convert, compute, convert.
type Operation = fn(&Datum) -> Result<Datum>;

/// The number of an operation in [`OPERATIONS`], by which borders that know no names call it.
pub fn operation_number(name: &str) -> Option<usize> {
    OPERATIONS.iter().position(|known| *known == name)
}

/// Calls an operation by its number.
///
/// Fails as the operation says, with `BAD_ARGUMENT` for a number that none has, and with `INTERNAL` for a fault of ours.
pub fn invoke(number: usize, input: &Datum) -> Result<Datum> {
    let operation = generated::TABLE
        .get(number)
        .ok_or_else(|| Error::new(Code::BadArgument, "no operation has this number").with("found", number))?;
    catch_unwind(AssertUnwindSafe(|| operation(input))).unwrap_or_else(|_| Err(internal()))
}

/// As [`invoke`], with arguments and reply as bytes.
pub fn invoke_bytes(number: usize, input: &[u8]) -> Vec<u8> {
    let reply = decode(input).and_then(|input| invoke(number, &input));
    catch_unwind(AssertUnwindSafe(|| encode_reply(&reply))).unwrap_or_else(|_| encode_reply(&Err(internal())))
}

fn internal() -> Error {
    Error::new(Code::Internal, "a fault in crdt-merge itself; please report it with what led to it")
}

/// Lets go of the object of a handle. Whether it was open.
pub fn close(handle: Handle) -> bool {
    handles::close(handle)
}
