//! A decoded frame that keeps its exact bytes.

use std::borrow::Cow;

use super::compact::{Reader, push_value};
use super::frame::{AnyFrame, Frame, HEADER_BYTES, inspect, write_frame};
use super::options::{Compression, DecodeOptions, EncodeOptions, Wire};
use super::payload::parse_json_payload;
use super::version2::tag_name;
use crate::error::{Code, Error, Result};
use crate::generated::{PayloadForm, Tag};
use crate::json::{self, JsonStyle};
use crate::state::AnyState;
use crate::value::{JsonValue, Value};

/// What a payload says, in its order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// A payload of compact values.
    Compact(Value),
    /// A payload of JSON.
    Json(JsonValue),
    /// The body of a version-2 frame, which has one spelling and so says no more than the state.
    State(Box<AnyState>),
}

/// A frame and what it says: the layer of inspection and relays.
///
/// A document knows no joins. It encodes to the very bytes it was decoded from, whatever spelling they used; canonical bytes are
/// those of the state made from it ([`AnyState::from_document`]).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    tag: u8,
    body: Body,
    frame: Vec<u8>,
    is_compressed: bool,
}

impl Document {
    /// A version-1 document made here; its frame is spelled canonically as far as the contents leave a choice.
    ///
    /// Fails with `BAD_ARGUMENT` when the body has not the form of the kind's payload, with `BAD_VALUE` when JSON cannot hold it.
    /// The schema is not checked: what is made is what was asked for.
    pub fn new(tag: Tag, body: Body, compression: Compression) -> Result<Self> {
        let form = match &body {
            Body::Compact(_) => PayloadForm::Compact,
            Body::Json(_) => PayloadForm::Json,
            Body::State(_) => PayloadForm::None,
        };
        if form == PayloadForm::None || form != tag.form() {
            return Err(
                Error::new(Code::BadArgument, "the payload of this kind has another form").with("found", tag.name())
            );
        }
        let mut document = Document { tag: tag.byte(), body, frame: Vec::new(), is_compressed: false };
        document.frame = document.respell(compression)?;
        document.is_compressed = inspect(&document.frame)?.is_compressed;
        Ok(document)
    }

    /// The document of a frame that fills the input. Strict reading also checks the schema of the frame's type.
    pub fn decode(bytes: &[u8], options: &DecodeOptions) -> Result<Self> {
        Document::from_frame(&AnyFrame::parse(bytes, options)?, bytes, options)
    }

    /// The document of the frame at the start of the input, and the bytes it takes.
    pub fn decode_prefix(bytes: &[u8], options: &DecodeOptions) -> Result<(Self, usize)> {
        let (frame, end) = AnyFrame::parse_prefix(bytes, options)?;
        let bytes = bytes.get(..end).unwrap_or(bytes);
        Ok((Document::from_frame(&frame, bytes, options)?, end))
    }

    fn from_frame(frame: &AnyFrame<'_>, bytes: &[u8], options: &DecodeOptions) -> Result<Self> {
        let (body, is_compressed) = match frame {
            AnyFrame::First(first) => (first_body(first, options)?, first.is_compressed),
            AnyFrame::Second(second) => {
                (Body::State(Box::new(AnyState::of_frame(frame, options)?)), second.is_compressed)
            }
        };
        Ok(Document { tag: frame.tag(), body, frame: bytes.to_vec(), is_compressed })
    }

    /// The type of the frame, if this release knows it.
    pub fn tag(&self) -> Option<Tag> {
        Tag::from_byte(self.tag)
    }

    /// The name of the type, or the number of one that has none.
    pub fn type_name(&self) -> Cow<'static, str> {
        tag_name(self.tag)
    }

    /// The version of the frame.
    pub fn wire(&self) -> Wire {
        if matches!(self.body, Body::State(_)) { Wire::V2 } else { Wire::V1 }
    }

    /// What the payload says.
    pub fn body(&self) -> &Body {
        &self.body
    }

    /// Whether the payload is a zlib stream.
    pub fn is_compressed(&self) -> bool {
        self.is_compressed
    }

    /// The frame, byte for byte as it was decoded.
    pub fn encode(&self) -> &[u8] {
        &self.frame
    }

    /// The frame spelled anew from its contents, in its version: lengths minimal, set members in wire order, JSON in the one text
    /// form, no trailer.
    pub fn respell(&self, compression: Compression) -> Result<Vec<u8>> {
        let mut out = Vec::with_capacity(self.frame.len());
        match (&self.body, self.tag()) {
            (Body::State(state), _) => {
                state.encode_into(&mut out, &EncodeOptions { compression, ..EncodeOptions::V2 })?;
            }
            (body, Some(tag)) => write_frame(&mut out, tag, compression, |out| write_body(out, body))?,
            (_, None) => return Err(Error::new(Code::Internal, "a version-1 document has a known type")),
        }
        Ok(out)
    }

    /// The frame with its payload byte for byte as it was decoded, as a zlib stream or plain.
    pub fn repackaged(&self, compression: Compression, options: &DecodeOptions) -> Result<Vec<u8>> {
        let Some(tag) = self.tag().filter(|_| self.wire() == Wire::V1) else { return self.respell(compression) };
        let payload = self.payload(options)?;
        let mut out = Vec::with_capacity(HEADER_BYTES + payload.len());
        write_frame(&mut out, tag, compression, |out| {
            out.extend_from_slice(&payload);
            Ok(())
        })?;
        Ok(out)
    }

    /// The payload, inflated if the frame is compressed.
    pub fn payload(&self, options: &DecodeOptions) -> Result<Vec<u8>> {
        match AnyFrame::parse_prefix(&self.frame, options)?.0 {
            AnyFrame::First(frame) => frame.payload(options).map(Cow::into_owned),
            AnyFrame::Second(frame) => frame.body(options).map(Cow::into_owned),
        }
    }
}

/// What a version-1 payload says; strict reading also checks its schema.
fn first_body(frame: &Frame<'_>, options: &DecodeOptions) -> Result<Body> {
    let payload = frame.payload(options)?;
    let body = read_body(frame.tag, &payload, options)?;
    if !options.is_lenient() {
        AnyState::read(frame.tag, &payload, options)?;
    }
    Ok(body)
}

fn read_body(tag: Tag, payload: &[u8], options: &DecodeOptions) -> Result<Body> {
    match tag.form() {
        PayloadForm::Json => parse_json_payload(payload, options).map(Body::Json),
        PayloadForm::Compact | PayloadForm::None => {
            let mut reader = Reader::new(payload, HEADER_BYTES, options);
            let value = reader.value()?;
            reader.finish()?;
            Ok(Body::Compact(value))
        }
    }
}

fn write_body(out: &mut Vec<u8>, body: &Body) -> Result<()> {
    match body {
        Body::Compact(value) => push_value(out, value),
        Body::Json(value) => out.extend_from_slice(json::to_text(value, JsonStyle::WIRE)?.as_bytes()),
        Body::State(state) => state.write(out)?,
    }
    Ok(())
}
