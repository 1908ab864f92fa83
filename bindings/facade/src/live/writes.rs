//! What local writes share: who writes, when, and what came of it.

use crdt_merge_protocol::{Changed, Code, Error, Result, Stamp, Written};

use super::{Replica, State};
use crate::arguments::{bad_argument, member, stamp, text};
use crate::datum::Datum;

/// When a write happens.
pub(super) enum At<'a> {
    /// Now, at the clock of the state's replica, which is shown the host's.
    Now(&'a Replica),
    /// At a stamp of somebody else's: imports and tests.
    Stamp(Stamp, &'a str),
}

/// The member `at`: the host's clock in microseconds, or a stamp (`micros` or `seconds`) with its `node`.
pub(super) fn at<'a>(state: &'a State, input: &'a Datum) -> Result<At<'a>> {
    match member(input, "at")? {
        Datum::Int(micros) => {
            let replica = state.writer()?;
            replica.show_clock(*micros);
            Ok(At::Now(replica))
        }
        explicit @ Datum::Map(_) => Ok(At::Stamp(explicit_stamp(explicit)?, text(explicit, "node")?)),
        other => Err(bad_argument("\"at\" is the host's clock in microseconds, or a stamp with its node")
            .with("found", other.kind())),
    }
}

fn explicit_stamp(input: &Datum) -> Result<Stamp> {
    match input.field("micros") {
        Some(Datum::Int(micros)) => Ok(Stamp::from_micros(*micros)),
        Some(_) => Err(Error::new(Code::BadStamp, "microseconds are an integer")),
        None => stamp(input, "seconds"),
    }
}

/// Whether the state changed, and by how much a stamp in it is further ahead than its replica follows.
pub(super) fn written(written: Written) -> Datum {
    let ahead = written.clock_ahead.map_or(Datum::Null, Datum::Int);
    Datum::map([("changed", Datum::Bool(written.changed.is_yes())), ("clock_ahead", ahead)])
}

/// As [`written`], for a write that no clock of ours took part in.
pub(super) fn changed(changed: Changed) -> Datum {
    written(Written { changed, clock_ahead: None })
}

/// A stamp as the integer of microseconds below it, and as frames of version 1 spell it.
pub(super) fn stamp_members(stamp: Stamp) -> [(&'static str, Datum); 2] {
    [("micros", Datum::Int(stamp.floor_micros())), ("seconds", Datum::from(&stamp.to_wire()))]
}
