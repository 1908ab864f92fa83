//! Mutations that know frames: most leave the header sound, so that what is tested lies behind it.

use std::io::Write;

use crdt_merge_protocol::Tag;
use crdt_merge_protocol::laws::{Random, Sampler, ValueSampler};
use crdt_merge_protocol::wire::{HEADER_BYTES, MAGIC, encode_value};

use super::corpus::{Corpus, Seed, is_compact};

/// Most bytes of a mutated payload.
const LONGEST: usize = 16 * 1024;

/// A mutated frame.
pub fn frame(random: &mut Random, corpus: &Corpus) -> Vec<u8> {
    let seed = corpus.pick(random);
    if random.one_in(4) {
        let mut bytes = seed.frame.clone();
        for _ in 0..=random.below(3) {
            mutate_bytes(random, &mut bytes);
        }
        return bytes;
    }
    let tag = if random.one_in(16) { random.pick(Tag::V1).copied().unwrap_or(seed.tag) } else { seed.tag };
    let payload = payload(random, corpus, seed);
    framed(random, tag.byte(), &payload)
}

/// A mutated payload of the kind of a seed.
pub fn payload(random: &mut Random, corpus: &Corpus, seed: &Seed) -> Vec<u8> {
    let mut payload = seed.payload.clone();
    let (steps, blind) = if is_compact(seed.tag) { (4, 6) } else { (2, 12) };
    for _ in 0..=random.below(steps) {
        match random.below(blind) {
            0 => mutate_bytes(random, &mut payload),
            1 => {
                let other = &corpus.pick(random).payload;
                splice(random, &mut payload, other);
            }
            _ if is_compact(seed.tag) => mutate_compact(random, &mut payload),
            _ => mutate_json(random, &mut payload),
        }
        payload.truncate(LONGEST);
    }
    payload
}

/// A payload in a frame whose length is right; compressed at times.
fn framed(random: &mut Random, tag: u8, payload: &[u8]) -> Vec<u8> {
    let is_compressed = random.one_in(4);
    let mut stored = if is_compressed { deflated(payload) } else { payload.to_vec() };
    if is_compressed && random.one_in(8) {
        mutate_bytes(random, &mut stored);
    }
    let length = u32::try_from(stored.len()).unwrap_or(0).to_be_bytes();
    let mut frame = Vec::with_capacity(HEADER_BYTES + stored.len());
    frame.extend_from_slice(&MAGIC);
    frame.extend_from_slice(&[0, 1, tag, u8::from(is_compressed)]);
    frame.extend_from_slice(&length);
    frame.extend_from_slice(&stored);
    frame
}

/// A zlib stream of some bytes.
pub fn deflated(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    // Writing to a Vec cannot fail.
    let _ = encoder.write_all(bytes);
    encoder.finish().unwrap_or_default()
}

/// One change that knows nothing of the contents.
pub fn mutate_bytes(random: &mut Random, bytes: &mut Vec<u8>) {
    let at = random.below(bytes.len() + 1);
    let end = at + random.below((bytes.len() - at).min(32) + 1);
    match random.below(7) {
        0 => set(bytes, at, |byte| byte ^ 1 << (at % 8)),
        1 => {
            let new = random.bits() as u8;
            set(bytes, at, |_| new);
        }
        2 => {
            let new = awkward_byte(random);
            set(bytes, at, |_| new);
        }
        3 => bytes.insert(at, awkward_byte(random)),
        4 => drop(bytes.drain(at..end)),
        5 => {
            let copy = bytes[at..end].to_vec();
            insert(bytes, end, &copy);
        }
        _ => bytes.truncate(at),
    }
}

fn set(bytes: &mut [u8], at: usize, change: impl FnOnce(u8) -> u8) {
    if let Some(byte) = bytes.get_mut(at) {
        *byte = change(*byte);
    }
}

fn awkward_byte(random: &mut Random) -> u8 {
    random.pick(&[0, 1, 2, 7, 8, 9, 10, 0x7f, 0x80, 0xc0, 0xed, 0xff, b'"', b'{', b'[', b'#']).copied().unwrap_or(0)
}

fn insert(bytes: &mut Vec<u8>, at: usize, more: &[u8]) {
    bytes.splice(at..at, more.iter().copied());
}

/// The start of one payload and the end of another.
pub fn splice(random: &mut Random, payload: &mut Vec<u8>, other: &[u8]) {
    payload.truncate(random.below(payload.len() + 1));
    payload.extend_from_slice(&other[random.below(other.len() + 1)..]);
}

/// Where a value stands in a payload.
#[derive(Debug, Clone, Copy)]
pub struct Spot {
    pub start: usize,
    pub end: usize,
}

impl Spot {
    fn bytes(self, payload: &[u8]) -> Vec<u8> {
        payload[self.start..self.end].to_vec()
    }
}

