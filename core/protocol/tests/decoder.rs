//! Mutated frames against every decoder: no panic, no hang, memory and work within stated bounds, and every answer fits the others.
//!
//! `CRDT_MERGE_MUTATIONS` says how many frames to mutate; the seed is fixed, so that a failure can be repeated.

#![expect(dead_code, reason = "modules shared with the test of version 2")]

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
#[path = "decoder/run.rs"]
mod run;

use corpus::Corpus;
use crdt_merge_protocol::Tag;
use crdt_merge_protocol::laws::Random;
use crdt_merge_protocol::wire::pack;
use run::{frames, run};

#[test]
fn mutated_frames_are_read_or_refused() {
    let corpus = Corpus::first();
    println!("{} sound frames to start from", corpus.len());
    let tally = run(frames(), |random| mutate::frame(random, &corpus), |frame| judge::frame(frame, &corpus));
    let tally = tally.close("frames");
    println!("{} of {} have a sound header", tally.past_header, tally.inputs);
    assert!(tally.past_header * 2 >= tally.inputs, "too many stop at the header");
    assert!(tally.codes.get("accepted").is_some_and(|count| count * 20 >= tally.inputs), "too few are accepted");
}

#[test]
fn mutated_batches_are_read_or_refused() {
    let corpus = Corpus::first();
    let make = |random: &mut Random| {
        let frames: Vec<_> = (0..random.below(4))
            .map(|_| if random.one_in(4) { mutate::frame(random, &corpus) } else { corpus.pick(random).frame.clone() })
            .collect();
        let mut batch = pack(&frames).unwrap();
        if random.one_in(2) {
            mutate::mutate_bytes(random, &mut batch);
        }
        batch
    };
    run(frames() / 10, make, judge::batch).close("batches");
}

#[test]
fn mutated_payloads_are_read_or_refused() {
    let corpus = Corpus::first();
    let make = |random: &mut Random| {
        let seed = corpus.pick(random);
        mutate::payload(random, &corpus, seed)
    };
    run(frames() / 10, make, judge::payload).close("payloads");
}

#[test]
fn the_corpus_has_every_kind() {
    let corpus = Corpus::first();
    let missing: Vec<_> =
        Tag::V1.iter().filter(|tag| corpus.of(**tag).next().is_none()).map(|tag| tag.name()).collect();
    assert!(missing.is_empty(), "no sound frame of {missing:?}");
}
