//! Sketches, trees and duplicates.

use std::fmt::Write as _;

use crate::datum::Datum;
use crdt_merge_protocol::dedup::{self, Method, dice, exact_key, fuzzy_key, normalize};
use crdt_merge_protocol::json::{JsonStyle, to_text};
use crdt_merge_protocol::sketch::{Tuple, h64, h128};
use crdt_merge_protocol::types::merkle::content_hash;
use crdt_merge_protocol::types::{BloomSizing, CompatBloom, CompatCountMin, CompatHll, MerkleDiff, MerkleTree};
use crdt_merge_protocol::value::Map;
use crdt_merge_protocol::{AnyState, JsonValue, Result, Value};

use super::merging::mismatch;
use super::records::{record, records};
use crate::arguments::{bad_argument, int, json_value, list, member, number, state, tagged, tagged_texts, text, value};

pub(crate) fn dedup_dice(input: &Datum) -> Result<Datum> {
    Ok(Datum::float(dice(text(input, "a")?, text(input, "b")?)))
}

fn hex(bytes: &[u8]) -> Datum {
    Datum::Text(bytes.iter().fold(String::new(), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    }))
}

fn item(input: &Datum) -> Result<JsonValue> {
    json_value(member(input, "item")?)
}

pub(crate) fn sketch_hash(input: &Datum) -> Result<Datum> {
    let seed = int(input, "seed")?;
    let (wide, narrow) = match member(input, "item")? {
        Datum::Tuple(members) => {
            let members: Vec<Value> = members.iter().map(value).collect::<Result<_>>()?;
            (h128(&Tuple(&members), seed)?, h64(&Tuple(&members), seed)?)
        }
        other => (h128(&json_value(other)?, seed)?, h64(&json_value(other)?, seed)?),
    };
    Ok(Datum::map([("h128", Datum::Text(format!("{wide:032x}"))), ("h64", Datum::Text(format!("{narrow:016x}")))]))
}

pub(crate) fn sketch_build(input: &Datum) -> Result<Datum> {
    let parameters = member(input, "parameters")?;
    let items = list(member(input, "items")?)?;
    let sketch: AnyState = match text(input, "type")? {
        "hll" => {
            let mut sketch = CompatHll::new(int(parameters, "precision")?)?;
            items.iter().try_for_each(|item| sketch.add(&json_value(item)?))?;
            sketch.into()
        }
        "bloom" => {
            let mut filter = CompatBloom::with_capacity(int(parameters, "capacity")?, number(parameters, "fp_rate")?)?;
            items.iter().try_for_each(|item| filter.add(&json_value(item)?))?;
            filter.into()
        }
        "cms" => {
            let mut sketch = CompatCountMin::new(int(parameters, "width")?, int(parameters, "depth")?)?;
            items.iter().try_for_each(|pair| add_counted(&mut sketch, pair))?;
            sketch.into()
        }
        _ => return Err(bad_argument("no sketch has this name")),
    };
    match input.field("read").and_then(Datum::as_text) {
        Some(name) => super::merging::read_state(&sketch, name, input.field("item")),
        None => sketch.encode_v1().map(Datum::Bytes),
    }
}

fn add_counted(sketch: &mut CompatCountMin, pair: &Datum) -> Result<()> {
    match list(pair)? {
        [item, Datum::Int(count)] => {
            let count = u64::try_from(*count).map_err(|_| bad_argument("a count is not negative"))?;
            sketch.add(&json_value(item)?, count)
        }
        _ => Err(bad_argument("an item and its count were expected")),
    }
}

/// A local operation on a sketch.
pub(super) fn apply_sketch(state: &mut AnyState, operation: &str, input: &Datum) -> Result<()> {
    match (state, operation) {
        (AnyState::CompatHll(sketch), "add") => sketch.add(&item(input)?),
        (AnyState::CompatBloom(filter), "add") => filter.add(&item(input)?),
        (AnyState::CompatCountMin(sketch), "add") => sketch.add(&item(input)?, int(input, "n")?),
        _ => Err(bad_argument(format!("this kind has no operation {operation:?}"))),
    }
}

/// A read of a sketch or tree.
pub(super) fn read_sketch<'a>(state: &AnyState, name: &str, item: impl Fn() -> Result<&'a Datum>) -> Result<Datum> {
    let item = || json_value(item()?);
    Ok(match (state, name) {
        (AnyState::CompatHll(sketch), "cardinality") => Datum::float(sketch.estimate().value),
        (AnyState::CompatHll(sketch), "standard_error") => Datum::float(sketch.standard_error()),
        (AnyState::CompatBloom(filter), "contains") => Datum::Bool(filter.contains(&item()?)?),
        (AnyState::CompatBloom(filter), "size") => Datum::int(filter.sizing().size()),
        (AnyState::CompatBloom(filter), "num_hashes") => Datum::int(filter.sizing().num_hashes()),
        (AnyState::CompatBloom(filter), "count") => Datum::int(filter.count()),
        (AnyState::CompatBloom(filter), "estimated_fp_rate") => Datum::float(filter.estimated_fp_rate()),
        (AnyState::CompatCountMin(sketch), "total") => Datum::int(sketch.total()),
        (AnyState::CompatCountMin(sketch), "estimate") => Datum::int(sketch.estimate(&item()?)?),
        (AnyState::MerkleTree(tree), "root_hash") => Datum::Text(tree.root_hash()),
        (AnyState::MerkleTree(tree), "keyed_root_hash") => hex(&tree.keyed_root_hash()),
        (AnyState::MerkleTree(tree), "height") => Datum::int(tree.height()),
        _ => return Err(bad_argument(format!("this kind has no read {name:?}"))),
    })
}

