//! The generic frame, tag 0x20: any value, carried and never interpreted.

use crate::error::Result;
use crate::generated::Tag;
use crate::state::{Framed, relayed_kind};
use crate::value::Value;
use crate::wire::body::{BodyReader, push_node};
use crate::wire::{DecodeOptions, decode_compact, push_value};

/// Any value in a frame. It has no join.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Generic(pub Value);

impl Framed for Generic {
    const TAG: Tag = Tag::Generic;

    fn read_fields(reader: &mut BodyReader<'_>) -> Result<Self> {
        reader.value().map(Generic)
    }

    fn write_fields(&self, out: &mut Vec<u8>) {
        push_node(out, &self.0);
    }

    fn read_payload(payload: &[u8], options: &DecodeOptions) -> Result<Self> {
        decode_compact(payload, options, |reader| reader.value().map(Generic))
    }

    fn write_payload(&self, out: &mut Vec<u8>) -> Result<()> {
        push_value(out, &self.0);
        Ok(())
    }
}

relayed_kind!(Generic);
