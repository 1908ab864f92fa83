//! A frame, read strictly as document and as state.
#![no_main]

use crdt_merge_fuzz::laws::{STRICT, accepted, code, is_answer, survives};
use crdt_merge_protocol::AnyState;
use crdt_merge_protocol::wire::Document;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let (document, state) = (Document::decode(data, &STRICT), AnyState::decode(data));
    assert_eq!(code(&document), code(&state));
    assert!(is_answer(code(&document)));
    if let (Ok(document), Ok(state)) = (document, state) {
        accepted(data, &document, &state);
        survives(&state);
    }
});
