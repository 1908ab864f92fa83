//! What all kinds share: frames in and out, merging, and a kind that is only known at run time.

use std::borrow::Cow;

use crate::error::{Code, Error, Result};
use crate::generated::Tag;
use crate::join::{Changed, Join, MergeReport, Observer};
use crate::replica::ReplicaSave;
use crate::stamp::Stamp;
use crate::sync::SyncMessage;
use crate::types::{
    BloomFilter, BoundedCounter, CompatBloom, CompatCountMin, CompatHll, CountMinSketch, Delta, DottedVersionVector,
    DwFlag, EwFlag, GCounter, Generic, GossipEntry, GossipState, HyperLogLog, LwwMap, LwwRegister, MerkleDiff,
    MerkleTree, MinHash, MvRegister, Opaque, OrSet, PnCounter, Report, RwSet, SchemaChange, SchemaEvolution,
    VectorClock,
};
use crate::value::JsonValue;
use crate::wire::body::{BodyReader, push_varint};
use crate::wire::{
    AnyFrame, Body, Compression, DecodeOptions, Document, EncodeOptions, Extensions, Frame2, HEADER_BYTES, Hashing,
    Length, Limits, SCHEMA, Sink, StateId, Tail, Wire, inspect, read_body, tag_name, unknown_field, write_frame,
    write_frame2, write_hashed_form,
};

/// A kind with frames.
///
/// What an implementation gives is how the fields of a body are read and written; frames, versions, extension fields and ids are
/// the same for all kinds.
pub trait Framed: Sized {
    /// The type tag of its frames.
    const TAG: Tag;

    /// Reads the fields of a version-2 body, schema 1. Whatever would not be written again byte for byte is an error.
    fn read_fields(reader: &mut BodyReader<'_>) -> Result<Self>;

    /// Appends the fields of a version-2 body, schema 1.
    fn write_fields(&self, out: &mut Vec<u8>);

    /// As [`Framed::write_fields`], into anything that takes bytes; false if the kind cannot, and nothing was written.
    ///
    /// Kinds that grow large give it, so that their id is made without a copy of the body.
    fn stream_fields<S: Sink>(&self, out: &mut S) -> bool {
        let _ = out;
        false
    }

    /// The extension fields that this state carries.
    fn extensions(&self) -> &Extensions {
        Extensions::NONE
    }

    /// The extension fields of a kind that carries them; what has no join carries none.
    fn extensions_mut(&mut self) -> Option<&mut Extensions> {
        None
    }

    /// The content of the extension field of the compaction floor, for kinds that can have one.
    fn floor_field(&self) -> Option<Vec<u8>> {
        None
    }

    /// Takes the content of the extension field of the compaction floor.
    fn set_floor_field(&mut self, content: &mut BodyReader<'_>) -> Result<()> {
        Err(unknown_field(crate::wire::FLOOR_ID, content.offset()))
    }

    /// Tells every stamp in the state with the node or actor that wrote it, or with "" where the state does not say who.
    fn each_stamp(&self, visit: &mut dyn FnMut(Stamp, &str)) {
        let _ = visit;
    }

    /// Reads a version-1 payload that is already inflated.
    fn read_payload(payload: &[u8], options: &DecodeOptions) -> Result<Self> {
        let _ = (payload, options);
        Err(Error::new(Code::UnknownType, "version 1 has no frames of this kind").with("found", Self::TAG.name()))
    }

    /// Appends the canonical version-1 payload.
    ///
    /// Fails with `NOT_IN_V1` when version 1 cannot say what the state says.
    fn write_payload(&self, out: &mut Vec<u8>) -> Result<()> {
        let _ = out;
        Err(Error::new(Code::NotInV1, "version 1 has no frames of this kind").with("found", Self::TAG.name()))
    }

    /// The members of the state by name, for people and tools: those of the canonical version-1 payload unless a kind says
    /// otherwise.
    ///
    /// Fails with `NOT_IN_V1` when that payload cannot hold the state.
    fn describe(&self) -> Result<JsonValue> {
        describe_payload(self)
    }

    /// Decodes a frame of either version that fills the input, strictly and with the default limits.
    fn decode(bytes: &[u8]) -> Result<Self> {
        Self::decode_with(bytes, &DecodeOptions::strict())
    }

    /// Decodes a frame of either version that fills the input.
    ///
    /// Fails with `TYPE_MISMATCH` on a frame of another kind, else with the first fault of the frame.
    fn decode_with(bytes: &[u8], options: &DecodeOptions) -> Result<Self> {
        read_frame(AnyFrame::parse_as(Some(Self::TAG), bytes, options)?, options)
    }

    /// Decodes the frame at the start of the input and tells how many bytes it takes.
    fn decode_prefix(bytes: &[u8], options: &DecodeOptions) -> Result<(Self, usize)> {
        let (frame, end) = AnyFrame::parse_prefix_as(Some(Self::TAG), bytes, options)?;
        Ok((read_frame(frame, options)?, end))
    }

    /// The canonical frame of version 2: equal states have equal bytes.
    ///
    /// A state of 4 GiB and more fits no frame. What comes then is the form that its id is made of, which every reader refuses
    /// with `TOO_LARGE`.
    #[must_use]
    fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(64);
        self.encode_canonical_into(&mut out);
        out
    }

