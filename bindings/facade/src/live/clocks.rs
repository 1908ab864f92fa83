//! Vector clocks and dotted version vectors.

use crdt_merge_protocol::{AnyState, Code, Error, Result};

use super::states::{State, not_for};
use crate::handles::{self, Handle};

/// Counts one event of a replica, or of an explicit node. The node's count after it.
///
/// Fails with `NO_REPLICA`, `OUT_OF_RANGE` and, for other kinds than clocks, `TYPE_MISMATCH`.
pub fn clock_tick(handle: Handle, node: Option<&str>) -> Result<u64> {
    tick(&*handles::state(handle)?, node)
}

fn tick(state: &State, node: Option<&str>) -> Result<u64> {
    let replica = node.map_or_else(|| state.writer()?.get().map(Some), |_| Ok(None))?;
    match (&mut *state.write(), node, replica) {
        (AnyState::VectorClock(clock), Some(node), _) => clock.increment_node(node),
        (AnyState::VectorClock(clock), None, Some(replica)) => clock.increment(&replica),
        (AnyState::DottedVersionVector(vector), node, replica) => {
            match (node, replica) {
                (Some(node), _) => vector.advance_node(node)?,
                (None, Some(replica)) => vector.advance(&replica)?,
                (None, None) => return Err(Error::new(Code::NoReplica, "an event has a node or a replica")),
            }
            Ok(vector.dot().map_or(0, |(_, sequence)| sequence))
        }
        (other, ..) => Err(not_for("a clock", other)),
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
