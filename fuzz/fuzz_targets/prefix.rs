//! The frame at the start of an input, whatever follows it.
#![no_main]

use crdt_merge_fuzz::laws::{STRICT, prefix};
use crdt_merge_protocol::AnyState;
use crdt_merge_protocol::wire::Document;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let (state, document) = (AnyState::decode_prefix(data, &STRICT), Document::decode_prefix(data, &STRICT));
    let end = state.as_ref().map_or(data.len(), |(_, end)| *end);
    let whole = AnyState::decode(&data[..end]);
    prefix(&data[..end], &whole, &state, document);
});
