//! Texts, floats, dots and stamps.
#![no_main]

use std::cmp::Ordering;

use crdt_merge_protocol::text::{bytes_repr, float_text, lower_case, text_repr, words};
use crdt_merge_protocol::{Dot, Stamp, Value};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if let Ok(text) = std::str::from_utf8(data) {
        assert!(text_repr(text).len() >= text.len() + 2);
        assert_eq!(lower_case(&lower_case(text)).is_empty(), text.is_empty());
        assert!(words(text).all(|word| !word.is_empty()));
        if let Some(dot) = Dot::from_tag(text) {
            assert_eq!(dot.to_string(), text);
        }
    }
    assert!(bytes_repr(data).is_ascii());
    let (numbers, _) = data.as_chunks::<8>();
    let stamps: Vec<Stamp> = numbers.iter().take(6).flat_map(|bits| stamps_of(u64::from_be_bytes(*bits))).collect();
    check_order(&stamps);
});

/// The stamps that eight bytes can be, the double's text checked on the way.
fn stamps_of(bits: u64) -> impl Iterator<Item = Stamp> {
    let (int, float) = (bits.cast_signed(), f64::from_bits(bits));
    let back: f64 = float_text(float).parse().expect("the text of a double");
    assert!(back.to_bits() == bits || float.is_nan() && back.is_nan());
    let seconds = Stamp::from_seconds(float).ok();
    if let Some(stamp) = seconds {
        assert!(matches!(stamp.to_wire(), Value::Float(wire) if wire == float), "{float}");
    }
    seconds.into_iter().chain([Stamp::from_micros(int), Stamp::from_whole_seconds(int)])
}

/// Time orders stamps totally.
fn check_order(stamps: &[Stamp]) {
    for a in stamps {
        assert_ne!(Stamp::from_micros(a.floor_micros()).cmp_time(a), later_than_saturated(a));
        for b in stamps {
            assert_eq!(a.cmp_time(b), b.cmp_time(a).reverse());
            for c in stamps.iter().filter(|c| b.cmp_time(c) != Ordering::Greater) {
                assert!(a.cmp_time(b) == Ordering::Greater || a.cmp_time(c) != Ordering::Greater, "{a:?} {b:?} {c:?}");
            }
        }
    }
}

/// What the floor of a stamp must not compare as: later, unless the stamp lies before every microsecond there is.
fn later_than_saturated(stamp: &Stamp) -> Ordering {
    let is_before_all = stamp.cmp_time(&Stamp::from_micros(i64::MIN)) == Ordering::Less;
    if is_before_all { Ordering::Equal } else { Ordering::Greater }
}
