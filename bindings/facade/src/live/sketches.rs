//! Sketches: columns in, estimates out.

use crdt_merge_protocol::sketch::{CanonicalItem, Estimate, ItemText, SketchItem, TextBuffer, Tuple};
use crdt_merge_protocol::{
    AnyState, BloomFilter, CompatBloom, CompatCountMin, CompatHll, CountMinSketch, HyperLogLog, JsonValue, MinHash,
    Result, Value,
};

use super::State;
use super::states::not_for;
use super::states::operations::state;
use crate::arguments::{bad_argument, json_value, list, member, optional, text, value};
use crate::datum::Datum;

/// Hands the items of a column to a macro body as a slice of one type.
macro_rules! with_items {
    ($column:expr, $convert:expr, |$items:ident| $body:expr) => {
        match $column {
            Datum::Ints($items) => $body,
            Datum::Floats($items) => $body,
            Datum::Texts($items) => $body,
            other => {
                let $items = list(other)?.iter().map($convert).collect::<Result<Vec<_>>>()?;
                $body
            }
        }
    };
}

/// An item of a compat sketch: any value, or a tuple of values.
enum CompatItem {
    Value(JsonValue),
    Tuple(Vec<Value>),
}

fn compat_item(item: &Datum) -> Result<CompatItem> {
    match item {
        Datum::Tuple(members) => members.iter().map(value).collect::<Result<_>>().map(CompatItem::Tuple),
        other => json_value(other).map(CompatItem::Value),
    }
}

impl SketchItem for CompatItem {
    fn text<'a>(&'a self, buffer: &'a mut TextBuffer) -> Result<ItemText<'a>> {
        match self {
            CompatItem::Value(value) => value.text(buffer),
            CompatItem::Tuple(members) => Tuple(members).text_in(buffer),
        }
    }
}

/// How often each item counts, when that is said.
fn counts(input: &Datum) -> Result<Option<Vec<u64>>> {
    let Some(counts) = optional(input, "counts") else { return Ok(None) };
    let count =
        |count: i64| u64::try_from(count).map_err(|_| bad_argument("a count is not negative").with("found", count));
    let counts = match counts {
        Datum::Ints(counts) => counts.iter().map(|found| count(*found)).collect::<Result<_>>()?,
        other => list(other)?
            .iter()
            .map(|item| match item {
                Datum::Int(found) => count(*found),
                _ => Err(bad_argument("a count is an integer")),
            })
            .collect::<Result<_>>()?,
    };
    Ok(Some(counts))
}

/// Items with their counts; both columns are of one length.
fn counted<T>(items: &[T], counts: Option<Vec<u64>>) -> Result<Vec<(&T, u64)>> {
    match counts {
        None => Ok(items.iter().map(|item| (item, 1)).collect()),
        Some(counts) if counts.len() == items.len() => Ok(items.iter().zip(counts).collect()),
        Some(counts) => {
            Err(bad_argument("one count for each item").with("expected", items.len()).with("found", counts.len()))
        }
    }
}

/// Adds the items of a column.
pub(crate) fn sketch_add(input: &Datum) -> Result<Datum> {
    let state = state(input)?;
    let (items, counts) = (member(input, "items")?, counts(input)?);
    let node = optional(input, "node").map(|_| text(input, "node")).transpose()?;
    match &mut *state.write() {
        AnyState::HyperLogLog(sketch) => with_items!(items, value, |items| sketch.add_all(items)),
        AnyState::BloomFilter(filter) => with_items!(items, value, |items| filter.add_all(items)),
        AnyState::MinHash(signature) => with_items!(items, value, |items| signature.add_all(items)),
        AnyState::CountMinSketch(sketch) => {
            with_items!(items, value, |items| add_counted(sketch, &state, node, &counted(&items[..], counts)?)?)
        }
        AnyState::CompatHll(sketch) => with_items!(items, compat_item, |items| sketch.add_all(items)?),
        AnyState::CompatBloom(filter) => with_items!(items, compat_item, |items| filter.add_all(items)?),
        AnyState::CompatCountMin(sketch) => {
            with_items!(items, compat_item, |items| sketch.add_all(counted(&items[..], counts)?)?)
        }
        other => return Err(not_for("a sketch", other)),
    }
    Ok(Datum::Null)
}

/// In the name of an explicit node, or of the replica.
fn add_counted<T: CanonicalItem>(
    sketch: &mut CountMinSketch,
    state: &State,
    node: Option<&str>,
    items: &[(T, u64)],
) -> Result<()> {
    match node {
        Some(node) => sketch.add_counts_node(node, items),
        None => state.writer()?.with(|replica| sketch.add_counts(replica, items)),
    }
}

