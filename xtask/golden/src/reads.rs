//! The same questions to the same state, there and here.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};
use crdt_merge_protocol::text::py_str;
use crdt_merge_protocol::value::Map;
use crdt_merge_protocol::{AnyState, GossipState, MerkleTree, Value};
use serde_json::{Value as Json, json};

use crate::typed;

/// One answer of ours.
enum Reading {
    /// A value of a state, compared kind by kind.
    Value(Value),
    /// Anything with one spelling in the typed notation.
    Spelled(Json),
    /// A figure of floating-point arithmetic.
    Near(f64),
}

/// Largest relative difference of two figures of floating-point arithmetic.
const TOLERANCE: f64 = 1e-12;

/// Compares all answers of the reference about a pair with ours.
pub fn compare(a: &AnyState, b: &AnyState, expected: &BTreeMap<String, Json>) -> Result<()> {
    let ours = readings(a, b, expected)?;
    if ours.len() != expected.len() {
        bail!("{} questions there, {} here", expected.len(), ours.len());
    }
    for (name, reading) in ours {
        let wanted = expected.get(name).with_context(|| format!("{name} was not asked there"))?;
        agree(&reading, wanted).with_context(|| name)?;
    }
    Ok(())
}

fn agree(reading: &Reading, wanted: &Json) -> Result<()> {
    let (holds, ours) = match reading {
        Reading::Value(value) => (*value == typed::parse(wanted)?, format!("{value:?}")),
        Reading::Spelled(spelling) => (spelling == wanted, spelling.to_string()),
        Reading::Near(figure) => (is_near(*figure, &typed::parse(wanted)?), figure.to_string()),
    };
    if !holds {
        bail!("{ours} here, {wanted} there");
    }
    Ok(())
}

fn is_near(ours: f64, wanted: &Value) -> bool {
    matches!(wanted, Value::Float(there) if (ours - there).abs() <= TOLERANCE * there.abs())
}

/// What the first state answers, beside the second where the question is about two.
fn readings(a: &AnyState, b: &AnyState, asked: &BTreeMap<String, Json>) -> Result<Vec<(&'static str, Reading)>> {
    Ok(match (a, b) {
        (AnyState::GCounter(a), _) => vec![("value", integer(a.value()))],
        (AnyState::PnCounter(a), _) => vec![("value", integer(a.value()))],
        (AnyState::LwwRegister(a), _) => vec![("value", Reading::Value(a.value().clone()))],
        (AnyState::OrSet(a), _) => vec![("members", members(a.iter()))],
        (AnyState::LwwMap(a), _) => {
            let pairs = a.iter().map(|(key, register)| (Value::from(key), register.value().clone()));
            vec![("value", Reading::Value(Value::Map(Map::from_pairs(pairs.collect())?)))]
        }
        (AnyState::CompatHll(a), _) => vec![("estimate", Reading::Near(a.estimate().value))],
        (AnyState::CompatBloom(a), _) => vec![("error_rate", Reading::Near(a.estimated_fp_rate()))],
        (AnyState::CompatCountMin(a), _) => {
            vec![("total", integer(a.total())), ("estimate", integer(a.estimate("x")?))]
        }
        (AnyState::VectorClock(a), AnyState::VectorClock(b)) => vec![("compare", text(a.compare(b).name()))],
        (AnyState::DottedVersionVector(a), AnyState::DottedVersionVector(b)) => {
            vec![("descends", Reading::Spelled(json!(a.descends(b))))]
        }
        (AnyState::MerkleTree(a), AnyState::MerkleTree(b)) => tree_readings(a, b, asked),
        (AnyState::GossipState(a), _) => vec![("digest", digests(a, asked)?)],
        _ => bail!("no questions for {}", a.type_name()),
    })
}

/// Root, height and, where it was asked for, the difference of two trees.
fn tree_readings(a: &MerkleTree, b: &MerkleTree, asked: &BTreeMap<String, Json>) -> Vec<(&'static str, Reading)> {
    let mut readings = vec![("root_hash", text(&a.root_hash())), ("height", integer(a.height()))];
    if asked.contains_key("only_in_left") {
        let diff = a.diff(b);
        readings.push(("only_in_left", texts(diff.only_in_left.clone())));
        readings.push(("only_in_right", texts(diff.only_in_right.clone())));
        readings.push(("common_different", texts(diff.common_different.clone())));
    }
    readings
}

/// An integer of any width.
fn integer(value: impl ToString) -> Reading {
    Reading::Spelled(json!({"i": value.to_string()}))
}

fn text(value: &str) -> Reading {
    Reading::Spelled(json!({"s": value}))
}

/// The texts of elements, sorted.
fn members<'a>(elements: impl Iterator<Item = &'a Value>) -> Reading {
    texts(elements.map(py_str))
}

/// A sorted list of texts.
fn texts(texts: impl IntoIterator<Item = String>) -> Reading {
    let mut texts: Vec<String> = texts.into_iter().collect();
    texts.sort();
    Reading::Spelled(json!({"l": texts.iter().map(|text| json!({"s": text})).collect::<Vec<_>>()}))
}

/// Digests of the entries that were asked for: a release may digest some values in another way and leaves them out.
fn digests(state: &GossipState, asked: &BTreeMap<String, Json>) -> Result<Reading> {
    let wanted = typed::parse(asked.get("digest").context("no digest was asked for")?)?;
    let Value::Map(wanted) = &wanted else { bail!("digests are a map") };
    let ours = state.entries().filter(|entry| wanted.field(entry.key()).is_some());
    let pairs = ours.map(|entry| (Value::from(entry.key()), Value::from(entry.digest())));
    Ok(Reading::Value(Value::Map(Map::from_pairs(pairs.collect())?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_and_widths_count() {
        assert!(agree(&Reading::Value(Value::Int(1)), &json!({"i": "1"})).is_ok());
        assert!(agree(&Reading::Value(Value::Int(1)), &json!({"f": "3ff0000000000000"})).is_err());
        assert!(agree(&integer(u128::MAX), &json!({"i": u128::MAX.to_string()})).is_ok());
    }

    #[test]
    fn figures_may_differ_in_their_last_digits() {
        let wanted = json!({"f": format!("{:016x}", 1234.5_f64.to_bits())});
        assert!(agree(&Reading::Near(1_234.500_000_000_1), &wanted).is_ok());
        assert!(agree(&Reading::Near(1234.51), &wanted).is_err());
    }
}
