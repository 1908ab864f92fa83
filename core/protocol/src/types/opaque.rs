//! A state of a kind, or in a schema, that this release does not know.

use crate::error::{Code, Error, Result};
use crate::generated::Tag;
use crate::join::{Changed, Join, Observer};
use crate::wire::{EncodeOptions, StateId, tag_name, write_frame2};

/// A version-2 frame whose body is not understood: it is carried and written byte for byte, has a state id, and merges with
/// nothing but its equal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opaque {
    tag: u8,
    body: Vec<u8>,
}

impl Opaque {
    pub(crate) fn new(tag: u8, body: Vec<u8>) -> Self {
        Opaque { tag, body }
    }

    /// The type tag.
    pub fn tag(&self) -> u8 {
        self.tag
    }

    /// The body: schema, fields and extension fields.
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// The canonical frame.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.body.len() + 16);
        // Nothing that is written here can fail.
        let _ = self.encode_into(&mut out, &EncodeOptions::V2);
        out
    }

    pub(crate) fn encode_into(&self, out: &mut Vec<u8>, options: &EncodeOptions) -> Result<()> {
        write_frame2(out, self.tag, options, |out| {
            out.extend_from_slice(&self.body);
            Ok(())
        })
    }

    /// The state id.
    pub fn state_id(&self) -> StateId {
        StateId::of_body(self.tag, &self.body)
    }
}

impl Join for Opaque {
    /// Fails with `UNKNOWN_TYPE`, or `UNSUPPORTED_SCHEMA` when only the schema is new, unless the two are equal.
    fn join_with<O: Observer>(&mut self, other: &Self, _: &mut O) -> Result<Changed> {
        if self == other {
            return Ok(Changed::No);
        }
        let (code, message) = match Tag::from_byte(self.tag).is_some() && self.tag == other.tag {
            true => (Code::UnsupportedSchema, "states in a schema that is not known do not merge"),
            false => (Code::UnknownType, "states of a kind that is not known do not merge"),
        };
        Err(Error::new(code, message).with("found", tag_name(other.tag)))
    }
}
