//! A frame, read leniently: what strict reading accepts has to come out the same.
#![no_main]

use crdt_merge_fuzz::laws::{LENIENT, code, is_answer, survives};
use crdt_merge_protocol::AnyState;
use crdt_merge_protocol::wire::{Document, inspect, peek_type};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let (document, state) = (Document::decode(data, &LENIENT), AnyState::decode_with(data, &LENIENT));
    assert!(is_answer(code(&document)) && is_answer(code(&state)));
    assert_eq!(code(&peek_type(data)), code(&inspect(data)));
    if let Ok(strict) = AnyState::decode(data) {
        assert_eq!(state.as_ref(), Ok(&strict));
    }
    if let (Ok(_), Ok(state)) = (document, state) {
        survives(&state);
    }
});
