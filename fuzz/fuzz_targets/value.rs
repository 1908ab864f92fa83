//! Two compact values: bytes, texts and all orders.
#![no_main]

use std::cmp::Ordering;

use crdt_merge_fuzz::halves;
use crdt_merge_fuzz::laws::{LENIENT, STRICT};
use crdt_merge_protocol::Stamp;
use crdt_merge_protocol::order::{Write, compare_cells, compare_keys, compare_writes};
use crdt_merge_protocol::text::{order_text, py_repr, py_str};
use crdt_merge_protocol::value::{Value, canonical_bytes};
use crdt_merge_protocol::wire::{decode_value, encode_value};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((one, other)) = halves(data) else { return };
    let (Ok(one), Ok(other)) = (decode_value(one, &LENIENT), decode_value(other, &LENIENT)) else { return };
    for value in [&one, &other] {
        assert_eq!(decode_value(&encode_value(value), &STRICT).as_ref(), Ok(value));
        assert!(!py_repr(value).is_empty() && py_str(value).len() <= py_repr(value).len());
        order_text(value);
    }
    assert_eq!(one == other, one.cmp(&other) == Ordering::Equal);
    assert_eq!(one == other, canonical_bytes(&one) == canonical_bytes(&other));
    let stamp = Stamp::ZERO;
    let write = |value| Write { stamp: &stamp, node: "n", value };
    for compare in [compare_writes, compare_cells] {
        assert_eq!(compare(write(&one), write(&other)), compare(write(&other), write(&one)).reverse());
    }
    if is_key(&one) && is_key(&other) {
        assert_eq!(compare_keys(&one, &other), compare_keys(&other, &one).reverse());
    }
});

fn is_key(value: &Value) -> bool {
    value.kind().is_scalar()
}
