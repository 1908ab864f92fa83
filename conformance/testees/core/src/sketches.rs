//! Sketches, trees and duplicates.

use std::fmt::Write as _;

use crdt_conform::value::Value as Tagged;
use crdt_merge_protocol::dedup::{Method, dedup_list, dedup_records, dice, exact_key, fuzzy_key, normalize};
use crdt_merge_protocol::json::{JsonStyle, to_text};
use crdt_merge_protocol::sketch::{Tuple, h64, h128};
use crdt_merge_protocol::types::merkle::content_hash;
use crdt_merge_protocol::types::{BloomSizing, CompatBloom, CompatCountMin, CompatHll, MerkleTree};
use crdt_merge_protocol::value::Map;
use crdt_merge_protocol::{AnyState, JsonValue, Result, Value};

use crate::Operation;
use crate::arguments::{bad_argument, int, json_value, list, member, number, state, tagged, tagged_texts, text, value};
use crate::records::{record, records};
use crate::states::mismatch;

pub const OPERATIONS: &[(&str, Operation)] = &[
    ("sketch_hash", sketch_hash),
    ("sketch_build", sketch_build),
    ("hll_position", hll_position),
    ("bloom_positions", bloom_positions),
    ("bloom_sizing", bloom_sizing),
    ("cms_positions", cms_positions),
    ("leaf_hash", leaf_hash),
    ("merkle_diff", merkle_diff),
    ("dedup_normalize", dedup_normalize),
    ("dedup_dice", |input| Ok(Tagged::float(dice(text(input, "a")?, text(input, "b")?)))),
    ("dedup_list", duplicates_in_list),
    ("dedup_records", duplicates_in_records),
];

fn hex(bytes: &[u8]) -> Tagged {
    Tagged::Text(bytes.iter().fold(String::new(), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    }))
}

fn item(input: &Tagged) -> Result<JsonValue> {
    json_value(member(input, "item")?)
}

fn sketch_hash(input: &Tagged) -> Result<Tagged> {
    let seed = int(input, "seed")?;
    let (wide, narrow) = match member(input, "item")? {
        Tagged::Tuple(members) => {
            let members: Vec<Value> = members.iter().map(value).collect::<Result<_>>()?;
            (h128(&Tuple(&members), seed)?, h64(&Tuple(&members), seed)?)
        }
        other => (h128(&json_value(other)?, seed)?, h64(&json_value(other)?, seed)?),
    };
    Ok(Tagged::map([("h128", Tagged::Text(format!("{wide:032x}"))), ("h64", Tagged::Text(format!("{narrow:016x}")))]))
}

fn sketch_build(input: &Tagged) -> Result<Tagged> {
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
    match input.field("read").and_then(Tagged::as_text) {
        Some(name) => crate::states::read(&sketch, name, input.field("item")),
        None => sketch.encode_v1().map(Tagged::Bytes),
    }
}

fn add_counted(sketch: &mut CompatCountMin, pair: &Tagged) -> Result<()> {
    match list(pair)? {
        [item, Tagged::Int(count)] => {
            let count = count.parse().map_err(|_| bad_argument("a count is not negative"))?;
            sketch.add(&json_value(item)?, count)
        }
        _ => Err(bad_argument("an item and its count were expected")),
    }
}

/// A local operation on a sketch.
pub fn apply(state: &mut AnyState, operation: &str, input: &Tagged) -> Result<()> {
    match (state, operation) {
        (AnyState::CompatHll(sketch), "add") => sketch.add(&item(input)?),
        (AnyState::CompatBloom(filter), "add") => filter.add(&item(input)?),
        (AnyState::CompatCountMin(sketch), "add") => sketch.add(&item(input)?, int(input, "n")?),
        _ => Err(bad_argument(format!("this kind has no operation {operation:?}"))),
    }
}

/// A read of a sketch or tree.
pub fn read<'a>(state: &AnyState, name: &str, item: impl Fn() -> Result<&'a Tagged>) -> Result<Tagged> {
    let item = || json_value(item()?);
    Ok(match (state, name) {
        (AnyState::CompatHll(sketch), "cardinality") => Tagged::float(sketch.estimate().value),
        (AnyState::CompatHll(sketch), "standard_error") => Tagged::float(sketch.standard_error()),
        (AnyState::CompatBloom(filter), "contains") => Tagged::Bool(filter.contains(&item()?)?),
        (AnyState::CompatBloom(filter), "size") => Tagged::int(filter.sizing().size()),
        (AnyState::CompatBloom(filter), "num_hashes") => Tagged::int(filter.sizing().num_hashes()),
        (AnyState::CompatBloom(filter), "count") => Tagged::int(filter.count()),
        (AnyState::CompatBloom(filter), "estimated_fp_rate") => Tagged::float(filter.estimated_fp_rate()),
        (AnyState::CompatCountMin(sketch), "total") => Tagged::int(sketch.total()),
        (AnyState::CompatCountMin(sketch), "estimate") => Tagged::int(sketch.estimate(&item()?)?),
        (AnyState::MerkleTree(tree), "root_hash") => Tagged::Text(tree.root_hash()),
        (AnyState::MerkleTree(tree), "keyed_root_hash") => hex(&tree.keyed_root_hash()),
        (AnyState::MerkleTree(tree), "height") => Tagged::int(tree.height()),
        _ => return Err(bad_argument(format!("this kind has no read {name:?}"))),
    })
}

