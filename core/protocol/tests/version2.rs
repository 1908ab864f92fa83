//! Version 2 of the wire from outside: worked examples to the byte, canonical spellings, relays.
#![allow(clippy::unwrap_used, reason = "tests")]

use crdt_merge_protocol::value::Map;
use crdt_merge_protocol::wire::{ChunkAssembler, ChunkOptions, Compression, DecodeOptions, split_frame};
use crdt_merge_protocol::{
    AnyState, Code, Delta, EncodeOptions, Framed, GCounter, Join, LwwMap, LwwRegister, ManualClock, OrSet, Reconcile,
    Replica, RwSet, Stamp, TestEntropy, Value,
};
use sha2::{Digest, Sha256};

fn bytes(hex: &str) -> Vec<u8> {
    let digits: Vec<u8> = hex.bytes().filter(u8::is_ascii_hexdigit).collect();
    digits.chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn counter(slots: &[(&str, u64)]) -> GCounter {
    let mut counter = GCounter::new();
    slots.iter().for_each(|(node, count)| counter.increment_node(node, *count).unwrap());
    counter
}

/// A frame of a body.
fn frame(tag: u8, body: &str) -> Vec<u8> {
    let body = bytes(body);
    [b"CRDT\0\x02", &[tag, 0][..], &u32::try_from(body.len()).unwrap().to_be_bytes(), &body].concat()
}

fn code(frame: &[u8]) -> Code {
    AnyState::decode(frame).unwrap_err().code()
}

#[test]
fn counter_example() {
    let counter = counter(&[("é", 1), ("bob", 300), ("idle", 0), ("alice", 3)]);
    let expected = "435244540002010000000014010305616c6963650303626f62ac0202c3a90100";
    assert_eq!(hex(&counter.encode()), expected);
    assert_eq!(counter.state_id().to_string(), "124f37626f548dbd7e8bfc0b8a03ecee1c3bdaf29b822d1abfb7f785f5e0cde8");
    assert_eq!(GCounter::decode(&bytes(expected)).unwrap(), counter);
    let sealed = "435244540002010200000024010305616c6963650303626f62ac0202c3a9010070a24d0f6c40b788eeb976fe6b8f3ea4";
    assert_eq!(hex(&counter.encode_as(&EncodeOptions::V2.with_trailer()).unwrap()), sealed);
    assert_eq!(GCounter::decode(&bytes(sealed)).unwrap(), counter);
}

#[test]
fn register_example() {
    let value = Map::from_pairs(vec![("qty".into(), (-2).into()), ("price".into(), 1.5.into())]).unwrap();
    let mut register = LwwRegister::new();
    register.write(value, Stamp::from_seconds(1_767_225_600.000_001).unwrap(), "node-a").unwrap();
    let expected = "43524454000203000000002b010702040371747902030405707269636503000000000000f83f02828082e288d2a306066e6f64652d6100";
    assert_eq!(hex(&register.encode()), expected);
    assert_eq!(register.state_id().to_string(), "9dd96ea9557ee24f8f7657efbd8d5eec3c53bc93d58555447497c392fd32368b");
    assert_eq!(LwwRegister::decode(&bytes(expected)).unwrap(), register);
}

#[test]
fn set_example() {
    let mut set = OrSet::with_dot(1, "a", 1).unwrap();
    set.join(&OrSet::with_dot(1, "a", 3).unwrap()).unwrap();
    let mut removed = OrSet::with_dot("gone", "a", 2).unwrap();
    removed.join(&OrSet::with_dot("gone", "c", 7).unwrap()).unwrap();
    removed.remove("gone");
    set.join(&removed).unwrap();
    set.join(&OrSet::with_dot("1", "b", 1).unwrap()).unwrap();
    set.add_with_tag("x", "0a0a0a0a0a0a").unwrap();
    set.remove("x");
    set.add_with_tag("x", "a1b2c3d4e5f6").unwrap();
    let expected = "435244540002040000000044010302020201610101610300040131010162010004017800010c61316232633364346535663602\
                    0161030162010101630701040178010c30613061306130613061306100";
    assert_eq!(hex(&set.encode()), expected);
    assert_eq!(set.state_id().to_string(), "dbc00ff494a18784ebce7049bd44f5fecabe7dfdbdb8b88d205745f1af07b373");
    assert_eq!(OrSet::decode(&bytes(expected)).unwrap(), set);
}

#[test]
fn carried_field_example() {
    let carried = bytes("43524454000201000000000a0101016101010202cafe");
    let mut counter = GCounter::decode(&carried).unwrap();
    assert_eq!(counter.encode(), carried);
    let plain = GCounter::decode(&frame(1, "01010161 05 00")).unwrap();
    assert!(counter.join(&plain).unwrap().is_yes());
    assert_eq!(counter.extensions().iter().collect::<Vec<_>>(), [(2, &[0xca, 0xfe][..])]);
    assert_eq!(code(&frame(1, "01 01016101 01 0300")), Code::UnknownField);
    assert_eq!(code(&frame(1, "01 01016101 01 0100")), Code::UnknownField, "a counter has no floor");
}

#[test]
fn chunks_example() {
    let frame = counter(&[("alice", 3)]).encode();
    let chunks = split_frame(&frame, &ChunkOptions { slice_bytes: 4, ..ChunkOptions::default() }).unwrap();
    let expected = [
        "4352445400020104000000166863ba7b49c9107989d244e125437d38000001010561",
        "4352445400020104000000166863ba7b49c9107989d244e125437d3801006c696365",
        "4352445400020104000000356863ba7b49c9107989d244e125437d3802010a6863ba7b49c9107989d244e125437d381df761573886ee2564205284f84a460b0300",
    ];
    assert_eq!(chunks.iter().map(|chunk| hex(chunk)).collect::<Vec<_>>(), expected);
    for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0]] {
        let mut assembler = ChunkAssembler::new(DecodeOptions::strict());
        assert_eq!(assembler.push(&chunks[order[0]]).unwrap(), None);
        assert_eq!(assembler.push(&chunks[order[0]]).unwrap(), None, "twice");
        assert_eq!(assembler.push(&chunks[order[1]]).unwrap(), None);
        assert_eq!(assembler.push(&chunks[order[2]]).unwrap().as_ref(), Some(&frame));
    }
    assert_eq!(code(&chunks[0]), Code::ChunkMismatch);
}

