//! Compaction floors: how they are spelt, and joins of states that have them.

use super::bytes::frame;
use super::{Maker, list, slug, to_wire};
use crate::corpus::Topic;
use crate::value::Value;
use crate::wire2;

pub(super) fn topic() -> Topic {
    let mut maker = Maker::new("floors", "compaction floors: spelling, what stays in a frame, joins");
    for (note, tag, body) in FLOORS {
        let frame = frame(*tag, body);
        let id = wire2::state_id(&frame).unwrap_or_default();
        maker.good(
            &format!("read/{}", slug(note)),
            note,
            "convert",
            to_wire(frame.clone(), 2),
            Value::Bytes(frame.clone()),
        );
        maker.good(&format!("id/{}", slug(note)), note, "state_id", Value::Bytes(frame.clone()), Value::text(id));
        maker.bad(&format!("{note}, in version 1"), "convert", to_wire(frame, 1), "NOT_IN_V1");
    }
    for (note, tag, body, code) in FAULTS {
        maker.bad(note, "convert", to_wire(frame(*tag, body), 2), code);
    }
    for (note, tag, a, b, joined) in JOINS {
        for (order, pair) in [("ab", [a, b]), ("ba", [b, a])] {
            let name = format!("{}/{order}", slug(note));
            let frames = pair.map(|body| frame(*tag, body));
            maker.good(&name, note, "join", list(&frames), Value::Bytes(frame(*tag, joined)));
        }
    }
    for (note, tag, a, b) in STALE {
        for (order, pair) in [("ab", [a, b]), ("ba", [b, a])] {
            maker.bad(&format!("{note}, {order}"), "join", list(&pair.map(|body| frame(*tag, body))), "STALE_STATE");
        }
    }
    maker.topic
}

/// Note, tag, body.
const FLOORS: &[(&str, u8, &str)] = &[
    ("an empty map with a floor", 0x05, "01 00 00 01 01 02 0204"),
    (
        "a map with a register and a tombstone above the floor",
        0x05,
        "01 01 016b 00 0206 0161 01 016c 0206 01 01 02 0204",
    ),
    ("a map with a visible register below the floor", 0x05, "01 01 016b 00 0202 0161 00 01 01 02 0204"),
    ("a floor in whole seconds", 0x05, "01 00 00 01 01 02 000a"),
    ("a floor and a carried field", 0x05, "01 00 00 02 01 02 0204 02 01 aa"),
    ("a closed set", 0x04, "01 00 00 00 00 01 01 00"),
    ("a closed set with a live tag", 0x04, "01 01 0202 00 01 0174 00 00 00 01 01 00"),
    ("gossip with a floor", 0x43, "01 00 00 01 01 01 05"),
    ("gossip with a floor of 2 to the 64th minus 1", 0x43, "01 00 00 01 01 0a ffffffffffffffffff01"),
    ("gossip with an entry below its floor", 0x43, "01 01 0161 00 01 0161 01 00 01 0161 01 01 01 01 05"),
];