fn hll_position(input: &Tagged) -> Result<Tagged> {
    let position = CompatHll::position(int(input, "precision")?, &item(input)?)?;
    Ok(Tagged::map([("index", Tagged::int(position.index as u64)), ("rank", Tagged::int(position.rank))]))
}

fn numbers(numbers: Vec<u64>) -> Tagged {
    Tagged::List(numbers.into_iter().map(Tagged::int).collect())
}

fn bloom_positions(input: &Tagged) -> Result<Tagged> {
    let sizing = BloomSizing::new(int(input, "size")?, int(input, "num_hashes")?)?;
    CompatBloom::positions(sizing, &item(input)?).map(numbers)
}

fn bloom_sizing(input: &Tagged) -> Result<Tagged> {
    let sizing = BloomSizing::for_capacity(int(input, "capacity")?, number(input, "fp_rate")?)?;
    Ok(Tagged::map([("size", Tagged::int(sizing.size())), ("num_hashes", Tagged::int(sizing.num_hashes()))]))
}

fn cms_positions(input: &Tagged) -> Result<Tagged> {
    CompatCountMin::columns(int(input, "width")?, int(input, "depth")?, &item(input)?).map(numbers)
}

fn leaf_hash(input: &Tagged) -> Result<Tagged> {
    let (record, key) = (record(member(input, "record")?)?, text(input, "key")?);
    let hash = content_hash(&record, key)?;
    let rest: Vec<_> = record.into_pairs().into_iter().filter(|(name, _)| name.as_text() != Some(key)).collect();
    let json = to_text(&Value::Map(Map::from_pairs(rest)?), JsonStyle::HASHED)?;
    Ok(Tagged::map([("json", Tagged::Text(json)), ("hash", hex(&hash))]))
}

fn tree(input: &Tagged, name: &str) -> Result<MerkleTree> {
    match state(member(input, name)?)? {
        AnyState::MerkleTree(tree) => Ok(tree),
        other => Err(mismatch("merkle_tree", &other.type_name())),
    }
}

fn merkle_diff(input: &Tagged) -> Result<Tagged> {
    let diff = tree(input, "a")?.diff(&tree(input, "b")?);
    let identical = diff.is_identical();
    Ok(Tagged::map([
        ("differing_keys", tagged_texts(diff.differing_keys)),
        ("only_in_left", tagged_texts(diff.only_in_left)),
        ("only_in_right", tagged_texts(diff.only_in_right)),
        ("common_different", tagged_texts(diff.common_different)),
        ("comparisons_made", Tagged::int(diff.comparisons_made)),
        ("is_identical", Tagged::Bool(identical)),
    ]))
}

fn dedup_normalize(input: &Tagged) -> Result<Tagged> {
    let words = input.as_text().ok_or_else(|| bad_argument("text was expected"))?;
    Ok(Tagged::map([
        ("normalized", Tagged::Text(normalize(words))),
        ("fuzzy_hash", hex(fuzzy_key(words).as_bytes())),
        ("exact_hash", hex(exact_key(words).as_bytes())),
    ]))
}

fn texts(input: &Tagged) -> Result<Vec<&str>> {
    list(input)?.iter().map(|item| item.as_text().ok_or_else(|| bad_argument("an item is text"))).collect()
}

fn duplicates_in_list(input: &Tagged) -> Result<Tagged> {
    let items = texts(member(input, "items")?)?;
    let method: Method = text(input, "method")?.parse()?;
    let found = dedup_list(&items, method, number(input, "threshold")?);
    let places = found.duplicates.into_iter().map(|place| place as u64).collect();
    let unique = found.unique.iter().filter_map(|place| items.get(*place));
    Ok(Tagged::map([("unique", tagged_texts(unique)), ("duplicates", numbers(places))]))
}

fn duplicates_in_records(input: &Tagged) -> Result<Tagged> {
    let records = records(member(input, "records")?)?;
    let columns = match member(input, "columns")? {
        Tagged::Null => None,
        columns => Some(texts(columns)?),
    };
    let found = dedup_records(&records, columns.as_deref(), Method::Exact, 1.0);
    let unique = found.unique.iter().filter_map(|place| records.get(*place));
    Ok(Tagged::map([
        ("unique", Tagged::List(unique.map(|record| tagged(&Value::Map(record.clone()))).collect())),
        ("removed", Tagged::int(found.duplicates.len() as u64)),
    ]))
}
