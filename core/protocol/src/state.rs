//! What all kinds share: frames in and out, merging, and a kind that is only known at run time.

use crate::error::{Code, Error, Result};
use crate::generated::Tag;
use crate::join::{Changed, Join, MergeReport, Observer};
use crate::types::{
    CompatBloom, CompatCountMin, CompatHll, Delta, DottedVersionVector, GCounter, Generic, GossipEntry, GossipState,
    LwwMap, LwwRegister, MerkleDiff, MerkleTree, OrSet, PnCounter, Report, SchemaChange, SchemaEvolution, VectorClock,
};
use crate::wire::{Compression, DecodeOptions, Document, Frame, write_frame};

/// A kind with a version-1 frame.
pub trait Framed: Sized {
    /// The type tag of its frames.
    const TAG: Tag;

    /// Reads a payload that is already inflated.
    fn read_payload(payload: &[u8], options: &DecodeOptions) -> Result<Self>;

    /// Appends the canonical payload.
    ///
    /// Fails with `NOT_IN_V1` when version 1 cannot say what the state says.
    fn write_payload(&self, out: &mut Vec<u8>) -> Result<()>;

    /// Decodes a frame that fills the input, strictly and with the default limits.
    fn decode(bytes: &[u8]) -> Result<Self> {
        Self::decode_with(bytes, &DecodeOptions::strict())
    }

    /// Decodes a frame that fills the input.
    ///
    /// Fails with `TYPE_MISMATCH` on a frame of another kind, else with the first fault of the frame.
    fn decode_with(bytes: &[u8], options: &DecodeOptions) -> Result<Self> {
        let frame = Frame::parse(bytes, options)?.expect(Self::TAG)?;
        Self::read_payload(&frame.payload(options)?, options)
    }

    /// Decodes the frame at the start of the input and tells how many bytes it takes.
    fn decode_prefix(bytes: &[u8], options: &DecodeOptions) -> Result<(Self, usize)> {
        let (frame, end) = Frame::parse_prefix(bytes, options)?;
        let state = Self::read_payload(&frame.expect(Self::TAG)?.payload(options)?, options)?;
        Ok((state, end))
    }

    /// The canonical version-1 frame, uncompressed.
    fn encode_v1(&self) -> Result<Vec<u8>> {
        let mut out = Vec::new();
        self.encode_v1_into(&mut out, Compression::None)?;
        Ok(out)
    }

    /// Appends the canonical version-1 frame to a buffer, which is left as it was on failure.
    fn encode_v1_into(&self, out: &mut Vec<u8>, compression: Compression) -> Result<()> {
        write_frame(out, Self::TAG, compression, |out| self.write_payload(out))
    }
}

/// A mergeable kind with frames: the verbs that users write.
pub trait State: Framed + Join {
    /// Merges another state into this one and reports what happened.
    fn merge_from(&mut self, other: &Self) -> Result<MergeReport> {
        MergeReport::default().of(self, other)
    }

    /// Decodes a frame and merges it into this state.
    fn merge_frame(&mut self, frame: &[u8]) -> Result<MergeReport> {
        self.merge_from(&Self::decode(frame)?)
    }

    /// The merge of two states as a new one.
    #[must_use = "the merge is a new state; the operands are as they were"]
    fn merged(&self, other: &Self) -> Result<Self> {
        self.joined(other)
    }
}

impl<S: Framed + Join> State for S {}