#[test]
fn chunks_that_do_not_fit_are_refused() {
    let frame = counter(&[("alice", 3), ("bob", 4)]).encode();
    for (compression, has_trailer) in [(Compression::None, false), (Compression::Zlib, true)] {
        let options = ChunkOptions { slice_bytes: 5, compression, has_trailer };
        let chunks = split_frame(&frame, &options).unwrap();
        let other = split_frame(&counter(&[("alice", 9)]).encode(), &options).unwrap();
        let mut assembler = ChunkAssembler::new(DecodeOptions::strict());
        assembler.push(&chunks[0]).unwrap();
        assert_eq!(assembler.push(&other[0]).unwrap_err().code(), Code::ChunkMismatch);
        let whole = chunks[1..].iter().map(|chunk| assembler.push(chunk).unwrap()).last();
        assert_eq!(whole, Some(Some(frame.clone())), "the foreign chunk did no harm");
    }
    let mut chunks = split_frame(&frame, &ChunkOptions { slice_bytes: 5, ..ChunkOptions::default() }).unwrap();
    let mut marked = chunks[0].clone();
    marked[12 + 17] = 1;
    marked.splice(12 + 18..12 + 18, [&[15][..], &[0; 32]].concat());
    let length = u32::try_from(marked.len() - 12).unwrap();
    marked[8..12].copy_from_slice(&length.to_be_bytes());
    let mut assembler = ChunkAssembler::new(DecodeOptions::strict());
    assembler.push(&chunks[0]).unwrap();
    assert_eq!(assembler.push(&marked).unwrap_err().code(), Code::ChunkMismatch, "it was not the last one before");
    *chunks[1].last_mut().unwrap() ^= 1;
    let mut assembler = ChunkAssembler::new(DecodeOptions::strict());
    let results: Vec<_> = chunks.iter().map(|chunk| assembler.push(chunk)).collect();
    assert_eq!(results.last().unwrap().as_ref().unwrap_err().code(), Code::ChunkMismatch);
}

