//! The small lists: one operation each.

use super::frames::frame_of;
use super::joins::one_entry_state;
use super::notation::Entry;
use super::{File, Place};
use crate::case::{Compare, Expect};
use crate::hex;
use crate::value::Value;

/// The key column of recorded chains.
const CHAIN_KEY: &str = "id";
/// The only rule for the leaves of recorded roots.
const ROOT_NOTE: &str = "leaf i has key 'k<i>' and hash sha256(decimal text of i)";

impl File {
    pub(super) fn record_hash(&mut self, place: &Place, entry: &Entry) -> Result<(), String> {
        let input = Value::map([("record", entry.typed("record")?), ("key", entry.plain("key")?)]);
        self.good(place, "hash", "record_hash", input, entry.plain("hash")?);
        Ok(())
    }

    pub(super) fn leaf_hash(&mut self, place: &Place, entry: &Entry) -> Result<(), String> {
        let input = Value::map([("record", entry.typed("record")?), ("key", entry.plain("key")?)]);
        let out = Value::map([("json", entry.plain("json")?), ("hash", entry.plain("hash")?)]);
        self.good(place, "hash", "leaf_hash", input, out);
        Ok(())
    }

    pub(super) fn chain(&mut self, place: &Place, entry: &Entry) -> Result<(), String> {
        let [one, two, three] = [entry.plain("s1")?, entry.plain("s2")?, entry.plain("s3")?];
        let (first, second) = (entry.plain("delta12")?, entry.plain("delta23")?);
        self.compute(place, "compute-12", (&one, &two), &first, 1)?;
        self.compute(place, "compute-23", (&two, &three), &second, 2)?;
        let (first_frame, second_frame) = (delta_frame(&first, 1)?, delta_frame(&second, 2)?);
        self.apply_delta(place, "apply-12", (&one, first_frame.clone()), entry.plain("applied12")?);
        let recorded = entry.plain("composed_with_key")?;
        let lawful = delta_frame(&with_member(&recorded, "source_node", &common_source(&first, &second)), 2)?;
        let input =
            Value::map([("deltas", Value::List(vec![first_frame, second_frame])), ("key", Value::text(CHAIN_KEY))]);
        let reference = delta_frame(&recorded, 2)?;
        if reference != lawful {
            self.compat(place, "compose-compat", "delta_compose", input.clone(), Expect::Out(reference));
        }
        self.good(place, "compose", "delta_compose", input, lawful.clone());
        self.apply_delta(place, "apply-composed", (&one, lawful), entry.plain("applied_composed_sorted")?);
        Ok(())
    }

    fn compute(
        &mut self,
        place: &Place,
        part: &str,
        sides: (&Value, &Value),
        delta: &Value,
        stamp: u8,
    ) -> Result<(), String> {
        let member = |name: &str| delta.field(name).cloned().ok_or_else(|| format!("a delta has no {name:?}"));
        let input = Value::map([
            ("old", sides.0.clone()),
            ("new", sides.1.clone()),
            ("key", Value::text(CHAIN_KEY)),
            ("version", member("version")?),
            ("stamp", Value::float(stamp.into())),
            ("source_node", member("source_node")?),
        ]);
        self.good(place, part, "delta_compute", input, delta_frame(&in_old_order(delta, sides.0), stamp)?);
        Ok(())
    }

    fn apply_delta(&mut self, place: &Place, part: &str, (records, delta): (&Value, Value), out: Value) {
        let input = Value::map([("records", records.clone()), ("delta", delta), ("key", Value::text(CHAIN_KEY))]);
        self.compared(place, part, "delta_apply", (input, out), Compare::AnyOrder);
    }