macro_rules! any_state {
    (mergeable { $($join:ident),* $(,)? } relayed { $($other:ident),* $(,)? }) => {
        /// Any kind of version 1.
        #[derive(Debug, Clone, PartialEq)]
        #[non_exhaustive]
        pub enum AnyState {
            $(#[doc = concat!("[`", stringify!($join), "`]")] $join($join),)*
            $(#[doc = concat!("[`", stringify!($other), "`], which has no join")] $other($other),)*
        }

        impl AnyState {
            /// The kind.
            pub fn tag(&self) -> Tag {
                match self {
                    $(AnyState::$join(_) => <$join as Framed>::TAG,)*
                    $(AnyState::$other(state) => state.any_tag(),)*
                }
            }

            /// Reads the inflated payload of a frame.
            pub(crate) fn read(tag: Tag, payload: &[u8], options: &DecodeOptions) -> Result<Self> {
                $(if tag == <$join as Framed>::TAG {
                    return $join::read_payload(payload, options).map(AnyState::$join);
                })*
                $(if $other::has_tag(tag) {
                    return $other::read_any(tag, payload, options).map(AnyState::$other);
                })*
                Err(Error::new(Code::UnknownType, "no kind has this tag").with("found", tag.name()))
            }

            /// Appends the canonical payload.
            fn write(&self, out: &mut Vec<u8>) -> Result<()> {
                match self {
                    $(AnyState::$join(state) => state.write_payload(out),)*
                    $(AnyState::$other(state) => state.write_any(out),)*
                }
            }
        }

        impl Join for AnyState {
            /// Fails with `TYPE_MISMATCH` between two kinds and with `NOT_MERGEABLE` for a kind without a join.
            fn join_with<O: Observer>(&mut self, other: &Self, observer: &mut O) -> Result<Changed> {
                match (&mut *self, other) {
                    $((AnyState::$join(here), AnyState::$join(there)) => return here.join_with(there, observer),)*
                    _ => {}
                }
                Err(not_joinable(self.tag(), other.tag()))
            }
        }

        $(impl From<$join> for AnyState {
            fn from(state: $join) -> Self {
                AnyState::$join(state)
            }
        })*
        $(impl From<$other> for AnyState {
            fn from(state: $other) -> Self {
                AnyState::$other(state)
            }
        })*
    };
}

any_state! {
    mergeable { GCounter, PnCounter, LwwRegister, OrSet, LwwMap, VectorClock, DottedVersionVector, GossipState, MerkleTree, CompatHll, CompatBloom, CompatCountMin }
    relayed { Generic, GossipEntry, MerkleDiff, Delta, SchemaChange, SchemaEvolution, Report }
}

impl AnyState {
    /// Decodes a frame that fills the input, strictly and with the default limits.
    pub fn decode(bytes: &[u8]) -> Result<Self> {
        Self::decode_with(bytes, &DecodeOptions::strict())
    }

    /// Decodes a frame that fills the input.
    pub fn decode_with(bytes: &[u8], options: &DecodeOptions) -> Result<Self> {
        let frame = Frame::parse(bytes, options)?;
        Self::read(frame.tag, &frame.payload(options)?, options)
    }

    /// Decodes the frame at the start of the input and tells how many bytes it takes.
    pub fn decode_prefix(bytes: &[u8], options: &DecodeOptions) -> Result<(Self, usize)> {
        let (frame, end) = Frame::parse_prefix(bytes, options)?;
        Ok((Self::read(frame.tag, &frame.payload(options)?, options)?, end))
    }

    /// The state that a document describes.
    pub fn from_document(document: &Document, options: &DecodeOptions) -> Result<Self> {
        Self::read(document.tag(), &document.payload(options)?, options)
    }

    /// The canonical version-1 frame, uncompressed.
    pub fn encode_v1(&self) -> Result<Vec<u8>> {
        let mut out = Vec::new();
        self.encode_v1_into(&mut out, Compression::None)?;
        Ok(out)
    }

    /// Appends the canonical version-1 frame to a buffer, which is left as it was on failure.
    pub fn encode_v1_into(&self, out: &mut Vec<u8>, compression: Compression) -> Result<()> {
        write_frame(out, self.tag(), compression, |out| self.write(out))
    }

    /// Merges another state into this one and reports what happened.
    pub fn merge_from(&mut self, other: &Self) -> Result<MergeReport> {
        MergeReport::default().of(self, other)
    }
}

/// Kinds without a join are named before kinds that differ.
fn not_joinable(here: Tag, there: Tag) -> Error {
    if let Some(tag) = [here, there].into_iter().find(|tag| !tag.is_join()) {
        return Error::new(Code::NotMergeable, "this kind has no join").with("found", tag.name());
    }
    Error::new(Code::TypeMismatch, "two kinds do not merge").with("expected", here.name()).with("found", there.name())
}

/// A kind without a join as [`AnyState`] sees it; several tags may share one type.
pub(crate) trait Relayed: Sized {
    fn any_tag(&self) -> Tag;
    fn has_tag(tag: Tag) -> bool;
    fn read_any(tag: Tag, payload: &[u8], options: &DecodeOptions) -> Result<Self>;
    fn write_any(&self, out: &mut Vec<u8>) -> Result<()>;
}

/// A kind of one tag without a join.
macro_rules! relayed_kind {
    ($kind:ident) => {
        impl $crate::state::Relayed for $kind {
            fn any_tag(&self) -> $crate::generated::Tag {
                <Self as $crate::state::Framed>::TAG
            }

            fn has_tag(tag: $crate::generated::Tag) -> bool {
                tag == <Self as $crate::state::Framed>::TAG
            }

            fn read_any(
                _: $crate::generated::Tag,
                payload: &[u8],
                options: &$crate::wire::DecodeOptions,
            ) -> $crate::error::Result<Self> {
                $crate::state::Framed::read_payload(payload, options)
            }

            fn write_any(&self, out: &mut Vec<u8>) -> $crate::error::Result<()> {
                $crate::state::Framed::write_payload(self, out)
            }
        }
    };
}

pub(crate) use relayed_kind;
