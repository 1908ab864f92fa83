//! Frames around bodies: the order of checks, trailers, compression, extension fields, what is only carried.

use super::bytes::{frame, hex, stored_stream};
use super::{Maker, list, slug, to_wire};
use crate::case::Compare;
use crate::corpus::Topic;
use crate::value::Value;
use crate::wire2::{self, CHUNK, SEALED, ZLIB};

/// Body of a counter {a: 1}.
const COUNTER: &str = "01 01 0161 01 00";

pub(super) fn topic() -> Topic {
    let mut maker =
        Maker::new("frames", "frames around bodies: checks in order, trailers, compression, what is carried");
    headers(&mut maker);
    trailers(&mut maker);
    streams(&mut maker);
    fields(&mut maker);
    unknown(&mut maker);
    arguments(&mut maker);
    maker.topic
}

fn with(frame: &[u8], place: usize, byte: u8) -> Vec<u8> {
    let mut changed = frame.to_vec();
    changed[place] = byte;
    changed
}

fn reads(maker: &mut Maker, note: &str, frame: Vec<u8>, canonical: Vec<u8>) {
    let name = slug(note);
    let id = wire2::state_id(&canonical).unwrap_or_default();
    maker.good(&format!("{name}/id"), note, "state_id", Value::Bytes(frame.clone()), Value::text(id));
    maker.good(&format!("{name}/read"), note, "convert", to_wire(frame, 2), Value::Bytes(canonical));
}

fn refused(maker: &mut Maker, note: &str, frame: Vec<u8>, code: &str) {
    maker.bad(note, "state_id", Value::Bytes(frame), code);
}

/// Each frame has a fault of one step of reading and one of a later step.
fn headers(maker: &mut Maker) {
    let good = frame(1, COUNTER);
    refused(maker, "no bytes", Vec::new(), "TOO_SHORT");
    refused(maker, "eleven bytes", good[..11].to_vec(), "TOO_SHORT");
    refused(maker, "magic before version", with(&with(&good, 0, 0), 5, 9), "BAD_MAGIC");
    refused(maker, "version 0", with(&good, 5, 0), "BAD_VERSION");
    refused(maker, "version 3", with(&good, 5, 3), "BAD_VERSION");
    refused(maker, "version 258", with(&good, 4, 1), "BAD_VERSION");
    refused(maker, "version before flags", with(&with(&good, 5, 3), 7, 8), "BAD_VERSION");
    for bit in 3..8 {
        refused(maker, &format!("flag bit {bit}"), with(&good, 7, 1 << bit), "BAD_FLAGS");
    }
    refused(maker, "flags before tag", with(&with(&good, 7, 8), 6, 0), "BAD_FLAGS");
    refused(maker, "tag 0", with(&good, 6, 0), "UNKNOWN_TYPE");
    refused(maker, "tag 255", with(&good, 6, 0xff), "UNKNOWN_TYPE");
    refused(maker, "tag before length", [&with(&good, 6, 0)[..8], &[0xff; 4]].concat(), "UNKNOWN_TYPE");
    refused(maker, "length that is never sent", [&good[..8], &[0xff; 4], &good[12..]].concat(), "TOO_LARGE");
    refused(maker, "length of 4 GiB minus 2", [&good[..8], &hex("fffffffe"), &good[12..]].concat(), "TRUNCATED");
    refused(maker, "frame that ends early", good[..good.len() - 1].to_vec(), "TRUNCATED");
    refused(maker, "byte after a frame", [&good[..], &[0]].concat(), "TRAILING_BYTES");
    refused(
        maker,
        "what follows before the body",
        [&frame(1, "01 01 0161 00 00")[..], &[0]].concat(),
        "TRAILING_BYTES",
    );
    refused(maker, "two frames", [&good[..], &good[..]].concat(), "TRAILING_BYTES");
    refused(maker, "flag bit 1 in version 1", with(&with(&good, 5, 1), 7, SEALED), "BAD_FLAGS");
    refused(maker, "tag of version 2 in version 1", with(&with(&good, 5, 1), 6, 6), "UNKNOWN_TYPE");
}

