//! Vector clocks.

use anyhow::{Result, ensure};
use crdt_merge_protocol::VectorClock;

use crate::counters::plain_sums;
use crate::harness::{Bench, Row, measure, scrambled};

const NODES: usize = 1_000;
const INCREMENTS: usize = 100_000;

pub fn run(bench: &mut Bench) -> Result<()> {
    if !bench.wants("vector clock increment") {
        return Ok(());
    }
    let mut clock = VectorClock::new();
    let slots = (0..NODES).map(|node| clock.slot(&format!("node-{node:04}"))).collect::<Result<Vec<_>, _>>()?;
    let order: Vec<_> = scrambled(INCREMENTS, NODES).iter().map(|node| slots[*node]).collect();
    let here = measure(INCREMENTS as u64, || order.iter().try_for_each(|slot| clock.increment_slot(*slot).map(drop)));
    ensure!(clock.event_count().is_multiple_of(INCREMENTS as u128));
    let peer = plain_sums(&scrambled(INCREMENTS, NODES));
    bench.add(Row {
        name: "vector clock increment",
        unit: "by slot, 1,000 nodes, pseudo-random order",
        here,
        floor_and_goal: Some((20e6, 100e6)),
        peer: Some(("Vec<u64> indexed, unchecked sum", peer)),
        reference: None,
        limit: "store-to-load forwarding of a slot hit again, and two checks",
    });
    Ok(())
}