#[test]
fn what_is_not_known_is_carried() {
    for (tag, body) in [(0x60, "01 0a0b0c"), (0xf0, "01"), (1, "02 ff"), (0x20, "01 00 01 02 01 07")] {
        let frame = frame(tag, body);
        let state = AnyState::decode(&frame).unwrap();
        assert!(matches!(state, AnyState::Opaque(_)), "{tag:#04x}");
        assert_eq!(state.encode().unwrap(), frame);
        assert_eq!(state.joined(&state), Ok(state.clone()));
    }
    let (a, b) = (frame(0x60, "01 00"), frame(0x60, "01 01"));
    let (a, b) = (AnyState::decode(&a).unwrap(), AnyState::decode(&b).unwrap());
    assert_eq!(a.joined(&b).unwrap_err().code(), Code::UnknownType);
    let (a, b) = (frame(1, "02 00"), frame(1, "02 01"));
    let (a, b) = (AnyState::decode(&a).unwrap(), AnyState::decode(&b).unwrap());
    assert_eq!(a.joined(&b).unwrap_err().code(), Code::UnsupportedSchema);
    assert_eq!(GCounter::decode(&frame(1, "02 00")).unwrap_err().code(), Code::UnsupportedSchema);
    assert_eq!(code(&frame(0x60, "00")), Code::BadSchema);
    assert_eq!(code(&frame(0, "01")), Code::UnknownType);
}

#[test]
fn first_faults_of_a_frame() {
    let good = counter(&[("a", 1)]).encode_as(&EncodeOptions::V2.with_trailer()).unwrap();
    let with = |place: usize, byte: u8| {
        let mut frame = good.clone();
        frame[place] = byte;
        code(&frame)
    };
    assert_eq!(with(5, 3), Code::BadVersion);
    assert_eq!(with(7, 8), Code::BadFlags);
    assert_eq!(with(6, 0xff), Code::UnknownType);
    assert_eq!(with(11, 0xff), Code::Truncated);
    assert_eq!(with(14, b'b'), Code::BadIntegrity);
    assert_eq!(with(20, 9), Code::BadIntegrity);
    let long = [&good[..8], &[0xff; 4], &good[12..]].concat();
    assert_eq!(code(&long), Code::TooLarge);
    assert_eq!(code(&[good.as_slice(), &[0]].concat()), Code::TrailingBytes);
}

#[test]
fn compression_is_used_where_it_helps_and_changes_no_state() {
    let mut map = LwwMap::new();
    for key in 0..100 {
        map.write(&format!("key {key}"), "the same text", Stamp::from_micros(5), "a").unwrap();
    }
    let compressed = map.encode_as(&EncodeOptions::V2.compressed().with_trailer()).unwrap();
    assert!(compressed.len() < map.encode().len() / 2);
    assert_eq!(LwwMap::decode(&compressed).unwrap().state_id(), map.state_id());
    assert_eq!(counter(&[]).encode_as(&EncodeOptions::V2.compressed()).unwrap(), counter(&[]).encode());
}

