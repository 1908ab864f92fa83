//! A body of version 2 of any kind, known or not, in a sound frame.
#![no_main]

use crdt_merge_fuzz::framed_body;
use crdt_merge_fuzz::laws::{STRICT, accepted, code, is_answer_to, joins, survives};
use crdt_merge_protocol::AnyState;
use crdt_merge_protocol::wire::Document;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((tag, body)) = data.split_first() else { return };
    let frame = framed_body(*tag, body, body.len() % 4 == 3);
    let (document, state) = (Document::decode(&frame, &STRICT), AnyState::decode(&frame));
    assert_eq!(code(&document), code(&state));
    assert!(is_answer_to(&frame, code(&document)));
    if let (Ok(document), Ok(state)) = (document, state) {
        accepted(&frame, &document, &state);
        survives(&state);
        joins(&state, &state);
    }
});
