//! Kinds without a join that version 1 writes as JSON and version 2 as one value.
//!
//! They may hold integers beyond 64 bits, which version 2 has no place for, so writing them can fail.

use crate::error::{Code, Error, Result};
use crate::generated::Tag;
use crate::json;
use crate::types::fields::Fields;
use crate::value::{JsonValue, Map};
use crate::wire::body::{BodyReader, push_node};
use crate::wire::{AnyFrame, Compression, DecodeOptions, EncodeOptions, parse_json_payload};

/// A kind whose members are those of a JSON object.
pub(crate) trait JsonKind: Sized {
    /// The member in which version 1 names the type. Version 2 leaves it out.
    const TYPE_MEMBER: &'static str;

    /// Reads the members; `tag` is one of the kind's.
    fn from_members(tag: Tag, members: JsonValue, options: &DecodeOptions) -> Result<Self>;

    /// Appends the JSON text of version 1.
    fn push_json(&self, text: &mut String) -> Result<()>;
}

/// Reads a version-1 payload.
pub(crate) fn read_text<K: JsonKind>(tag: Tag, payload: &[u8], options: &DecodeOptions) -> Result<K> {
    K::from_members(tag, parse_json_payload(payload, options)?, options)
}

/// Appends a version-1 payload.
pub(crate) fn write_text<K: JsonKind>(kind: &K, out: &mut Vec<u8>) -> Result<()> {
    let mut text = String::new();
    kind.push_json(&mut text)?;
    out.extend_from_slice(text.as_bytes());
    Ok(())
}

/// Reads the one value of a version-2 body, which has to be what would be written again.
pub(crate) fn read_value<K: JsonKind>(tag: Tag, reader: &mut BodyReader<'_>) -> Result<K> {
    let (mark, start) = (reader.mark(), reader.offset());
    let members = reader.value()?.to_json();
    Fields::of(&members, "body")?;
    let kind = K::from_members(tag, members, &DecodeOptions::strict())?;
    let mut again = Vec::new();
    write_value(&kind, &mut again)?;
    if again == reader.since(mark) {
        return Ok(kind);
    }
    Err(Error::at(Code::NotCanonical, start, "the members of this kind have one order and no others beside them"))
}

/// Appends the one value of a version-2 body. Fails with `OUT_OF_RANGE` on an integer beyond 64 bits.
pub(crate) fn write_value<K: JsonKind>(kind: &K, out: &mut Vec<u8>) -> Result<()> {
    let mut text = String::new();
    kind.push_json(&mut text)?;
    let members = json::parse(text.as_bytes(), DecodeOptions::strict().limits.depth())?;
    let JsonValue::Map(members) = members else { return Err(Error::schema("body", "expected a map")) };
    let kept = members.into_pairs().into_iter().filter(|(name, _)| name.as_text() != Some(K::TYPE_MEMBER));
    push_node(out, &JsonValue::Map(Map::from_pairs(kept.collect())?).to_value()?);
    Ok(())
}

/// What the inherent methods of such a kind need.
pub(crate) fn decode<K: JsonKind + crate::state::Relayed>(bytes: &[u8], options: &DecodeOptions) -> Result<K> {
    let frame = AnyFrame::parse(bytes, options)?;
    let tag = Tag::from_byte(frame.tag()).filter(|tag| K::has_tag(*tag)).ok_or_else(|| {
        Error::new(Code::TypeMismatch, "the frame holds another type").with("found", crate::wire::tag_name(frame.tag()))
    })?;
    match frame {
        AnyFrame::First(frame) => read_text(tag, &frame.payload(options)?, options),
        AnyFrame::Second(frame) => {
            let (kind, carried) = K::read_any_body(tag, &frame.body(options)?, options)?;
            match carried.iter().next() {
                Some((id, _)) => Err(crate::wire::unknown_field(id, crate::wire::HEADER_BYTES)),
                None => Ok(kind),
            }
        }
    }
}