pub(crate) fn hll_position(input: &Datum) -> Result<Datum> {
    let position = CompatHll::position(int(input, "precision")?, &item(input)?)?;
    Ok(Datum::map([("index", Datum::int(position.index as u64)), ("rank", Datum::int(position.rank))]))
}

fn numbers(numbers: Vec<u64>) -> Datum {
    Datum::List(numbers.into_iter().map(Datum::int).collect())
}

pub(crate) fn bloom_positions(input: &Datum) -> Result<Datum> {
    let sizing = BloomSizing::new(int(input, "size")?, int(input, "num_hashes")?)?;
    CompatBloom::positions(sizing, &item(input)?).map(numbers)
}

pub(crate) fn bloom_sizing(input: &Datum) -> Result<Datum> {
    let sizing = BloomSizing::for_capacity(int(input, "capacity")?, number(input, "fp_rate")?)?;
    Ok(Datum::map([("size", Datum::int(sizing.size())), ("num_hashes", Datum::int(sizing.num_hashes()))]))
}

pub(crate) fn cms_positions(input: &Datum) -> Result<Datum> {
    CompatCountMin::columns(int(input, "width")?, int(input, "depth")?, &item(input)?).map(numbers)
}

pub(crate) fn leaf_hash(input: &Datum) -> Result<Datum> {
    let (record, key) = (record(member(input, "record")?)?, text(input, "key")?);
    let hash = content_hash(&record, key)?;
    let rest: Vec<_> = record.into_pairs().into_iter().filter(|(name, _)| name.as_text() != Some(key)).collect();
    let json = to_text(&Value::Map(Map::from_pairs(rest)?), JsonStyle::HASHED)?;
    Ok(Datum::map([("json", Datum::Text(json)), ("hash", hex(&hash))]))
}

fn tree(input: &Datum, name: &str) -> Result<MerkleTree> {
    match state(member(input, name)?)? {
        AnyState::MerkleTree(tree) => Ok(tree),
        other => Err(mismatch("merkle_tree", &other.type_name())),
    }
}

pub(crate) fn merkle_diff(input: &Datum) -> Result<Datum> {
    Ok(differing(tree(input, "a")?.diff(&tree(input, "b")?)))
}

/// How two trees differ.
pub(crate) fn differing(diff: MerkleDiff) -> Datum {
    let identical = diff.is_identical();
    Datum::map([
        ("differing_keys", tagged_texts(diff.differing_keys)),
        ("only_in_left", tagged_texts(diff.only_in_left)),
        ("only_in_right", tagged_texts(diff.only_in_right)),
        ("common_different", tagged_texts(diff.common_different)),
        ("comparisons_made", Datum::int(diff.comparisons_made)),
        ("is_identical", Datum::Bool(identical)),
    ])
}

pub(crate) fn dedup_normalize(input: &Datum) -> Result<Datum> {
    let words = input.as_text().ok_or_else(|| bad_argument("text was expected"))?;
    Ok(Datum::map([
        ("normalized", Datum::Text(normalize(words))),
        ("fuzzy_hash", hex(fuzzy_key(words).as_bytes())),
        ("exact_hash", hex(exact_key(words).as_bytes())),
    ]))
}

fn texts(input: &Datum) -> Result<Vec<&str>> {
    list(input)?.iter().map(|item| item.as_text().ok_or_else(|| bad_argument("an item is text"))).collect()
}

pub(crate) fn dedup_list(input: &Datum) -> Result<Datum> {
    let items = texts(member(input, "items")?)?;
    let method: Method = text(input, "method")?.parse()?;
    let found = dedup::dedup_list(&items, method, number(input, "threshold")?);
    let places = found.duplicates.into_iter().map(|place| place as u64).collect();
    let unique = found.unique.iter().filter_map(|place| items.get(*place));
    Ok(Datum::map([("unique", tagged_texts(unique)), ("duplicates", numbers(places))]))
}

pub(crate) fn dedup_records(input: &Datum) -> Result<Datum> {
    let records = records(member(input, "records")?)?;
    let columns = match member(input, "columns")? {
        Datum::Null => None,
        columns => Some(texts(columns)?),
    };
    let found = dedup::dedup_records(&records, columns.as_deref(), Method::Exact, 1.0);
    let unique = found.unique.iter().filter_map(|place| records.get(*place));
    Ok(Datum::map([
        ("unique", Datum::List(unique.map(|record| tagged(&Value::Map(record.clone()))).collect())),
        ("removed", Datum::int(found.duplicates.len() as u64)),
    ]))
}
