//! Streams of chunks: cut, shuffled, doubled, mixed with another stream, mutated, and put together again.
//!
//! A stream is packed as a batch, so that a failing one is one string of bytes.

use crdt_merge_protocol::laws::Random;
use crdt_merge_protocol::wire::{ChunkAssembler, ChunkOptions, Compression, pack, split_frame};
use crdt_merge_protocol::{AnyState, Code};

use super::corpus::Corpus;
use super::laws::STRICT;
use super::measure::{bounded, size};
use super::mutate::mutate_bytes;

/// The whole frame, then what is left of its chunks.
pub fn stream(random: &mut Random, corpus: &Corpus) -> Vec<u8> {
    let whole = corpus.pick(random).frame.clone();
    let mut chunks = cut(random, &whole);
    if random.one_in(4) {
        let other = corpus.pick(random);
        chunks.extend(cut(random, &other.frame));
    }
    for _ in 0..random.below(4) {
        let (one, other) = (random.below(chunks.len()), random.below(chunks.len()));
        match random.below(4) {
            0 => chunks.swap(one, other),
            1 => chunks.push(chunks[one].clone()),
            2 if chunks.len() > 1 => drop(chunks.remove(one)),
            _ => mutate_bytes(random, &mut chunks[one]),
        }
    }
    chunks.insert(0, whole);
    pack(&chunks).expect("short frames")
}

fn cut(random: &mut Random, frame: &[u8]) -> Vec<Vec<u8>> {
    let options = ChunkOptions {
        slice_bytes: 1 + random.below(frame.len() / 4),
        compression: if random.one_in(3) { Compression::Zlib } else { Compression::None },
        has_trailer: random.one_in(3),
    };
    split_frame(frame, &options).expect("a canonical frame")
}

/// Puts the chunks together. Whatever comes out is a frame whose body is told by a state id; all of them in order give the whole.
pub fn judge(batch: &[u8]) -> Option<Code> {
    let frames = parts(batch);
    let (whole, chunks) = frames.split_first().expect("the whole frame");
    let size = chunks.iter().map(|chunk| size(chunk)).sum::<u64>() + whole.len() as u64;
    let mut assembler = ChunkAssembler::new(STRICT);
    let (mut made, mut first) = (None, None);
    for chunk in chunks {
        match bounded("assembler", size, || assembler.push(chunk)) {
            Ok(Some(frame)) => made = Some(frame),
            Ok(None) => {}
            Err(error) => first = first.or(Some(error.code())),
        }
    }
    if let Some(frame) = made {
        assert!(AnyState::decode(&frame).is_ok(), "only sound frames were cut");
        return None;
    }
    first.or(Some(Code::Truncated))
}

/// The items of a batch, sound or not.
fn parts(batch: &[u8]) -> Vec<&[u8]> {
    let mut rest = batch.get(4..).unwrap_or_default();
    std::iter::from_fn(|| {
        let (length, after) = rest.split_first_chunk::<4>()?;
        let (part, after) = after.split_at_checked(u32::from_be_bytes(*length) as usize)?;
        rest = after;
        Some(part)
    })
    .collect()
}
