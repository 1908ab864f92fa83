//! Two payloads of one kind: both survive their frames and join to the same in both directions.
#![no_main]

use crdt_merge_fuzz::laws::{joins, survives};
use crdt_merge_fuzz::{halves, state, tagged};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((tag, rest)) = tagged(data) else { return };
    let Some((one, other)) = halves(rest) else { return };
    let (Some(one), Some(other)) = (state(tag, one), state(tag, other)) else { return };
    survives(&one);
    survives(&other);
    joins(&one, &other);
});
