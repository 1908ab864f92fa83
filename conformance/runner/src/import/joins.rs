//! Merges: recorded results, required results, and the laws they must obey.

use std::cmp::Ordering;

use super::frames::frame_of;
use super::notation::Entry;
use super::{File, Place};
use crate::case::{Compare, Expect, Law};
use crate::json::Json;
use crate::schema;
use crate::value::Value;
use crate::wire::{self, Document};

const ALL_LAWS: [Law; 3] = [Law::Commutative, Law::Associative, Law::Idempotent];

impl File {
    pub(super) fn merge(&mut self, place: &Place, entry: &Entry) -> Result<(), String> {
        entry.maybe("description");
        let (a, b) = (entry.bytes("a_hex")?, entry.bytes("b_hex")?);
        let merged = entry.bytes("merged_hex")?;
        let read = wire::decode(&merged).map_err(|code| format!("merged_hex: {code}"))?;
        self.confirm(place, check_merged(entry, &read));
        let reads = entry.maybe("reads");
        self.laws(place, read.tag, vec![Value::Bytes(a.clone()), Value::Bytes(b.clone())]);
        if entry.bool("reference_commutes")? {
            self.both_orders(place, &a, &b, &merged);
            let kind = schema::name_of(read.tag).unwrap_or("");
            return reads.map_or(Ok(()), |reads| self.reads(place, kind, &Value::Bytes(merged), reads));
        }
        self.compat(place, "compat-ab", "merge", frames(&[&a, &b]), Expect::Out(Value::Bytes(merged)));
        match required(&a, &b)? {
            Some(frame) => self.both_orders(place, &a, &b, &frame),
            None => self.leave_out(place, "no rule here decides the required result; the laws are checked"),
        }
        Ok(())
    }

    pub(super) fn join_required(&mut self, place: &Place, entry: &Entry) -> Result<(), String> {
        entry.maybe("note");
        let (a, b, frame) = (entry.bytes("a_hex")?, entry.bytes("b_hex")?, entry.bytes("required_hex")?);
        let kind = entry.text("type")?;
        let tag = schema::tag_of(kind).ok_or_else(|| format!("no kind is called {kind:?}"))?;
        let ours = required(&a, &b)?;
        if ours.as_ref().is_some_and(|ours| *ours != frame) {
            self.confirm(place, Err("the rule for ties gives another result".into()));
        }
        self.both_orders(place, &a, &b, &frame);
        self.laws(place, tag, vec![Value::Bytes(a.clone()), Value::Bytes(b.clone())]);
        self.required_read(place, entry, tag, &frame)?;
        for (part, name, pair) in
            [("ab", "reference_ab_hex", [a.as_slice(), &b]), ("ba", "reference_ba_hex", [b.as_slice(), &a])]
        {
            if entry.maybe(name).is_none() {
                continue;
            }
            let theirs = entry.bytes(name)?;
            if theirs != frame {
                let expect = Expect::Out(Value::Bytes(theirs));
                self.compat(place, &format!("compat-{part}"), "merge", frames(&pair), expect);
            }
        }
        Ok(())
    }

    fn required_read(&mut self, place: &Place, entry: &Entry, tag: u8, frame: &[u8]) -> Result<(), String> {
        let (name, compare) = match tag {
            0x04 => ("elements", Compare::AnyOrder),
            0x05 => ("value", Compare::AnyOrder),
            _ => ("value", Compare::Exact),
        };
        let input = Value::map([("frame", Value::Bytes(frame.to_vec())), ("name", Value::text(name))]);
        self.compared(place, "read", "read", (input, entry.typed("required_value")?), compare);
        Ok(())
    }

    fn both_orders(&mut self, place: &Place, a: &[u8], b: &[u8], merged: &[u8]) {
        let out = Value::Bytes(merged.to_vec());
        self.good(place, "ab", "merge", frames(&[a, b]), out.clone());
        self.good(place, "ba", "merge", frames(&[b, a]), out);
    }

    fn laws(&mut self, place: &Place, tag: u8, operands: Vec<Value>) {
        let mut case = self.case(place, "laws", "merge", Value::List(operands), Expect::Laws(ALL_LAWS.to_vec()));
        // The recorded answer keeps members that do not count for equality.
        if matches!(tag, 0x31 | 0x41 | 0x43) {
            case.compare = Compare::State;
        }
        self.push(case);
    }

