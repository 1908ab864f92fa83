//! `crdt-merge sync`: two state files brought together, as two replicas would do it over a wire.

use std::path::PathBuf;

use crdt_merge::frames::{EncodeOptions, Wire};
use crdt_merge::sync::Reconcile;
use crdt_merge::{AnyState, Code, Error, Framed, JsonValue, Result, StateId, SyncMessage, SyncOptions, SyncSession};

use crate::Outcome;
use crate::args::{Common, Sync};
use crate::failure::{Exit, Failure};
use crate::input::{FrameAt, read_all};
use crate::json::{count, line, object};
use crate::output;
use crate::paint::printable;

/// A session between two replicas that lose nothing ends long before this.
const MOST_MESSAGES: usize = 10_000;

pub fn run(arguments: &Sync, options: &Common) -> Outcome {
    check_files(arguments)?;
    let inputs = read_all(&[arguments.here.clone(), arguments.there.clone()], options.decoding())?;
    let [here, there] = inputs.as_slice() else {
        return Err(Error::new(Code::Internal, "two files were read").into());
    };
    let mut ends = [End::of(here.only_frame()?)?, End::of(there.only_frame()?)?];
    let shipping = ends.iter().map(|end| end.shipped).sum();
    let transcript = exchange(&mut ends, &settings(arguments, options)?)?;
    if !arguments.dry_run {
        write(arguments, &ends)?;
    }
    let [here, _] = &ends;
    let outcome = Report { arguments, transcript: &transcript, shipping, id: here.state.state_id()? };
    output::print(&if options.json { line(&outcome.as_json()) } else { outcome.as_text() })?;
    Ok(Exit::Success)
}

/// Both files are read and replaced: neither can be a pipe, and they have to be two.
fn check_files(arguments: &Sync) -> Result<()> {
    let canonical = |path: &PathBuf| std::fs::canonicalize(path).unwrap_or_else(|_| path.clone());
    let (here, there) = (canonical(&arguments.here), canonical(&arguments.there));
    let uses_pipe = [&arguments.here, &arguments.there].iter().any(|path| crate::input::is_standard(path));
    if uses_pipe || here == there {
        return Err(Error::new(Code::BadArgument, "two different files are brought together; pipes have no state"));
    }
    Ok(())
}

fn settings(arguments: &Sync, options: &Common) -> Result<SyncOptions> {
    let defaults = SyncOptions::default();
    let max_message = arguments.max_message.unwrap_or(defaults.max_message);
    if max_message < 4096 {
        return Err(Error::new(Code::BadArgument, "a message has room for at least 4 KiB").with("found", max_message));
    }
    Ok(SyncOptions { max_message, decode: options.decoding(), ..defaults })
}

/// One end: a state, and how its file is written.
struct End {
    state: AnyState,
    encoding: EncodeOptions,
    /// Bytes of the state as one frame.
    shipped: usize,
}

impl End {
    fn of(frame: FrameAt<'_>) -> Result<Self> {
        let state = frame.state()?;
        let shipped = state.canonical_frame().map_err(|error| frame.locate(error))?.len();
        let wire = frame.wire()?;
        let encoding = EncodeOptions { wire, has_trailer: wire == Wire::V2, ..EncodeOptions::V2 };
        Ok(End { state, encoding, shipped })
    }
}

/// A message that was sent.
struct Sent {
    is_from_here: bool,
    name: &'static str,
    bytes: usize,
}

/// Lets the two ends speak until both are in sync.
fn exchange(ends: &mut [End; 2], options: &SyncOptions) -> Result<Vec<Sent>> {
    let [here, there] = ends;
    let mut sessions = [&here.state, &there.state].map(|state| SyncSession::with_options(state, options.clone()));
    let [mine, theirs] = &mut sessions;
    let mut transcript = Vec::new();
    let mut waiting: Vec<Vec<u8>> = mine.start(&here.state)?;
    let mut is_from_here = true;
    while !waiting.is_empty() && transcript.len() < MOST_MESSAGES {
        let (session, state) =
            if is_from_here { (&mut *theirs, &mut there.state) } else { (&mut *mine, &mut here.state) };
        let mut answers = Vec::new();
        for message in std::mem::take(&mut waiting) {
            transcript.push(Sent { is_from_here, name: name_of(&message, options), bytes: message.len() });
            answers.extend(session.receive(state, &message)?.outgoing);
        }
        waiting = answers;
        is_from_here = !is_from_here;
    }
    if here.state.state_id()? == there.state.state_id()? {
        return Ok(transcript);
    }
    Err(Error::new(Code::Cancelled, "the two states did not come together").with("messages", transcript.len()))
}

fn name_of(message: &[u8], options: &SyncOptions) -> &'static str {
    SyncMessage::decode_with(message, &options.decode).map_or("part of a message", |message| message.name())
}

/// Both files get the joined state, each in the version it had.
fn write(arguments: &Sync, ends: &[End; 2]) -> Result<(), Failure> {
    let [here, there] = ends;
    let frames = [here.state.encode_as(&here.encoding)?, there.state.encode_as(&there.encoding)?];
    for (path, frame) in [&arguments.here, &arguments.there].into_iter().zip(&frames) {
        output::write_file(path, frame)?;
    }
    Ok(())
}

struct Report<'a> {
    arguments: &'a Sync,
    transcript: &'a [Sent],
    /// Bytes of both states as frames.
    shipping: usize,
    id: StateId,
}

impl Report<'_> {
    fn bytes(&self) -> usize {
        self.transcript.iter().map(|sent| sent.bytes).sum()
    }

    /// A round is a message and its answer.
    fn rounds(&self) -> usize {
        let turns = self.transcript.chunk_by(|one, next| one.is_from_here == next.is_from_here).count();
        turns.div_ceil(2)
    }

    fn ends(&self, sent: &Sent) -> (String, String) {
        let name = |path: &PathBuf| printable(&path.to_string_lossy()).to_string();
        let (here, there) = (name(&self.arguments.here), name(&self.arguments.there));
        if sent.is_from_here { (here, there) } else { (there, here) }
    }

    fn as_text(&self) -> String {
        let mut text = String::new();
        for sent in self.transcript {
            let (from, to) = self.ends(sent);
            text += &format!("{from} → {to}: {}, {} bytes\n", sent.name, sent.bytes);
        }
        let kept = if self.arguments.dry_run { "; the files are as they were" } else { "" };
        text += &format!(
            "in sync after {} rounds: {} bytes in {} messages, where both states are {} bytes{kept}\n{}\n",
            self.rounds(),
            self.bytes(),
            self.transcript.len(),
            self.shipping,
            self.id
        );
        text
    }

    fn as_json(&self) -> JsonValue {
        let messages = self.transcript.iter().map(|sent| {
            let (from, to) = self.ends(sent);
            object([
                ("from", JsonValue::Text(from)),
                ("to", JsonValue::Text(to)),
                ("message", sent.name.into()),
                ("bytes", count(sent.bytes)),
            ])
        });
        object([
            ("id", JsonValue::Text(self.id.to_string())),
            ("rounds", count(self.rounds())),
            ("messages", messages.collect::<Vec<_>>().into()),
            ("bytes", count(self.bytes())),
            ("bytes_of_states", count(self.shipping)),
            ("written", (!self.arguments.dry_run).into()),
        ])
    }
}
