//! What summaries, deltas, sessions, compaction and saves refuse.

use super::Maker;
use super::bytes::{frame, hex};
use crate::corpus::Topic;
use crate::value::Value;

pub(super) fn topic() -> Topic {
    let mut maker = Maker::new("sync", "what summaries, deltas, sessions, compaction and saves refuse");
    items(&mut maker);
    states(&mut maker);
    floors(&mut maker);
    saves(&mut maker);
    maker.topic
}

const COUNTER: &str = "01 01 0161 01 00";

fn items(maker: &mut Maker) {
    let map = |item: usize, salt: Value, below: i64| {
        Value::map([("item", Value::Bytes(vec![7; item])), ("salt", salt), ("below", Value::int(below))])
    };
    maker.bad("an item of 15 bytes", "symbols", map(15, Value::int(0), 16), "BAD_ARGUMENT");
    maker.bad("an item of 17 bytes", "symbols", map(17, Value::int(0), 16), "BAD_ARGUMENT");
    maker.bad("a salt that is text", "symbols", map(16, Value::text("0"), 16), "BAD_ARGUMENT");
    maker.bad("a salt below 0", "symbols", map(16, Value::int(-1), 16), "OUT_OF_RANGE");
    maker.bad("a salt of 65 bits", "symbols", map(16, Value::int(1_i128 << 64), 16), "OUT_OF_RANGE");
    let sets = |theirs: Value, mine: Value| Value::map([("theirs", theirs), ("mine", mine)]);
    let none = || Value::List(Vec::new());
    let short = Value::List(vec![Value::Bytes(vec![0; 8])]);
    maker.bad("their item of 8 bytes", "reconcile", sets(short.clone(), none()), "BAD_ARGUMENT");
    maker.bad("an own item of 8 bytes", "reconcile", sets(none(), short), "BAD_ARGUMENT");
    maker.bad("items that are no list", "reconcile", sets(Value::Null, none()), "BAD_ARGUMENT");
    let empty =
        Value::map([("sizes", Value::List(vec![Value::int(16)])), ("only_theirs", none()), ("only_mine", none())]);
    maker.good("reconcile/empty", "two empty sets", "reconcile", sets(none(), none()), empty);
}

fn summary_of(frame: Vec<u8>) -> Value {
    let frame = Value::Bytes(frame);
    Value::map([("frame", frame), ("last", Value::Null), ("salt", Value::int(0)), ("symbols", Value::int(16))])
}

fn states(maker: &mut Maker) {
    let counter = || frame(1, COUNTER);
    maker.bad("a summary of a value", "summary", summary_of(frame(0x20, "01 00 00")), "NOT_MERGEABLE");
    maker.bad("a summary of a patch", "summary", summary_of(frame(0x10, "01 00 00 00 00 0200 00 00")), "NOT_MERGEABLE");
    maker.bad("a summary of a frame that ends early", "summary", summary_of(counter()[..14].to_vec()), "TRUNCATED");
    maker.bad("a summary of a body with a fault", "summary", summary_of(frame(1, "01 01 0161 00 00")), "NOT_CANONICAL");
    let tables = || (frame(0x32, "01 01 01 01 00 00 00"), frame(0x32, "01 02 01 02 00 00 00 00"));
    let values = || (frame(0x20, "01 00 00"), frame(0x20, "01 00 00"));
    let kinds = || (counter(), frame(2, "01 00 00 00"));
    for (op, names) in [("delta_for", ["sender", "receiver"]), ("session", ["a", "b"])] {
        let pair = |(one, other): (Vec<u8>, Vec<u8>)| {
            Value::map([(names[0], Value::Bytes(one)), (names[1], Value::Bytes(other))])
        };
        maker.bad(&format!("{op}, two kinds"), op, pair(kinds()), "TYPE_MISMATCH");
        maker.bad(&format!("{op}, two widths"), op, pair(tables()), "PARAMETER_MISMATCH");
        maker.bad(&format!("{op}, two values"), op, pair(values()), "NOT_MERGEABLE");
        maker.bad(&format!("{op}, a fault on one side"), op, pair((counter(), frame(1, "01 01"))), "TRUNCATED");
    }
    let old = frame(0x05, "01 01 016b 00 0202 0161 00 00");
    let settled = frame(0x05, "01 00 00 01 01 02 0204");
    let pair = Value::map([("a", Value::Bytes(old)), ("b", Value::Bytes(settled))]);
    maker.bad("a session of a state that is too old", "session", pair, "STALE_STATE");
    let one = |dot: &str| Value::Bytes(frame(0x04, &format!("01 01 {dot} 01 0161 01 00 01 0161 01 00 00 00")));
    let pair = Value::map([("a", one("0202")), ("b", one("0204"))]);
    maker.bad("a session about one dot on two elements", "session", pair, "DOT_CONFLICT");
}

fn floors(maker: &mut Maker) {
    let lifted = |frame: Vec<u8>, floor: Value| Value::map([("frame", Value::Bytes(frame)), ("floor", floor)]);
    let set = || frame(0x04, "01 00 00 00 00 00");
    maker.bad("a floor of a counter", "compact_to", lifted(frame(1, COUNTER), Value::int(1)), "TYPE_MISMATCH");
    maker.bad("a set closed by 2", "compact_to", lifted(set(), Value::int(2)), "BAD_ARGUMENT");
    maker.bad("a floor that is text", "compact_to", lifted(set(), Value::text("1")), "BAD_ARGUMENT");
    let gossip = frame(0x43, "01 00 00 00");
    maker.bad("a sum below 0", "compact_to", lifted(gossip.clone(), Value::int(-1)), "OUT_OF_RANGE");
    maker.bad("a sum beyond 64 bits", "compact_to", lifted(gossip, Value::int(1_i128 << 64)), "OUT_OF_RANGE");
    let map = frame(0x05, "01 00 00 00");
    maker.bad("a stamp beyond 64 bits", "compact_to", lifted(map, Value::int(1_i128 << 63)), "OUT_OF_RANGE");
}

fn saves(maker: &mut Maker) {
    let load = |maker: &mut Maker, note: &str, tag: u8, body: &str, code: &str| {
        maker.bad(note, "replica_load", Value::Bytes(frame(tag, body)), code);
    };
    load(maker, "a counter in place of a save", 1, COUNTER, "TYPE_MISMATCH");
    load(maker, "a save of schema 2", 0x49, "02 00", "UNSUPPORTED_SCHEMA");
    load(maker, "a save with a field of an odd number", 0x49, "01 016e 0a 01 00 01 03 00", "UNKNOWN_FIELD");
    load(maker, "a save with a field of an even number", 0x49, "01 016e 0a 01 00 01 02 00", "UNKNOWN_FIELD");
    load(maker, "a save with an actor of figure 0", 0x49, "01 016e 0a 01 01 016e 00 00", "NOT_CANONICAL");
    load(
        maker,
        "a save with actors out of order",
        0x49,
        "01 016e 0a 01 02 036e7e62 01 036e7e61 01 00",
        "NOT_CANONICAL",
    );
    load(maker, "a save with a NUL in its node", 0x49, "01 0100 0a 01 00 00", "BAD_TEXT");
    load(maker, "a save with a byte left over", 0x49, "01 016e 0a 01 00 00 00", "TRAILING_BYTES");
    maker.bad("an empty file in place of a save", "replica_load", Value::Bytes(hex("")), "TOO_SHORT");
}
