//! JSON text: what is read comes back from what is written.
#![no_main]

use crdt_merge_protocol::Code;
use crdt_merge_protocol::json::{JsonStyle, parse, to_text};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    match parse(data, 128) {
        Ok(value) => {
            let text = to_text(&value, JsonStyle::WIRE).expect("what was JSON is JSON");
            assert_eq!(parse(text.as_bytes(), 128).as_ref(), Ok(&value));
            if let Ok(narrow) = value.to_value() {
                assert_eq!(narrow.to_json(), value);
            }
        }
        Err(error) => assert!(matches!(error.code(), Code::BadJson | Code::BadUtf8 | Code::TooDeep)),
    }
});
