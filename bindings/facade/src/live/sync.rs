//! Summaries, deltas, compaction.

use crdt_merge_protocol::{AnyState, Code, Error, Reconcile, Result, Summary, SyncOptions};

use super::states::not_for;
use super::states::operations::{keep, state};
use crate::arguments::{bytes, int, list, member, optional_int};
use crate::datum::Datum;
use crate::handles;

/// How a summary is made, or a session is held.
pub(super) fn options(input: &Datum) -> Result<SyncOptions> {
    let mut options = SyncOptions { last: optional_int(input, "last")?, ..SyncOptions::default() };
    if let Some(symbols) = optional_int(input, "symbols")? {
        options.symbols = symbols;
    }
    if let Some(salt) = optional_int(input, "salt")? {
        options.salt = salt;
    }
    if let Some(max_message) = optional_int(input, "max_message")? {
        options.max_message = max_message;
    }
    options.report_keys = crate::arguments::is_set(input, "keys")?;
    Ok(options)
}

/// What a state has, in few bytes.
pub(crate) fn state_summary(input: &Datum) -> Result<Datum> {
    let options = options(input)?;
    Ok(Datum::Bytes(Summary::of(&*state(input)?.read(), &options)?.encode()))
}

/// What the replica behind a summary lacks of this state, as a frame of version 2.
pub(crate) fn state_delta(input: &Datum) -> Result<Datum> {
    let summary = Summary::decode(bytes(member(input, "summary")?)?)?;
    state(input)?.read().delta_for(&summary)?.encode().map(Datum::Bytes)
}

/// Drops what removals left behind, as far as every peer has them; the peers are those whose summaries are given.
pub(crate) fn state_compact(input: &Datum) -> Result<Datum> {
    let summaries = list(member(input, "summaries")?)?.iter().map(|summary| Summary::decode(bytes(summary)?));
    let summaries: Vec<_> = summaries.collect::<Result<_>>()?;
    let dropped = state(input)?.write().compact(&summaries, optional_int(input, "last")?)?;
    Ok(Datum::count(dropped as u64))
}

/// What is left of a state that another one refuses as stale: a new state without a floor, and what was left out.
pub(crate) fn state_salvage(input: &Datum) -> Result<Datum> {
    let other = handles::state(int(input, "other")?)?;
    let here = state(input)?;
    let replica = here.replica().cloned();
    let (left, out) = here.with_both(&other, salvaged)?;
    Ok(Datum::map([("state", keep(left, replica)?), ("left_out", out)]))
}

fn salvaged(here: &AnyState, there: &AnyState) -> Result<(AnyState, Datum)> {
    let no_floor = || Error::new(Code::BadArgument, "the other state has no floor");
    Ok(match (here, there) {
        (AnyState::LwwMap(here), AnyState::LwwMap(there)) => {
            let (left, out) = here.salvage(there.floor().ok_or_else(no_floor)?);
            (left.into(), Datum::texts(out))
        }
        (AnyState::GossipState(here), AnyState::GossipState(there)) => {
            let (left, out) = here.salvage(there.floor().ok_or_else(no_floor)?);
            (left.into(), Datum::texts(out))
        }
        (AnyState::OrSet(here), AnyState::OrSet(there)) if there.is_closed() => {
            let (left, out) = here.salvage();
            (left.into(), Datum::List(out.iter().map(Datum::from).collect()))
        }
        (AnyState::OrSet(_), AnyState::OrSet(_)) => return Err(no_floor()),
        (other, _) => return Err(not_for("a kind with a floor", other)),
    })
}
