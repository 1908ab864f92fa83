//! Frames: states as bytes, for relays, stores and tools that need not know the kinds.
//!
//! A frame that was decoded as a [`Document`] goes out byte for byte as it came in. Everything else here writes canonical frames,
//! in version 2 unless asked otherwise: equal states share their bytes.

use crdt_merge_protocol::{AnyState, Code, Error, Join, Result, Tag};

pub use crdt_merge_protocol::wire::{
    BatchWriter, Body, ChunkAssembler, ChunkOptions, Compression, DecodeOptions, Document, EncodeOptions, FrameInfo,
    HEADER_BYTES, Limits, MAGIC, Mode, StateId, VERSION, VERSION_2, Wire, decode_value, encode_value, inspect, pack,
    peek_type, split_frame, unpack,
};

/// Checks a whole frame, payload included, and gives what its header says.
pub fn check(frame: &[u8], options: &DecodeOptions) -> Result<FrameInfo> {
    AnyState::decode_with(frame, options)?;
    inspect(frame)
}

/// The state in a frame, written as asked: in the other version, compressed, with a trailer.
///
/// ```
/// # use crdt_merge::frames::{self, DecodeOptions, EncodeOptions};
/// # use crdt_merge::prelude::*;
/// let mut clock = VectorClock::new();
/// clock.increment_node("a")?;
/// let frame = clock.encode_v1()?;
/// let second = frames::convert(&frame, &DecodeOptions::strict(), &EncodeOptions::V2.with_trailer())?;
/// assert_eq!(frames::convert(&second, &DecodeOptions::strict(), &EncodeOptions::V1)?, frame);
/// # Ok::<(), Error>(())
/// ```
///
/// Fails with the first fault of the frame, and with `NOT_IN_V1` when version 1 cannot say what the state says.
pub fn convert(frame: &[u8], options: &DecodeOptions, encode: &EncodeOptions) -> Result<Vec<u8>> {
    AnyState::decode_with(frame, options)?.encode_as(encode)
}

/// The state id of the state in a frame of either version.
pub fn state_id(frame: &[u8], options: &DecodeOptions) -> Result<StateId> {
    AnyState::decode_with(frame, options)?.state_id()
}

/// The canonical frame of the join of one or more states of one kind, read strictly and with the default limits.
///
/// ```
/// # use crdt_merge::prelude::*;
/// # use crdt_merge::frames;
/// let (here, there) = (Replica::new("a")?, Replica::new("b")?);
/// let (mut left, mut right) = (GCounter::new(), GCounter::new());
/// left.increment(&here, 3)?;
/// right.increment(&there, 4)?;
/// let both = frames::merge(&[left.encode_v1()?, right.encode()])?;
/// assert_eq!(GCounter::decode(&both)?.value(), 7);
/// # Ok::<(), Error>(())
/// ```
///
/// Fails with the first fault of a frame, with `TYPE_MISMATCH` or `PARAMETER_MISMATCH` when states do not fit together, with
/// `NOT_MERGEABLE` for a kind without a join and with `BAD_ARGUMENT` without frames. Errors of one frame carry its place in the
/// list as the detail `frame`.
pub fn merge<F: AsRef<[u8]>>(frames: &[F]) -> Result<Vec<u8>> {
    merge_with(frames, &DecodeOptions::strict(), &EncodeOptions::V2)
}

/// As [`merge`], with options for reading and writing.
pub fn merge_with<F: AsRef<[u8]>>(frames: &[F], options: &DecodeOptions, encode: &EncodeOptions) -> Result<Vec<u8>> {
    let mut states = frames.iter().enumerate().map(|(place, frame)| decode_nth(place, frame.as_ref(), options));
    let first = states.next().ok_or_else(|| Error::new(Code::BadArgument, "there is nothing to merge"))??;
    let joined = states.enumerate().try_fold(mergeable(first)?, |mut joined, (place, state)| {
        joined.join(&state?).map_err(|error| error.with("frame", place + 1))?;
        Ok(joined)
    })?;
    joined.encode_as(encode)
}

/// The state, if its kind has a join, else `NOT_MERGEABLE`.
pub fn mergeable(state: AnyState) -> Result<AnyState> {
    // What is not understood merges with its equal.
    if matches!(state, AnyState::Opaque(_)) || state.tag().is_none_or(Tag::is_join) {
        return Ok(state);
    }
    Err(Error::new(Code::NotMergeable, "this kind has no join").with("found", state.type_name()))
}

fn decode_nth(place: usize, frame: &[u8], options: &DecodeOptions) -> Result<AnyState> {
    AnyState::decode_with(frame, options).map_err(|error| error.with("frame", place))
}

/// A frame in a longer input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Located<'a> {
    /// Where it starts.
    pub offset: usize,
    /// Its bytes. If the input ends inside the frame, these are all that is left.
    pub frame: &'a [u8],
}