/// Bodies that say what a canonical body says, or nearly, in another way.
const SLOPPY: &[(&str, u8, &str, Code)] = &[
    ("long varint of a schema", 1, "8100 00 00", Code::NotCanonical),
    ("long varint of a count of slots", 1, "01 8000 00", Code::NotCanonical),
    ("long varint of a slot", 1, "01 01 0161 8100 00", Code::NotCanonical),
    ("number beyond 64 bits", 0x40, "01 01 0161 ffffffffffffffffff02 00", Code::OutOfRange),
    ("slot beyond 2^63 - 1", 1, "01 01 0161 ffffffffffffffffff01 00", Code::OutOfRange),
    ("zero slot", 1, "01 01 0161 00 00", Code::NotCanonical),
    ("slots out of order", 1, "01 02 0162 01 0161 01 00", Code::NotCanonical),
    ("slot twice", 1, "01 02 0161 01 0161 01 00", Code::NotCanonical),
    ("bytes after the body", 1, "01 00 00 00", Code::TrailingBytes),
    ("field 2 before field 2", 1, "01 00 02 0200 0200", Code::NotCanonical),
    ("truth value 2", 0x20, "01 01 02 00", Code::NotCanonical),
    ("another NaN", 0x20, "01 03 010000000000f87f 00", Code::NotCanonical),
    ("set out of order", 0x20, "01 08 02 0204 0202 00", Code::NotCanonical),
    ("set member twice", 0x20, "01 08 02 0202 0202 00", Code::NotCanonical),
    ("set in a set", 0x20, "01 08 01 0800 00", Code::BadKey),
    ("map key twice", 0x20, "01 07 02 0401 61 00 0401 61 00 00", Code::NotCanonical),
    ("list as a key", 0x20, "01 07 01 0600 00 00", Code::BadKey),
    ("unknown value", 0x20, "01 09 00", Code::BadValueTag),
    ("text that is not UTF-8", 0x20, "01 04 01 ff 00", Code::BadUtf8),
    ("count beyond the input", 0x20, "01 06 05 00 00", Code::Truncated),
    ("stamp of whole microseconds as a float", 3, "01 00 01 000000000000f83f 0161 00", Code::NotCanonical),
    ("stamp that is no number", 3, "01 00 01 000000000000f87f 0161 00", Code::BadStamp),
    ("stamp 0 in seconds", 3, "01 00 00 00 0161 00", Code::NotCanonical),
    ("unknown stamp", 3, "01 00 03 00 0161 00", Code::BadValueTag),
    ("tombstone older than its register", 5, "01 01 016b 00 0204 0161 01 016b 0202 00", Code::NotCanonical),
    ("registers out of order", 5, "01 02 016c 00 0204 0161 016b 00 0204 0161 00 00", Code::NotCanonical),
    ("element without additions", 4, "01 01 0202 00 00 00 00 00 00", Code::NotCanonical),
    ("elements out of order", 4, "01 02 0204 01 0161 01 00 0202 01 0161 02 00 01 0161 02 00 00 00", Code::NotCanonical),
    ("dots out of order", 4, "01 01 0202 02 0161 02 0161 01 00 01 0161 02 00 00 00", Code::NotCanonical),
    ("uncovered dot", 4, "01 01 0202 01 0161 01 00 00 00 00 00", Code::NotCanonical),
    ("dot on two elements", 4, "01 02 0202 01 0161 01 00 0204 01 0161 01 00 01 0161 01 00 00 00", Code::DotConflict),
    ("sequence 0", 4, "01 00 00 01 0161 00 00 00", Code::NotCanonical),
    ("exception that is contiguous", 4, "01 00 01 0161 01 01 0161 02 00 00", Code::NotCanonical),
    ("exception within the contiguous", 4, "01 00 01 0161 03 01 0161 02 00 00", Code::NotCanonical),
    ("dot as a tag", 4, "01 01 0202 00 01 03612331 00 00 00 00", Code::NotCanonical),
    ("tag live and removed", 4, "01 01 0202 00 01 0161 00 00 01 0202 01 0161 00", Code::NotCanonical),
    ("removed element without tags", 4, "01 00 00 00 01 0202 00 00", Code::NotCanonical),
    ("siblings out of order", 6, "01 02 0162 01 00 0204 0161 01 00 0204 02 0161 01 0162 01 00 00", Code::NotCanonical),
    ("one dot for two siblings", 6, "01 02 0161 01 00 0204 0161 01 00 0204 01 0161 01 00 00", Code::NotCanonical),
    ("uncovered sibling", 6, "01 01 0161 02 00 0204 01 0161 01 00 00", Code::NotCanonical),
    ("sibling of nobody", 6, "01 01 00 01 00 0204 00 00 00", Code::BadText),
    ("sibling without a stamp", 6, "01 01 0161 01 00", Code::Truncated),
    ("enablings out of order", 8, "01 02 0162 01 0161 01 02 0161 01 0162 01 00 00", Code::NotCanonical),
    ("enabling twice", 8, "01 02 0161 01 0161 01 01 0161 01 00 00", Code::NotCanonical),
    ("uncovered enabling", 8, "01 01 0161 01 00 00 00", Code::NotCanonical),
    ("enabling number 0", 8, "01 01 0161 00 00 00 00", Code::NotCanonical),
    ("floor of a flag", 8, "01 00 00 00 01 0100", Code::UnknownField),
    ("element without dots", 7, "01 01 0202 00 00 00 00 00", Code::NotCanonical),
    (
        "elements of a remove-wins set out of order",
        7,
        "01 02 0204 01 0161 01 00 0202 01 0161 02 00 01 0161 02 00 00",
        Code::NotCanonical,
    ),
    ("list as an element", 7, "01 01 0600 01 0161 01 00 01 0161 01 00 00", Code::BadKey),
    ("dot as add and removal", 7, "01 01 0202 01 0161 01 01 0161 01 01 0161 01 00 00", Code::DotConflict),
    ("dot for two elements, uncovered", 7, "01 02 0202 01 0161 01 00 0204 00 01 0161 01 00 00 00", Code::DotConflict),
    ("uncovered removal", 7, "01 01 0202 00 01 0161 01 00 00 00", Code::NotCanonical),
    ("dot enables and disables", 9, "01 01 0161 01 01 0161 01 01 0161 01 00 00", Code::DotConflict),
    ("disablings out of order", 9, "01 00 02 0161 02 0161 01 01 0161 02 00 00", Code::NotCanonical),
    ("uncovered disabling", 9, "01 00 01 0161 02 01 0161 01 00 00", Code::NotCanonical),
    ("disabling of nobody", 9, "01 00 01 00 01 00 00 00", Code::BadText),
    ("row without rights", 10, "01 01 0161 00 00 00", Code::NotCanonical),
    ("right of 0", 10, "01 01 0161 01 0161 00 00 00", Code::NotCanonical),
    ("rights beyond 2^63 - 1", 10, "01 01 0161 01 0161 ffffffffffffffffff01 00 00", Code::OutOfRange),
    ("rights out of order", 10, "01 02 0162 01 0162 01 0161 01 0161 01 00 00", Code::NotCanonical),
    ("receivers out of order", 10, "01 01 0161 02 0162 01 0161 01 00 00", Code::NotCanonical),
    ("use of 0", 10, "01 00 01 0161 00 00", Code::NotCanonical),
    ("zero counter in a clock", 0x40, "01 01 0161 00 00", Code::NotCanonical),
    (
        "option 2",
        0x42,
        "01 10 01 0161 0000000000000000000000000000000000000000000000000000000000000000 02 00 00",
        Code::NotCanonical,
    ),
    (
        "record that is no map",
        0x42,
        "01 10 01 0161 0000000000000000000000000000000000000000000000000000000000000000 01 00 00",
        Code::BadSchema,
    ),
    ("one child to a node", 0x42, "01 01 00 00", Code::BadSchema),
    ("tombstone 2", 0x43, "01 01 0161 00 00 02 00 00", Code::NotCanonical),
    ("precision 3", 0x30, "01 03 08 0000000000000000 00", Code::BadSchema),
    ("spare bit of a filter", 0x31, "01 01 9a9999999999b93f 01 01 01 02 00", Code::NotCanonical),
    ("long varint of a seed", 0x33, "01 8000 04 10 00000000000000000000000000000000 00", Code::NotCanonical),
    ("precision 19", 0x33, "01 00 13 10 00000000000000000000000000000000 00", Code::BadSchema),
    ("registers that are too few", 0x33, "01 00 04 0f 000000000000000000000000000000 00", Code::BadSchema),
    ("registers that are not there", 0x33, "01 00 04 20 00000000000000000000000000000000 00", Code::Truncated),
    ("register 66", 0x33, "01 00 04 10 00004200000000000000000000000000 00", Code::BadSchema),
    ("no blocks", 0x34, "01 00 00 00 00", Code::BadSchema),
    (
        "more blocks than bits",
        0x34,
        "01 00 02 20 0000000000000000000000000000000000000000000000000000000000000000 00",
        Code::BadSchema,
    ),
    ("blocks beyond 32 bits", 0x34, "01 00 8080808010 00 00", Code::OutOfRange),
    ("blocks beyond 2^24", 0x34, "01 00 81808008 00 00", Code::BadSchema),
    ("bits that are not there", 0x34, "01 00 01 20 00 00", Code::Truncated),
    ("rows of no cells", 0x35, "01 00 00 01 00 00", Code::BadSchema),
    ("no rows", 0x35, "01 00 01 00 00 00", Code::BadSchema),
    ("65 rows", 0x35, "01 00 01 41 00 00", Code::BadSchema),
    ("more than 2^28 cells", 0x35, "01 00 80808040 03 00 00", Code::BadSchema),
    ("table of another shape", 0x35, "01 00 02 01 01 0161 01 01 01 00", Code::BadSchema),
    ("table that is not there", 0x35, "01 00 02 01 01 0161 09 01 01 00", Code::Truncated),
    ("node that has counted nothing", 0x35, "01 00 02 01 01 0161 02 00 00 00 00", Code::NotCanonical),
    ("long varint of a cell", 0x35, "01 00 01 01 01 0161 01 8000 01 00", Code::NotCanonical),
    ("nodes out of order", 0x35, "01 00 01 01 02 0162 01 01 01 0161 01 01 01 00", Code::NotCanonical),
    ("node twice", 0x35, "01 00 01 01 02 0161 01 01 01 0161 01 01 01 00", Code::NotCanonical),
    ("signature of nothing", 0x36, "01 00 00 00", Code::BadSchema),
    ("long varint of a figure", 0x36, "01 00 01 8100 00", Code::NotCanonical),
    ("figure beyond 32 bits", 0x36, "01 00 01 8080808010 00", Code::OutOfRange),
    ("figures that are not there", 0x36, "01 00 05 01 01 00", Code::Truncated),
    ("floor of a sketch", 0x36, "01 00 01 01 01 0100", Code::UnknownField),
    ("removed texts out of order", 0x10, "01 00 00 02 0162 0161 00 0200 00 00", Code::NotCanonical),
    ("members of a report out of order", 0x47, "01 07 00 00", Code::NotCanonical),
];