    /// The rule for entries, asked as a merge of states that hold one entry each.
    pub(super) fn gossip_winner(&mut self, place: &Place, entry: &Entry) -> Result<(), String> {
        let entries = entry.array("entries")?.iter().map(wire::json_value).collect::<Vec<_>>();
        let winner = entry.plain("required_winner")?;
        let states: Vec<Value> = entries.iter().map(one_entry_state).collect::<Result<_, _>>()?;
        let clock = entries.iter().try_fold(Value::Map(Vec::new()), |sum, e| join_clocks(&sum, &slots(e)?))?;
        let key = winner.field("key").and_then(Value::as_text).ok_or("the winner has no key")?;
        let merged = gossip_state(Value::map([(key, sorted_clock(&winner)?)]), clock);
        self.good(place, "merge", "merge", Value::List(states.clone()), frame_of(0x43, &merged)?);
        self.laws(place, 0x43, states);
        Ok(())
    }

    pub(super) fn causal_sync(&mut self, place: &Place, entry: &Entry) -> Result<(), String> {
        let (a, b) = (entry.plain("a_state")?, entry.plain("b_state")?);
        let (frame_a, frame_b) = (frame_of(0x43, &a)?, frame_of(0x43, &b)?);
        let input = Value::List(vec![frame_a.clone(), frame_b.clone()]);
        let merged = synced(entry, &a, &b)?;
        match entry.bool("b_is_causally_after_a")? {
            true => {
                let checked = check_applied(entry, &a);
                self.confirm(place, checked);
                self.good(place, "merge", "merge", input, frame_of(0x43, &merged)?);
            }
            // Without causality the recorded entries depend on the order of applying them.
            false => {
                entry.member("applied_count")?;
                self.leave_out(place, "the recorded entries are those of one order; the laws are checked");
            }
        }
        self.laws(place, 0x43, vec![frame_a.clone(), frame_b.clone()]);
        self.exchange(place, entry, frame_a, frame_b)?;
        Ok(())
    }
}

impl File {
    /// `missing_local` and `missing_remote` are recorded for `a`, push and pull for `b`.
    fn exchange(&mut self, place: &Place, entry: &Entry, a: Value, b: Value) -> Result<(), String> {
        let recorded = entry.plain("anti_entropy")?;
        let list = |name: &str| recorded.field(name).cloned().ok_or_else(|| format!("there is no {name:?}"));
        let (local, remote, different) = (list("missing_local")?, list("missing_remote")?, list("different")?);
        if recorded.as_map().is_some_and(|members| members.len() != 3) {
            return Err("anti_entropy has three lists".into());
        }
        let (push, pull) = (entry.plain("push")?, entry.plain("pull")?);
        let out = |local: &Value, remote: &Value, push: &Value, pull: &Value| {
            Value::map([
                ("missing_local", local.clone()),
                ("missing_remote", remote.clone()),
                ("different", different.clone()),
                ("push", push.clone()),
                ("pull", pull.clone()),
            ])
        };
        let input = Value::map([("local", a.clone()), ("remote", b.clone())]);
        self.good(place, "anti-entropy-ab", "anti_entropy", input, out(&local, &remote, &pull, &push));
        let input = Value::map([("local", b), ("remote", a)]);
        self.good(place, "anti-entropy-ba", "anti_entropy", input, out(&remote, &local, &push, &pull));
        Ok(())
    }
}

fn frames(items: &[&[u8]]) -> Value {
    Value::List(items.iter().map(|bytes| Value::Bytes(bytes.to_vec())).collect())
}

fn check_merged(entry: &Entry, read: &Document) -> Result<(), String> {
    match entry.maybe("merged_state") {
        None | Some(Json::Null) => {}
        Some(state) if wire::json_value(state) == read.payload => {}
        Some(_) => return Err("merged_hex does not hold merged_state".into()),
    }
    match schema::canonical(read.tag, &read.payload) {
        Ok(state) if state == read.payload => Ok(()),
        Ok(_) => Err("merged_hex is not canonical".into()),
        Err(code) => Err(format!("merged_hex: {code}")),
    }
}

/// The join of two registers or two maps of registers, from the rule for ties.
fn required(a: &[u8], b: &[u8]) -> Result<Option<Vec<u8>>, String> {
    let read = |bytes: &[u8]| {
        let read = wire::decode(bytes).map_err(|code| format!("an operand: {code}"))?;
        let state = schema::canonical(read.tag, &read.payload).map_err(|code| format!("an operand: {code}"))?;
        Ok::<_, String>((read.tag, state))
    };
    let ((tag, a), (_, b)) = (read(a)?, read(b)?);
    let joined = match tag {
        0x03 => greater_register(&a, &b).clone(),
        0x05 => join_maps(&a, &b),
        _ => return Ok(None),
    };
    Ok(wire::encode(tag, &joined))
}

fn encoded(value: Option<&Value>) -> Vec<u8> {
    value.and_then(wire::value_encode).unwrap_or_default()
}