fn trailers(maker: &mut Maker) {
    let good = frame(1, COUNTER);
    let sealed = wire2::frame(1, SEALED, &hex(COUNTER));
    reads(maker, "counter with a trailer", sealed.clone(), good.clone());
    for place in [12, 15, sealed.len() - 17, sealed.len() - 16, sealed.len() - 1] {
        let changed = with(&sealed, place, sealed[place] ^ 1);
        refused(maker, &format!("trailer and another byte {place}"), changed, "BAD_INTEGRITY");
    }
    refused(maker, "trailer and another tag", with(&sealed, 6, 2), "BAD_INTEGRITY");
    refused(maker, "trailer before the body", broken(&wire2::frame(1, SEALED, &hex("01 05"))), "BAD_INTEGRITY");
    refused(maker, "trailer before inflating", broken(&wire2::frame(1, SEALED | ZLIB, b"junk")), "BAD_INTEGRITY");
    refused(
        maker,
        "trailer around a body with a fault",
        wire2::frame(1, SEALED, &hex("01 01 0161 00 00")),
        "NOT_CANONICAL",
    );
    let short = [b"CRDT\0\x02\x01\x02\0\0\0\x0f".as_slice(), &[0; 15]].concat();
    refused(maker, "no room for a trailer", short, "TRUNCATED");
    refused(maker, "trailer without its flag", with(&sealed, 7, 0), "TRAILING_BYTES");
    seal(maker, "trailer", &good, (false, true), sealed);
    seal(maker, "trailer taken off", &wire2::frame(1, SEALED, &hex(COUNTER)), (false, false), good.clone());
    seal(maker, "compression that would not pay", &good, (true, false), good.clone());
    let long = wire2::canonical(0x20, &hex(&format!("01 04 8001 {} 00", "61".repeat(128))));
    for (note, trailer) in [("compressed", false), ("compressed with a trailer", true)] {
        maker.asked(&format!("seal/{}", slug(note)), note, "seal", sealing(&long, true, trailer));
        maker.compared(Compare::Inflated);
    }
    for (note, frame, code) in [
        ("sealing a body with a fault", frame(1, "01 01 0161 00 00"), "NOT_CANONICAL"),
        ("sealing a frame that ends early", frame(1, COUNTER)[..14].to_vec(), "TRUNCATED"),
        ("sealing a chunk", wire2::frame(1, CHUNK, &[0; 20]), "CHUNK_MISMATCH"),
    ] {
        maker.bad(note, "seal", sealing(&frame, false, true), code);
    }
}

fn broken(frame: &[u8]) -> Vec<u8> {
    with(frame, frame.len() - 1, frame[frame.len() - 1] ^ 0x80)
}

fn sealing(frame: &[u8], compress: bool, trailer: bool) -> Value {
    let frame = Value::Bytes(frame.to_vec());
    Value::map([("frame", frame), ("compress", Value::Bool(compress)), ("trailer", Value::Bool(trailer))])
}

fn seal(maker: &mut Maker, note: &str, frame: &[u8], (compress, trailer): (bool, bool), out: Vec<u8>) {
    maker.good(&format!("seal/{}", slug(note)), note, "seal", sealing(frame, compress, trailer), Value::Bytes(out));
}

/// Compressed bodies that no deflate implementation had a say in.
fn streams(maker: &mut Maker) {
    let body = hex(COUNTER);
    let good = frame(1, COUNTER);
    let stream = stored_stream(&body);
    reads(maker, "compressed although that is longer", wire2::frame(1, ZLIB, &stream), good.clone());
    reads(maker, "compressed and sealed", wire2::frame(1, ZLIB | SEALED, &stream), good);
    refused(maker, "no zlib stream", wire2::frame(1, ZLIB, &body), "BAD_ZLIB");
    refused(maker, "empty zlib stream", wire2::frame(1, ZLIB, &[]), "BAD_ZLIB");
    refused(maker, "zlib stream without its end", wire2::frame(1, ZLIB, &stream[..stream.len() - 1]), "BAD_ZLIB");
    refused(maker, "zlib stream with a wrong checksum", wire2::frame(1, ZLIB, &broken(&stream)), "BAD_ZLIB");
    refused(maker, "byte after a zlib stream", wire2::frame(1, ZLIB, &[&stream[..], &[0]].concat()), "TRAILING_BYTES");
    refused(
        maker,
        "fault inside a zlib stream",
        wire2::frame(1, ZLIB, &stored_stream(&hex("01 01 0161 00 00"))),
        "NOT_CANONICAL",
    );
}

/// Extension fields that a state carries and joins.
fn fields(maker: &mut Maker) {
    let carried = |fields: &str| frame(1, &format!("01 01 0161 01 {fields}"));
    for (note, fields) in [
        ("one field", "01 02 02 cafe"),
        ("an empty field", "01 02 00"),
        ("two fields", "02 02 01 aa 04 01 bb"),
        ("a field of a high number", "01 feffffffffffffffff01 01 00"),
        ("a field of 200 bytes", &format!("01 02 c801 {}", "5a".repeat(200))),
    ] {
        reads(maker, &format!("carries {note}"), carried(fields), carried(fields));
        let name = format!("version-1/{}", slug(note));
        let out = hex(
            "435244540001010000000034 0800000002 0500000004 74797065 0500000009 675f636f756e746572 0500000006 636f756e7473 0800000001 0500000001 61 0901",
        );
        maker.good(
            &name,
            &format!("{note} has no place in version 1"),
            "convert",
            to_wire(carried(fields), 1),
            Value::Bytes(out),
        );
    }
    for (note, a, b, joined) in [
        ("the greater content wins", "01 02 01 01", "01 02 01 02", "01 02 01 02"),
        ("content is compared bytewise", "01 02 01 02", "01 02 02 0100", "01 02 01 02"),
        ("the longer content wins after a common start", "01 02 01 01", "01 02 02 0100", "01 02 02 0100"),
        ("a missing field loses", "00", "01 02 01 00", "01 02 01 00"),
        ("a missing field loses to an empty one", "00", "01 02 00", "01 02 00"),
        (
            "fields are joined one by one",
            "02 02 01 01 04 01 09",
            "02 02 01 02 06 01 03",
            "03 02 01 02 04 01 09 06 01 03",
        ),
    ] {
        for (order, pair) in [("ab", [a, b]), ("ba", [b, a])] {
            let name = format!("fields/{}/{order}", slug(note));
            maker.good(&name, note, "join", list(&pair.map(carried)), Value::Bytes(carried(joined)));
        }
    }
}

