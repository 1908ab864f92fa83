//! Cases of version 2 that are made rather than written: worked examples, spellings, frames, conversions, joins.
//!
//! The same cases come out every time: lists in the order of the code, random choices from a fixed seed, and what
//! is derived from other cases follows the corpus. Where the specification says what a right answer is, it stands
//! here; everything else is left to `bless`, which asks testees that share no code.

mod bytes;
mod chunks;
mod converted;
mod examples;
mod exchange;
mod floors;
mod frames;
mod joins;
mod kinds;
mod mutated;
pub(crate) mod random;
mod spelling;
mod sync;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::case::{Case, Compare, Expect};
use crate::corpus::{Corpus, Topic};
use crate::value::Value;

/// The area all of these topics belong to.
const AREA: &str = "v2";

/// What the cases are made from.
pub struct Sources<'a> {
    /// The folder of the specification.
    pub spec: &'a Path,
    /// The corpus as it stands.
    pub corpus: &'a Corpus,
}

/// All topics, with the expectations the corpus has for the same questions.
pub fn topics(sources: &Sources) -> Result<Vec<Topic>, String> {
    let corpus = sources.corpus;
    let mut topics = vec![
        examples::topic(sources.spec)?,
        spelling::topic(),
        frames::topic(),
        chunks::topic(),
        floors::topic(),
        kinds::topic(),
        sync::topic(),
        converted::topic(corpus),
        joins::topic(corpus),
        mutated::topic(&canonical_frames(corpus)),
        exchange::topic(&canonical_frames(corpus)),
    ];
    let known: BTreeMap<&str, &Case> = corpus.cases().map(|case| (case.id.as_str(), case)).collect();
    for case in topics.iter_mut().flat_map(|topic| &mut topic.cases) {
        keep_expectation(case, &known);
    }
    unique(&topics)?;
    Ok(topics)
}

/// Canonical frames of every kind, by tag. Only imported and random ones, which stay as they are.
fn canonical_frames(corpus: &Corpus) -> BTreeMap<u8, Vec<Vec<u8>>> {
    let stays = |topic: &&Topic| matches!(topic.area.as_str(), "wire" | AREA);
    let fixed = Corpus { topics: corpus.topics.iter().filter(stays).cloned().collect(), ..Corpus::default() };
    let mut frames = kinds::frames();
    for (_, _, second) in converted::pairs(&fixed) {
        frames.entry(second[6]).or_default().push(second);
    }
    for frame in imported(corpus).filter(|frame| MESSAGES.contains(&frame[6])) {
        frames.entry(frame[6]).or_default().push(frame);
    }
    frames
}

/// Tags of messages and saves, which only the imported cases of sync have.
const MESSAGES: [u8; 2] = [0x48, 0x49];

/// Frames of version 2 that the imported cases of sync read.
fn imported(corpus: &Corpus) -> impl Iterator<Item = Vec<u8>> {
    let cases = corpus.cases().filter(|case| case.area() == "sync" && case.op == "convert");
    cases.filter_map(|case| Some(case.input.field("frame")?.as_bytes()?.to_vec()))
}

/// An expectation that was blessed stays as long as the question is the same.
fn keep_expectation(case: &mut Case, known: &BTreeMap<&str, &Case>) {
    let Some(old) = known.get(case.id.as_str()) else { return };
    if case.expect.is_none() && (&old.op, &old.input) == (&case.op, &case.input) {
        case.expect = old.expect.clone();
    }
}

fn unique(topics: &[Topic]) -> Result<(), String> {
    let mut seen = BTreeSet::new();
    let twice = topics.iter().flat_map(|topic| &topic.cases).find(|case| !seen.insert(&case.id));
    twice.map_or(Ok(()), |case| Err(format!("{} is made twice", case.id)))
}

/// A topic on its way.
struct Maker {
    topic: Topic,
}

impl Maker {
    fn new(name: &str, note: &str) -> Maker {
        Maker { topic: Topic::new(AREA, name, note) }
    }

    fn case(&self, name: &str, note: &str, op: &str, input: Value) -> Case {
        let mut case = Case::new(format!("{AREA}/{}/{name}", self.topic.topic), note, op, input);
        case.since = 2;
        case
    }

    /// A question whose answer the specification states.
    fn good(&mut self, name: &str, note: &str, op: &str, input: Value, out: Value) {
        let mut case = self.case(name, note, op, input);
        case.expect = Some(Expect::Out(out));
        self.topic.cases.push(case);
    }

    /// A question that is refused, named after its fault.
    fn bad(&mut self, note: &str, op: &str, input: Value, code: &str) {
        let mut case = self.case(&slug(note), note, op, input);
        case.expect = Some(Expect::Error(code.into()));
        self.topic.cases.push(case);
    }

    /// What a right answer to the last question is.
    fn expected(&mut self, expect: Expect) {
        if let Some(case) = self.topic.cases.last_mut() {
            case.expect = Some(expect);
        }
    }

    /// A word on the last question.
    fn flagged(&mut self, flag: &str) {
        if let Some(case) = self.topic.cases.last_mut() {
            case.flags.push(flag.into());
        }
    }

    /// How the answer to the last question is compared.
    fn compared(&mut self, how: Compare) {
        if let Some(case) = self.topic.cases.last_mut() {
            case.compare = how;
        }
    }

    /// A question whose answer has to be blessed.
    fn asked(&mut self, name: &str, note: &str, op: &str, input: Value) {
        let case = self.case(name, note, op, input);
        self.topic.cases.push(case);
    }
}

/// A note as the last part of an id.
fn slug(note: &str) -> String {
    let dashed: String = note.to_lowercase().chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let parts: Vec<&str> = dashed.split('-').filter(|part| !part.is_empty()).collect();
    parts.join("-")
}

/// The argument of `convert`.
fn to_wire(frame: Vec<u8>, wire: u8) -> Value {
    Value::map([("frame", Value::Bytes(frame)), ("wire", Value::int(wire))])
}

/// The argument of `join` and `assemble`.
fn list(frames: &[Vec<u8>]) -> Value {
    Value::List(frames.iter().cloned().map(Value::Bytes).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_become_parts_of_ids() {
        assert_eq!(slug("2^63 - 1, and é"), "2-63-1-and");
    }

    #[test]
    fn expectations_stay_with_their_questions() {
        let mut old = Case::new("v2/a/1", "n", "join", Value::int(1));
        old.expect = Some(Expect::Out(Value::Null));
        let known = BTreeMap::from([("v2/a/1", &old)]);
        let mut same = Case::new("v2/a/1", "another note", "join", Value::int(1));
        keep_expectation(&mut same, &known);
        assert_eq!(same.expect, old.expect);
        let mut other = Case::new("v2/a/1", "n", "join", Value::int(2));
        keep_expectation(&mut other, &known);
        assert_eq!(other.expect, None);
    }
}