    pub(super) fn digest(&mut self, place: &Place, entry: &Entry) -> Result<(), String> {
        let held = Value::map([
            ("key", Value::text("k")),
            ("value", entry.typed("value")?),
            ("clock", clock(entry.plain("clock")?)),
            ("tombstone", Value::Bool(entry.bool("tombstone")?)),
        ]);
        let out = Value::map([("k", entry.plain("digest")?)]);
        match one_entry_state(&held) {
            Ok(frame) => {
                let input = Value::map([("frame", frame), ("name", Value::text("digest"))]);
                self.compared(place, "digest", "read", (input, out), Compare::AnyOrder);
            }
            Err(fault) => self.leave_out(place, &format!("no frame holds this value: {fault}")),
        }
        Ok(())
    }

    pub(super) fn clock_compare(&mut self, place: &Place, entry: &Entry) -> Result<(), String> {
        let (a, b) = (clock(entry.plain("a")?), clock(entry.plain("b")?));
        let input = Value::map([("a", frame_of(0x40, &a)?), ("b", frame_of(0x40, &b)?)]);
        self.good(place, "compare", "compare", input, entry.plain("compare")?);
        Ok(())
    }

    pub(super) fn descends(&mut self, place: &Place, entry: &Entry) -> Result<(), String> {
        let out = match (entry.bool("a_descends_b")?, entry.bool("b_descends_a")?) {
            (true, true) => "equal",
            (true, false) => "after",
            (false, true) => "before",
            (false, false) => "concurrent",
        };
        let (a, b) = (frame_of(0x41, &entry.plain("a")?)?, frame_of(0x41, &entry.plain("b")?)?);
        self.good(place, "compare", "compare", Value::map([("a", a), ("b", b)]), Value::text(out));
        Ok(())
    }

    pub(super) fn root(&mut self, place: &Place, entry: &Entry) -> Result<(), String> {
        if entry.text("note")? != ROOT_NOTE {
            return Err(format!("nobody knows how to read {:?}", entry.text("note")?));
        }
        let count = entry.member("n")?.as_usize().ok_or("n is a count")?;
        let leaf = |i: usize| (Value::text(format!("k{i}")), Value::text(hex::sha256(i.to_string().as_bytes())));
        let tree = Value::map([
            ("type", Value::text("merkle_tree")),
            ("branching_factor", entry.plain("branching_factor")?),
            ("records", Value::Map((0..count).map(leaf).collect())),
            ("record_data", Value::Map(Vec::new())),
        ]);
        let frame = frame_of(0x42, &tree)?;
        for name in ["root_hash", "height"] {
            let input = Value::map([("frame", frame.clone()), ("name", Value::text(name))]);
            self.good(place, &format!("read-{name}"), "read", input, entry.plain(name)?);
        }
        Ok(())
    }

    pub(super) fn diff(&mut self, place: &Place, entry: &Entry) -> Result<(), String> {
        let (a, b) = (frame_of(0x42, &entry.plain("a")?)?, frame_of(0x42, &entry.plain("b")?)?);
        self.good(place, "diff", "merkle_diff", Value::map([("a", a), ("b", b)]), entry.plain("diff")?);
        Ok(())
    }

    pub(super) fn evolve(&mut self, place: &Place, entry: &Entry) -> Result<(), String> {
        let (old, new) = (entry.plain("old")?, entry.plain("new")?);
        let input = Value::map([
            ("old", old.clone()),
            ("new", new.clone()),
            ("policy", entry.plain("policy")?),
            ("defaults", entry.plain("defaults")?),
            ("allow_type_narrowing", entry.plain("allow_type_narrowing")?),
        ]);
        self.good(place, "evolve", "schema_evolve", input, entry.plain("result")?);
        let checked = entry.plain("check_compatibility")?;
        let Some([compatible, problems]) = checked.as_list() else {
            return Err("check_compatibility is a flag and a list".into());
        };
        let out = Value::map([("compatible", compatible.clone()), ("problems", problems.clone())]);
        self.good(place, "check", "schema_check", Value::map([("old", old), ("new", new)]), out);
        Ok(())
    }

