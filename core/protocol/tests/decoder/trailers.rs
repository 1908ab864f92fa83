//! Frames with a trailer, changed at random: none may be read as if nothing had happened.
//!
//! A change that also takes away the flag that there is a trailer leaves a frame without one. No reader that knows the kind takes it,
//! for the trailer is then bytes too many; if the change makes the kind or schema one that is not known, nobody can tell, and the
//! frame is carried unread. Those are counted apart.
//!
//! What is asked of each frame is little, so that there can be ten times as many as elsewhere.

use std::collections::BTreeMap;

use crdt_merge_protocol::laws::Random;
use crdt_merge_protocol::wire::Compression;
use crdt_merge_protocol::{AnyState, Code, EncodeOptions, Tag};

use super::corpus::{Corpus, to_hex};
use super::mutate::mutate_bytes;

const SEED: u64 = 0x2026_0207;
/// What became a frame of something unknown, without a trailer.
const UNREAD: &str = "neither flag nor kind is left";
/// Longer frames cost time and show no more.
const LONGEST: usize = 160;

/// Frames of known kinds with trailers, plain and compressed.
fn sealed(corpus: &Corpus) -> Vec<Vec<u8>> {
    let ways = [Compression::None, Compression::Zlib].map(|compression| EncodeOptions {
        compression,
        has_trailer: true,
        ..EncodeOptions::V2
    });
    let frames = Tag::ALL
        .iter()
        .flat_map(|tag| corpus.of(*tag))
        .flat_map(|seed| ways.iter().filter_map(|way| seed.state.encode_as(way).ok()));
    let mut frames: Vec<_> = frames.filter(|frame| frame.len() <= LONGEST).collect();
    frames.sort();
    frames.dedup();
    frames
}

/// Changes `count` frames; those that the change left as they were do not count. Panics when one is accepted.
pub fn check(corpus: &Corpus, count: u64) {
    let sealed = sealed(corpus);
    assert!(sealed.len() > 500 && sealed.iter().all(|frame| AnyState::decode(frame).is_ok()));
    let threads = std::thread::available_parallelism().map_or(1, |threads| threads.get() as u64);
    let codes = std::thread::scope(|scope| {
        let part = |first: u64| changed(&sealed, SEED ^ first, count.div_ceil(threads));
        let running: Vec<_> = (0..threads).map(|first| scope.spawn(move || part(first))).collect();
        running.into_iter().flat_map(|thread| thread.join().unwrap()).fold(
            BTreeMap::new(),
            |mut codes, (code, number)| {
                *codes.entry(code).or_insert(0) += number;
                codes
            },
        )
    });
    let total: u64 = codes.values().sum();
    println!("{total} changed frames with trailers, none read, from {} sound ones: {codes:?}", sealed.len());
    assert!(total - codes.get(UNREAD).copied().unwrap_or(0) >= count * 99 / 100);
    assert!(codes.get(Code::BadIntegrity.as_str()).is_some_and(|found| found * 4 >= total), "few get to the trailer");
}

/// How often each code was the answer to a changed frame.
fn changed(sealed: &[Vec<u8>], seed: u64, count: u64) -> BTreeMap<&'static str, u64> {
    let mut random = Random::new(Random::new(seed).bits());
    let mut codes = BTreeMap::new();
    let mut frame = Vec::new();
    let mut done = 0;
    while done < count {
        let sound = random.pick(sealed).expect("sound frames");
        frame.clone_from(sound);
        change(&mut random, &mut frame, sealed);
        if frame == *sound || sealed.binary_search(&frame).is_ok() {
            continue;
        }
        done += 1;
        let answer = match AnyState::decode(&frame) {
            Err(error) => error.code().as_str(),
            Ok(AnyState::Opaque(_)) if frame.get(7).is_some_and(|flags| flags & 2 == 0) => UNREAD,
            Ok(_) => panic!("{} was changed to {} unnoticed", to_hex(sound), to_hex(&frame)),
        };
        *codes.entry(answer).or_insert(0) += 1;
    }
    codes
}

/// Flipped bits, wrong bytes, bytes lost, doubled and invented, halves of two frames; the length is set right at times.
fn change(random: &mut Random, frame: &mut Vec<u8>, others: &[Vec<u8>]) {
    let at = random.below(frame.len());
    match random.below(4) {
        0 | 1 => (0..=random.below(2)).for_each(|_| flip(random, frame)),
        2 => mutate_bytes(random, frame),
        _ => {
            let other = random.pick(others).expect("sound frames");
            let end = other.len().saturating_sub(frame.len() - at);
            frame.truncate(at);
            frame.extend_from_slice(&other[end.min(other.len())..]);
        }
    }
    let length = frame.len().saturating_sub(12) as u32;
    if random.one_in(2)
        && let Some(field) = frame.get_mut(8..12)
    {
        field.copy_from_slice(&length.to_be_bytes());
    }
}

fn flip(random: &mut Random, frame: &mut [u8]) {
    let bit = random.below(8 * frame.len());
    frame[bit / 8] ^= 1 << (bit % 8);
}
