//! Mutations that know the bodies of version 2: most leave header, lengths and trailer sound.

use crdt_merge_protocol::laws::{Random, Sampler, ValueSampler};
use crdt_merge_protocol::value::canonical_bytes;
use crdt_merge_protocol::wire::MAGIC;
use sha2::{Digest, Sha256};

use super::corpus::{Corpus, Seed};
use super::mutate::{deflated, mutate_bytes, splice};

const ZLIB: u8 = 1;
const TRAILER: u8 = 2;
const CHUNK: u8 = 4;

/// Most bytes of a mutated body.
const LONGEST: usize = 16 * 1024;

/// A mutated frame.
pub fn frame(random: &mut Random, corpus: &Corpus) -> Vec<u8> {
    let seed = corpus.pick(random);
    let tag = if random.one_in(16) { random.bits() as u8 } else { seed.tag.byte() };
    let is_blind = random.one_in(6);
    let body = if is_blind { seed.payload.clone() } else { body(random, corpus, seed) };
    let mut frame = packaged(random, tag, &body);
    if is_blind {
        (0..=random.below(3)).for_each(|_| mutate_bytes(random, &mut frame));
    }
    frame
}

/// A body in a frame whose length and trailer are right, nearly always; compressed, sealed or marked as a chunk at times.
fn packaged(random: &mut Random, tag: u8, body: &[u8]) -> Vec<u8> {
    let mut flags = 0;
    let mut stored = body.to_vec();
    if random.one_in(4) {
        flags |= ZLIB;
        stored = deflated(body);
        if random.one_in(8) {
            mutate_bytes(random, &mut stored);
        }
    }
    flags |= if random.one_in(4) { TRAILER } else { 0 };
    flags |= if random.one_in(32) { CHUNK } else { 0 };
    framed(tag, flags, &stored)
}

/// A frame of version 2 around what is stored in it, with a sound trailer if the flags say that it has one.
pub fn framed(tag: u8, flags: u8, stored: &[u8]) -> Vec<u8> {
    let trailer = if flags & TRAILER == 0 { 0 } else { 16 };
    let mut frame = MAGIC.to_vec();
    frame.extend_from_slice(&[0, 2, tag, flags]);
    frame.extend_from_slice(&u32::try_from(stored.len() + trailer).expect("short bodies").to_be_bytes());
    frame.extend_from_slice(stored);
    let digest = Sha256::digest(&frame);
    frame.extend(digest.into_iter().take(trailer));
    frame
}

/// A mutated body; untouched at times, for what happens around it.
pub fn body(random: &mut Random, corpus: &Corpus, seed: &Seed) -> Vec<u8> {
    let mut body = seed.payload.clone();
    for _ in 0..random.below(4) {
        match random.below(5) {
            0 => mutate_bytes(random, &mut body),
            1 => {
                let other = corpus.pick_of(seed.tag, random).unwrap_or(seed);
                splice(random, &mut body, &other.payload);
            }
            _ => mutate_parts(random, &mut body),
        }
        body.truncate(LONGEST);
    }
    body
}

/// One change that knows what bodies are made of.
fn mutate_parts(random: &mut Random, body: &mut Vec<u8>) {
    let at = random.below(body.len() + 1);
    match random.below(10) {
        0 => lengthen(random, body),
        1 | 2 => nudge(random, body, at),
        3 => replace(body, at, at + 1, random.pick(&NUMBERS).copied().unwrap_or_default()),
        4 => repeat(random, body, at),
        5 => swap(random, body),
        6 => {
            let opening = random.pick(&OPENINGS).copied().unwrap_or_default();
            let levels = random.pick(&[1, 2, 120, 140]).copied().unwrap_or(1);
            replace(body, at, at, &opening.repeat(levels));
        }
        7 => replace(body, at, at, &canonical_bytes(&ValueSampler::default().draw(random))),
        8 => rename(random, body),
        _ => {
            body.pop();
            body.extend_from_slice(random.pick(&EXTENSIONS).copied().unwrap_or_default());
        }
    }
}

