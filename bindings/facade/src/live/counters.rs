//! Counters and flags.

use crdt_merge_protocol::{AnyState, Changed, Code, Error, Result};

use super::states::{State, not_for};
use crate::handles::{self, Handle};

/// Adds to a counter, or takes away from it where the amount is negative, in the name of its replica or of an explicit node.
///
/// Fails with `NO_REPLICA`, with `OUT_OF_RANGE` for a slot that would leave 63 bits, a grow-only counter that would shrink or a bounded
/// one that may not, and with `TYPE_MISMATCH` for other kinds.
pub fn counter_add(handle: Handle, amount: i64, node: Option<&str>) -> Result<()> {
    add(&*handles::state(handle)?, amount, node)
}

fn add(state: &State, amount: i64, node: Option<&str>) -> Result<()> {
    let (is_up, size) = (amount >= 0, amount.unsigned_abs());
    let Some(node) = node else { return add_local(state, is_up, size) };
    match (&mut *state.write(), is_up) {
        (AnyState::GCounter(counter), true) => counter.increment_node(node, size),
        (AnyState::PnCounter(counter), true) => counter.increment_node(node, size),
        (AnyState::PnCounter(counter), false) => counter.decrement_node(node, size),
        (AnyState::BoundedCounter(counter), true) => counter.increment_node(node, size),
        (AnyState::BoundedCounter(counter), false) => counter.decrement_node(node, size),
        (AnyState::GCounter(_), false) => Err(only_up()),
        (other, _) => Err(not_for("a counter", other)),
    }
}

fn add_local(state: &State, is_up: bool, size: u64) -> Result<()> {
    state.writer()?.with(|replica| match (&mut *state.write(), is_up) {
        (AnyState::GCounter(counter), true) => counter.increment(replica, size),
        (AnyState::PnCounter(counter), true) => counter.increment(replica, size),
        (AnyState::PnCounter(counter), false) => counter.decrement(replica, size),
        (AnyState::BoundedCounter(counter), true) => counter.increment(replica, size),
        (AnyState::BoundedCounter(counter), false) => counter.decrement(replica, size),
        (AnyState::GCounter(_), false) => Err(only_up()),
        (other, _) => Err(not_for("a counter", other)),
    })
}

fn only_up() -> Error {
    Error::new(Code::OutOfRange, "a grow-only counter does not shrink")
}

pub(crate) mod operations {
    use super::*;
    use crate::arguments::{flag, int, optional, text};
    use crate::datum::Datum;
    use crate::live::states::operations::state;

    pub(crate) fn counter_add(input: &Datum) -> Result<Datum> {
        let node = optional(input, "node").map(|_| text(input, "node")).transpose()?;
        add(&*state(input)?, int(input, "amount")?, node)?;
        Ok(Datum::Null)
    }

    /// The slots by node or actor, positive ones and for a counter that shrinks negative ones.
    pub(crate) fn counter_slots(input: &Datum) -> Result<Datum> {
        let state = state(input)?;
        let held = state.read();
        let (positive, negative) = match &*held {
            AnyState::GCounter(counter) => (slots(counter.slots()), Datum::Map(Vec::new())),
            AnyState::PnCounter(counter) => (slots(counter.positive().slots()), slots(counter.negative().slots())),
            other => return Err(not_for("a counter of slots", other)),
        };
        Ok(Datum::map([("positive", positive), ("negative", negative)]))
    }

    fn slots<'a>(slots: impl Iterator<Item = (&'a str, u64)>) -> Datum {
        Datum::Map(slots.map(|(node, count)| (Datum::text(node), Datum::count(count))).collect())
    }

    /// Hands rights of a bounded counter to another replica's actor.
    pub(crate) fn counter_transfer(input: &Datum) -> Result<Datum> {
        let state = state(input)?;
        let (to, amount) = (text(input, "to")?, int(input, "amount")?);
        state.writer()?.with(|replica| match &mut *state.write() {
            AnyState::BoundedCounter(counter) => counter.transfer(replica, to, amount).map(|()| Datum::Null),
            other => Err(not_for("bounded_counter", other)),
        })
    }

    /// How much the replica may take from a bounded counter, and the actor that others transfer to.
    pub(crate) fn counter_rights(input: &Datum) -> Result<Datum> {
        let state = state(input)?;
        state.writer()?.with(|replica| match &mut *state.write() {
            AnyState::BoundedCounter(counter) => Ok(Datum::map([
                ("actor", Datum::text(counter.actor(replica)?)),
                ("available", Datum::count(counter.available(replica))),
            ])),
            other => Err(not_for("bounded_counter", other)),
        })
    }

    /// Switches a flag. Whether the state changed.
    pub(crate) fn flag_set(input: &Datum) -> Result<Datum> {
        let (state, is_on) = (state(input)?, flag(input, "on")?);
        let changed = state.writer()?.with(|replica| match (&mut *state.write(), is_on) {
            (AnyState::EwFlag(flag), true) => flag.enable(replica).map(|()| true),
            (AnyState::EwFlag(flag), false) => Ok(flag.disable().is_yes()),
            (AnyState::DwFlag(flag), true) => flag.enable(replica).map(|()| true),
            (AnyState::DwFlag(flag), false) => flag.disable(replica).map(Changed::is_yes),
            (other, _) => Err(not_for("a flag", other)),
        });
        changed.map(Datum::Bool)
    }
}
