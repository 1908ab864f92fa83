//! `crdt-merge inspect`: header and contents of frames.

use crdt_merge::frames::{Body, Document, EncodeOptions, FrameInfo, StateId, VERSION, VERSION_2, Wire};
use crdt_merge::{AnyState, Error, JsonValue, Result, Tag};

use crate::Outcome;
use crate::args::{Common, Inspect};
use crate::failure::{Exit, Failure, as_json, tell};
use crate::input::{FrameAt, Input, read_all};
use crate::json::{count, line, object, tagged};
use crate::output;
use crate::paint::Paint;
use crate::reads::reads;
use crate::tree::{Extent, Tree};

/// Shows every frame that can be shown; the first fault gives the exit code.
pub fn run(arguments: &Inspect, options: &Common) -> Outcome {
    let inputs = read_all(&arguments.inputs, options.decoding())?;
    let view = View { arguments, options, paint: Paint::of_stdout(options) };
    let mut exit = Exit::Success;
    for input in &inputs {
        for fault in view.show_input(input)? {
            tell(&fault, options);
            exit = if exit == Exit::Success { Exit::of(fault.code()) } else { exit };
        }
    }
    Ok(exit)
}

struct View<'a> {
    arguments: &'a Inspect,
    options: &'a Common,
    paint: Paint,
}

impl View<'_> {
    /// Shows the frames of one input and gives back what was wrong with them.
    fn show_input(&self, input: &Input) -> Result<Vec<Error>, Failure> {
        let frames = match input.frames() {
            Ok(frames) => frames,
            Err(fault) => return Ok(vec![fault]),
        };
        let mut faults = Vec::new();
        for frame in &frames {
            faults.extend(self.show_frame(frame)?.err());
        }
        Ok(faults)
    }

    /// Shows one frame as far as it can be read.
    fn show_frame(&self, frame: &FrameAt<'_>) -> Result<Result<()>, Failure> {
        let info = match frame.header() {
            Ok(info) => info,
            Err(fault) => return Ok(Err(fault)),
        };
        let contents = if self.arguments.header { None } else { Some(Contents::of(frame)) };
        let text = match self.options.json {
            true => line(&object(header_json(frame, &info).into_iter().chain(contents_json(contents.as_ref())))),
            false => self.header_text(frame, &info) + &self.contents_text(contents.as_ref()),
        };
        output::print(&text)?;
        Ok(contents.transpose().map(drop))
    }

    fn header_text(&self, frame: &FrameAt<'_>, info: &FrameInfo) -> String {
        let bytes = if info.is_compressed { "compressed to" } else { "of" };
        let title = format!("{frame}: {}", info.type_name);
        let (tag, version, length) = (info.tag, info.version, info.payload_bytes);
        let flags = flags_text(info);
        format!(
            "{} (tag {tag:#04x}, version {version}{flags}), payload {bytes} {length} bytes\n",
            self.paint.heading(&title)
        )
    }

    fn contents_text(&self, contents: Option<&Result<Contents>>) -> String {
        let Some(Ok(contents)) = contents else { return String::new() };
        let extent = if self.arguments.full { Extent::FULL } else { Extent::SHORT };
        let draw = |name: &str, value: &JsonValue| Tree::draw(&format!("{name}:"), value, 1, extent, self.paint);
        let mut text = format!("  {} {}\n", self.paint.key("spelling:"), contents.spelling());
        if let Some(id) = contents.id() {
            text += &format!("  {} {id}\n", self.paint.key("id:"));
        }
        text.extend(contents.reads().iter().map(|(name, value)| draw(name, value)));
        text += &match contents.document.body() {
            Body::Compact(value) => Tree::draw("payload:", value, 1, extent, self.paint),
            Body::Json(value) => draw("payload", value),
            Body::State(state) => state.describe().map_or_else(|_| String::new(), |value| draw("payload", &value)),
        };
        text
    }
}

/// The flag of a version-2 frame with a trailer, and the one of a chunk.
const TRAILER: u8 = 2;
const CHUNK: u8 = 4;

fn has_flag(info: &FrameInfo, wire: Wire, flag: u8) -> bool {
    let version = if wire == Wire::V1 { VERSION } else { VERSION_2 };
    info.version == version && info.flags & flag != 0
}

/// What the flags say beside compression, which is told with the length.
fn flags_text(info: &FrameInfo) -> String {
    if info.version != VERSION_2 || info.flags > 7 {
        return if info.flags > 1 { format!(", flags {:#04x}", info.flags) } else { String::new() };
    }
    let named = [(TRAILER, ", with a trailer"), (CHUNK, ", a chunk of a stream")];
    named.iter().filter(|(flag, _)| info.flags & flag != 0).map(|(_, text)| *text).collect()
}

/// A frame that has been decoded.
struct Contents {
    document: Document,
    /// The state, or why there is none: lenient reading gets by without.
    state: Result<AnyState>,
    is_canonical: bool,
}

impl Contents {
    fn of(frame: &FrameAt<'_>) -> Result<Self> {
        let document = frame.document()?;
        let state = frame.state_of(&document);
        let has_trailer = has_flag(&frame.header()?, Wire::V2, TRAILER);
        let options = EncodeOptions { wire: document.wire(), has_trailer, ..EncodeOptions::V2 };
        let canonical = state.as_ref().ok().and_then(|state| state.encode_as(&options).ok());
        let is_canonical = canonical.is_some_and(|canonical| canonical == frame.bytes());
        Ok(Contents { document, state, is_canonical })
    }

    fn spelling(&self) -> String {
        match &self.state {
            Ok(_) if self.is_canonical => "canonical".to_owned(),
            Ok(_) => "not canonical".to_owned(),
            Err(fault) => format!("no state: {fault}"),
        }
    }

    /// The state id, if the state has one.
    fn id(&self) -> Option<StateId> {
        self.state.as_ref().ok()?.state_id().ok()
    }

    fn reads(&self) -> Vec<(&'static str, JsonValue)> {
        self.state.as_ref().map_or_else(|_| Vec::new(), reads)
    }

    fn payload(&self) -> JsonValue {
        match self.document.body() {
            Body::Compact(value) => tagged(value),
            Body::Json(value) => tagged(value),
            Body::State(state) => state.describe().map_or(JsonValue::Null, |value| tagged(&value)),
        }
    }
}

fn header_json<'a>(frame: &FrameAt<'_>, info: &FrameInfo) -> Vec<(&'a str, JsonValue)> {
    vec![
        ("input", frame.input_name().into()),
        ("offset", count(frame.offset())),
        ("type", info.type_name.into()),
        ("tag", i64::from(info.tag).into()),
        ("version", i64::from(info.version).into()),
        ("flags", i64::from(info.flags).into()),
        ("compressed", info.is_compressed.into()),
        ("payload_bytes", i64::from(info.payload_bytes).into()),
        ("total_bytes", count(info.total_bytes)),
        ("mergeable", Tag::from_byte(info.tag).is_some_and(Tag::is_join).into()),
    ]
}

fn contents_json<'a>(contents: Option<&Result<Contents>>) -> Vec<(&'a str, JsonValue)> {
    match contents {
        None => Vec::new(),
        Some(Err(fault)) => vec![("error", as_json(fault).as_map().and_then(|map| map.field("error")).cloned().into())],
        Some(Ok(contents)) => vec![
            ("canonical", contents.is_canonical.into()),
            ("reads", object(contents.reads().iter().map(|(name, value)| (*name, tagged(value))))),
            ("payload", contents.payload()),
        ],
    }
}
