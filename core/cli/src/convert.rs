//! `crdt-merge convert`: frames in another form.

use std::path::Path;

use crdt_merge::frames::{Body, Compression, Document, EncodeOptions, Wire, pack};
use crdt_merge::json::{JsonStyle, NonFinite, Other, to_text};
use crdt_merge::{Code, Error, JsonValue, Result};

use crate::Outcome;
use crate::args::{Common, Convert, Form, Source};
use crate::failure::{Exit, Failure};
use crate::input::{FrameAt, Input, frames_of, read_all};
use crate::json::{line, object, tagged};
use crate::output;
use crate::progress::Progress;

/// Ordinary JSON on one line, for other programs.
const PLAIN: JsonStyle =
    JsonStyle { sort_keys: false, indent: None, non_finite: NonFinite::Literal, other: Other::PyStr };

pub fn run(arguments: &Convert, options: &Common) -> Outcome {
    check_combination(arguments)?;
    let inputs = read(arguments, options)?;
    let frames = frames_of(&inputs)?;
    match arguments.to {
        Form::Same | Form::V1 | Form::V2 => write_frames(&frames, arguments, options)?,
        Form::Json => write_text(&frames, arguments, options, tagged_line)?,
        Form::PlainJson => write_text(&frames, arguments, options, plain_line)?,
    }
    Ok(Exit::Success)
}

fn read(arguments: &Convert, options: &Common) -> Result<Vec<Input>, Failure> {
    let inputs = read_all(&arguments.inputs, options.decoding())?;
    match arguments.from {
        Source::Frames => Ok(inputs),
        Source::Json => Ok(inputs.into_iter().map(Input::read_as_json).collect::<Result<_>>()?),
    }
}

/// JSON is always of the payload as it stands in the frame; options that shape frames have no meaning for it.
fn check_combination(arguments: &Convert) -> Result<()> {
    let spelling = &arguments.spelling;
    let shapes = [
        spelling.canonical,
        spelling.respell,
        spelling.exact,
        arguments.compress,
        arguments.decompress,
        arguments.batch,
        arguments.no_trailer,
    ];
    let is_json = matches!(arguments.to, Form::Json | Form::PlainJson);
    if !is_json || !(shapes.contains(&true) || arguments.split.is_some()) {
        return Ok(());
    }
    Err(Error::new(Code::BadArgument, "options that shape frames do not go with JSON; convert twice"))
}

fn write_frames(frames: &[FrameAt<'_>], arguments: &Convert, options: &Common) -> Result<(), Failure> {
    let converted = convert_all(frames, options, |frame| convert(frame, arguments, options))?;
    if let Some(folder) = &arguments.split {
        return write_apart(&converted, folder);
    }
    let bytes = if arguments.batch { pack(&converted)? } else { converted.concat() };
    output::write_bytes(&arguments.output, &bytes)
}

fn convert_all<T>(frames: &[FrameAt<'_>], options: &Common, one: impl Fn(&FrameAt<'_>) -> Result<T>) -> Result<Vec<T>> {
    let progress = Progress::start("converting", frames.len(), options);
    frames.iter().map(one).inspect(|_| progress.step()).collect()
}

fn convert(frame: &FrameAt<'_>, arguments: &Convert, options: &Common) -> Result<Vec<u8>> {
    let document = frame.document()?;
    check_version(arguments, &document).map_err(|error| frame.locate(error))?;
    let asked_for = compression(arguments);
    if arguments.spelling.exact {
        return match asked_for {
            Some(compression) => document.repackaged(compression, &options.decoding()),
            None => Ok(document.encode().to_vec()),
        };
    }
    if arguments.spelling.respell {
        return document.respell(asked_for.unwrap_or(kept(&document))).map_err(|error| frame.locate(error));
    }
    let encoding = EncodeOptions {
        wire: wire_of(arguments.to, &document),
        compression: asked_for.unwrap_or_default(),
        has_trailer: !arguments.no_trailer,
    };
    frame.state_of(&document)?.encode_as(&encoding).map_err(|error| frame.locate(error))
}

fn wire_of(form: Form, document: &Document) -> Wire {
    match form {
        Form::V1 => Wire::V1,
        Form::V2 => Wire::V2,
        Form::Same | Form::Json | Form::PlainJson => document.wire(),
    }
}

/// Spelling anew and keeping bytes are about one version.
fn check_version(arguments: &Convert, document: &Document) -> Result<()> {
    let keeps = arguments.spelling.exact || arguments.spelling.respell;
    if !keeps || wire_of(arguments.to, document) == document.wire() {
        return Ok(());
    }
    Err(Error::new(Code::BadArgument, "a frame that keeps its spelling keeps its version"))
}

fn compression(arguments: &Convert) -> Option<Compression> {
    match (arguments.compress, arguments.decompress) {
        (true, _) => Some(Compression::Zlib),
        (_, true) => Some(Compression::None),
        _ => None,
    }
}

/// The compression that a document came with.
fn kept(document: &Document) -> Compression {
    if document.is_compressed() { Compression::Zlib } else { Compression::None }
}

fn write_apart(frames: &[Vec<u8>], folder: &Path) -> Result<(), Failure> {
    std::fs::create_dir_all(folder).map_err(|error| Failure::io(&error, "making the folder", folder.display()))?;
    let mut numbered = frames.iter().enumerate();
    numbered.try_for_each(|(index, frame)| output::write_file(&folder.join(format!("{index:05}.crdt")), frame))
}

fn write_text(
    frames: &[FrameAt<'_>],
    arguments: &Convert,
    options: &Common,
    form: fn(&Document) -> Result<String>,
) -> Result<(), Failure> {
    let lines = convert_all(frames, options, |frame| form(&frame.document()?).map_err(|error| frame.locate(error)))?;
    output::write_text(&arguments.output, &lines.concat())
}

fn tagged_line(document: &Document) -> Result<String> {
    let payload = match document.body() {
        Body::Compact(value) => tagged(value),
        Body::Json(value) => tagged(value),
        Body::State(_) => return second_line(document),
    };
    Ok(line(&object([("type", (&*document.type_name()).into()), ("version", 1.into()), ("payload", payload)])))
}

/// A version-2 body has no names in it: the members are for reading, the frame is what is read again.
fn second_line(document: &Document) -> Result<String> {
    let Body::State(state) = document.body() else {
        return Err(Error::new(Code::Internal, "the document is of version 1"));
    };
    let frame = JsonValue::Bytes(document.encode().to_vec());
    Ok(line(&object([
        ("type", (&*document.type_name()).into()),
        ("version", 2.into()),
        ("id", JsonValue::Text(state.state_id()?.to_string())),
        ("payload", state.describe().map_or(JsonValue::Null, |members| tagged(&members))),
        ("frame", tagged(&frame)),
    ])))
}

fn plain_line(document: &Document) -> Result<String> {
    let text = match document.body() {
        Body::Compact(value) => to_text(value, PLAIN),
        Body::Json(value) => to_text(value, PLAIN),
        Body::State(state) => to_text(&state.describe()?, PLAIN),
    };
    Ok(text? + "\n")
}