#[test]
fn every_sloppy_spelling_is_refused_with_its_code() {
    for (what, tag, body, expected) in SLOPPY {
        let result = AnyState::decode(&frame(*tag, body));
        assert_eq!(result.as_ref().err().map(|error| error.code()), Some(*expected), "{what}: {result:?}");
    }
}

#[test]
fn versions_convert_both_ways() {
    let mut set = OrSet::with_dot(1, "a", 1).unwrap();
    set.join(&OrSet::with_dot(Value::Null, "b", 2).unwrap()).unwrap();
    let first = set.encode_v1().unwrap();
    assert_eq!(AnyState::decode(&first).unwrap().encode().unwrap(), set.encode());
    assert_eq!(AnyState::decode(&set.encode()).unwrap().encode_v1().unwrap(), first);
    set.remove(1);
    let back = OrSet::decode(&set.encode()).unwrap();
    assert_eq!(back, set);
    assert!(back.encode_v1().unwrap().len() < set.encode_v1().unwrap().len(), "version 2 has no empty tag lists");
}

#[test]
fn ids_of_long_bodies_are_the_hash_of_their_frames() {
    let mut slots = GCounter::new();
    let mut map = LwwMap::new();
    let mut set = OrSet::new();
    for number in 0..2_000_u64 {
        slots.increment_node(&format!("node {number}"), number).unwrap();
        let value = "x".repeat(number as usize % 1_500);
        map.write(&format!("key {number}"), value, Stamp::from_micros(5), "a").unwrap();
        set.join(&OrSet::with_dot(number as i64, "a", 2 * number + 1).unwrap()).unwrap();
        set.remove(number as i64 / 2);
    }
    map.delete_at("key 7", Stamp::from_micros(9)).unwrap();
    let states: [AnyState; 3] = [slots.into(), map.into(), set.into()];
    for state in states {
        let frame = state.encode().unwrap();
        assert!(frame.len() > 10_000);
        assert_eq!(hex(&Sha256::digest(&frame)), state.state_id().unwrap().to_string(), "{}", state.type_name());
    }
}

