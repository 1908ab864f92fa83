//! Mutated frames of version 2 against every decoder: as `decoder`, and every frame that is accepted is the only spelling of its
//! state; chunks make up what they were cut from or nothing; a frame with a trailer is never changed unnoticed.

#![expect(dead_code, reason = "modules shared with the test of mutated frames of version 1")]

#[path = "decoder/chunks.rs"]
mod chunks;
#[path = "decoder/corpus.rs"]
mod corpus;
#[path = "decoder/judge.rs"]
mod judge;
#[path = "decoder/laws.rs"]
mod laws;
#[path = "decoder/measure.rs"]
mod measure;
#[path = "decoder/mutate.rs"]
mod mutate;
#[path = "decoder/mutate_body.rs"]
mod mutate_body;
#[path = "decoder/run.rs"]
mod run;
#[path = "decoder/trailers.rs"]
mod trailers;

use corpus::Corpus;
use crdt_merge_protocol::{AnyState, Code, Tag};
use run::{frames, run};

#[test]
fn mutated_frames_are_read_or_refused() {
    let corpus = Corpus::second();
    println!("{} sound frames to start from", corpus.len());
    let tally = run(frames(), |random| mutate_body::frame(random, &corpus), |frame| judge::frame(frame, &corpus));
    let tally = tally.close("frames of version 2");
    assert!(tally.past_header * 2 >= tally.inputs, "too many stop at the header");
    assert!(tally.codes.get("accepted").is_some_and(|count| count * 20 >= tally.inputs), "too few are accepted");
    assert!(tally.codes.get("NOT_CANONICAL").is_some_and(|count| count * 50 >= tally.inputs), "too few are sloppy");
}

#[test]
fn mutated_chunks_make_up_the_whole_or_nothing() {
    let corpus = Corpus::second();
    run(frames() / 10, |random| chunks::stream(random, &corpus), chunks::judge).close("streams of chunks");
}

#[test]
fn no_frame_with_a_trailer_is_changed_unnoticed() {
    let corpus = Corpus::second();
    trailers::check(&corpus, frames() * 10);
}

/// A kind that is understood has to be among the frames that are mutated.
#[test]
fn the_corpus_has_every_kind() {
    let corpus = Corpus::second();
    let is_understood = |tag: &Tag| match AnyState::decode(&mutate_body::framed(tag.byte(), 0, b"\x01")) {
        Ok(state) => !matches!(state, AnyState::Opaque(_)),
        Err(error) => error.code() != Code::UnsupportedSchema,
    };
    let missing: Vec<_> =
        Tag::ALL.iter().filter(|tag| is_understood(tag) && corpus.of(**tag).next().is_none()).collect();
    assert!(missing.is_empty(), "no sound frame of {missing:?}");
}
