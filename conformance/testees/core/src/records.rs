//! Records, deltas and schemas.

use crdt_conform::value::Value as Tagged;
use crdt_merge_protocol::types::delta::{Record, record_hash};
use crdt_merge_protocol::types::schema_evolution::{
    EvolutionOptions, EvolutionPolicy, Schema, SchemaEvolution, check, evolve, widen,
};
use crdt_merge_protocol::wire::{Body, DecodeOptions, Document};
use crdt_merge_protocol::{AnyState, Delta, Result, Value};

use crate::Operation;
use crate::arguments::{
    bad_argument, flag, int, json_value, list, member, stamp, state, tagged, tagged_texts, text, value,
};
use crate::states::mismatch;

pub const OPERATIONS: &[(&str, Operation)] = &[
    ("record_hash", |input| Ok(Tagged::Text(record_hash(&record(member(input, "record")?)?, text(input, "key")?)))),
    ("delta_compute", delta_compute),
    ("delta_apply", delta_apply),
    ("delta_compose", delta_compose),
    ("schema_evolve", schema_evolve),
    ("schema_widen", schema_widen),
    ("schema_check", schema_check),
];

pub fn record(input: &Tagged) -> Result<Record> {
    match value(input)? {
        Value::Map(record) => Ok(record),
        _ => Err(bad_argument("a record is a map")),
    }
}

pub fn records(input: &Tagged) -> Result<Vec<Record>> {
    list(input)?.iter().map(record).collect()
}

fn delta(input: &Tagged) -> Result<Delta> {
    match state(input)? {
        AnyState::Delta(delta) => Ok(delta),
        other => Err(mismatch("delta", &other.type_name())),
    }
}

fn frame(delta: Delta) -> Result<Tagged> {
    AnyState::from(delta).encode_v1().map(Tagged::Bytes)
}

fn delta_compute(input: &Tagged) -> Result<Tagged> {
    let changes =
        Delta::compute(&records(member(input, "old")?)?, &records(member(input, "new")?)?, text(input, "key")?);
    frame(Delta {
        version: int(input, "version")?,
        timestamp: stamp(input, "stamp")?,
        source_node: text(input, "source_node")?.to_string(),
        ..changes
    })
}

fn delta_apply(input: &Tagged) -> Result<Tagged> {
    let held = records(member(input, "records")?)?;
    let after = delta(member(input, "delta")?)?.apply(held, text(input, "key")?);
    Ok(Tagged::List(after.into_iter().map(|record| tagged(&Value::Map(record))).collect()))
}

fn delta_compose(input: &Tagged) -> Result<Tagged> {
    let deltas: Vec<Delta> = list(member(input, "deltas")?)?.iter().map(delta).collect::<Result<_>>()?;
    frame(Delta::compose(&deltas, text(input, "key")?))
}

fn schema(input: &Tagged, name: &str) -> Result<Schema> {
    let pairs = member(input, name)?.as_map().ok_or_else(|| bad_argument("a schema is a map"))?;
    let column = |(column, kind): &(Tagged, Tagged)| match (column.as_text(), kind.as_text()) {
        (Some(column), Some(kind)) => Ok((column.to_string(), kind.to_string())),
        _ => Err(bad_argument("a schema maps text to text")),
    };
    pairs.iter().map(column).collect()
}

fn schema_evolve(input: &Tagged) -> Result<Tagged> {
    let policy = EvolutionPolicy::from_name(text(input, "policy")?);
    let policy = policy.ok_or_else(|| bad_argument("no policy has this name"))?;
    let mut options =
        EvolutionOptions::default().with_policy(policy).with_narrowing(flag(input, "allow_type_narrowing")?);
    for (column, value) in member(input, "defaults")?.as_map().ok_or_else(|| bad_argument("defaults is a map"))? {
        let column = column.as_text().ok_or_else(|| bad_argument("a column is text"))?;
        options = options.with_default(column, json_value(value)?);
    }
    described(evolve(&schema(input, "old")?, &schema(input, "new")?, &options))
}

/// The members of a result as its frame has them.
fn described(result: SchemaEvolution) -> Result<Tagged> {
    let frame = AnyState::from(result).encode_v1()?;
    match Document::decode(&frame, &DecodeOptions::strict())?.body() {
        Body::Json(payload) => Ok(tagged(payload)),
        Body::Compact(payload) => Ok(tagged(payload)),
        Body::State(state) => Ok(tagged(&state.describe()?)),
    }
}

fn schema_widen(input: &Tagged) -> Result<Tagged> {
    Ok(widen(text(input, "a")?, text(input, "b")?).map_or(Tagged::Null, Tagged::text))
}

fn schema_check(input: &Tagged) -> Result<Tagged> {
    let problems = check(&schema(input, "old")?, &schema(input, "new")?);
    Ok(Tagged::map([("compatible", Tagged::Bool(problems.is_empty())), ("problems", tagged_texts(problems))]))
}
