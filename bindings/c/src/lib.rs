//! The C ABI: one call that takes bytes and gives bytes, and a few that are too quick for that.
//!
//! `include/crdt_merge.h` is its header and `docs/abi.md` describes the bytes. Nothing unwinds out of here: a panic becomes the
//! reply `INTERNAL`, and in WebAssembly a trap.
#![warn(missing_docs)]

use std::ffi::c_char;
use std::panic::catch_unwind;

use crdt_merge_facade as facade;

/// The text of [`facade::ABI`], ended by a zero byte.
static ABI: [u8; facade::ABI.len() + 1] = {
    let mut text = [0; facade::ABI.len() + 1];
    let mut place = 0;
    while place < facade::ABI.len() {
        text[place] = facade::ABI.as_bytes()[place];
        place += 1;
    }
    text
};

/// What host code and library must have in common, as text that ends with a zero byte and lives for ever.
#[unsafe(no_mangle)]
pub extern "C" fn crdt_abi() -> *const c_char {
    ABI.as_ptr().cast()
}

/// Memory for the arguments of a call: `length` bytes, to be given back with [`crdt_free`].
#[unsafe(no_mangle)]
pub extern "C" fn crdt_alloc(length: usize) -> *mut u8 {
    Box::into_raw(vec![0_u8; length].into_boxed_slice()).cast()
}

/// Gives back what [`crdt_alloc`] or [`crdt_call`] gave out.
///
/// # Safety
/// `bytes` and `length` are what was given out, once; null is allowed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crdt_free(bytes: *mut u8, length: usize) {
    if !bytes.is_null() {
        // SAFETY: the caller says that this is a boxed slice of ours, which nobody uses any more.
        drop(unsafe { Box::from_raw(std::ptr::slice_from_raw_parts_mut(bytes, length)) });
    }
}

/// Calls an operation. The reply belongs to the caller, who gives it back with [`crdt_free`].
///
/// # Safety
/// `input` points to `length` readable bytes, or is null with length 0; `reply_length` points to where the length of the reply may
/// be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crdt_call(
    operation: u32,
    input: *const u8,
    length: usize,
    reply_length: *mut usize,
) -> *mut u8 {
    let input = match input.is_null() {
        true => &[],
        // SAFETY: the caller says that so many bytes are readable there; they are not kept beyond this call.
        false => unsafe { std::slice::from_raw_parts(input, length) },
    };
    let reply = facade::invoke_bytes(operation as usize, input).into_boxed_slice();
    // SAFETY: the caller says that a length may be written there.
    unsafe { reply_length.write(reply.len()) };
    Box::into_raw(reply).cast()
}

/// The number of an operation, or -1.
///
/// # Safety
/// `name` points to `length` readable bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crdt_operation(name: *const u8, length: usize) -> i32 {
    // SAFETY: the caller says that so many bytes are readable there.
    let name = unsafe { std::slice::from_raw_parts(name, length) };
    let number = std::str::from_utf8(name).ok().and_then(facade::operation_number);
    number.and_then(|number| i32::try_from(number).ok()).unwrap_or(-1)
}

/// Adds to a counter in the name of its replica: 0, or 1 when it failed. `crdt_call` with the same arguments then says why.
#[unsafe(no_mangle)]
pub extern "C" fn crdt_counter_add(state: i64, amount: i64) -> i32 {
    let add = || facade::counter_add(state, amount, None);
    i32::from(!matches!(catch_unwind(add), Ok(Ok(()))))
}

/// As [`crdt_counter_add`], for hosts whose numbers are doubles: handle and amount are integers below 2^53.
#[unsafe(no_mangle)]
pub extern "C" fn crdt_counter_add_f64(state: f64, amount: f64) -> i32 {
    crdt_counter_add(state as i64, amount as i64)
}

/// Lets go of the object of a handle: 1 if it was open.
#[unsafe(no_mangle)]
pub extern "C" fn crdt_close(handle: i64) -> i32 {
    i32::from(catch_unwind(|| facade::close(handle)).unwrap_or(false))
}

/// As [`crdt_close`], for hosts whose numbers are doubles.
#[unsafe(no_mangle)]
pub extern "C" fn crdt_close_f64(handle: f64) -> i32 {
    crdt_close(handle as i64)
}
