//! A decoded frame that keeps its exact bytes.

use super::compact::{Reader, push_value};
use super::frame::{Frame, HEADER_BYTES, inspect, write_frame};
use super::options::{Compression, DecodeOptions};
use super::payload::parse_json_payload;
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
}

/// A frame and what it says: the layer of inspection and relays.
///
/// A document knows no joins. It encodes to the very bytes it was decoded from, whatever spelling they used; canonical bytes are
/// those of the state made from it ([`AnyState::from_document`]).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    tag: Tag,
    body: Body,
    frame: Vec<u8>,
    is_compressed: bool,
}

impl Document {
    /// A document made here; its frame is spelled canonically as far as the contents leave a choice.
    ///
    /// Fails with `BAD_ARGUMENT` when the body has not the form of the kind's payload, with `BAD_VALUE` when JSON cannot hold it.
    /// The schema is not checked: what is made is what was asked for.
    pub fn new(tag: Tag, body: Body, compression: Compression) -> Result<Self> {
        if matches!(body, Body::Json(_)) != (tag.form() == PayloadForm::Json) {
            return Err(
                Error::new(Code::BadArgument, "the payload of this kind has another form").with("found", tag.name())
            );
        }
        let mut document = Document { tag, body, frame: Vec::new(), is_compressed: false };
        document.frame = document.respell(compression)?;
        document.is_compressed = inspect(&document.frame)?.is_compressed;
        Ok(document)
    }

    /// The document of a frame that fills the input. Strict reading also checks the schema of the frame's type.
    pub fn decode(bytes: &[u8], options: &DecodeOptions) -> Result<Self> {
        Document::from_frame(Frame::parse(bytes, options)?, bytes, options)
    }

    /// The document of the frame at the start of the input, and the bytes it takes.
    pub fn decode_prefix(bytes: &[u8], options: &DecodeOptions) -> Result<(Self, usize)> {
        let (frame, end) = Frame::parse_prefix(bytes, options)?;
        let bytes = bytes.get(..end).unwrap_or(bytes);
        Ok((Document::from_frame(frame, bytes, options)?, end))
    }

    fn from_frame(frame: Frame<'_>, bytes: &[u8], options: &DecodeOptions) -> Result<Self> {
        let payload = frame.payload(options)?;
        let body = read_body(frame.tag, &payload, options)?;
        if !options.is_lenient() {
            AnyState::read(frame.tag, &payload, options)?;
        }
        Ok(Document { tag: frame.tag, body, frame: bytes.to_vec(), is_compressed: frame.is_compressed })
    }

    /// The type of the frame.
    pub fn tag(&self) -> Tag {
        self.tag
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

    /// The frame spelled anew from its contents: lengths minimal, set members in wire order, JSON in the one text form.
    pub fn respell(&self, compression: Compression) -> Result<Vec<u8>> {
        let mut out = Vec::with_capacity(self.frame.len());
        write_frame(&mut out, self.tag, compression, |out| write_body(out, &self.body))?;
        Ok(out)
    }

    /// The frame with its payload byte for byte as it was decoded, as a zlib stream or plain.
    pub fn repackaged(&self, compression: Compression, options: &DecodeOptions) -> Result<Vec<u8>> {
        let payload = self.payload(options)?;
        let mut out = Vec::with_capacity(HEADER_BYTES + payload.len());
        write_frame(&mut out, self.tag, compression, |out| {
            out.extend_from_slice(&payload);
            Ok(())
        })?;
        Ok(out)
    }

    /// The payload, inflated if the frame is compressed.
    pub fn payload(&self, options: &DecodeOptions) -> Result<Vec<u8>> {
        if self.is_compressed {
            return Ok(Frame::parse(&self.frame, options)?.payload(options)?.into_owned());
        }
        Ok(self.frame.get(HEADER_BYTES..).unwrap_or(&[]).to_vec())
    }
}

fn read_body(tag: Tag, payload: &[u8], options: &DecodeOptions) -> Result<Body> {
    match tag.form() {
        PayloadForm::Json => parse_json_payload(payload, options).map(Body::Json),
        PayloadForm::Compact => {
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
    }
    Ok(())
}
