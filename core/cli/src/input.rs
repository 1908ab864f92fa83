//! Inputs: files and standard input, and the frames in them.

use std::cell::Cell;
use std::fmt;
use std::io::Read;
use std::path::{Path, PathBuf};

use crdt_merge::frames::{self, DecodeOptions, Document, FrameInfo, HEADER_BYTES, Located, VERSION, Wire};
use crdt_merge::{AnyState, Code, Error, Result};

use crate::failure::Failure;
use crate::read_json;

/// An input that has been read to its end.
pub struct Input {
    name: String,
    bytes: Vec<u8>,
    options: DecodeOptions,
    /// Bytes that compressed frames of this input may still inflate to.
    inflatable: Cell<usize>,
}

/// Reads every input. `-` is standard input and may stand once.
pub fn read_all(paths: &[PathBuf], options: DecodeOptions) -> Result<Vec<Input>, Failure> {
    if paths.iter().filter(|path| is_standard(path)).count() > 1 {
        return Err(Error::new(Code::BadArgument, "standard input can be read once only").with("input", "-").into());
    }
    paths.iter().map(|path| Input::read(path, options)).collect()
}

/// Whether a path stands for standard input or output.
pub fn is_standard(path: &Path) -> bool {
    path.as_os_str() == "-"
}

impl Input {
    fn read(path: &Path, options: DecodeOptions) -> Result<Self, Failure> {
        let name = path.to_string_lossy().into_owned();
        let bytes = if is_standard(path) { read_standard() } else { std::fs::read(path) };
        let bytes = bytes.map_err(|error| Failure::io(&error, "reading", &name))?;
        Ok(Input { name, bytes, options, inflatable: Cell::new(options.limits.inflated_bytes()) })
    }

    /// The input with the frames that its JSON describes in place of it.
    pub fn read_as_json(self) -> Result<Self> {
        let bytes = read_json::frames(&self.bytes, &self.options).map_err(|error| error.with("input", &self.name))?;
        Ok(Input { bytes, ..self })
    }

    /// The frames in the input.
    pub fn frames(&self) -> Result<Vec<FrameAt<'_>>> {
        let located = frames::split(&self.bytes, &self.options).map_err(|error| error.with("input", &self.name))?;
        let is_alone = located.len() == 1;
        let frames = located.into_iter().enumerate();
        Ok(frames.map(|(index, at)| FrameAt { input: self, index: (!is_alone).then_some(index), at }).collect())
    }

    /// The one frame in the input, or `BAD_ARGUMENT`.
    pub fn only_frame(&self) -> Result<FrameAt<'_>> {
        match <[FrameAt<'_>; 1]>::try_from(self.frames()?) {
            Ok([frame]) => Ok(frame),
            Err(frames) => Err(Error::new(Code::BadArgument, "expected an input with one frame")
                .with("found", frames.len())
                .with("input", &self.name)),
        }
    }

    /// The options for the next frame: what earlier frames inflated to is spent.
    fn options_left(&self) -> DecodeOptions {
        self.options.with_limits(self.options.limits.with_inflated_bytes(self.inflatable.get()))
    }

    fn spend(&self, bytes: usize) {
        self.inflatable.set(self.inflatable.get().saturating_sub(bytes));
    }
}

fn read_standard() -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    std::io::stdin().lock().read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// All frames of all inputs, in order.
pub fn frames_of(inputs: &[Input]) -> Result<Vec<FrameAt<'_>>> {
    let frames: Vec<_> = inputs.iter().map(Input::frames).collect::<Result<_>>()?;
    Ok(frames.into_iter().flatten().collect())
}

/// A frame and where it was found.
///
/// It shows as the name of its input, with its place where there are several: `states.crdt[2]`.
#[derive(Clone, Copy)]
pub struct FrameAt<'a> {
    input: &'a Input,
    index: Option<usize>,
    at: Located<'a>,
}

impl fmt::Display for FrameAt<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&crate::paint::printable(&self.input.name))?;
        self.index.map_or(Ok(()), |index| write!(f, "[{index}]"))
    }
}

impl<'a> FrameAt<'a> {
    /// The bytes of the frame.
    pub fn bytes(&self) -> &'a [u8] {
        self.at.frame
    }

    /// Where the frame starts in its input.
    pub fn offset(&self) -> usize {
        self.at.offset
    }

    /// The name of the input.
    pub fn input_name(&self) -> &'a str {
        &self.input.name
    }

    /// What the header says.
    pub fn header(&self) -> Result<FrameInfo> {
        frames::inspect(self.bytes()).map_err(|error| self.locate(error))
    }

    /// The version of the frame.
    pub fn wire(&self) -> Result<Wire> {
        Ok(if self.header()?.version == VERSION { Wire::V1 } else { Wire::V2 })
    }

    /// The frame as a document.
    pub fn document(&self) -> Result<Document> {
        let options = self.input.options_left();
        let document = Document::decode(self.bytes(), &options).map_err(|error| self.locate(error))?;
        if document.is_compressed() {
            self.input.spend(document.payload(&options)?.len());
        }
        Ok(document)
    }

    /// The state of a document that was read from this frame.
    pub fn state_of(&self, document: &Document) -> Result<AnyState> {
        AnyState::from_document(document, &self.input.options).map_err(|error| self.locate(error))
    }

    /// The frame as a state.
    pub fn state(&self) -> Result<AnyState> {
        if self.header()?.is_compressed {
            return self.state_of(&self.document()?);
        }
        AnyState::decode_with(self.bytes(), &self.input.options).map_err(|error| self.locate(error))
    }

    /// An error of this frame, told as an error of its input: the offset counts from the start of the input.
    ///
    /// Inside a compressed payload there is no such offset. There it counts in the inflated frame, as the detail `counted_in`
    /// says.
    pub fn locate(&self, error: Error) -> Error {
        let is_inside = self.is_inside_compressed(&error);
        let base = if is_inside { 0 } else { self.at.offset };
        let mut located = Error::new(error.code(), error.message().to_owned());
        for (name, value) in error.details() {
            located = match value.parse::<usize>() {
                Ok(offset) if name == "offset" => located.with(name, offset.saturating_add(base)),
                _ => located.with(name, value),
            };
        }
        located = if is_inside { located.with("counted_in", "the inflated frame") } else { located };
        let located = self.index.map_or(located.clone(), |index| located.with("frame", index));
        located.with("input", self.input_name())
    }

    fn is_inside_compressed(&self, error: &Error) -> bool {
        let offset = error.detail("offset").and_then(|offset| offset.parse::<usize>().ok());
        let is_compressed = frames::inspect(self.bytes()).is_ok_and(|info| info.is_compressed);
        let is_of_stream =
            matches!(error.code(), Code::BadZlib | Code::Truncated if offset == Some(self.bytes().len()));
        is_compressed
            && error.code() != Code::BadZlib
            && !is_of_stream
            && offset.is_some_and(|offset| offset >= HEADER_BYTES)
    }
}
