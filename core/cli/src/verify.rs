//! `crdt-merge verify`: laws of merging over given states.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crdt_merge::frames::mergeable;
use crdt_merge::laws::{Counterexample, Law, LawOptions, LawReport, Verdict, check_any_states};
use crdt_merge::{AnyState, Code, Error, JsonValue, Result};

use crate::Outcome;
use crate::args::{Common, Verify};
use crate::failure::Exit;
use crate::input::{FrameAt, frames_of, read_all};
use crate::json::{count, hex, line, object};
use crate::output;
use crate::paint::Paint;
use crate::progress::Progress;

pub fn run(arguments: &Verify, options: &Common) -> Outcome {
    let inputs = read_all(&arguments.inputs, options.decoding())?;
    let kinds = by_kind(&frames_of(&inputs)?)?;
    let paint = Paint::of_stdout(options);
    let mut exit = Exit::Success;
    for kind in kinds {
        let check = Check::run(kind, arguments, options)?;
        output::print(&if options.json { line(&check.as_json()) } else { check.as_text(paint) })?;
        exit = if check.report.is_lawful() { exit } else { Exit::Different };
    }
    Ok(exit)
}

/// States of one kind and the names of the frames they came from.
struct Samples {
    kind: Cow<'static, str>,
    states: Vec<AnyState>,
    names: Vec<String>,
}

/// States by kind, at least one. All kinds have to have a join.
fn by_kind(frames: &[FrameAt<'_>]) -> Result<Vec<Samples>> {
    let mut kinds: BTreeMap<_, Samples> = BTreeMap::new();
    for frame in frames {
        let state = mergeable(frame.state()?).map_err(|error| frame.locate(error))?;
        let kind = state.type_name();
        let samples =
            kinds.entry(kind.clone()).or_insert_with(|| Samples { kind, states: Vec::new(), names: Vec::new() });
        samples.states.push(state);
        samples.names.push(frame.to_string());
    }
    if kinds.is_empty() {
        Err(Error::new(Code::BadArgument, "there is nothing to check"))
    } else {
        Ok(kinds.into_values().collect())
    }
}

impl Samples {
    /// The name of the frame with this state.
    fn name_of(&self, state: &AnyState) -> &str {
        let place = self.states.iter().position(|sample| sample == state);
        place.and_then(|place| self.names.get(place)).map_or("a result of merging", String::as_str)
    }
}

struct Check {
    samples: Samples,
    report: LawReport<AnyState>,
}

impl Check {
    fn run(samples: Samples, arguments: &Verify, options: &Common) -> Result<Self> {
        let _progress = Progress::start("checking laws", 0, options);
        let report = check_any_states(&samples.states, LawOptions { trials: arguments.trials, seed: arguments.seed })?;
        Ok(Check { samples, report })
    }

    fn as_text(&self, paint: Paint) -> String {
        let title = format!("{}: {} states", self.samples.kind, self.samples.states.len());
        let laws = self.report.iter().map(|(law, verdict)| self.verdict_text(law, verdict, paint));
        std::iter::once(paint.heading(&title) + "\n").chain(laws).collect()
    }

    fn verdict_text(&self, law: Law, verdict: &Verdict<AnyState>, paint: Paint) -> String {
        let law = law.name();
        match verdict {
            Verdict::Held { trials } => format!("  {law:<12} {} in {trials} trials\n", paint.good("held")),
            Verdict::Broken(example) => {
                let operands: Vec<_> = example.operands.iter().map(|state| self.samples.name_of(state)).collect();
                let sides = format!(
                    "    one way   {}\n    the other {}\n",
                    shortened(&side_text(&example.left)),
                    shortened(&side_text(&example.right))
                );
                format!("  {law:<12} {} by {}\n{sides}", paint.error("broken"), operands.join(", "))
            }
        }
    }

    fn as_json(&self) -> JsonValue {
        object([
            ("type", (&*self.samples.kind).into()),
            ("states", count(self.samples.states.len())),
            ("lawful", self.report.is_lawful().into()),
            ("laws", object(self.report.iter().map(|(law, verdict)| (law.name(), self.verdict_json(verdict))))),
        ])
    }

    fn verdict_json(&self, verdict: &Verdict<AnyState>) -> JsonValue {
        match verdict {
            Verdict::Held { trials } => {
                object([("held", true.into()), ("trials", i64::try_from(*trials).unwrap_or(i64::MAX).into())])
            }
            Verdict::Broken(example) => object([("held", false.into()), ("example", self.example_json(example))]),
        }
    }

    fn example_json(&self, example: &Counterexample<AnyState>) -> JsonValue {
        let operands = example
            .operands
            .iter()
            .map(|state| object([("frame", self.samples.name_of(state).into()), ("bytes", frame_text(state).into())]));
        object([
            ("operands", operands.collect::<Vec<_>>().into()),
            ("left", side_text(&example.left).into()),
            ("right", side_text(&example.right).into()),
        ])
    }
}

/// The canonical frame of a result as hexadecimal digits, or the error there is instead.
fn side_text(side: &Result<AnyState, String>) -> String {
    side.as_ref().map_or_else(|error| format!("fails: {error}"), frame_text)
}

/// The start of a long text; `--json` has all of it.
fn shortened(text: &str) -> String {
    const CHARACTERS: usize = 400;
    match text.char_indices().nth(CHARACTERS) {
        Some((cut, _)) => format!("{}… (--json shows all)", text.get(..cut).unwrap_or(text)),
        None => text.to_owned(),
    }
}

fn frame_text(state: &AnyState) -> String {
    state.encode_v1().map_or_else(|error| format!("has no frame: {error}"), |frame| hex(&frame))
}

#[cfg(test)]
mod tests {
    use crdt_merge::GCounter;

    use super::*;

    fn counter(node: &str) -> Result<AnyState> {
        let mut counter = GCounter::new();
        counter.increment_node(node, 1)?;
        Ok(counter.into())
    }

    #[test]
    fn a_broken_law_shows_the_frames_that_break_it() -> Result<()> {
        let (a, b) = (counter("a")?, counter("b")?);
        let samples = Samples {
            kind: "g_counter".into(),
            states: vec![a.clone(), b.clone()],
            names: vec!["a.crdt".into(), "b.crdt".into()],
        };
        let check = Check { report: check_any_states(&samples.states, LawOptions::default())?, samples };
        let example =
            Counterexample { operands: vec![b.clone(), a.clone()], left: Ok(a), right: Err("TOO_LARGE: no".into()) };
        let broken = Verdict::Broken(Box::new(example));
        let text = check.verdict_text(Law::Commutative, &broken, Paint::plain());
        assert!(text.starts_with("  commutative  broken by b.crdt, a.crdt\n    one way   43524454"), "{text}");
        assert!(text.ends_with("the other fails: TOO_LARGE: no\n"), "{text}");
        let json = line(&check.verdict_json(&broken));
        assert!(
            json.starts_with(
                "{\"held\": false, \"example\": {\"operands\": [{\"frame\": \"b.crdt\", \"bytes\": \"43524454"
            ),
            "{json}"
        );
        Ok(())
    }
}
