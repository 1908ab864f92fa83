//! Frames of version 2: conversion, identity, joins, trailers, chunks.

use crate::datum::Datum;
use crdt_merge_protocol::wire::{ChunkAssembler, ChunkOptions, DecodeOptions, split_frame};
use crdt_merge_protocol::{AnyState, Code, EncodeOptions, Error, Join, Result};

use crate::arguments::{bad_argument, bytes, flag, int, list, member, state};

pub(crate) fn state_id(input: &Datum) -> Result<Datum> {
    Ok(Datum::Text(state(input)?.state_id()?.to_string()))
}

pub(crate) fn join(input: &Datum) -> Result<Datum> {
    frame(&joined(input)?)
}

/// The canonical frame of version 2.
pub(crate) fn frame(state: &AnyState) -> Result<Datum> {
    state.encode().map(Datum::Bytes)
}

pub(crate) fn convert(input: &Datum) -> Result<Datum> {
    let version: u16 = int(input, "wire")?;
    let options = match version {
        1 => EncodeOptions::V1,
        2 => EncodeOptions::V2,
        _ => return Err(bad_argument("there are versions 1 and 2").with("found", version)),
    };
    state(member(input, "frame")?)?.encode_as(&options).map(Datum::Bytes)
}

/// The join of the states in a list of frames.
fn joined(input: &Datum) -> Result<AnyState> {
    let mut states = list(input)?.iter().map(state);
    let mut joined = states.next().ok_or_else(|| bad_argument("at least one state was expected"))??;
    for other in states {
        joined.join(&other?)?;
    }
    // One state alone must be of a kind with a join, too.
    let alone = joined.clone();
    joined.join(&alone)?;
    Ok(joined)
}

pub(crate) fn seal(input: &Datum) -> Result<Datum> {
    let mut options = EncodeOptions::V2;
    if flag(input, "compress")? {
        options = options.compressed();
    }
    if flag(input, "trailer")? {
        options = options.with_trailer();
    }
    state(member(input, "frame")?)?.encode_as(&options).map(Datum::Bytes)
}

pub(crate) fn chunk(input: &Datum) -> Result<Datum> {
    let options = ChunkOptions { slice_bytes: int(input, "slice")?, ..ChunkOptions::default() };
    let frame = state(member(input, "frame")?)?.encode()?;
    Ok(Datum::List(split_frame(&frame, &options)?.into_iter().map(Datum::Bytes).collect()))
}

pub(crate) fn assemble(input: &Datum) -> Result<Datum> {
    let mut assembler = ChunkAssembler::new(DecodeOptions::strict());
    let mut whole = None;
    for chunk in list(input)? {
        whole = assembler.push(bytes(chunk)?)?.or(whole);
    }
    let whole = whole.ok_or_else(|| Error::new(Code::ChunkMismatch, "a chunk is missing"))?;
    frame(&AnyState::decode(&whole)?)
}
