//! What the program does with a file: takes frames apart, converts and merges them.
#![no_main]

use crdt_merge::AnyState;
use crdt_merge::frames::{self, Compression, DecodeOptions};
use crdt_merge::json::{self, JsonStyle};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    for options in [DecodeOptions::strict(), DecodeOptions::lenient()] {
        let Ok(located) = frames::split(data, &options) else { continue };
        let inputs: Vec<&[u8]> = located.iter().map(|at| at.frame).collect();
        inputs.iter().for_each(|frame| convert(frame, &options));
        if let Ok(merged) = frames::merge_with(&inputs, &options, Compression::None) {
            // Bytes may differ where equality leaves something out, as it does with the place of a dot.
            let again = frames::merge(&[&merged, &merged]).and_then(|again| AnyState::decode(&again));
            assert_eq!(again, AnyState::decode(&merged));
        }
    }
});

/// Converting keeps what a frame says, compressed or not.
fn convert(frame: &[u8], options: &DecodeOptions) {
    let Ok(plain) = frames::convert(frame, options, Compression::None) else { return };
    assert!(frames::check(frame, options).is_ok());
    let small =
        frames::convert(frame, options, Compression::Zlib).expect("what can be written plain can be compressed");
    assert!(small.len() <= plain.len());
    assert_eq!(frames::convert(&small, &DecodeOptions::strict(), Compression::None).as_ref(), Ok(&plain));
    if let frames::Body::Json(value) = frames::Document::decode(&plain, options).expect("a written frame").body() {
        json::to_text(value, JsonStyle::WIRE).expect("what was JSON is JSON");
    }
}
