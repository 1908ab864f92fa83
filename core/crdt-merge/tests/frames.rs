//! Frames without their kinds.

use crdt_merge::frames::{self, DecodeOptions, EncodeOptions};
use crdt_merge::prelude::*;

fn counter(node: &str, count: u64) -> Result<Vec<u8>> {
    let mut counter = GCounter::new();
    counter.increment_node(node, count)?;
    counter.encode_v1()
}

fn clock() -> Result<Vec<u8>> {
    let mut clock = VectorClock::new();
    clock.increment_node("a")?;
    clock.encode_v1()
}

fn code<T>(result: Result<T>) -> Option<Code> {
    result.err().map(|error| error.code())
}

#[test]
fn merging_is_the_same_in_every_order() -> Result<()> {
    let (a, b, c) = (counter("a", 1)?, counter("b", 2)?, counter("a", 3)?);
    let merged = frames::merge(&[&a, &b, &c])?;
    assert_eq!(merged, frames::merge(&[&c, &b, &a, &b])?);
    assert_eq!(GCounter::decode(&merged)?.value(), 5);
    Ok(())
}

#[test]
fn what_does_not_merge_says_why_and_where() -> Result<()> {
    let (counter, clock) = (counter("a", 1)?, clock()?);
    let generic = Generic(Value::Null).encode_v1()?;
    assert_eq!(code(frames::merge::<Vec<u8>>(&[])), Some(Code::BadArgument));
    assert_eq!(code(frames::merge(&[&generic])), Some(Code::NotMergeable));
    let error = frames::merge(&[&counter, &counter, &clock]).unwrap_err();
    assert_eq!((error.code(), error.detail("frame")), (Code::TypeMismatch, Some("2")));
    let error = frames::merge(&[&counter[..], &counter[..9]]).unwrap_err();
    assert_eq!((error.code(), error.detail("frame")), (Code::TooShort, Some("1")));
    Ok(())
}

#[test]
fn conversion_is_canonical() -> Result<()> {
    let (a, b) = (counter("b", 1)?, counter("a", 2)?);
    let frame = frames::merge(&[&a, &b])?;
    assert_eq!(frames::convert(&frame, &DecodeOptions::strict(), &EncodeOptions::V2)?, frame);
    assert_eq!(frames::check(&frame, &DecodeOptions::strict())?.type_name, "g_counter");
    assert_eq!(code(frames::check(&frame[..20], &DecodeOptions::strict())), Some(Code::Truncated));
    Ok(())
}

#[test]
fn a_batch_written_state_by_state_is_one_of_frames() -> Result<()> {
    let frames = [counter("a", 1)?, counter("b", 2)?];
    let mut batch = frames::BatchWriter::new();
    frames.iter().try_for_each(|frame| batch.push(&GCounter::decode(frame)?))?;
    assert_eq!(batch.finish()?, frames::pack(&frames)?);
    Ok(())
}