/// Kinds and schemas that nobody knows, and reports with fields.
fn unknown(maker: &mut Maker) {
    let tags = [0x0f_u8, 0x6f, 0xfe];
    for tag in tags {
        let carried = frame(tag, "01 0a0b0c");
        reads(maker, &format!("unknown tag {tag:#04x}"), carried.clone(), carried.clone());
        let sealed = wire2::frame(tag, SEALED | ZLIB, &stored_stream(&hex("01 0a0b0c")));
        reads(maker, &format!("unknown tag {tag:#04x} compressed and sealed"), sealed, carried.clone());
        let with_itself = format!("unknown tag {tag:#04x} with itself");
        maker.good(
            &format!("join/{}", slug(&with_itself)),
            &with_itself,
            "join",
            list(&[carried.clone(), carried.clone()]),
            Value::Bytes(carried.clone()),
        );
        maker.bad(
            &format!("unknown tag {tag:#04x} with another body"),
            "join",
            list(&[carried.clone(), frame(tag, "01 0a0b0d")]),
            "UNKNOWN_TYPE",
        );
        maker.bad(&format!("unknown tag {tag:#04x} in version 1"), "convert", to_wire(carried, 1), "NOT_IN_V1");
    }
    for tag in [0x01_u8, 0x05, 0x10, 0x32, 0x43] {
        let later = frame(tag, "02 ff");
        reads(maker, &format!("schema 2 of tag {tag:#04x}"), later.clone(), later.clone());
        let same = format!("schema 2 of tag {tag:#04x} with itself");
        maker.good(
            &format!("join/{}", slug(&same)),
            &same,
            "join",
            list(&[later.clone(), later.clone()]),
            Value::Bytes(later.clone()),
        );
        maker.bad(
            &format!("schema 2 of tag {tag:#04x} with another body"),
            "join",
            list(&[later.clone(), frame(tag, "03 ff")]),
            "UNSUPPORTED_SCHEMA",
        );
        maker.bad(&format!("schema 2 of tag {tag:#04x} in version 1"), "convert", to_wire(later, 1), "NOT_IN_V1");
    }
    maker.bad("two unknown tags", "join", list(&[frame(0x6f, "01"), frame(0x6e, "01")]), "UNKNOWN_TYPE");
    maker.bad("a counter and an unknown tag", "join", list(&[frame(1, COUNTER), frame(0x6f, "01")]), "TYPE_MISMATCH");
    let report = frame(0x20, "01 00 01 02 01 07");
    reads(maker, "a value with a field is carried", report.clone(), report.clone());
    maker.bad(
        "a value with a field and one with another",
        "join",
        list(&[report, frame(0x20, "01 00 01 02 01 08")]),
        "UNSUPPORTED_SCHEMA",
    );
}

/// Arguments of another kind, and joins of what has none.
fn arguments(maker: &mut Maker) {
    let good = frame(1, COUNTER);
    maker.bad("version 0 asked for", "convert", to_wire(good.clone(), 0), "BAD_ARGUMENT");
    maker.bad("version 3 asked for", "convert", to_wire(good.clone(), 3), "BAD_ARGUMENT");
    maker.bad("text in place of a frame", "state_id", Value::text("CRDT"), "BAD_ARGUMENT");
    maker.bad("nothing to join", "join", list(&[]), "BAD_ARGUMENT");
    maker.bad("a frame in place of a list", "join", Value::Bytes(good.clone()), "BAD_ARGUMENT");
    maker.bad("two kinds", "join", list(&[good.clone(), frame(2, "01 00 00 00")]), "TYPE_MISMATCH");
    maker.bad("a value alone", "join", list(&[frame(0x20, "01 00 00")]), "NOT_MERGEABLE");
    maker.bad("two values", "join", list(&[frame(0x20, "01 00 00"), frame(0x20, "01 00 00")]), "NOT_MERGEABLE");
    maker.bad(
        "two tables of different widths",
        "join",
        list(&[frame(0x32, "01 01 01 01 00 00 00"), frame(0x32, "01 02 01 02 00 00 00 00")]),
        "PARAMETER_MISMATCH",
    );
    let set = |element: &str| frame(4, &format!("01 01 {element} 01 0161 01 00 01 0161 01 00 00 00"));
    maker.bad("one dot on two elements", "join", list(&[set("0202"), set("0204")]), "DOT_CONFLICT");
    maker.good(
        "join/alone",
        "one state is its own join",
        "join",
        list(std::slice::from_ref(&good)),
        Value::Bytes(good),
    );
}