fn greater_register<'a>(a: &'a Value, b: &'a Value) -> &'a Value {
    let null = Value::Null;
    let member = |register: &'a Value, name: &str| register.field(name).cloned().unwrap_or(null.clone());
    let order = schema::compare_numbers(&member(a, "timestamp"), &member(b, "timestamp"))
        .then_with(|| member(a, "node_id").as_text().cmp(&member(b, "node_id").as_text()))
        .then_with(|| encoded(a.field("value")).cmp(&encoded(b.field("value"))))
        .then_with(|| encoded(a.field("timestamp")).cmp(&encoded(b.field("timestamp"))));
    if order == Ordering::Less { b } else { a }
}

fn greater_stamp<'a>(a: &'a Value, b: &'a Value) -> &'a Value {
    let order = schema::compare_numbers(a, b).then_with(|| encoded(Some(a)).cmp(&encoded(Some(b))));
    if order == Ordering::Less { b } else { a }
}

fn join_maps(a: &Value, b: &Value) -> Value {
    let half = |name: &str, greater: for<'x> fn(&'x Value, &'x Value) -> &'x Value| {
        let empty = Value::Map(Vec::new());
        union(a.field(name).unwrap_or(&empty), b.field(name).unwrap_or(&empty), greater)
    };
    Value::map([
        ("type", Value::text("lww_map")),
        ("registers", half("registers", greater_register)),
        ("tombstones", half("tombstones", greater_stamp)),
    ])
}

fn union(a: &Value, b: &Value, greater: for<'x> fn(&'x Value, &'x Value) -> &'x Value) -> Value {
    let mut pairs = a.as_map().unwrap_or(&[]).to_vec();
    for (key, theirs) in b.as_map().unwrap_or(&[]) {
        match pairs.iter_mut().find(|(known, _)| known == key) {
            Some(pair) => pair.1 = greater(&pair.1, theirs).clone(),
            None => pairs.push((key.clone(), theirs.clone())),
        }
    }
    schema::sorted(Value::Map(pairs))
}

fn greater_count<'a>(a: &'a Value, b: &'a Value) -> &'a Value {
    if a.as_i128() < b.as_i128() { b } else { a }
}

fn join_clocks(a: &Value, b: &Value) -> Result<Value, String> {
    Ok(union(a, b, greater_count))
}

/// The clock slots of a gossip entry or state.
fn slots(holder: &Value) -> Result<Value, String> {
    let clock = holder.field("clock").and_then(|clock| clock.field("clocks"));
    clock.cloned().ok_or_else(|| "there is no clock".into())
}

/// The entry with its clock in canonical order.
fn sorted_clock(entry: &Value) -> Result<Value, String> {
    schema::canonical(0x44, entry).map_err(|code| format!("an entry: {code}"))
}

fn clock(slots: Value) -> Value {
    Value::map([("type", Value::text("vector_clock")), ("clocks", slots)])
}

fn gossip_state(entries: Value, slots: Value) -> Value {
    Value::map([
        ("type", Value::text("gossip_state")),
        ("node_id", Value::text("n")),
        ("fanout", Value::int(3)),
        ("entries", entries),
        ("clock", clock(slots)),
    ])
}

/// The frame of a state that holds one entry and knows nothing else.
pub(super) fn one_entry_state(entry: &Value) -> Result<Value, String> {
    let key = entry.field("key").and_then(Value::as_text).ok_or("an entry has a key")?;
    let state = gossip_state(Value::map([(key, entry.clone())]), slots(entry)?);
    frame_of(0x43, &state)
}

/// `applied_count` must be the number of entries that changed.
fn check_applied(entry: &Entry, a: &Value) -> Result<(), String> {
    let expected = entry.plain("expected_entries")?;
    let before = a.field("entries").cloned().unwrap_or(Value::Map(Vec::new()));
    let after = expected.as_map().ok_or("expected_entries is an object")?.iter();
    let changed = after.filter(|(key, e)| before.field(key.as_text().unwrap_or("")) != Some(e)).count();
    match entry.member("applied_count")?.as_usize() == Some(changed) {
        true => Ok(()),
        false => Err("applied_count is not the number of changed entries".into()),
    }
}

/// The state of `a` after it has met `b`, from the recorded entries.
fn synced(entry: &Entry, a: &Value, b: &Value) -> Result<Value, String> {
    let expected = entry.plain("expected_entries")?;
    let joined = join_clocks(&slots(a)?, &slots(b)?)?;
    let pairs = a.as_map().unwrap_or(&[]).iter().map(|(name, value)| match name.as_text() {
        Some("entries") => (name.clone(), expected.clone()),
        Some("clock") => (name.clone(), clock(joined.clone())),
        _ => (name.clone(), value.clone()),
    });
    schema::canonical(0x43, &Value::Map(pairs.collect())).map_err(|code| format!("the result: {code}"))
}