    pub(super) fn widen(&mut self, place: &Place, entry: &Entry) -> Result<(), String> {
        let input = Value::map([("a", entry.plain("a")?), ("b", entry.plain("b")?)]);
        self.good(place, "widen", "schema_widen", input, entry.plain("widened")?);
        Ok(())
    }

    pub(super) fn normalize(&mut self, place: &Place, entry: &Entry) -> Result<(), String> {
        let out = Value::map([
            ("normalized", entry.plain("normalized")?),
            ("fuzzy_hash", entry.plain("fuzzy_hash")?),
            ("exact_hash", entry.plain("exact_hash")?),
        ]);
        self.good(place, "normalize", "dedup_normalize", entry.plain("text")?, out);
        Ok(())
    }

    pub(super) fn dice(&mut self, place: &Place, entry: &Entry) -> Result<(), String> {
        entry.text("dice_text")?;
        let input = Value::map([("a", entry.plain("a")?), ("b", entry.plain("b")?)]);
        self.good(place, "dice", "dedup_dice", input, entry.bits("dice")?);
        Ok(())
    }

    pub(super) fn dedup_list(&mut self, place: &Place, entry: &Entry) -> Result<(), String> {
        let input = Value::map([
            ("items", entry.plain("items")?),
            ("method", entry.plain("method")?),
            ("threshold", entry.plain("threshold")?),
        ]);
        let out = Value::map([("unique", entry.plain("unique")?), ("duplicates", entry.plain("dup_indices")?)]);
        self.good(place, "dedup", "dedup_list", input, out);
        Ok(())
    }

    pub(super) fn dedup_records(&mut self, place: &Place, entry: &Entry) -> Result<(), String> {
        let input = Value::map([("records", entry.plain("records")?), ("columns", entry.plain("columns")?)]);
        let out = Value::map([("unique", entry.plain("unique")?), ("removed", entry.plain("removed")?)]);
        self.good(place, "dedup", "dedup_records", input, out);
        Ok(())
    }
}

fn clock(slots: Value) -> Value {
    Value::map([("type", Value::text("vector_clock")), ("clocks", slots)])
}

/// The frame of a recorded delta, which has no stamp of its own.
fn delta_frame(delta: &Value, stamp: u8) -> Result<Value, String> {
    let mut pairs = Vec::new();
    for name in ["added", "modified", "removed", "version", "timestamp", "source_node"] {
        let value = match name {
            "timestamp" => Value::float(stamp.into()),
            _ => delta.field(name).cloned().ok_or_else(|| format!("a delta has no {name:?}"))?,
        };
        pairs.push((Value::text(name), value));
    }
    if delta.as_map().is_some_and(|members| members.len() != 5) {
        return Err("a recorded delta has five members".into());
    }
    frame_of(0x10, &Value::Map(pairs))
}

/// The recorded delta with its removals in the order of the old records, which is the rule; the record
/// has them sorted.
fn in_old_order(delta: &Value, old: &Value) -> Value {
    let removed = delta.field("removed").and_then(Value::as_list).unwrap_or(&[]);
    let mut ordered: Vec<Value> = Vec::new();
    for record in old.as_list().unwrap_or(&[]) {
        let key = Value::text(record.field(CHAIN_KEY).map(crate::schema::text_of).unwrap_or_default());
        if removed.contains(&key) && !ordered.contains(&key) {
            ordered.push(key);
        }
    }
    match ordered.len() == removed.len() {
        true => with_member(delta, "removed", &Value::List(ordered)),
        false => delta.clone(),
    }
}

fn common_source(first: &Value, second: &Value) -> Value {
    match (first.field("source_node"), second.field("source_node")) {
        (Some(a), Some(b)) if a == b => a.clone(),
        _ => Value::text(""),
    }
}

fn with_member(delta: &Value, member: &str, new: &Value) -> Value {
    let members = delta.as_map().unwrap_or(&[]).iter().map(|(name, value)| match name.as_text() {
        Some(found) if found == member => (name.clone(), new.clone()),
        _ => (name.clone(), value.clone()),
    });
    Value::Map(members.collect())
}
