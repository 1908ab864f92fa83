//! Records, deltas and schemas.

use crate::datum::Datum;
use crdt_merge_protocol::types::delta::{self, Record};
use crdt_merge_protocol::types::schema_evolution::{
    EvolutionOptions, EvolutionPolicy, Schema, SchemaEvolution, check, evolve, widen,
};
use crdt_merge_protocol::wire::{Body, DecodeOptions, Document};
use crdt_merge_protocol::{AnyState, Delta, Result, Value};

use super::merging::mismatch;
use crate::arguments::{
    bad_argument, flag, int, json_value, list, member, stamp, state, tagged, tagged_texts, text, value,
};

pub(crate) fn record_hash(input: &Datum) -> Result<Datum> {
    Ok(Datum::Text(delta::record_hash(&record(member(input, "record")?)?, text(input, "key")?)))
}

pub(crate) fn record(input: &Datum) -> Result<Record> {
    match value(input)? {
        Value::Map(record) => Ok(record),
        _ => Err(bad_argument("a record is a map")),
    }
}

pub(crate) fn records(input: &Datum) -> Result<Vec<Record>> {
    list(input)?.iter().map(record).collect()
}

fn delta_of(input: &Datum) -> Result<Delta> {
    match state(input)? {
        AnyState::Delta(delta) => Ok(delta),
        other => Err(mismatch("delta", &other.type_name())),
    }
}

fn frame(delta: Delta) -> Result<Datum> {
    AnyState::from(delta).encode_v1().map(Datum::Bytes)
}

pub(crate) fn delta_compute(input: &Datum) -> Result<Datum> {
    let changes =
        Delta::compute(&records(member(input, "old")?)?, &records(member(input, "new")?)?, text(input, "key")?);
    frame(Delta {
        version: int(input, "version")?,
        timestamp: stamp(input, "stamp")?,
        source_node: text(input, "source_node")?.to_string(),
        ..changes
    })
}

pub(crate) fn delta_apply(input: &Datum) -> Result<Datum> {
    let held = records(member(input, "records")?)?;
    let after = delta_of(member(input, "delta")?)?.apply(held, text(input, "key")?);
    Ok(Datum::List(after.into_iter().map(|record| tagged(&Value::Map(record))).collect()))
}

pub(crate) fn delta_compose(input: &Datum) -> Result<Datum> {
    let deltas: Vec<Delta> = list(member(input, "deltas")?)?.iter().map(delta_of).collect::<Result<_>>()?;
    frame(Delta::compose(&deltas, text(input, "key")?))
}

fn schema(input: &Datum, name: &str) -> Result<Schema> {
    let pairs = member(input, name)?.as_map().ok_or_else(|| bad_argument("a schema is a map"))?;
    let column = |(column, kind): &(Datum, Datum)| match (column.as_text(), kind.as_text()) {
        (Some(column), Some(kind)) => Ok((column.to_string(), kind.to_string())),
        _ => Err(bad_argument("a schema maps text to text")),
    };
    pairs.iter().map(column).collect()
}

pub(crate) fn schema_evolve(input: &Datum) -> Result<Datum> {
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
fn described(result: SchemaEvolution) -> Result<Datum> {
    let frame = AnyState::from(result).encode_v1()?;
    match Document::decode(&frame, &DecodeOptions::strict())?.body() {
        Body::Json(payload) => Ok(tagged(payload)),
        Body::Compact(payload) => Ok(tagged(payload)),
        Body::State(state) => Ok(tagged(&state.describe()?)),
    }
}

pub(crate) fn schema_widen(input: &Datum) -> Result<Datum> {
    Ok(widen(text(input, "a")?, text(input, "b")?).map_or(Datum::Null, Datum::text))
}

pub(crate) fn schema_check(input: &Datum) -> Result<Datum> {
    let problems = check(&schema(input, "old")?, &schema(input, "new")?);
    Ok(Datum::map([("compatible", Datum::Bool(problems.is_empty())), ("problems", tagged_texts(problems))]))
}