/// The values of a compact payload, as far as it can be read, containers after their members.
pub fn compact_spots(payload: &[u8]) -> Vec<Spot> {
    let mut spots = Vec::new();
    compact_spot(payload, 0, 0, &mut spots);
    spots
}

/// Reads the value at `start` and answers where it ends.
fn compact_spot(payload: &[u8], start: usize, depth: usize, spots: &mut Vec<Spot>) -> Option<usize> {
    let after = start + 5;
    let number = || payload.get(start + 1..after)?.try_into().ok().map(|bytes| u32::from_be_bytes(bytes) as usize);
    let end = match payload.get(start)? {
        0..=2 => start + 1,
        9 => start + 2,
        3 | 4 => start + 9,
        5 | 6 => after.checked_add(number()?)?,
        tag @ (7 | 8 | 10) if depth < 64 => {
            let members = number()?.checked_mul(if *tag == 8 { 2 } else { 1 })?;
            (0..members).try_fold(after, |at, _| compact_spot(payload, at, depth + 1, spots))?
        }
        _ => return None,
    };
    (end <= payload.len()).then(|| spots.push(Spot { start, end }))?;
    Some(end)
}

/// One change of a value of a compact payload.
fn mutate_compact(random: &mut Random, payload: &mut Vec<u8>) {
    let spots = compact_spots(payload);
    let Some(&spot) = random.pick(&spots) else { return mutate_bytes(random, payload) };
    match random.below(7) {
        0 => payload[spot.start] = random.below(13) as u8,
        1 => edit_number(random, payload, spot),
        2 => replace(payload, spot, &encode_value(&ValueSampler::default().draw(random))),
        3 => replace(payload, spot, &awkward_value(random)),
        4 => {
            let other = random.pick(&spots).map(|other| other.bytes(payload)).unwrap_or_default();
            replace(payload, spot, &other);
        }
        5 => {
            let levels = random.pick(&[1, 2, 120, 140]).copied().unwrap_or(1);
            insert(payload, spot.start, &b"\x07\0\0\0\x01".repeat(levels));
        }
        _ => repeat_member(random, payload, spot),
    }
}

fn replace(payload: &mut Vec<u8>, spot: Spot, by: &[u8]) {
    payload.splice(spot.start..spot.end, by.iter().copied());
}

/// Sets the length or count of a value, or its first four bytes if it has none.
fn edit_number(random: &mut Random, payload: &mut [u8], spot: Spot) {
    let Some(field) = payload.get_mut(spot.start + 1..spot.start + 5) else { return };
    let old = field.iter().fold(0_u32, |number, byte| number << 8 | u32::from(*byte));
    let new = match random.below(6) {
        0 => old.wrapping_add(1),
        1 => old.wrapping_sub(1),
        2 => old.wrapping_mul(2),
        3 => u32::MAX,
        4 => 1 << random.below(32),
        _ => random.below(64) as u32,
    };
    field.copy_from_slice(&new.to_be_bytes());
}

/// Bytes that have broken decoders: bounds, NaN, infinities, texts that look like dots, broken UTF-8.
fn awkward_value(random: &mut Random) -> Vec<u8> {
    const AWKWARD: [&[u8]; 20] = [
        b"\x03\x7f\xff\xff\xff\xff\xff\xff\xff",
        b"\x03\x80\0\0\0\0\0\0\0",
        b"\x03\0\0\0\0\0\0\0\x01",
        b"\x04\x7f\xf8\0\0\0\0\0\0",
        b"\x04\xff\xf0\0\0\0\0\0\0",
        b"\x04\x80\0\0\0\0\0\0\0",
        b"\x04\x7f\xef\xff\xff\xff\xff\xff\xff",
        b"\x04\0\0\0\0\0\0\0\x01",
        b"\x05\0\0\0\x03a#1",
        b"\x05\0\0\0\x03a#2",
        b"\x05\0\0\0\x02#1",
        b"\x05\0\0\0\x16a#18446744073709551615",
        b"\x05\0\0\0\x03\xed\xa0\x80",
        b"\x05\0\0\0\x02\xc0\x80",
        b"\x05\0\0\0\x03int",
        b"\x05\0\0\0\x08NoneType",
        b"\x07\0\0\0\0",
        b"\x08\0\0\0\0",
        b"\x0a\0\0\0\0",
        b"\x08\0\0\0\x02\x09\x01\x00\x09\x01\x01",
    ];
    random.pick(&AWKWARD).map(|bytes| bytes.to_vec()).unwrap_or_default()
}

