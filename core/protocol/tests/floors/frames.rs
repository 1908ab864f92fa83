//! Floors in frames.

use crdt_merge_protocol::{AnyState, Code, Framed, GossipState, LwwMap, OrSet, Result, Stamp};

fn frame(tag: u8, body: &str) -> Vec<u8> {
    let digits: Vec<u8> = body.bytes().filter(u8::is_ascii_hexdigit).collect();
    let body: Vec<u8> =
        digits.chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect();
    [b"CRDT\0\x02", &[tag, 0][..], &u32::try_from(body.len()).unwrap().to_be_bytes(), &body].concat()
}

#[test]
fn a_floor_is_part_of_the_state() -> Result<()> {
    let mut map = LwwMap::new();
    map.compact_to(Stamp::from_micros(1));
    assert_eq!(map.encode(), frame(5, "01 00 00 01 01 02 02 02"));
    assert!(map != LwwMap::new() && map.state_id() != LwwMap::new().state_id());
    let mut state = GossipState::new("n")?;
    state.compact_to(0);
    assert_eq!(state.floor(), None);
    state.compact_to(4);
    assert_eq!(state.encode(), frame(0x43, "01 00 00 01 01 01 04"));
    let mut set = OrSet::with_dot("x", "a", 1)?;
    set.remove("x");
    set.close();
    assert_eq!(set.encode(), frame(4, "01 00 01 0161 01 00 00 01 01 00"));
    for frame in [map.encode(), state.encode(), set.encode()] {
        let any = AnyState::decode(&frame)?;
        assert_eq!(any.encode()?, frame);
        assert_eq!(any.encode_v1().unwrap_err().code(), Code::NotInV1);
        assert!(any.describe().is_ok(), "people can still look at it");
    }
    Ok(())
}

/// What a floor has settled has no place in a frame.
const REFUSED: &[(&str, u8, &str, Code)] = &[
    ("a tombstone at the floor", 5, "01 00 01 016b 0204 01 01 02 0204", Code::NotCanonical),
    ("a hidden value at the floor", 5, "01 01 016b 00 0204 00 01 016b 0206 01 01 02 0204", Code::NotCanonical),
    ("bytes after a floor", 5, "01 00 00 01 01 03 020400", Code::TrailingBytes),
    ("half a floor", 5, "01 00 00 01 01 01 02", Code::Truncated),
    ("a floor of 0", 0x43, "01 00 00 01 01 01 00", Code::NotCanonical),
    ("a deleted entry at the floor", 0x43, "01 01 016b 00 01 0161 02 01 00 01 01 01 02", Code::NotCanonical),
    ("a floor that is more than there", 4, "01 00 00 00 00 01 01 01 00", Code::TrailingBytes),
];

#[test]
fn leftovers_below_a_floor_are_not_canonical() {
    for (name, tag, body, code) in REFUSED {
        assert_eq!(AnyState::decode(&frame(*tag, body)).unwrap_err().code(), *code, "{name}");
    }
    for (tag, body) in [
        (5, "01 00 01 016b 0206 01 01 02 0204"),
        (5, "01 01 016b 00 0206 00 01 016b 0206 01 01 02 0204"),
        (5, "01 01 016b 00 0204 00 00 01 01 02 0204"),
        (0x43, "01 01 016b 00 01 0161 03 01 00 01 01 01 02"),
        (0x43, "01 01 016b 00 01 0161 02 00 00 01 01 01 02"),
    ] {
        assert_eq!(AnyState::decode(&frame(tag, body)).and_then(|state| state.encode()), Ok(frame(tag, body)));
    }
}
