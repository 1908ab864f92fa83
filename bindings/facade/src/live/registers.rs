//! Registers of one value.

use crdt_merge_protocol::{AnyState, LwwRegister, Result};

use super::states::not_for;
use super::states::operations::state;
use super::writes::{At, at, changed, stamp_members, written};
use crate::arguments::{member, value};
use crate::datum::Datum;

/// Writes a value.
pub(crate) fn register_set(input: &Datum) -> Result<Datum> {
    let state = state(input)?;
    let (value, at) = (value(member(input, "value")?)?, at(&state, input)?);
    match (&mut *state.write(), at) {
        (AnyState::LwwRegister(register), At::Now(replica)) => {
            replica.with(|replica| register.set(replica, value)).map(written)
        }
        (AnyState::LwwRegister(register), At::Stamp(stamp, node)) => register.write(value, stamp, node).map(changed),
        (AnyState::MvRegister(register), At::Now(replica)) => {
            replica.with(|replica| register.set(replica, value)).map(written)
        }
        (AnyState::MvRegister(_), At::Stamp(..)) => {
            Err(crate::arguments::bad_argument("a multi-value register is written by its replica, now"))
        }
        (other, _) => Err(not_for("a register", other)),
    }
}

/// Every value with its stamp and who wrote it: at most one of a last-writer-wins register.
pub(crate) fn register_entries(input: &Datum) -> Result<Datum> {
    let state = state(input)?;
    let held = state.read();
    let entries = match &*held {
        AnyState::LwwRegister(register) if register.node().is_empty() && *register == LwwRegister::new() => Vec::new(),
        AnyState::LwwRegister(register) => vec![entry(register)],
        AnyState::MvRegister(register) => register
            .siblings()
            .map(|(dot, sibling)| {
                let [micros, seconds] = stamp_members(sibling.stamp());
                let value = Datum::from(sibling.value());
                Datum::map([("value", value), ("node", Datum::text(dot.actor())), micros, seconds])
            })
            .collect(),
        other => return Err(not_for("a register", other)),
    };
    Ok(Datum::List(entries))
}

/// A value with its stamp and who wrote it.
pub(super) fn entry(register: &LwwRegister) -> Datum {
    let [micros, seconds] = stamp_members(register.stamp());
    Datum::map([("value", Datum::from(register.value())), ("node", Datum::text(register.node())), micros, seconds])
}
