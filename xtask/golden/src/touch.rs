//! A local write on a merged state, for the reference to see.

use anyhow::{Result, bail};
use crdt_merge_protocol::{AnyState, ManualClock, Replica, TestEntropy, Value};

/// What is written, added or inserted, and under which key.
const TEXT: &str = "touched \u{130}";

/// By how much counters move.
const AMOUNT: u64 = 5;

/// A time after all stamps that a clock can overtake at all, in microseconds.
const NOW: i64 = 9_100_000_000_000_000_000;

/// The frame of the state after one local write.
pub fn touch(state: &AnyState) -> Result<Vec<u8>> {
    let mut state = state.clone();
    let replica = Replica::new("golden", ManualClock::at_micros(NOW), TestEntropy::new(1))?;
    match &mut state {
        AnyState::GCounter(counter) => counter.increment(&replica, AMOUNT)?,
        AnyState::PnCounter(counter) => counter.decrement(&replica, AMOUNT)?,
        AnyState::LwwRegister(register) => drop(register.set(&replica, TEXT)?),
        AnyState::OrSet(set) => set.add(&replica, TEXT)?,
        AnyState::LwwMap(map) => drop(map.set(&replica, TEXT, TEXT)?),
        AnyState::VectorClock(clock) => drop(clock.increment(&replica)?),
        AnyState::DottedVersionVector(vector) => vector.advance(&replica)?,
        AnyState::GossipState(state) => state.update(&replica, TEXT, Value::from(TEXT))?,
        other => bail!("no local write for {}", other.tag().name()),
    }
    Ok(state.encode_v1()?)
}