/// The frames of an input, cut apart by what their headers say; nothing else is looked at.
///
/// An input is a batch, or one frame, or frames that follow each other without anything between them. Strict reading refuses
/// what comes after the last frame and starts no frame with `TRAILING_BYTES`; lenient reading stops there. A last frame that is
/// cut short comes out short, for its decoder to judge.
///
/// ```
/// # use crdt_merge::frames::{self, DecodeOptions};
/// let frame = b"CRDT\0\x01\x20\0\0\0\0\x01\0";
/// let stream = [&frame[..], &frame[..]].concat();
/// let offsets = |bytes: &[u8]| frames::split(bytes, &DecodeOptions::strict()).map(|all| all.iter().map(|at| at.offset).collect::<Vec<_>>());
/// assert_eq!(offsets(&stream)?, [0, 13]);
/// assert_eq!(offsets(&frames::pack(&[frame, frame])?)?, [8, 25]);
/// # Ok::<(), crdt_merge::Error>(())
/// ```
pub fn split<'a>(bytes: &'a [u8], options: &DecodeOptions) -> Result<Vec<Located<'a>>> {
    if is_batch(bytes) { split_batch(bytes, options) } else { split_sequence(bytes, options) }
}

/// Whether an input has the looks of a batch: no frames at all, or a first item that starts like a frame.
///
/// A batch has no magic of its own. Only one of 1 129 464 916 frames would look like a frame.
pub fn is_batch(bytes: &[u8]) -> bool {
    let first_item = bytes.get(8..).unwrap_or(&[]);
    !bytes.starts_with(&MAGIC) && (bytes == [0; 4] || first_item.starts_with(&MAGIC))
}

fn split_batch<'a>(bytes: &'a [u8], options: &DecodeOptions) -> Result<Vec<Located<'a>>> {
    let mut end = 4;
    let locate = |frame: &'a [u8]| {
        let offset = end + 4;
        end = offset + frame.len();
        Located { offset, frame }
    };
    Ok(unpack(bytes, options)?.into_iter().map(locate).collect())
}

fn split_sequence<'a>(bytes: &'a [u8], options: &DecodeOptions) -> Result<Vec<Located<'a>>> {
    let mut frames = Vec::new();
    let mut offset = 0;
    while let Some(rest) = bytes.get(offset..).filter(|rest| frames.is_empty() || rest.starts_with(&MAGIC)) {
        let frame = rest.get(..length_of(rest, offset)?).unwrap_or(rest);
        frames.push(Located { offset, frame });
        offset += frame.len();
    }
    if offset < bytes.len() && options.mode == Mode::Strict {
        return Err(Error::new(Code::TrailingBytes, "bytes after the frame").with("offset", offset));
    }
    Ok(frames)
}

/// The length of the frame at the start of the input, as its header has it.
fn length_of(bytes: &[u8], offset: usize) -> Result<usize> {
    let info =
        inspect(bytes).map_err(|error| Error::new(error.code(), error.message().to_owned()).with("offset", offset))?;
    Ok(usize::try_from(info.payload_bytes).unwrap_or(usize::MAX).saturating_add(HEADER_BYTES))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRAME: &[u8] = b"CRDT\0\x01\x20\0\0\0\0\x01\0";

    fn offsets(bytes: &[u8], options: &DecodeOptions) -> Result<Vec<usize>> {
        split(bytes, options).map(|all| all.iter().map(|at| at.offset).collect())
    }

    #[test]
    fn what_follows_the_last_frame_is_refused_or_left() {
        let input = [FRAME, b"x"].concat();
        let error = offsets(&input, &DecodeOptions::strict()).unwrap_err();
        assert_eq!((error.code(), error.detail("offset")), (Code::TrailingBytes, Some("13")));
        assert_eq!(offsets(&input, &DecodeOptions::lenient()), Ok(vec![0]));
    }

    #[test]
    fn a_second_frame_is_judged_where_it_stands() {
        let input = [FRAME, b"CRDT\0"].concat();
        let error = offsets(&input, &DecodeOptions::strict()).unwrap_err();
        assert_eq!((error.code(), error.detail("offset")), (Code::TooShort, Some("13")));
    }

    #[test]
    fn a_short_last_frame_comes_out_short() -> Result<()> {
        let input = [FRAME, &FRAME[..12]].concat();
        let frames = split(&input, &DecodeOptions::strict())?;
        assert_eq!(frames.last(), Some(&Located { offset: 13, frame: &FRAME[..12] }));
        Ok(())
    }

    #[test]
    fn no_input_is_no_frame_and_no_items_is_a_batch() {
        assert_eq!(offsets(b"", &DecodeOptions::strict()).unwrap_err().code(), Code::TooShort);
        assert_eq!(offsets(b"hello, world", &DecodeOptions::strict()).unwrap_err().code(), Code::BadMagic);
        assert_eq!(offsets(&[0; 4], &DecodeOptions::strict()), Ok(vec![]));
    }
}