/// A counter of 100 nodes stays small: a slot is its name, its length and one or two bytes.
#[test]
fn a_counter_of_a_hundred_nodes_takes_less_than_700_bytes() {
    let mut slots = GCounter::new();
    (0..100).for_each(|number| slots.increment_node(&format!("n{number:02}"), 3 * number + 1).unwrap());
    let frame = slots.encode();
    assert!(frame.len() <= 700, "{} bytes", frame.len());
    assert!(slots.encode_as(&EncodeOptions::V2.compressed()).unwrap().len() <= frame.len());
}

#[test]
fn what_is_emptied_and_compacted_is_small() {
    let replica = Replica::new("laptop", ManualClock::at_micros(1), TestEntropy::new(1)).unwrap();
    let mut set = OrSet::from_iter_at(&replica, 0..1_000_i64).unwrap();
    (0..1_000_i64).for_each(|element| assert!(set.remove(element)));
    assert!(set.encode().len() <= 64, "{}", set.encode().len());
    let mut set = RwSet::new();
    for element in 0..1_000_i64 {
        set.add(&replica, element).unwrap();
        set.remove(&replica, element).unwrap();
    }
    let summary = set.summary().unwrap();
    assert_eq!(set.compact(&[summary], None).unwrap(), 1_000);
    assert!(set.encode().len() <= 64, "{}", set.encode().len());
    let mut map = LwwMap::new();
    for key in 0..1_000_i64 {
        map.write(&key.to_string(), key, Stamp::from_micros(key), "a").unwrap();
        map.delete_at(&key.to_string(), Stamp::from_micros(key)).unwrap();
    }
    assert!(map.compact_to(Stamp::from_micros(1_000)) > 0);
    assert!(map.encode().len() <= 64, "{}", map.encode().len());
}

#[test]
fn another_kind_is_told_before_what_its_frame_lacks() {
    let mut cut = counter(&[("a", 1)]).encode();
    cut.pop();
    let state = OrSet::decode(&cut).unwrap_err();
    let patch = Delta::decode(&cut).unwrap_err();
    assert_eq!((state.code(), patch.code()), (Code::TypeMismatch, Code::TypeMismatch));
    assert_eq!(GCounter::decode(&cut).unwrap_err().code(), Code::Truncated);
}
