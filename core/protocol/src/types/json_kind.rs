//! Kinds without a join that version 1 writes as JSON and version 2 as one value.
//!
//! They may hold integers beyond 64 bits, which version 2 has no place for, so writing them can fail.

use crate::error::{Code, Error, Result};
use crate::generated::Tag;
use crate::json;
use crate::types::fields::Fields;
use crate::value::{JsonInteger, JsonValue, Map};
use crate::wire::body::{BodyReader, push_node};
use crate::wire::{DecodeOptions, parse_json_payload};

/// A kind whose members are those of a JSON object.
pub(crate) trait JsonKind: Sized {
    /// The member in which version 1 names the type. Version 2 leaves it out.
    const TYPE_MEMBER: &'static str;

    /// Reads the members; `tag` is one of the kind's.
    fn from_members(tag: Tag, members: JsonValue, options: &DecodeOptions) -> Result<Self>;

    /// Appends the JSON text of version 1.
    fn push_json(&self, text: &mut String) -> Result<()>;

    /// The members in their order, without the type. Unlike JSON text they may hold values of every kind.
    fn members(&self) -> Result<JsonValue> {
        let mut text = String::new();
        self.push_json(&mut text)?;
        match json::parse(text.as_bytes(), DecodeOptions::strict().limits.depth())? {
            JsonValue::Map(members) => without(members, Self::TYPE_MEMBER),
            _ => Err(Error::schema("body", "expected a map")),
        }
    }
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
    push_node(out, &kind.members()?.to_value()?);
    Ok(())
}

fn without(members: Map<JsonInteger>, name: &str) -> Result<JsonValue> {
    let kept = members.into_pairs().into_iter().filter(|(member, _)| member.as_text() != Some(name));
    Map::from_pairs(kept.collect()).map(JsonValue::Map)
}

/// Frames of a kind that implements [`JsonKind`]: `$tag` gives its tag, `$has` tells whether a tag is one of its own.
macro_rules! json_frames {
    ($kind:ident, |$state:ident| $tag:expr, |$other:ident| $has:expr) => {
        $crate::state::relayed_frames!($kind);

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
