//! Sketches: how to build recorded ones, and the small lists about hashing.

use super::notation::Entry;
use super::{File, Place};
use crate::case::{Expect, Level};
use crate::json::Json;
use crate::value::Value;
use crate::wire;

/// Parameters of the reference's constructors, used where only a digest is recorded.
const DEFAULT_PRECISION: u8 = 14;
const DEFAULT_WIDTH: u16 = 2000;
const DEFAULT_DEPTH: u8 = 7;

impl File {
    /// How to build a recorded sketch from its items, if the entry says.
    pub(super) fn sketch_request(&self, tag: u8, entry: &Entry, description: &str) -> Result<Option<Value>, String> {
        let (prefix, count) = (entry.maybe("prefix"), entry.maybe("n"));
        let numbered = match (prefix.and_then(Json::as_text), count.and_then(Json::as_usize)) {
            (Some(prefix), Some(count)) => Some((prefix, count)),
            (None, None) if prefix.is_none() && count.is_none() => None,
            _ => return Err("prefix and n come together".into()),
        };
        let (kind, items) = match (tag, numbered) {
            (0x30, Some((prefix, count))) => ("hll", named(prefix, count)),
            (0x31, Some((prefix, count))) => ("bloom", named(prefix, count)),
            (0x32, Some((prefix, count))) => ("cms", weighted(prefix, count, description)?),
            (0x32, None) if !entry.has("hex") => ("cms", Value::List(vec![one_add(description)?])),
            (_, None) => return Ok(None),
            _ => return Err("only sketches have a prefix".into()),
        };
        let parameters = parameters(kind, entry)?;
        Ok(Some(Value::map([("type", Value::text(kind)), ("parameters", parameters), ("items", items)])))
    }

    pub(super) fn sketch_hash(&mut self, place: &Place, entry: &Entry) -> Result<(), String> {
        let item = entry.typed("item")?;
        let repr = String::from_utf8(entry.bytes("repr_utf8")?).map_err(|_| "repr_utf8 is no text")?;
        let kind = item_kind(&item);
        self.hash_case(place, "repr", "py_repr", (item.clone(), Value::text(repr)), kind);
        for (seed, hashes) in entry.member("seeds")?.as_object().ok_or("seeds is an object")? {
            crate::case::known_members(hashes, &["h128", "h64"])?;
            let input = Value::map([("item", item.clone()), ("seed", Value::Int(seed.clone()))]);
            let out = (input, wire::json_value(hashes));
            self.hash_case(place, &format!("seed-{seed}"), "sketch_hash", out, kind);
        }
        Ok(())
    }

    fn hash_case(&mut self, place: &Place, part: &str, op: &str, io: (Value, Value), kind: ItemKind) {
        let mut case = self.case(place, part, op, io.0.clone(), Expect::Out(io.1));
        match kind {
            ItemKind::Plain => return self.push(case),
            ItemKind::Tuple => case.needs = vec!["tuple".into()],
        }
        case.profile = crate::case::Profile::Compat;
        case.level = Level::May;
        self.push(case);
    }

    pub(super) fn hll_position(&mut self, place: &Place, entry: &Entry) -> Result<(), String> {
        let input = Value::map([("precision", entry.plain("precision")?), ("item", entry.plain("item")?)]);
        let out = Value::map([("index", entry.plain("index")?), ("rank", entry.plain("rank")?)]);
        self.good(place, "position", "hll_position", input, out);
        Ok(())
    }

    pub(super) fn bloom_positions(&mut self, place: &Place, entry: &Entry) -> Result<(), String> {
        let input = Value::map([
            ("size", entry.plain("size")?),
            ("num_hashes", entry.plain("num_hashes")?),
            ("item", entry.plain("item")?),
        ]);
        self.good(place, "positions", "bloom_positions", input, entry.plain("positions")?);
        Ok(())
    }

    pub(super) fn cms_positions(&mut self, place: &Place, entry: &Entry) -> Result<(), String> {
        let input = Value::map([
            ("width", entry.plain("width")?),
            ("depth", entry.plain("depth")?),
            ("item", entry.plain("item")?),
        ]);
        self.good(place, "positions", "cms_positions", input, entry.plain("positions")?);
        Ok(())
    }

    pub(super) fn sizing(&mut self, place: &Place, entry: &Entry) -> Result<(), String> {
        let input = Value::map([("capacity", entry.plain("capacity")?), ("fp_rate", entry.plain("fp_rate")?)]);
        let out = Value::map([("size", entry.plain("size")?), ("num_hashes", entry.plain("num_hashes")?)]);
        self.good(place, "sizing", "bloom_sizing", input, out);
        Ok(())
    }
}

#[derive(Clone, Copy)]
enum ItemKind {
    Plain,
    /// A kind no value of ours has.
    Tuple,
}

fn item_kind(item: &Value) -> ItemKind {
    let mut kind = ItemKind::Plain;
    item.walk(&mut |inner| {
        if matches!(inner, Value::Tuple(_)) {
            kind = ItemKind::Tuple;
        }
    });
    kind
}

fn named(prefix: &str, count: usize) -> Value {
    Value::List((0..count).map(|index| Value::text(format!("{prefix}{index}"))).collect())
}

/// The one weighting the notation uses; any other text is refused.
fn weighted(prefix: &str, count: usize, description: &str) -> Result<Value, String> {
    let known = format!("for i<n: add('{prefix}'+str(i%9), 1+i%3)");
    if description != known {
        return Err(format!("nobody knows how to read {description:?}"));
    }
    let add = |index: usize| {
        Value::List(vec![Value::text(format!("{prefix}{}", index % 9)), Value::int(1 + index as i128 % 3)])
    };
    Ok(Value::List((0..count).map(add).collect()))
}

/// `add('item',count)` at the start of a description.
fn one_add(description: &str) -> Result<Value, String> {
    let unknown = || format!("nobody knows how to read {description:?}");
    let inside = description.strip_prefix("add('").ok_or_else(unknown)?;
    let (item, rest) = inside.split_once("',").ok_or_else(unknown)?;
    let (count, _) = rest.split_once(')').ok_or_else(unknown)?;
    let count: u64 = count.trim().parse().map_err(|_| unknown())?;
    Ok(Value::List(vec![Value::text(item), Value::int(count)]))
}

fn parameters(kind: &str, entry: &Entry) -> Result<Value, String> {
    if !entry.has("hex") {
        return match kind {
            "hll" => Ok(Value::map([("precision", Value::int(DEFAULT_PRECISION))])),
            "cms" => Ok(Value::map([("width", Value::int(DEFAULT_WIDTH)), ("depth", Value::int(DEFAULT_DEPTH))])),
            _ => Err("only a digest, and the parameters are unknown".into()),
        };
    }
    let payload = entry.typed("payload")?;
    let names: &[&str] = match kind {
        "hll" => &["precision"],
        "bloom" => &["capacity", "fp_rate"],
        _ => &["width", "depth"],
    };
    let member = |name: &&str| {
        let value = payload.field(name).ok_or_else(|| format!("the payload has no {name:?}"))?;
        Ok((Value::text(*name), value.clone()))
    };
    names.iter().map(member).collect::<Result<_, String>>().map(Value::Map)
}
