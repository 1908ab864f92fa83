//! Every runtime writes in a state of every kind, all of them exchange what they have, and all must come to one id.

use std::path::Path;

use crate::json::{Json, object, text};
use crate::judge::Answer;
use crate::script::{Script, reference};
use crate::testee::{Config, Question, Testee};
use crate::value::Value;

/// The time of the writes: the first microsecond of 2026, and one more for each runtime.
const NOW: i64 = 1_767_225_600_000_000;

/// What all runtimes came to with one kind.
pub struct Row {
    /// Name of the kind.
    pub kind: String,
    /// The id in each runtime, or what went wrong there.
    pub ids: Vec<Result<String, String>>,
}

impl Row {
    /// Whether all came to one id.
    pub fn is_one(&self) -> bool {
        self.ids.iter().all(|id| id.is_ok() && Some(id) == self.ids.first())
    }

    /// The row of the table.
    pub fn to_text(&self) -> String {
        let short = |id: &Result<String, String>| id.as_ref().map_or("-", |id| id.get(..12).unwrap_or(id)).to_owned();
        let ids: String = self.ids.iter().map(|id| format!("{:<15}", short(id))).collect();
        format!("{:<22} {ids}{}", self.kind, if self.is_one() { "one" } else { "NOT ONE" })
    }

    /// The row as an object: the kind, whether all agree, and the id in each runtime.
    pub fn to_json(&self, names: &[String]) -> Json {
        let id = |id: &Result<String, String>| id.as_ref().map_or(Json::Null, text);
        let ids = names.iter().zip(&self.ids).map(|(name, found)| (name.clone(), id(found))).collect();
        object([("kind", text(&self.kind)), ("one", Json::Bool(self.is_one())), ("ids", Json::Object(ids))])
    }

    /// What went wrong where.
    pub fn faults(&self, names: &[String]) -> impl Iterator<Item = String> {
        let faults = names.iter().zip(&self.ids).filter_map(|(name, id)| Some((name, id.as_ref().err()?)));
        faults.map(|(name, fault)| format!("{} in {name}: {fault}", self.kind))
    }
}

/// The head of the table.
pub fn head(names: &[String]) -> String {
    format!("{:<22} {}", "kind", names.iter().map(|name| format!("{name:<15}")).collect::<String>())
}

/// Asks the runtimes for some kinds; `watch` is told each row as it is there.
pub fn rows(
    kinds: &[String],
    configs: Vec<Config>,
    root: &Path,
    mut watch: impl FnMut(&Row),
) -> Result<Vec<Row>, String> {
    let mut runtimes: Vec<Testee> = configs.into_iter().map(|config| Testee::new(config, root)).collect();
    for runtime in &mut runtimes {
        runtime.hello().map_err(|fault| format!("{}: {fault}", runtime.config().name))?;
    }
    let kinds = kinds.iter().map(|kind| {
        let row = row(kind, &mut runtimes);
        watch(&row);
        row
    });
    let rows = kinds.collect();
    runtimes.iter_mut().for_each(Testee::bye);
    Ok(rows)
}

fn row(kind: &str, runtimes: &mut [Testee]) -> Row {
    let frames: Vec<Result<Value, String>> =
        runtimes.iter_mut().enumerate().map(|(place, runtime)| only(ask(runtime, write(kind, place)))).collect();
    let known: Vec<Value> = frames.iter().filter_map(|frame| frame.clone().ok()).collect();
    let ids = runtimes.iter_mut().zip(frames).enumerate().map(|(place, (runtime, own))| {
        own?;
        match only(ask(runtime, merge(kind, &known, place)))? {
            Value::Text(id) => Ok(id),
            other => Err(format!("no id: {other:?}")),
        }
    });
    Row { kind: kind.to_owned(), ids: ids.collect() }
}

fn ask(runtime: &mut Testee, input: Value) -> Answer {
    runtime.ask(&Question { id: "matrix".to_owned(), op: "script".to_owned(), input })
}

/// The one result that a script shows.
fn only(answer: Answer) -> Result<Value, String> {
    match answer {
        Answer::Out(Value::List(mut shown)) if shown.len() == 1 => shown.pop().ok_or_else(String::new),
        Answer::Out(other) => Err(format!("another answer: {other:?}")),
        Answer::Error(code, message) => Err(format!("{code}: {message}")),
        Answer::Skip(reason) | Answer::Broken(reason) => Err(reason),
    }
}

/// What the runtime at a place writes, and the frame of it.
fn write(kind: &str, place: usize) -> Value {
    let mut script = Script::default();
    let node = format!("runtime-{place}");
    let replica = script.replica(&node, 1 + place as u8);
    let state = script.state(kind, replica, parameters(kind));
    writes(&mut script, kind, state, place as i64);
    script.show("state_encode", [("state", reference(state))]);
    script.whole()
}

/// Small sizes for what has sizes.
fn parameters(kind: &str) -> Value {
    match kind {
        "hll" | "hll_native" => Value::map([("precision", Value::int(6))]),
        "bloom" => Value::map([("capacity", Value::int(100))]),
        "bloom_native" => Value::map([("blocks", Value::int(2))]),
        "cms" | "cms_native" => Value::map([("width", Value::int(32)), ("depth", Value::int(3))]),
        "minhash" => Value::map([("length", Value::int(16))]),
        _ => Value::Null,
    }
}

fn writes(script: &mut Script, kind: &str, state: usize, place: i64) {
    let own = Value::text(format!("of {place}"));
    let shared = Value::text("é of all");
    let at = Value::int(NOW + place);
    let mut step = |operation: &str, name: &str, value: Value| {
        script.step(operation, [("state", reference(state)), (name, value)]);
    };
    match kind {
        "g_counter" | "pn_counter" | "bounded_counter" => {
            step("counter_add", "amount", Value::int(10 + place));
            if kind != "g_counter" {
                step("counter_add", "amount", Value::int(-1 - place));
            }
        }
        "or_set" | "rw_set" => {
            step("set_add", "values", Value::List(vec![own.clone(), shared, Value::int(place), Value::float(0.5)]));
            step("set_remove", "values", Value::List(vec![own]));
        }
        "ew_flag" | "dw_flag" => step("flag_set", "on", Value::Bool(true)),
        "vector_clock" | "dotted_version_vector" => {
            script.step("clock_tick", [("state", reference(state))]);
        }
        "lww_register" | "mv_register" => {
            script.step("register_set", [("state", reference(state)), ("value", own), ("at", at)]);
        }
        "lww_map" | "gossip_state" => {
            let entries = Value::Map(vec![(own, Value::int(place)), (shared, Value::float(-0.0))]);
            script.step("map_put", [("state", reference(state)), ("entries", entries), ("at", at)]);
        }
        "merkle_tree" => {
            let record = Value::map([("written by", Value::int(place))]);
            step("tree_put", "records", Value::Map(vec![(own, record)]));
        }
        _ => step("sketch_add", "items", Value::List(vec![own, shared, Value::int(place)])),
    }
}

/// All frames merged, each runtime beginning at its own and in an order of its own, and the id of the result.
fn merge(kind: &str, frames: &[Value], place: usize) -> Value {
    let mut script = Script::default();
    let mut rotated = frames.to_vec();
    rotated.rotate_left(place % frames.len().max(1));
    let own = rotated.first().cloned().unwrap_or(Value::Null);
    let state = script.step("state_decode", [("frame", own), ("kind", Value::text(kind))]);
    for frame in rotated.into_iter().rev() {
        script.step("state_merge_frame", [("state", reference(state)), ("frame", frame)]);
    }
    script.show("state_identify", [("state", reference(state))]);
    script.whole()
}
