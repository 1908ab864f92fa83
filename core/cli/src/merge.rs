//! `crdt-merge merge`: the join of states as one frame.

use crdt_merge::frames::{Compression, EncodeOptions, Wire, mergeable};
use crdt_merge::{AnyState, Code, Error, JsonValue, MergeReport, Result};

use crate::Outcome;
use crate::args::{Common, Merge, WireVersion};
use crate::failure::Exit;
use crate::input::{FrameAt, frames_of, is_standard, read_all};
use crate::json::{count, line, object};
use crate::output;
use crate::progress::Progress;

pub fn run(arguments: &Merge, options: &Common) -> Outcome {
    let inputs = read_all(&arguments.inputs, options.decoding())?;
    let frames = frames_of(&inputs)?;
    let merged = Merged::of(&frames, options)?;
    let bytes = merged.state.encode_as(&encoding(arguments, merged.wire))?;
    output::write_bytes(&arguments.output, &bytes)?;
    if !arguments.quiet {
        merged.report(arguments, options, bytes.len())?;
    }
    Ok(Exit::Success)
}

fn encoding(arguments: &Merge, latest: Wire) -> EncodeOptions {
    let wire = match arguments.version.to {
        Some(WireVersion::V1) => Wire::V1,
        Some(WireVersion::V2) => Wire::V2,
        None => latest,
    };
    let compression = if arguments.compress { Compression::Zlib } else { Compression::None };
    EncodeOptions { wire, compression, has_trailer: !arguments.version.no_trailer }
}

/// A join and what happened on the way.
struct Merged<'a> {
    state: AnyState,
    first: FrameAt<'a>,
    /// Every frame after the first, with what merging it into those before it did.
    steps: Vec<(FrameAt<'a>, MergeReport)>,
    /// The latest version among the frames.
    wire: Wire,
}

impl<'a> Merged<'a> {
    fn of(frames: &[FrameAt<'a>], options: &Common) -> Result<Self> {
        let progress = Progress::start("merging", frames.len(), options);
        let Some((first, rest)) = frames.split_first() else {
            return Err(Error::new(Code::BadArgument, "there is nothing to merge"));
        };
        let state = mergeable(first.state()?).map_err(|error| first.locate(error))?;
        let mut merged = Merged { state, first: *first, steps: Vec::with_capacity(rest.len()), wire: first.wire()? };
        for frame in rest {
            merged.add(frame)?;
            progress.step();
        }
        Ok(merged)
    }

    fn add(&mut self, frame: &FrameAt<'a>) -> Result<()> {
        if frame.wire()? == Wire::V2 {
            self.wire = Wire::V2;
        }
        let report = MergeReport::with_keys().of(&mut self.state, &frame.state()?);
        self.steps.push((*frame, report.map_err(|error| frame.locate(error))?));
        Ok(())
    }

    /// Tells what happened: as text on standard error, as JSON on standard output unless the frame went there.
    fn report(&self, arguments: &Merge, options: &Common, bytes: usize) -> Result<(), crate::failure::Failure> {
        if options.json && !is_standard(&arguments.output) {
            return output::print(&line(&self.as_json(bytes)));
        }
        let text = if options.json { line(&self.as_json(bytes)) } else { self.as_text(bytes) };
        output::print_aside(&text);
        Ok(())
    }

    fn total(&self, of: fn(&MergeReport) -> u64) -> u64 {
        self.steps.iter().map(|(_, report)| of(report)).sum()
    }

    fn has_changed(&self) -> bool {
        self.steps.iter().any(|(_, report)| report.changed)
    }

    fn as_text(&self, bytes: usize) -> String {
        let (conflicts, ties) = (self.total(|report| report.conflicts), self.total(|report| report.ties));
        let news = if self.has_changed() { String::new() } else { format!("; {} had everything already", self.first) };
        let frames = plural(self.steps.len() as u64 + 1, "frame");
        let (conflicts, ties) = (plural(conflicts, "conflict"), plural(ties, "tie"));
        format!("merged {frames} of {} into {bytes} bytes: {conflicts}, {ties}{news}\n", self.state.type_name())
    }

    fn as_json(&self, bytes: usize) -> JsonValue {
        object([
            ("type", (&*self.state.type_name()).into()),
            ("frames", count(self.steps.len() + 1)),
            ("bytes", count(bytes)),
            ("changed", self.has_changed().into()),
            ("conflicts", number(self.total(|report| report.conflicts))),
            ("ties", number(self.total(|report| report.ties))),
            ("first", JsonValue::Text(self.first.to_string())),
            ("steps", self.steps.iter().map(|(frame, report)| step_json(frame, report)).collect::<Vec<_>>().into()),
        ])
    }
}

fn step_json(frame: &FrameAt<'_>, report: &MergeReport) -> JsonValue {
    let keys = report.changed_keys.iter().flatten().map(|key| JsonValue::from(key.as_str()));
    object([
        ("frame", JsonValue::Text(frame.to_string())),
        ("changed", report.changed.into()),
        ("conflicts", number(report.conflicts)),
        ("ties", number(report.ties)),
        ("changed_keys", keys.collect::<Vec<_>>().into()),
    ])
}

fn number(figure: u64) -> JsonValue {
    count(usize::try_from(figure).unwrap_or(usize::MAX))
}

fn plural(figure: u64, noun: &str) -> String {
    format!("{figure} {noun}{}", if figure == 1 { "" } else { "s" })
}
