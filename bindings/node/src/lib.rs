//! The facade as a Node-API module: the few functions that the npm package calls.
//!
//! They are what `bindings/c` is to WebAssembly, and take and give the bytes of `docs/abi.md`. Handles belong to the
//! process, so every thread of a program sees the same objects. Nothing unwinds out of here: a panic becomes the
//! reply `INTERNAL`.

use std::cell::RefCell;
use std::panic::catch_unwind;

use crdt_merge_facade as facade;
use napi::bindgen_prelude::{BufferSlice, Uint8Array};
use napi_derive::napi;

thread_local! {
    /// The reply of the last call, if its buffer was too short for it.
    static LONG_REPLY: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// What host code and library must have in common.
#[napi]
pub fn abi() -> &'static str {
    facade::ABI
}

/// Calls an operation by its number, with the first `length` bytes of a buffer. The reply is written over them.
///
/// Gives the length of the reply. One that is longer than the buffer is to be taken with `take`. To make buffers of
/// the host's memory costs more than most operations; hence there is one for both ways.
#[napi]
pub fn call(operation: u32, mut buffer: BufferSlice<'_>, length: u32) -> u32 {
    let input = buffer.get(..length as usize).unwrap_or_default();
    let reply = facade::invoke_bytes(operation as usize, input);
    let reply_length = reply.len();
    match buffer.get_mut(..reply_length) {
        Some(place) => place.copy_from_slice(&reply),
        None => LONG_REPLY.set(reply),
    }
    // A reply is bounded by what a frame can hold, which is less.
    u32::try_from(reply_length).unwrap_or(u32::MAX)
}

/// The reply of the last call of this thread, if it was longer than its buffer.
#[napi]
pub fn take() -> Uint8Array {
    Uint8Array::new(LONG_REPLY.take())
}

/// Adds to a counter in the name of its replica: 0, or 1 when it failed; the same by `call` says why.
///
/// Handle and amount are integers below 2^53.
#[napi]
pub fn counter_add(state: f64, amount: f64) -> u32 {
    let add = || facade::counter_add(state as i64, amount as i64, None);
    u32::from(!matches!(catch_unwind(add), Ok(Ok(()))))
}

/// Lets go of the object of a handle. Whether it was open.
#[napi]
pub fn close(handle: f64) -> bool {
    catch_unwind(|| facade::close(handle as i64)).unwrap_or(false)
}
