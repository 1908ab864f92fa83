//! A payload of a kind that has JSON or, from an old reference, MessagePack.
#![no_main]

use crdt_merge_fuzz::laws::{STRICT, accepted, code, is_answer, survives};
use crdt_merge_fuzz::{frame, tagged};
use crdt_merge_protocol::wire::Document;
use crdt_merge_protocol::{AnyState, PayloadForm};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((tag, payload)) = tagged(data).filter(|(tag, _)| tag.form() == PayloadForm::Json) else { return };
    let frame = frame(tag, payload);
    let (document, state) = (Document::decode(&frame, &STRICT), AnyState::decode(&frame));
    assert_eq!(code(&document), code(&state));
    assert!(is_answer(code(&document)));
    if let (Ok(document), Ok(state)) = (document, state) {
        accepted(&frame, &document, &state);
        survives(&state);
    }
});