/// Note, tag, body, code: frames that are refused.
const FAULTS: &[(&str, u8, &str, &str)] = &[
    ("tombstone at its floor", 0x05, "01 00 01 016b 0204 01 01 02 0204", "NOT_CANONICAL"),
    ("hidden register below its floor", 0x05, "01 01 016b 00 0202 0161 01 016b 0206 01 01 02 0204", "NOT_CANONICAL"),
    ("floor of a map that ends early", 0x05, "01 00 00 01 01 01 02", "TRUNCATED"),
    ("floor of a map with a byte left over", 0x05, "01 00 00 01 01 03 0204 00", "TRAILING_BYTES"),
    ("floor of a map that is no stamp", 0x05, "01 00 00 01 01 02 0504", "BAD_VALUE_TAG"),
    ("ext 5 beside a floor", 0x05, "01 00 00 02 01 02 0204 05 00", "UNKNOWN_FIELD"),
    ("closed set with content in its floor", 0x04, "01 00 00 00 00 01 01 01 00", "TRAILING_BYTES"),
    ("gossip floor of 0", 0x43, "01 00 00 01 01 01 00", "NOT_CANONICAL"),
    ("gossip floor that is empty", 0x43, "01 00 00 01 01 00", "TRUNCATED"),
    ("gossip floor in a long varint", 0x43, "01 00 00 01 01 02 8100", "NOT_CANONICAL"),
    (
        "tombstone of gossip below its floor",
        0x43,
        "01 01 0161 00 01 0161 01 01 01 0161 01 01 01 01 02",
        "NOT_CANONICAL",
    ),
    ("long varint of a gossip sum", 0x43, "01 00 00 01 01 03 818000", "NOT_CANONICAL"),
    ("gossip sum beyond 64 bits", 0x43, "01 00 00 01 01 0a ffffffffffffffffff02", "OUT_OF_RANGE"),
    ("floor of a map in a Float of whole microseconds", 0x05, "01 00 00 01 01 09 01 000000000000f83f", "NOT_CANONICAL"),
    ("floor of a map that is NaN", 0x05, "01 00 00 01 01 09 01 000000000000f87f", "BAD_STAMP"),
    ("floor twice", 0x05, "01 00 00 02 01 02 0204 01 02 0204", "NOT_CANONICAL"),
    ("floor in a register", 0x03, "01 00 0202 0161 01 01 02 0204", "UNKNOWN_FIELD"),
    ("floor in a tree", 0x42, "01 10 00 01 01 00", "UNKNOWN_FIELD"),
];

/// Note, tag, two bodies and their join.
const JOINS: &[(&str, u8, &str, &str, &str)] = &[
    (
        "a write above the floor joins",
        0x05,
        "01 01 016b 00 0206 0161 00 00",
        "01 00 00 01 01 02 0204",
        "01 01 016b 00 0206 0161 00 01 01 02 0204",
    ),
    ("a settled tombstone goes", 0x05, "01 00 01 016b 0204 00", "01 00 00 01 01 02 0204", "01 00 00 01 01 02 0204"),
    ("the higher floor stays", 0x05, "01 00 00 01 01 02 0206", "01 00 00 01 01 02 0204", "01 00 00 01 01 02 0206"),
    (
        "a register both have stays below the floor",
        0x05,
        "01 01 016b 00 0202 0161 00 00",
        "01 01 016b 00 0202 0161 00 01 01 02 0204",
        "01 01 016b 00 0202 0161 00 01 01 02 0204",
    ),
    ("closing joins", 0x04, "01 00 00 00 00 00", "01 00 00 00 00 01 01 00", "01 00 00 00 00 01 01 00"),
    (
        "gossip above the floor joins",
        0x43,
        "01 01 0161 00 01 0161 06 00 01 0161 06 00",
        "01 00 00 01 01 01 05",
        "01 01 0161 00 01 0161 06 00 01 0161 06 01 01 01 05",
    ),
    (
        "a settled tombstone of gossip goes",
        0x43,
        "01 01 0161 00 01 0161 03 01 01 0161 03 00",
        "01 00 01 0161 03 01 01 01 05",
        "01 00 01 0161 03 01 01 01 05",
    ),
];

/// Note, tag, two bodies that do not join.
const STALE: &[(&str, u8, &str, &str)] = &[
    ("an old register the other does not have", 0x05, "01 01 016b 00 0202 0161 00 00", "01 00 00 01 01 02 0204"),
    ("an old register at the floor", 0x05, "01 01 016b 00 0204 0161 00 00", "01 00 00 01 01 02 0204"),
    ("an old tag the other does not have", 0x04, "01 01 0202 00 01 0174 00 00 00 00", "01 00 00 00 00 01 01 00"),
    ("an old entry the other does not have", 0x43, "01 01 0161 00 01 0161 05 00 01 0161 05 00", "01 00 00 01 01 01 05"),
];