    /// Appends the canonical frame of version 2, or what it is hashed as when no frame can hold it, see [`Framed::encode`].
    fn encode_canonical_into(&self, out: &mut Vec<u8>) {
        // Writing the body of a state cannot fail.
        let _ = write_hashed_form(out, Self::TAG.byte(), &EncodeOptions::V2, |out| {
            write_body(self, out);
            Ok(())
        });
    }

    /// A frame written as asked. Fails with `NOT_IN_V1`, and with `TOO_LARGE` from 4 GiB on.
    fn encode_as(&self, options: &EncodeOptions) -> Result<Vec<u8>> {
        let mut out = Vec::new();
        self.encode_into(&mut out, options)?;
        Ok(out)
    }

    /// Appends a frame written as asked; the buffer is left as it was on failure.
    fn encode_into(&self, out: &mut Vec<u8>, options: &EncodeOptions) -> Result<()> {
        match options.wire {
            Wire::V1 => self.encode_v1_into(out, options.compression),
            Wire::V2 => write_frame2(out, Self::TAG.byte(), options, |out| {
                write_body(self, out);
                Ok(())
            }),
        }
    }

    /// The state id: equal exactly for equal states.
    fn state_id(&self) -> StateId {
        streamed_id(self).unwrap_or_else(|| StateId::of_frame(&self.encode()))
    }

    /// The canonical version-1 frame, uncompressed.
    fn encode_v1(&self) -> Result<Vec<u8>> {
        let mut out = Vec::new();
        self.encode_v1_into(&mut out, Compression::None)?;
        Ok(out)
    }

    /// Appends the canonical version-1 frame to a buffer, which is left as it was on failure.
    fn encode_v1_into(&self, out: &mut Vec<u8>, compression: Compression) -> Result<()> {
        write_frame(out, Self::TAG, compression, |out| {
            refuse_floor(self)?;
            self.write_payload(out)
        })
    }
}

/// The members of the version-1 payload.
fn describe_payload<S: Framed>(state: &S) -> Result<JsonValue> {
    let mut frame = Vec::new();
    write_frame(&mut frame, S::TAG, Compression::None, |out| state.write_payload(out))?;
    describe_first(&frame)
}

/// The members of the version-1 payload, and the compaction floor that version 1 has no place for.
pub(crate) fn describe_with_floor<S: Framed>(state: &S, name: &str, floor: Option<JsonValue>) -> Result<JsonValue> {
    let mut members = describe_payload(state)?;
    if let (JsonValue::Map(map), Some(floor)) = (&mut members, floor) {
        map.insert(JsonValue::from(name), floor)?;
    }
    Ok(members)
}