/// Numbers at the bounds of their widths, and needlessly long ones.
const NUMBERS: [&[u8]; 12] = [
    b"\x00",
    b"\x80\x00",
    b"\x81\x80\x00",
    b"\x7f",
    b"\x80\x01",
    b"\xff\xff\x03",
    b"\xff\xff\xff\xff\x0f",
    b"\x80\x80\x80\x80\x10",
    b"\xff\xff\xff\xff\xff\xff\xff\xff\x7f",
    b"\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01",
    b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01",
    b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02",
];

/// What opens a list of one, a map of one under null, a list that promises much, and an entry of dots.
const OPENINGS: [&[u8]; 4] = [b"\x06\x01", b"\x07\x01\x00", b"\x06\x7f", b"\x01\x01a\x01"];

/// Extension fields: sound ones, a floor, and every fault.
const EXTENSIONS: [&[u8]; 10] = [
    b"\x01\x02\x00",
    b"\x02\x02\x01a\x04\x02bc",
    b"\x01\x01\x00",
    b"\x01\x01\x02\x00\x02",
    b"\x01\x01\x01\x05",
    b"\x01\x00\x00",
    b"\x01\x03\x00",
    b"\x02\x04\x00\x02\x00",
    b"\x02\x02\x00\x02\x00",
    b"\x7f\x02\x00",
];

fn replace(body: &mut Vec<u8>, start: usize, end: usize, by: &[u8]) {
    let end = end.min(body.len());
    body.splice(start.min(end)..end, by.iter().copied());
}

/// Spells a byte as a number of two bytes.
fn lengthen(random: &mut Random, body: &mut Vec<u8>) {
    let at = random.below(body.len());
    if let Some(byte) = body.get_mut(at) {
        *byte |= 0x80;
        body.insert(at + 1, 0);
    }
}

/// Counts, lengths and sequences one up or down.
fn nudge(random: &mut Random, body: &mut [u8], at: usize) {
    if let Some(byte) = body.get_mut(at) {
        *byte = if random.one_in(2) { byte.wrapping_add(1) } else { byte.wrapping_sub(1) };
    }
}

/// A few bytes twice, with a byte before them, perhaps their count, one up.
fn repeat(random: &mut Random, body: &mut Vec<u8>, at: usize) {
    let end = (at + 1 + random.below(12)).min(body.len());
    let copy = body.get(at..end).unwrap_or_default().to_vec();
    replace(body, at, at, &copy);
    let count = at.saturating_sub(1 + random.below(3));
    nudge(random, body, count);
}

/// Two neighbouring runs of bytes change places.
fn swap(random: &mut Random, body: &mut [u8]) {
    let at = random.below(body.len());
    let (first, second) = (1 + random.below(8), 1 + random.below(8));
    if let Some(run) = body.get_mut(at..at + first + second) {
        run.rotate_left(first);
    }
}

/// Where texts may stand: a length and as many bytes of UTF-8.
fn texts(body: &[u8]) -> Vec<(usize, usize)> {
    let text_at = |(at, length): (usize, &u8)| {
        let end = at + 1 + usize::from(*length);
        let is_text = std::str::from_utf8(body.get(at + 1..end)?).is_ok();
        (is_text && (1..0x40).contains(length)).then_some((at, end))
    };
    body.iter().enumerate().filter_map(text_at).collect()
}

/// One text of the body becomes a copy of another one, or an awkward one.
fn rename(random: &mut Random, body: &mut Vec<u8>) {
    const AWKWARD: [&[u8]; 7] =
        [b"\0", b"\x01a", b"\x03a#1", b"\x02#1", b"\x02\xc0\x80", b"\x03\xed\xa0\x80", b"\x02\xc3\xa9"];
    let texts = texts(body);
    let Some(&(start, end)) = random.pick(&texts) else { return };
    let by = match random.pick(&texts) {
        Some(&(from, to)) if random.one_in(2) => body.get(from..to).unwrap_or_default().to_vec(),
        _ => random.pick(&AWKWARD).copied().unwrap_or_default().to_vec(),
    };
    replace(body, start, end, &by);
}
