//! What a state says when it is read: a counter's value, the size of a set, an estimate.

use crdt_merge::text::float_text;
use crdt_merge::value::{Integer, JsonInteger};
use crdt_merge::{AnyState, JsonValue, LwwRegister, Value};

/// Names and results of the reads of a state. Kinds that are records have none: their payload says it all.
pub fn reads(state: &AnyState) -> Vec<(&'static str, JsonValue)> {
    match state {
        AnyState::GCounter(counter) => vec![("value", wide(counter.value()))],
        AnyState::PnCounter(counter) => vec![("value", wide(counter.value()))],
        AnyState::LwwRegister(register) => register_reads(register),
        AnyState::OrSet(set) => vec![("elements", wide(set.len()))],
        AnyState::LwwMap(map) => vec![("keys", wide(map.len())), ("tombstones", wide(map.tombstones().count()))],
        AnyState::MvRegister(register) => vec![("values", wide(register.len()))],
        AnyState::RwSet(set) => vec![("elements", wide(set.len())), ("removals", wide(set.removals()))],
        AnyState::EwFlag(flag) => vec![("on", flag.is_on().into())],
        AnyState::DwFlag(flag) => vec![("on", flag.is_on().into())],
        AnyState::BoundedCounter(counter) => vec![("value", wide(counter.value()))],
        AnyState::VectorClock(clock) => {
            vec![("nodes", wide(clock.slots().count())), ("events", wide(clock.event_count()))]
        }
        AnyState::DottedVersionVector(vector) => vec![("events", wide(vector.effective().event_count()))],
        AnyState::GossipState(state) => vec![("entries", wide(state.len()))],
        AnyState::MerkleTree(tree) => vec![("records", wide(tree.len())), ("root", tree.root_hash().into())],
        AnyState::CompatHll(sketch) => vec![("estimate", sketch.estimate().value.into())],
        AnyState::CompatBloom(filter) => vec![("estimated_fp_rate", filter.estimated_fp_rate().into())],
        AnyState::CompatCountMin(sketch) => vec![("total", wide(sketch.total()))],
        AnyState::Delta(delta) => vec![("changes", wide(delta.len()))],
        _ => Vec::new(),
    }
}

fn register_reads(register: &LwwRegister) -> Vec<(&'static str, JsonValue)> {
    let stamp = match register.stamp().to_wire() {
        Value::Float(seconds) => float_text(seconds),
        other => other.py_str(),
    };
    vec![
        ("value", register.value().to_json()),
        ("stamp", JsonValue::Text(format!("{stamp} s"))),
        ("node", register.node().into()),
    ]
}

/// An integer of any width.
fn wide(number: impl ToString) -> JsonValue {
    JsonInteger::from_decimal(&number.to_string()).map_or(JsonValue::Null, JsonValue::Int)
}
