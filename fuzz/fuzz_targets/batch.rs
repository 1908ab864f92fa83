//! A batch: what strict reading takes apart packs to the same bytes.
#![no_main]

use crdt_merge_fuzz::laws::{LENIENT, STRICT, code, is_answer};
use crdt_merge_protocol::AnyState;
use crdt_merge_protocol::wire::{pack, unpack};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let (strict, lenient) = (unpack(data, &STRICT), unpack(data, &LENIENT));
    if let Ok(frames) = &strict {
        assert_eq!(pack(frames).as_deref(), Ok(data));
        assert_eq!(lenient.as_ref(), Ok(frames));
    }
    assert!(is_answer(code(&strict)));
    for frame in lenient.unwrap_or_default() {
        assert!(is_answer(code(&AnyState::decode_with(frame, &LENIENT))));
    }
});
