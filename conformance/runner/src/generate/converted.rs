//! Frames of version 1 from the rest of the corpus, taken to version 2 and back.

use std::collections::BTreeSet;

use super::{Maker, to_wire};
use crate::case::{Case, Expect, Profile};
use crate::corpus::{Corpus, Topic};
use crate::value::Value;

const TOPIC: &str = "converted";
/// Frames above this size only make the corpus longer.
const MOST_BYTES: usize = 1024;

pub(super) fn topic(corpus: &Corpus) -> Topic {
    let mut maker = Maker::new(TOPIC, "frames of version 1, converted to version 2 and back");
    for (name, frame) in frames(corpus) {
        let note = format!("from {name}");
        maker.asked(&format!("{name}/to-2"), &note, "convert", to_wire(frame.clone(), 2));
        maker.asked(&format!("{name}/id"), &note, "state_id", Value::Bytes(frame.clone()));
        if let Some(second) = converted(corpus, &name) {
            maker.asked(&format!("{name}/back"), &note, "convert", to_wire(second.clone(), 1));
            maker.asked(&format!("{name}/again"), &note, "convert", to_wire(second, 2));
        }
    }
    maker.topic
}

/// Every frame of version 1 that some case reads without a fault, once, and a name made from that case.
pub(super) fn frames(corpus: &Corpus) -> Vec<(String, Vec<u8>)> {
    let mut seen = BTreeSet::new();
    let read = |case: &&Case| {
        case.since == 1
            && case.profile == Profile::Lawful
            && matches!(case.op.as_str(), "decode" | "canonicalize")
            && matches!(case.expect, Some(Expect::Out(_)))
    };
    let frame = |case: &Case| Some((name(&case.id), case.input.as_bytes()?.to_vec()));
    let frames = corpus.cases().filter(read).filter_map(frame);
    frames.filter(|(_, frame)| frame.len() <= MOST_BYTES && seen.insert(frame.clone())).collect()
}

/// `wire/lwwmap/cases-3/decode` is `lwwmap-cases-3-decode` here, `laws/joins/3` is `laws-joins-3`.
pub(super) fn name(id: &str) -> String {
    let parts: Vec<&str> = id.split('/').collect();
    match parts.as_slice() {
        ["wire", rest @ ..] => rest.join("-"),
        _ => parts.join("-"),
    }
}

/// The frame of version 2 that this frame was found to become.
fn converted(corpus: &Corpus, name: &str) -> Option<Vec<u8>> {
    let id = format!("{}/{TOPIC}/{name}/to-2", super::AREA);
    let case = corpus.cases().find(|case| case.id == id)?;
    match &case.expect {
        Some(Expect::Out(Value::Bytes(frame))) => Some(frame.clone()),
        _ => None,
    }
}

/// All frames of version 1 that have one of version 2.
pub(super) fn pairs(corpus: &Corpus) -> Vec<(String, Vec<u8>, Vec<u8>)> {
    let second = |(name, first): (String, Vec<u8>)| {
        let second = converted(corpus, &name)?;
        Some((name, first, second))
    };
    frames(corpus).into_iter().filter_map(second).collect()
}
