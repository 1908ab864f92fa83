//! What holds for every input, whatever is in it.

use crdt_merge_protocol::json::{self, JsonStyle};
use crdt_merge_protocol::wire::{Document, decode_value, encode_value, pack, unpack};
use crdt_merge_protocol::{AnyState, Code, Result};

use super::corpus::Corpus;
use super::laws::{LENIENT, STRICT, accepted, code, is_answer_to, joins, survives, survives_first};
use super::measure::{bounded, size};

/// Reads a frame in every way there is and checks each answer against the others. Answers what strict reading said.
pub fn frame(bytes: &[u8], corpus: &Corpus) -> Option<Code> {
    let size = size(bytes);
    let strict = bounded("strict document", size, || Document::decode(bytes, &STRICT));
    let state = bounded("strict state", size, || AnyState::decode(bytes));
    let lenient = bounded("lenient document", size, || Document::decode(bytes, &LENIENT));
    let lenient_state = bounded("lenient state", size, || AnyState::decode_with(bytes, &LENIENT));
    assert_eq!(code(&strict), code(&state), "document and state answer differently");
    for code in [code(&strict), code(&lenient), code(&lenient_state)] {
        assert!(is_answer_to(bytes, code), "{code:?} is no answer to a frame");
    }
    prefix(bytes, size, &state);
    for options in [STRICT, LENIENT] {
        // As a batch these bytes make no sense, which has to be noticed.
        drop(bounded("batch", size, || unpack(bytes, &options).map(|frames| frames.len())));
    }
    if let (Ok(document), Ok(state)) = (&strict, &state) {
        accepted(bytes, document, state);
        assert_eq!(lenient.as_ref().map(Document::body), Ok(document.body()), "lenient reading says something else");
        assert_eq!(lenient_state.as_ref(), Ok(state), "lenient reading says something else");
    }
    if let Ok(state) = &lenient_state {
        survives(state);
        if bytes.get(5) != Some(&2) {
            survives_first(state);
        }
        joins_with_a_sound_one(state, corpus);
    }
    code(&strict)
}

/// Reading the start of an input does not depend on what follows.
fn prefix(bytes: &[u8], size: u64, whole: &Result<AnyState>) {
    let longer = [bytes, b"CRDT"].concat();
    let state = bounded("prefix", size + 4, || AnyState::decode_prefix(&longer, &STRICT));
    let document = bounded("prefix document", size + 4, || Document::decode_prefix(&longer, &STRICT));
    super::laws::prefix(bytes, whole, &state, document);
}

fn joins_with_a_sound_one(state: &AnyState, corpus: &Corpus) {
    let partners: Vec<_> = state.tag().into_iter().flat_map(|tag| corpus.of(tag)).collect();
    let chosen = state.encode().map_or(0, |frame| frame.len()) % partners.len().max(1);
    if let Some(partner) = partners.get(chosen) {
        joins(state, &partner.state);
    }
}

/// Reads a batch in both ways; what strict reading takes apart packs to the same bytes.
pub fn batch(bytes: &[u8]) -> Option<Code> {
    let strict = bounded("strict batch", bytes.len() as u64, || unpack(bytes, &STRICT));
    let lenient = bounded("lenient batch", bytes.len() as u64, || unpack(bytes, &LENIENT));
    if let Ok(frames) = &strict {
        assert_eq!(pack(frames).as_deref(), Ok(bytes));
        assert_eq!(lenient.as_ref(), Ok(frames));
    }
    code(&strict)
}

/// Reads bytes as a bare value and as JSON text; what comes of it if neither accepts them is what the value's reader says.
pub fn payload(bytes: &[u8]) -> Option<Code> {
    let size = bytes.len() as u64;
    let read = [STRICT, LENIENT].map(|options| {
        let value = bounded("value", size, || decode_value(bytes, &options));
        if let Ok(value) = &value {
            assert_eq!(decode_value(&encode_value(value), &STRICT).as_ref(), Ok(value));
            assert!(!value.py_repr().is_empty());
        }
        code(&value)
    });
    let json = bounded("json", size, || json::parse(bytes, 128)).ok();
    if let Some(value) = &json {
        let text = json::to_text(value, JsonStyle::WIRE).expect("what was JSON is JSON");
        assert_eq!(json::parse(text.as_bytes(), 128).as_ref(), Ok(value));
    }
    if json.is_some() { None } else { read[0] }
}