/// The contents of a version-1 frame of ours.
fn describe_first(frame: &[u8]) -> Result<JsonValue> {
    // The state is in memory: no limit is passed that it has not passed before.
    let limits = Limits::default().with_depth(Limits::MAX_DEPTH).with_inflated_bytes(usize::MAX);
    match Document::decode(frame, &DecodeOptions::strict().with_limits(limits))?.body() {
        Body::Compact(value) => Ok(value.to_json()),
        Body::Json(value) => Ok(value.clone()),
        Body::State(_) => Err(Error::new(Code::Internal, "a version-1 frame holds values")),
    }
}

/// A version-1 reader would take what a compacted state has settled for news.
fn refuse_floor<S: Framed>(state: &S) -> Result<()> {
    match state.floor_field() {
        None => Ok(()),
        Some(_) => Err(Error::new(Code::NotInV1, "version 1 has no compaction floor").with("found", S::TAG.name())),
    }
}

fn write_body<S: Framed>(state: &S, out: &mut Vec<u8>) {
    push_varint(out, SCHEMA);
    state.write_fields(out);
    state.extensions().write(out, state.floor_field().as_deref());
}

/// Shorter bodies are hashed from a buffer, which costs less.
const STREAMED_BYTES: usize = 4096;

/// The id of a state whose kind can stream its fields: once over them for their length, which the header holds, once for the hash.
fn streamed_id<S: Framed>(state: &S) -> Option<StateId> {
    let mut length = Length::default();
    if !stream_body(state, &mut length) || length.get() < STREAMED_BYTES {
        return None;
    }
    let mut hashing = Hashing::new(S::TAG.byte(), length.get());
    stream_body(state, &mut hashing);
    hashing.finish()
}

fn stream_body<S: Framed, O: Sink>(state: &S, out: &mut O) -> bool {
    push_varint(out, SCHEMA);
    let is_streamed = state.stream_fields(out);
    state.extensions().write(out, state.floor_field().as_deref());
    is_streamed
}

fn read_frame<S: Framed>(frame: AnyFrame<'_>, options: &DecodeOptions) -> Result<S> {
    match frame {
        AnyFrame::First(frame) => S::read_payload(&frame.expect(S::TAG)?.payload(options)?, options),
        AnyFrame::Second(frame) => read_second(&frame.body(options)?, options),
    }
}

/// The state in a version-2 body.
fn read_second<S: Framed>(body: &[u8], options: &DecodeOptions) -> Result<S> {
    let (state, carried) = read_with_tail::<S>(body, options)?;
    match carried.iter().next() {
        Some((id, _)) => Err(unknown_field(id, HEADER_BYTES)),
        None => Ok(state),
    }
}

