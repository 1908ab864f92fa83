//! Vector clocks and dotted version vectors.

use crdt_merge_protocol::{AnyState, DottedVersionVector, Result, VectorClock};

use super::states::{State, not_for};
use crate::handles::{self, Handle};

/// Counts one event of a replica, or of an explicit node. The node's count after it.
///
/// Fails with `NO_REPLICA`, `OUT_OF_RANGE` and, for other kinds than clocks, `TYPE_MISMATCH`.
pub fn clock_tick(handle: Handle, node: Option<&str>) -> Result<u64> {
    tick(&*handles::state(handle)?, node)
}

fn tick(state: &State, node: Option<&str>) -> Result<u64> {
    match node {
        Some(node) => event(&mut state.write(), |clock| clock.increment_node(node), |vector| vector.advance_node(node)),
        None => state.writer()?.with(|replica| {
            event(&mut state.write(), |clock| clock.increment(replica), |vector| vector.advance(replica))
        }),
    }
}

fn event(
    state: &mut AnyState,
    of_clock: impl FnOnce(&mut VectorClock) -> Result<u64>,
    of_vector: impl FnOnce(&mut DottedVersionVector) -> Result<()>,
) -> Result<u64> {
    match state {
        AnyState::VectorClock(clock) => of_clock(clock),
        AnyState::DottedVersionVector(vector) => {
            of_vector(vector)?;
            Ok(vector.dot().map_or(0, |(_, sequence)| sequence))
        }
        other => Err(not_for("a clock", other)),
    }
}

pub(crate) mod operations {
    use super::*;
    use crate::arguments::{optional, text};
    use crate::datum::Datum;
    use crate::live::states::operations::state;

    pub(crate) fn clock_tick(input: &Datum) -> Result<Datum> {
        let node = optional(input, "node").map(|_| text(input, "node")).transpose()?;
        tick(&*state(input)?, node).map(Datum::count)
    }

    /// The base of a dotted version vector, and its outstanding dot.
    pub(crate) fn clock_parts(input: &Datum) -> Result<Datum> {
        let state = state(input)?;
        let held = state.read();
        let AnyState::DottedVersionVector(vector) = &*held else { return Err(not_for("dotted_version_vector", &held)) };
        let base = vector.base().slots().map(|(node, count)| (Datum::text(node), Datum::count(count))).collect();
        let dot = vector
            .dot()
            .map_or(Datum::Null, |(node, sequence)| Datum::List(vec![Datum::text(node), Datum::count(sequence)]));
        Ok(Datum::map([("base", Datum::Map(base)), ("dot", dot)]))
    }
}