/// Says a container has one member more, and gives it a copy of a value as that member (or as both halves of a pair).
fn repeat_member(random: &mut Random, payload: &mut Vec<u8>, spot: Spot) {
    let inside: Vec<Spot> =
        compact_spots(payload).into_iter().filter(|s| s.start > spot.start && s.end <= spot.end).collect();
    let copies = if payload[spot.start] == 8 { 2 } else { 1 };
    let more: Vec<u8> =
        (0..copies).filter_map(|_| random.pick(&inside)).flat_map(|member| member.bytes(payload)).collect();
    insert(payload, spot.end, &more);
    if let Some(count) = payload.get_mut(spot.start + 4) {
        *count = count.wrapping_add(1);
    }
}

/// What stands before a colon, what after one, and what in a list or alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    Name,
    Member,
    Item,
}

/// The tokens and containers of a JSON text with their roles, as far as brackets match.
pub fn json_spots(payload: &[u8]) -> Vec<(Spot, Role)> {
    let (mut spots, mut open, mut at) = (Vec::new(), Vec::new(), 0);
    while let Some(byte) = payload.get(at) {
        let mut start = at;
        at += match byte {
            b'"' => quoted(&payload[at..]),
            b'0'..=b'9' | b'-' | b'a'..=b'z' | b'A'..=b'Z' => word(&payload[at..]),
            _ => 1,
        };
        match byte {
            b'{' | b'[' => {
                open.push(start);
                continue;
            }
            b'}' | b']' => match open.pop() {
                Some(bracket) => start = bracket,
                None => continue,
            },
            b' ' | b',' | b':' => continue,
            _ => {}
        }
        let is_in_map = open.last().is_some_and(|bracket| payload[*bracket] == b'{');
        let role = match payload.get(at) {
            Some(b':') if is_in_map => Role::Name,
            _ if is_in_map => Role::Member,
            _ => Role::Item,
        };
        spots.push((Spot { start, end: at }, role));
    }
    spots
}

fn quoted(text: &[u8]) -> usize {
    let mut is_escaped = false;
    let end = text.iter().skip(1).position(|byte| {
        let closes = *byte == b'"' && !is_escaped;
        is_escaped = *byte == b'\\' && !is_escaped;
        closes
    });
    end.map_or(text.len(), |end| end + 2)
}

fn word(text: &[u8]) -> usize {
    text.iter().take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'+' | b'-')).count()
}

/// One change of a token or a container of a JSON text.
fn mutate_json(random: &mut Random, payload: &mut Vec<u8>) {
    let spots = json_spots(payload);
    let Some(&(spot, role)) = random.pick(&spots) else { return mutate_bytes(random, payload) };
    match (random.below(4), role) {
        (0, Role::Name) => replace(payload, spot, &awkward_name(random)),
        (_, Role::Name) => {
            let pair = [&spot.bytes(payload), b": ".as_slice(), &awkward_json(random), b", "].concat();
            insert(payload, spot.start, &pair);
        }
        (0 | 1, _) => replace(payload, spot, &awkward_json(random)),
        (2, _) => {
            let values: Vec<_> = spots.iter().filter(|(_, role)| *role != Role::Name).collect();
            let other = random.pick(&values).map(|(other, _)| other.bytes(payload)).unwrap_or_default();
            replace(payload, spot, &other);
        }
        (_, Role::Item) => {
            let copy = [b", ", spot.bytes(payload).as_slice()].concat();
            insert(payload, spot.end, &copy);
        }
        (_, Role::Member) => {
            let levels = random.pick(&[1, 2, 120, 140]).copied().unwrap_or(1);
            insert(payload, spot.end, &b"]".repeat(levels));
            insert(payload, spot.start, &b"[".repeat(levels));
        }
    }
}

fn awkward_name(random: &mut Random) -> Vec<u8> {
    const AWKWARD: [&str; 6] = ["\"\"", "\"type\"", "\"__type\"", "\"clocks\"", "\"\\u00e9\"", "\"\\ud83d\\ude00#1\""];
    random.pick(&AWKWARD).map(|text| text.as_bytes().to_vec()).unwrap_or_default()
}

fn awkward_json(random: &mut Random) -> Vec<u8> {
    const AWKWARD: [&str; 22] = [
        "null",
        "true",
        "NaN",
        "-Infinity",
        "0",
        "-0",
        "-1",
        "1.0",
        "1e999",
        "1e-999",
        "9223372036854775808",
        "18446744073709551615",
        "18446744073709551616",
        "123456789012345678901234567890",
        "[]",
        "{}",
        "[\"a\", 1]",
        "{\"type\": \"vector_clock\", \"clocks\": {\"a\": 1}}",
        "\"\"",
        "\"type\"",
        "\"\\ud800\"",
        "\"\\ud83d\\ude00\\u0000\"",
    ];
    random.pick(&AWKWARD).map(|text| text.as_bytes().to_vec()).unwrap_or_default()
}
