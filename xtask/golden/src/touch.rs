//! A local write on a merged state, for the reference to see.

use anyhow::{Result, bail};
use crdt_merge_protocol::value::Map;
use crdt_merge_protocol::{AnyState, Code, ManualClock, Replica, TestEntropy, Value};

/// What is written, added or inserted, and under which key.
const TEXT: &str = "touched \u{130}";

/// By how much counters move.
const AMOUNT: u64 = 5;

/// A time after all stamps that a clock can overtake at all, in microseconds.
const NOW: i64 = 9_100_000_000_000_000_000;

/// The frame of the state after one local write; nothing when the state is full and says so.
pub fn touch(state: &AnyState) -> Result<Option<Vec<u8>>> {
    let mut state = state.clone();
    if is_full(&state) {
        return refusal(&mut state).map(|()| None);
    }
    let replica = Replica::new("golden", ManualClock::at_micros(NOW), TestEntropy::new(1))?;
    match &mut state {
        AnyState::GCounter(counter) => counter.increment(&replica, AMOUNT)?,
        AnyState::PnCounter(counter) => counter.decrement(&replica, AMOUNT)?,
        AnyState::LwwRegister(register) => drop(register.set(&replica, TEXT)?),
        AnyState::OrSet(set) => set.add(&replica, TEXT)?,
        AnyState::LwwMap(map) => drop(map.set(&replica, TEXT, TEXT)?),
        AnyState::CompatHll(sketch) => sketch.add(TEXT)?,
        AnyState::CompatBloom(sketch) => sketch.add(TEXT)?,
        AnyState::CompatCountMin(sketch) => sketch.add(TEXT, 1)?,
        AnyState::VectorClock(clock) => drop(clock.increment(&replica)?),
        AnyState::DottedVersionVector(vector) => vector.advance(&replica)?,
        AnyState::MerkleTree(tree) => tree.insert(TEXT, record()?)?,
        AnyState::GossipState(state) => state.update(&replica, TEXT, Value::from(TEXT))?,
        other => bail!("no local write for {}", other.type_name()),
    }
    Ok(Some(state.encode_v1()?))
}

/// The record that is inserted under the text.
fn record() -> Result<Map<i64>> {
    let columns = [("id", Value::from(TEXT)), ("v", Value::from(AMOUNT.cast_signed()))];
    Ok(Map::from_pairs(columns.map(|(name, value)| (Value::from(name), value)).to_vec())?)
}

/// Whether counting on would leave 64 bits.
fn is_full(state: &AnyState) -> bool {
    matches!(state, AnyState::CompatCountMin(sketch) if sketch.total() >= i64::MAX.cast_unsigned())
}

/// A full sketch refuses and stays as it was.
fn refusal(state: &mut AnyState) -> Result<()> {
    let before = state.clone();
    let AnyState::CompatCountMin(sketch) = state else { bail!("only sketches fill up") };
    match sketch.add(TEXT, 1) {
        Err(error) if error.code() == Code::OutOfRange && *state == before => Ok(()),
        other => bail!("a full sketch answers {other:?}"),
    }
}