/// The state in a version-2 body, and the extension fields that it does not carry itself.
fn read_with_tail<S: Framed>(body: &[u8], options: &DecodeOptions) -> Result<(S, Extensions)> {
    let (mut state, tail) = read_body(body, HEADER_BYTES, options, S::read_fields)?;
    let Tail { carried, floor } = tail;
    if let Some((content, base)) = floor {
        let mut reader = BodyReader::new(content, base, options);
        state.set_floor_field(&mut reader)?;
        reader.finish()?;
    }
    match state.extensions_mut() {
        Some(extensions) => {
            *extensions = carried;
            Ok((state, Extensions::new()))
        }
        None => Ok((state, carried)),
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
        /// Any kind of frame.
        #[derive(Debug, Clone, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum AnyState {
            $(#[doc = concat!("[`", stringify!($join), "`]")] $join($join),)*
            $(#[doc = concat!("[`", stringify!($other), "`], which has no join")] $other($other),)*
            /// A kind or schema that this release does not know.
            Opaque(Opaque),
        }

        impl AnyState {
            /// The kind, if this release knows it.
            pub fn tag(&self) -> Option<Tag> {
                match self {
                    $(AnyState::$join(_) => Some(<$join as Framed>::TAG),)*
                    $(AnyState::$other(state) => Some(state.any_tag()),)*
                    AnyState::Opaque(state) => Tag::from_byte(state.tag()),
                }
            }

            /// Reads the inflated payload of a version-1 frame.
            pub(crate) fn read(tag: Tag, payload: &[u8], options: &DecodeOptions) -> Result<Self> {
                $(if tag == <$join as Framed>::TAG {
                    return $join::read_payload(payload, options).map(AnyState::$join);
                })*
                $(if $other::has_tag(tag) {
                    return $other::read_any(tag, payload, options).map(AnyState::$other);
                })*
                Err(Error::new(Code::UnknownType, "no kind has this tag").with("found", tag.name()))
            }

            /// Reads the inflated body of a version-2 frame of a known kind; `None` when it has fields that only a relay keeps.
            fn read_known(tag: Tag, body: &[u8], options: &DecodeOptions) -> Result<Option<Self>> {
                $(if tag == <$join as Framed>::TAG {
                    return read_second::<$join>(body, options).map(|state| Some(AnyState::$join(state)));
                })*
                $(if $other::has_tag(tag) {
                    let (state, carried) = $other::read_any_body(tag, body, options)?;
                    return Ok(carried.is_empty().then_some(AnyState::$other(state)));
                })*
                Ok(None)
            }

            /// The members of the state by name, see [`Framed::describe`]. What is not understood is its body as bytes.
            pub fn describe(&self) -> Result<JsonValue> {
                match self {
                    $(AnyState::$join(state) => state.describe(),)*
                    $(AnyState::$other(state) => state.describe_any(),)*
                    AnyState::Opaque(state) => Ok(JsonValue::Bytes(state.body().to_vec())),
                }
            }

            /// Tells every stamp in the state, see [`Framed::each_stamp`].
            pub(crate) fn each_stamp(&self, visit: &mut dyn FnMut(Stamp, &str)) {
                match self {
                    $(AnyState::$join(state) => state.each_stamp(visit),)*
                    $(AnyState::$other(_) => {})*
                    AnyState::Opaque(_) => {}
                }
            }

            /// Appends the canonical version-1 payload.
            pub(crate) fn write(&self, out: &mut Vec<u8>) -> Result<()> {
                match self {
                    $(AnyState::$join(state) => refuse_floor(state).and_then(|()| state.write_payload(out)),)*
                    $(AnyState::$other(state) => state.write_any(out),)*
                    AnyState::Opaque(state) => {
                        Err(Error::new(Code::NotInV1, "version 1 has no such kind").with("found", tag_name(state.tag())))
                    }
                }
            }

            /// The state id. Fails as [`AnyState::encode`].
            pub fn state_id(&self) -> Result<StateId> {
                match self {
                    $(AnyState::$join(state) => Ok(state.state_id()),)*
                    other => other.encode().map(|frame| StateId::of_frame(&frame)),
                }
            }

            /// Appends a version-2 frame.
            fn write_second(&self, out: &mut Vec<u8>, options: &EncodeOptions) -> Result<()> {
                match self {
                    $(AnyState::$join(state) => state.encode_into(out, options),)*
                    $(AnyState::$other(state) => encode_relayed(state, out, options),)*
                    AnyState::Opaque(state) => state.encode_into(out, options),
                }
            }
        }

        impl Join for AnyState {
            /// Fails with `TYPE_MISMATCH` between two kinds and with `NOT_MERGEABLE` for a kind without a join.
            fn join_with<O: Observer>(&mut self, other: &Self, observer: &mut O) -> Result<Changed> {
                match (&mut *self, other) {
                    $((AnyState::$join(here), AnyState::$join(there)) => return here.join_with(there, observer),)*
                    (AnyState::Opaque(here), AnyState::Opaque(there)) => return here.join_with(there, observer),
                    _ => {}
                }
                Err(not_joinable(self, other))
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

/// Every kind of frame, given to a macro that makes something of each.
macro_rules! kinds {
    ($make:ident) => {
        $make! {
            mergeable { GCounter, PnCounter, LwwRegister, OrSet, LwwMap, MvRegister, RwSet, EwFlag, DwFlag, BoundedCounter, VectorClock, DottedVersionVector, GossipState, MerkleTree, CompatHll, CompatBloom, CompatCountMin, HyperLogLog, BloomFilter, CountMinSketch, MinHash }
            relayed { Generic, GossipEntry, MerkleDiff, Delta, SchemaChange, SchemaEvolution, Report, SyncMessage, ReplicaSave }
        }
    };
}

kinds!(any_state);

impl AnyState {
    /// Decodes a frame of either version that fills the input, strictly and with the default limits.
    pub fn decode(bytes: &[u8]) -> Result<Self> {
        Self::decode_with(bytes, &DecodeOptions::strict())
    }

    /// Decodes a frame of either version that fills the input.
    pub fn decode_with(bytes: &[u8], options: &DecodeOptions) -> Result<Self> {
        Self::of_frame(&AnyFrame::parse(bytes, options)?, options)
    }

    /// Decodes the frame at the start of the input and tells how many bytes it takes.
    pub fn decode_prefix(bytes: &[u8], options: &DecodeOptions) -> Result<(Self, usize)> {
        let (frame, end) = AnyFrame::parse_prefix(bytes, options)?;
        Ok((Self::of_frame(&frame, options)?, end))
    }

    pub(crate) fn of_frame(frame: &AnyFrame<'_>, options: &DecodeOptions) -> Result<Self> {
        match frame {
            AnyFrame::First(frame) => Self::read(frame.tag, &frame.payload(options)?, options),
            AnyFrame::Second(frame) => Self::of_second(frame, options),
        }
    }

    /// What is not understood, and may be carried, becomes opaque.
    fn of_second(frame: &Frame2<'_>, options: &DecodeOptions) -> Result<Self> {
        let body = frame.body(options)?;
        let known = match Tag::from_byte(frame.tag) {
            None => opaque_schema(&body, options).map(|()| None),
            Some(tag) => Self::read_known(tag, &body, options),
        };
        match known {
            Ok(Some(state)) => Ok(state),
            Err(error) if error.code() != Code::UnsupportedSchema => Err(error),
            _ => Ok(AnyState::Opaque(Opaque::new(frame.tag, body.into_owned()))),
        }
    }

    /// The state that a document describes.
    pub fn from_document(document: &Document, options: &DecodeOptions) -> Result<Self> {
        Self::decode_with(document.encode(), options)
    }

    /// The kind as its frames number it.
    pub fn tag_byte(&self) -> u8 {
        match self {
            AnyState::Opaque(state) => state.tag(),
            known => known.tag().map_or(0, Tag::byte),
        }
    }

    /// The name of the kind, or the number of one that has none.
    pub fn type_name(&self) -> Cow<'static, str> {
        tag_name(self.tag_byte())
    }

    /// The canonical frame of version 2.
    ///
    /// States always have one. Operations and reports of version 1 may hold what version 2 has no place for, such as integers
    /// beyond 64 bits: `OUT_OF_RANGE` or `BAD_VALUE`.
    pub fn encode(&self) -> Result<Vec<u8>> {
        self.encode_as(&EncodeOptions::V2)
    }

    /// A frame written as asked. Fails with `NOT_IN_V1`, or as [`AnyState::encode`].
    pub fn encode_as(&self, options: &EncodeOptions) -> Result<Vec<u8>> {
        let mut out = Vec::new();
        self.encode_into(&mut out, options)?;
        Ok(out)
    }

    /// Appends a frame written as asked; the buffer is left as it was on failure.
    pub fn encode_into(&self, out: &mut Vec<u8>, options: &EncodeOptions) -> Result<()> {
        match options.wire {
            Wire::V1 => self.encode_v1_into(out, options.compression),
            Wire::V2 => self.write_second(out, options),
        }
    }

    /// The canonical version-1 frame, uncompressed.
    pub fn encode_v1(&self) -> Result<Vec<u8>> {
        self.encode_as(&EncodeOptions::V1)
    }

    /// Appends the canonical version-1 frame to a buffer, which is left as it was on failure.
    pub fn encode_v1_into(&self, out: &mut Vec<u8>, compression: Compression) -> Result<()> {
        let tag = self.tag().filter(|tag| tag.is_in_v1());
        let tag = tag.ok_or_else(|| {
            Error::new(Code::NotInV1, "version 1 has no frames of this kind").with("found", self.type_name())
        })?;
        write_frame(out, tag, compression, |out| self.write(out))
    }

    /// Merges another state into this one and reports what happened.
    pub fn merge_from(&mut self, other: &Self) -> Result<MergeReport> {
        MergeReport::default().of(self, other)
    }
}

/// Whether the body of a kind that is not known begins as every body does.
fn opaque_schema(body: &[u8], options: &DecodeOptions) -> Result<()> {
    let mut reader = BodyReader::new(body, HEADER_BYTES, options);
    match reader.varint()? {
        0 => Err(Error::at(Code::BadSchema, HEADER_BYTES, "schemas are numbered from 1").with("found", 0)),
        _ => Ok(()),
    }
}

/// Kinds without a join are named before kinds that differ.
fn not_joinable(here: &AnyState, there: &AnyState) -> Error {
    let is_relayed = |state: &&AnyState| state.tag().is_some_and(|tag| !tag.is_join());
    if let Some(state) = [here, there].into_iter().find(is_relayed) {
        return Error::new(Code::NotMergeable, "this kind has no join").with("found", state.type_name());
    }
    if here.tag_byte() == there.tag_byte() {
        return Error::new(Code::UnsupportedSchema, "a state in a newer schema merges with its equal only")
            .with("found", there.type_name());
    }
    Error::new(Code::TypeMismatch, "two kinds do not merge")
        .with("expected", here.type_name())
        .with("found", there.type_name())
}

/// A kind without a join as [`AnyState`] sees it; several tags may share one type.
pub(crate) trait Relayed: Sized {
    fn any_tag(&self) -> Tag;
    fn has_tag(tag: Tag) -> bool;
    fn read_any(tag: Tag, payload: &[u8], options: &DecodeOptions) -> Result<Self>;
    fn write_any(&self, out: &mut Vec<u8>) -> Result<()>;
    fn read_any_fields(tag: Tag, reader: &mut BodyReader<'_>) -> Result<Self>;
    fn write_any_fields(&self, out: &mut Vec<u8>) -> Result<()>;

    /// The members by name: those of the version-1 payload unless a kind says otherwise.
    fn describe_any(&self) -> Result<JsonValue> {
        let mut frame = Vec::new();
        write_frame(&mut frame, self.any_tag(), Compression::None, |out| self.write_any(out))?;
        describe_first(&frame)
    }

    /// What a version-2 body holds, and the extension fields that such a kind does not carry.
    fn read_any_body(tag: Tag, body: &[u8], options: &DecodeOptions) -> Result<(Self, Extensions)> {
        let (state, tail) = read_body(body, HEADER_BYTES, options, |reader| Self::read_any_fields(tag, reader))?;
        match tail.floor {
            Some((_, offset)) => Err(unknown_field(crate::wire::FLOOR_ID, offset)),
            None => Ok((state, tail.carried)),
        }
    }
}

/// The tag that a frame of a kind has to have: its own if the kind has it, so that another kind is told before another length is.
fn asked_tag<K: Relayed>(bytes: &[u8]) -> Option<Tag> {
    let own = inspect(bytes).ok().and_then(|frame| Tag::from_byte(frame.tag)).filter(|tag| K::has_tag(*tag));
    own.or_else(|| Tag::ALL.iter().copied().find(|tag| K::has_tag(*tag)))
}

/// Decodes a frame of a kind whose frames [`relayed_frames`] gives.
pub(crate) fn decode_relayed<K: Relayed>(bytes: &[u8], options: &DecodeOptions) -> Result<K> {
    let frame = AnyFrame::parse_as(asked_tag::<K>(bytes), bytes, options)?;
    let tag = Tag::from_byte(frame.tag()).filter(|tag| K::has_tag(*tag)).ok_or_else(|| {
        Error::new(Code::TypeMismatch, "the frame holds another type").with("found", tag_name(frame.tag()))
    })?;
    match frame {
        AnyFrame::First(frame) => K::read_any(tag, &frame.payload(options)?, options),
        AnyFrame::Second(frame) => {
            let (kind, carried) = K::read_any_body(tag, &frame.body(options)?, options)?;
            match carried.iter().next() {
                Some((id, _)) => Err(unknown_field(id, HEADER_BYTES)),
                None => Ok(kind),
            }
        }
    }
}

/// Appends a frame written as asked.
pub(crate) fn encode_relayed<K: Relayed>(kind: &K, out: &mut Vec<u8>, options: &EncodeOptions) -> Result<()> {
    match options.wire {
        Wire::V1 => write_frame(out, kind.any_tag(), options.compression, |out| kind.write_any(out)),
        Wire::V2 => write_frame2(out, kind.any_tag().byte(), options, |out| {
            push_varint(out, SCHEMA);
            kind.write_any_fields(out)?;
            Extensions::NONE.write(out, None);
            Ok(())
        }),
    }
}

/// Frames of a kind that version 2 cannot always hold.
macro_rules! relayed_frames {
    ($kind:ident) => {
        impl $kind {
            /// Decodes a frame of either version that fills the input, strictly and with the default limits.
            pub fn decode(bytes: &[u8]) -> $crate::error::Result<Self> {
                Self::decode_with(bytes, &$crate::wire::DecodeOptions::strict())
            }

            /// Decodes a frame of either version that fills the input.
            pub fn decode_with(bytes: &[u8], options: &$crate::wire::DecodeOptions) -> $crate::error::Result<Self> {
                $crate::state::decode_relayed(bytes, options)
            }

            /// The canonical frame of version 2.
            ///
            /// Fails with `OUT_OF_RANGE` or `BAD_VALUE` on what version 1 can hold and version 2 has no place for.
            pub fn encode(&self) -> $crate::error::Result<Vec<u8>> {
                self.encode_as(&$crate::wire::EncodeOptions::V2)
            }

            /// A frame written as asked.
            pub fn encode_as(&self, options: &$crate::wire::EncodeOptions) -> $crate::error::Result<Vec<u8>> {
                let mut out = Vec::new();
                $crate::state::encode_relayed(self, &mut out, options)?;
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
                let options = $crate::wire::EncodeOptions { compression, ..$crate::wire::EncodeOptions::V1 };
                $crate::state::encode_relayed(self, out, &options)
            }
        }
    };
}

/// For kinds with a field `extensions`.
macro_rules! carried_extensions {
    () => {
        fn extensions(&self) -> &$crate::wire::Extensions {
            &self.extensions
        }

        fn extensions_mut(&mut self) -> Option<&mut $crate::wire::Extensions> {
            Some(&mut self.extensions)
        }
    };
}

/// A kind of one tag without a join.
macro_rules! relayed_kind {
    ($kind:ident) => {
        impl $crate::state::Relayed for $kind {
            fn any_tag(&self) -> $crate::generated::Tag {
                <Self as $crate::state::Framed>::TAG
            }

            fn describe_any(&self) -> $crate::error::Result<$crate::value::JsonValue> {
                $crate::state::Framed::describe(self)
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

            fn read_any_fields(
                _: $crate::generated::Tag,
                reader: &mut $crate::wire::body::BodyReader<'_>,
            ) -> $crate::error::Result<Self> {
                $crate::state::Framed::read_fields(reader)
            }

            fn write_any_fields(&self, out: &mut Vec<u8>) -> $crate::error::Result<()> {
                $crate::state::Framed::write_fields(self, out);
                Ok(())
            }
        }
    };
}

pub(crate) use {carried_extensions, kinds, relayed_frames, relayed_kind};
