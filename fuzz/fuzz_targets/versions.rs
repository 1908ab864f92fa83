//! From version 1 to version 2 and back, and once more: after the first conversion nothing changes any more.
#![no_main]

use crdt_merge_fuzz::{state, tagged};
use crdt_merge_protocol::AnyState;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((tag, payload)) = tagged(data) else { return };
    let Some(first) = state(tag, payload) else { return };
    let Ok(second) = first.encode() else {
        assert!(!tag.is_join(), "states always have a frame");
        return;
    };
    let state = AnyState::decode(&second).expect("a canonical frame");
    assert!(state == first || !tag.is_join(), "converting keeps the state");
    let Ok(back) = state.encode_v1() else { return };
    let again = AnyState::decode(&back).expect("a canonical frame");
    assert_eq!(again.encode().as_ref(), Ok(&second));
    assert_eq!(again.encode_v1(), Ok(back));
});
