//! What the program does with a file: takes frames apart, converts and merges them.
#![no_main]

use crdt_merge::frames::{self, DecodeOptions, EncodeOptions};
use crdt_merge::json::{self, JsonStyle};
use crdt_merge::{AnyState, Code};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    for options in [DecodeOptions::strict(), DecodeOptions::lenient()] {
        let Ok(located) = frames::split(data, &options) else { continue };
        let inputs: Vec<&[u8]> = located.iter().map(|at| at.frame).collect();
        for version in [EncodeOptions::V1, EncodeOptions::V2] {
            inputs.iter().for_each(|frame| convert(frame, &options, &version));
            if let Ok(merged) = frames::merge_with(&inputs, &options, &version) {
                // Bytes may differ where equality leaves something out, as it does with the place of a dot.
                let Ok(merged_state) = AnyState::decode(&merged) else { continue };
                let again = frames::merge_with(&[&merged, &merged], &options, &version);
                assert_eq!(again.and_then(|again| AnyState::decode(&again)), Ok(merged_state));
            }
        }
    }
});

/// Converting keeps what a frame says, compressed or not.
fn convert(frame: &[u8], options: &DecodeOptions, version: &EncodeOptions) {
    let Ok(plain) = frames::convert(frame, options, version) else { return };
    assert!(frames::check(frame, options).is_ok());
    // Version 1 counts the containers around a value as well, so it may hold what it does not read.
    if let Err(error) = frames::check(&plain, options) {
        assert_eq!(error.code(), Code::TooDeep);
        return;
    }
    let small =
        frames::convert(frame, options, &version.compressed()).expect("what can be written plain can be compressed");
    assert!(small.len() <= plain.len());
    assert_eq!(frames::convert(&small, options, version).as_ref(), Ok(&plain));
    if let frames::Body::Json(value) = frames::Document::decode(&plain, options).expect("a written frame").body() {
        json::to_text(value, JsonStyle::WIRE).expect("what was JSON is JSON");
    }
}