/// Appends a frame written as asked.
pub(crate) fn encode_into<K: JsonKind + crate::state::Relayed>(
    kind: &K,
    out: &mut Vec<u8>,
    options: &EncodeOptions,
) -> Result<()> {
    use crate::wire::{Extensions, SCHEMA, Wire, body::push_varint, write_frame, write_frame2};
    match options.wire {
        Wire::V1 => write_frame(out, kind.any_tag(), options.compression, |out| write_text(kind, out)),
        Wire::V2 => write_frame2(out, kind.any_tag().byte(), options, |out| {
            push_varint(out, SCHEMA);
            write_value(kind, out)?;
            Extensions::NONE.write(out, None);
            Ok(())
        }),
    }
}

/// The compression of version 1 as encode options.
pub(crate) const fn first_version(compression: Compression) -> EncodeOptions {
    EncodeOptions { compression, ..EncodeOptions::V1 }
}

/// Frames of a kind that implements [`JsonKind`]: `$tag` gives its tag, `$has` tells whether a tag is one of its own.
macro_rules! json_frames {
    ($kind:ident, |$state:ident| $tag:expr, |$other:ident| $has:expr) => {
        impl $kind {
            /// Decodes a frame of either version that fills the input, strictly and with the default limits.
            pub fn decode(bytes: &[u8]) -> $crate::error::Result<Self> {
                Self::decode_with(bytes, &$crate::wire::DecodeOptions::strict())
            }

            /// Decodes a frame of either version that fills the input.
            pub fn decode_with(bytes: &[u8], options: &$crate::wire::DecodeOptions) -> $crate::error::Result<Self> {
                $crate::types::json_kind::decode(bytes, options)
            }

            /// The canonical frame of version 2. Fails with `OUT_OF_RANGE` on an integer beyond 64 bits.
            pub fn encode(&self) -> $crate::error::Result<Vec<u8>> {
                self.encode_as(&$crate::wire::EncodeOptions::V2)
            }

            /// A frame written as asked.
            pub fn encode_as(&self, options: &$crate::wire::EncodeOptions) -> $crate::error::Result<Vec<u8>> {
                let mut out = Vec::new();
                $crate::types::json_kind::encode_into(self, &mut out, options)?;
                Ok(out)
            }

            /// The canonical version-1 frame, uncompressed.
            pub fn encode_v1(&self) -> $crate::error::Result<Vec<u8>> {
                self.encode_as(&$crate::wire::EncodeOptions::V1)
            }

            /// Appends the canonical version-1 frame to a buffer, which is left as it was on failure.
            pub fn encode_v1_into(
                &self,
                out: &mut Vec<u8>,
                compression: $crate::wire::Compression,
            ) -> $crate::error::Result<()> {
                $crate::types::json_kind::encode_into(self, out, &$crate::types::json_kind::first_version(compression))
            }
        }

        impl $crate::state::Relayed for $kind {
            fn any_tag(&self) -> $crate::generated::Tag {
                let $state = self;
                $tag
            }

            fn has_tag($other: $crate::generated::Tag) -> bool {
                $has
            }

            fn read_any(
                tag: $crate::generated::Tag,
                payload: &[u8],
                options: &$crate::wire::DecodeOptions,
            ) -> $crate::error::Result<Self> {
                $crate::types::json_kind::read_text(tag, payload, options)
            }

            fn write_any(&self, out: &mut Vec<u8>) -> $crate::error::Result<()> {
                $crate::types::json_kind::write_text(self, out)
            }

            fn read_any_fields(
                tag: $crate::generated::Tag,
                reader: &mut $crate::wire::body::BodyReader<'_>,
            ) -> $crate::error::Result<Self> {
                $crate::types::json_kind::read_value(tag, reader)
            }

            fn write_any_fields(&self, out: &mut Vec<u8>) -> $crate::error::Result<()> {
                $crate::types::json_kind::write_value(self, out)
            }
        }
    };
}

pub(crate) use json_frames;