/// For each item of a column: whether a filter may have it, or how often a sketch may have counted it.
pub(crate) fn sketch_query(input: &Datum) -> Result<Datum> {
    let state = state(input)?;
    let items = member(input, "items")?;
    let held = state.read();
    Ok(Datum::List(match &*held {
        AnyState::BloomFilter(filter) => {
            with_items!(items, value, |items| filter.contains_all(items).into_iter().map(Datum::Bool).collect())
        }
        AnyState::CompatBloom(filter) => {
            with_items!(items, compat_item, |items| filter.contains_all(items)?.into_iter().map(Datum::Bool).collect())
        }
        AnyState::CountMinSketch(sketch) => {
            with_items!(items, value, |items| sketch.estimate_all(items).into_iter().map(Datum::count).collect())
        }
        AnyState::CompatCountMin(sketch) => with_items!(items, compat_item, |items| items
            .iter()
            .map(|item| sketch.estimate(item).map(Datum::count))
            .collect::<Result<_>>()?),
        other => return Err(not_for("a filter or count-min sketch", other)),
    }))
}

fn estimated(estimate: Estimate) -> Datum {
    Datum::map([
        ("value", Datum::Float(estimate.value)),
        ("low", Datum::Float(estimate.low)),
        ("high", Datum::Float(estimate.high)),
    ])
}

/// The estimated number of different items, with bounds.
pub(crate) fn sketch_estimate(input: &Datum) -> Result<Datum> {
    let state = state(input)?;
    let held = state.read();
    Ok(estimated(match &*held {
        AnyState::HyperLogLog(sketch) => sketch.estimate(),
        AnyState::BloomFilter(filter) => filter.estimate(),
        AnyState::CompatHll(sketch) => sketch.estimate(),
        other => return Err(not_for("a sketch that estimates a number of items", other)),
    }))
}

/// Sizes of a sketch, and what it says of itself.
pub(crate) fn sketch_info(input: &Datum) -> Result<Datum> {
    let state = state(input)?;
    let held = state.read();
    Ok(match &*held {
        AnyState::HyperLogLog(sketch) => log_info(sketch),
        AnyState::BloomFilter(filter) => filter_info(filter),
        AnyState::CountMinSketch(sketch) => counts_info(sketch),
        AnyState::MinHash(signature) => signature_info(signature),
        AnyState::CompatHll(sketch) => compat_log_info(sketch),
        AnyState::CompatBloom(filter) => compat_filter_info(filter),
        AnyState::CompatCountMin(sketch) => compat_counts_info(sketch),
        other => return Err(not_for("a sketch", other)),
    })
}

fn log_info(sketch: &HyperLogLog) -> Datum {
    Datum::map([
        ("precision", Datum::int(sketch.precision())),
        ("seed", Datum::count(sketch.seed())),
        ("standard_error", Datum::Float(sketch.standard_error())),
    ])
}

fn filter_info(filter: &BloomFilter) -> Datum {
    Datum::map([
        ("blocks", Datum::int(filter.block_count())),
        ("seed", Datum::count(filter.seed())),
        ("fill", Datum::Float(filter.fill())),
    ])
}

fn counts_info(sketch: &CountMinSketch) -> Datum {
    Datum::map([
        ("width", Datum::int(sketch.width())),
        ("depth", Datum::int(sketch.depth())),
        ("seed", Datum::count(sketch.seed())),
        ("total", Datum::count(sketch.total())),
    ])
}

fn signature_info(signature: &MinHash) -> Datum {
    Datum::map([
        ("length", Datum::count(signature.signature().len() as u64)),
        ("seed", Datum::count(signature.seed())),
        ("is_empty", Datum::Bool(signature.is_empty())),
    ])
}

fn compat_log_info(sketch: &CompatHll) -> Datum {
    Datum::map([
        ("precision", Datum::int(sketch.precision())),
        ("standard_error", Datum::Float(sketch.standard_error())),
    ])
}

fn compat_filter_info(filter: &CompatBloom) -> Datum {
    Datum::map([
        ("capacity", Datum::Int(filter.capacity())),
        ("fp_rate", Datum::Float(filter.fp_rate())),
        ("size", Datum::count(filter.sizing().size())),
        ("num_hashes", Datum::int(filter.sizing().num_hashes())),
        ("count", Datum::count(filter.count())),
        ("estimated_fp_rate", Datum::Float(filter.estimated_fp_rate())),
    ])
}

fn compat_counts_info(sketch: &CompatCountMin) -> Datum {
    Datum::map([
        ("width", Datum::count(sketch.width())),
        ("depth", Datum::count(sketch.depth())),
        ("total", Datum::count(sketch.total())),
    ])
}

/// The estimated share of items that two sets have in common.
pub(crate) fn sketch_similarity(input: &Datum) -> Result<Datum> {
    let other = crate::handles::state(crate::arguments::int(input, "other")?)?;
    state(input)?.with_both(&other, |here, there| match (here, there) {
        (AnyState::MinHash(here), AnyState::MinHash(there)) => here.similarity(there).map(Datum::Float),
        (AnyState::MinHash(_), other) | (other, _) => Err(not_for("minhash", other)),
    })
}
