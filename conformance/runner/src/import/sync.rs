//! Turns recorded vectors of summaries, deltas, sessions, compaction and saves into corpus topics.

use std::path::Path;

use super::notation::Entry;
use super::{Summary, vector_files};
use crate::case::{Case, Expect};
use crate::corpus::Topic;
use crate::hex;
use crate::json::Json;
use crate::value::Value;

/// The format the files name.
const FORMAT: &str = "crdt-merge/sync/1";
/// Indices of a symbol mapping are recorded below this.
const INDICES_BELOW: u32 = 4096;
/// What a recorded compaction of a table row waits for.
const TABLES: &str = "rows of tables have no frame of their own";

/// Imports every vector file of `in_dir` into corpus topics below `out_dir/sync`.
///
/// Stops at the first member or contradiction it does not understand; nothing is written then.
pub fn sync(in_dir: &Path, out_dir: &Path) -> Result<Summary, String> {
    let mut summary = Summary::default();
    let mut topics = Vec::new();
    for (stem, content) in vector_files(in_dir)? {
        let json = Json::parse(&content).map_err(|error| format!("{stem}.json: {error}"))?;
        let mut file = File::new(&stem);
        file.read(&json).map_err(|fault| format!("{stem}.json: {fault}"))?;
        summary.entries += file.entries;
        summary.cases += file.topic.cases.len();
        summary.left_out.append(&mut file.left_out);
        topics.push(file.topic);
    }
    topics.iter().try_for_each(|topic| topic.save(out_dir))?;
    Ok(summary)
}

/// One file on its way into a topic.
struct File {
    topic: Topic,
    entries: usize,
    left_out: Vec<String>,
}

/// What a file may hold, by its name.
type Read = fn(&mut File, &str, &Entry) -> Result<(), String>;

const FILES: [(&str, Read); 6] = [
    ("symbols", File::symbols),
    ("summaries", File::summary),
    ("deltas", File::delta),
    ("sessions", File::session),
    ("compaction", File::compaction),
    ("replicas", File::replica),
];

impl File {
    fn new(stem: &str) -> File {
        let topic = Topic::new("sync", stem, &format!("imported from {stem}.json"));
        File { topic, entries: 0, left_out: Vec::new() }
    }

    fn read(&mut self, json: &Json) -> Result<(), String> {
        let head = Entry::new(json)?;
        let (_, read) =
            FILES.into_iter().find(|(stem, _)| *stem == self.topic.topic).ok_or("nobody knows this file")?;
        let _ = head.text("note")?;
        let (format, count, cases) = (head.text("format")?, number(&head, "count")?, head.array("cases")?);
        head.finish()?;
        if format != FORMAT || count != Value::int(cases.len() as u64) {
            return Err(format!("the format is {FORMAT:?}, and `count` counts the cases"));
        }
        for json in cases {
            let entry = Entry::new(json)?;
            let id = entry.text("id")?.to_string();
            self.entries += 1;
            read(self, &id, &entry).and_then(|()| entry.finish()).map_err(|fault| format!("{id}: {fault}"))?;
        }
        Ok(())
    }

    fn push(&mut self, id: &str, part: &str, op: &str, input: Value, expect: Expect) {
        let stem = &self.topic.topic;
        let name = id.replace('.', "-").to_lowercase();
        let mut case = Case::new(format!("sync/{stem}/{name}/{part}"), id, op, input);
        case.since = 2;
        case.source = Some(format!("sync/{stem}.json#cases/{id}"));
        case.expect = Some(expect);
        self.topic.cases.push(case);
    }

    fn good(&mut self, id: &str, part: &str, op: &str, input: Value, out: Value) {
        self.push(id, part, op, input, Expect::Out(out));
    }

    /// A frame that is read and written again.
    fn canonical(&mut self, id: &str, part: &str, frame: &Value) {
        let input = Value::map([("frame", frame.clone()), ("wire", Value::int(2))]);
        self.good(id, part, "convert", input, frame.clone());
    }

    /// The join of two states in both orders.
    fn join(&mut self, id: &str, part: &str, operands: [&Value; 2], expect: &Expect) {
        let [a, b] = operands;
        for (order, pair) in [("ab", [a, b]), ("ba", [b, a])] {
            let input = Value::List(pair.map(Value::clone).to_vec());
            self.push(id, &format!("{part}{order}"), "join", input, expect.clone());
        }
    }

    fn symbols(&mut self, id: &str, entry: &Entry) -> Result<(), String> {
        match entry.has("item") {
            true => self.mapping(id, entry),
            false => self.decoding(id, entry),
        }
    }

    fn mapping(&mut self, id: &str, entry: &Entry) -> Result<(), String> {
        let (item, salt) = (bytes(entry, "item")?, decimal(entry, "salt")?);
        // What the check and the indices are made from; both are asked for.
        let _ = decimal(entry, "seed")?;
        let indices = entry.array("indices_below_4096")?.iter().map(int).collect::<Result<_, _>>()?;
        let out = Value::map([("check", number(entry, "check")?), ("indices", Value::List(indices))]);
        let input = Value::map([("item", item), ("salt", salt), ("below", Value::int(INDICES_BELOW))]);
        self.good(id, "map", "symbols", input, out);
        Ok(())
    }

    fn decoding(&mut self, id: &str, entry: &Entry) -> Result<(), String> {
        let input = Value::map([("theirs", items(entry, "theirs")?), ("mine", items(entry, "mine")?)]);
        let out = Value::map([
            ("sizes", Value::List(sizes(entry.array("steps")?)?)),
            ("only_theirs", items(entry, "only_theirs")?),
            ("only_mine", items(entry, "only_mine")?),
        ]);
        self.good(id, "decode", "reconcile", input, out);
        Ok(())
    }

    fn summary(&mut self, id: &str, entry: &Entry) -> Result<(), String> {
        let _ = entry.text("kind")?;
        let (state, summary) = (bytes(entry, "state")?, bytes(entry, "summary")?);
        let input = Value::map([
            ("frame", state.clone()),
            ("last", nullable(entry, "last")?),
            ("salt", decimal(entry, "salt")?),
            ("symbols", number(entry, "symbols_to")?),
        ]);
        let out = Value::map([
            ("summary", summary.clone()),
            ("exact", bytes(entry, "exact")?),
            ("items", items(entry, "items")?),
        ]);
        self.canonical(id, "state", &state);
        self.canonical(id, "message", &summary);
        self.good(id, "summary", "summary", input, out);
        Ok(())
    }

    fn delta(&mut self, id: &str, entry: &Entry) -> Result<(), String> {
        let _ = entry.text("kind")?;
        let (sender, receiver) = (bytes(entry, "sender")?, bytes(entry, "receiver")?);
        let (delta, joined) = (bytes(entry, "delta")?, Expect::Out(bytes(entry, "joined")?));
        let input = Value::map([("sender", sender.clone()), ("receiver", receiver.clone())]);
        let out = Value::map([
            ("summary", bytes(entry, "summary_of_receiver")?),
            ("only_sender", items(entry, "only_sender")?),
            ("only_receiver", items(entry, "only_receiver")?),
            ("delta", delta.clone()),
        ]);
        self.good(id, "delta", "delta_for", input, out);
        self.join(id, "whole-", [&receiver, &sender], &joined);
        self.join(id, "part-", [&receiver, &delta], &joined);
        Ok(())
    }

    fn session(&mut self, id: &str, entry: &Entry) -> Result<(), String> {
        let _ = entry.text("kind")?;
        let messages = entry.array("messages")?.iter().map(message).collect::<Result<Vec<_>, _>>()?;
        let sent: usize = messages.iter().map(|(_, frame)| frame.len()).sum();
        if number(entry, "bytes")? != Value::int(sent as u64) {
            return Err("`bytes` is not the sum of the messages".into());
        }
        let (a, b, last) = (bytes(entry, "a")?, bytes(entry, "b")?, bytes(entry, "final")?);
        self.join(id, "join-", [&a, &b], &Expect::Out(last.clone()));
        let pair = |(from, frame)| Value::List(vec![Value::Text(from), Value::Bytes(frame)]);
        let transcript = Value::List(messages.into_iter().map(pair).collect());
        let out = Value::map([("messages", transcript), ("a", last.clone()), ("b", last)]);
        self.good(id, "session", "session", Value::map([("a", a), ("b", b)]), out);
        Ok(())
    }

    fn compaction(&mut self, id: &str, entry: &Entry) -> Result<(), String> {
        let (kind, op) = (entry.text("kind")?, entry.text("op")?);
        if kind == "table_row" {
            for name in ["a", "b", "joined", "error"] {
                entry.maybe(name);
            }
            self.left_out.push(format!("compaction.json#cases/{id}: {TABLES}"));
            return Ok(());
        }
        match op {
            "join" => {
                let expect = match entry.has("error") {
                    true => Expect::Error(entry.text("error")?.to_string()),
                    false => Expect::Out(bytes(entry, "joined")?),
                };
                self.join(id, "", [&bytes(entry, "a")?, &bytes(entry, "b")?], &expect);
                Ok(())
            }
            "compact" => {
                let input = Value::map([("frame", bytes(entry, "state")?), ("floor", number(entry, "floor")?)]);
                self.good(id, "lift", "compact_to", input, bytes(entry, "result")?);
                Ok(())
            }
            other => Err(format!("nobody knows the operation {other:?}")),
        }
    }

    fn replica(&mut self, id: &str, entry: &Entry) -> Result<(), String> {
        let frame = bytes(entry, "frame")?;
        if entry.has("error") {
            let expect = Expect::Error(entry.text("error")?.to_string());
            self.push(id, "load", "replica_load", frame, expect);
            return Ok(());
        }
        let opened = bytes(entry, "opened")?;
        let out = Value::map([
            ("node", Value::text(entry.text("node")?)),
            ("last", number(entry, "last")?),
            ("clean", Value::Bool(entry.bool("clean")?)),
            ("actors", actors(entry.member("actors")?)?),
            ("opened", opened.clone()),
        ]);
        self.canonical(id, "frame", &frame);
        self.canonical(id, "opened", &opened);
        self.good(id, "load", "replica_load", frame, out);
        Ok(())
    }
}

fn bytes(entry: &Entry, name: &str) -> Result<Value, String> {
    entry.bytes(name).map(Value::Bytes)
}

fn int(json: &Json) -> Result<Value, String> {
    match json {
        Json::Number(digits) if digits.parse::<i64>().is_ok() => Ok(Value::Int(digits.clone())),
        other => Err(format!("{} is no integer", other.to_line())),
    }
}

fn number(entry: &Entry, name: &str) -> Result<Value, String> {
    int(entry.member(name)?).map_err(|fault| format!("{name}: {fault}"))
}

fn nullable(entry: &Entry, name: &str) -> Result<Value, String> {
    match entry.member(name)? {
        Json::Null => Ok(Value::Null),
        _ => number(entry, name),
    }
}

/// An unsigned number of 64 bits as decimal text.
fn decimal(entry: &Entry, name: &str) -> Result<Value, String> {
    let digits = entry.text(name)?;
    digits.parse::<u64>().map(Value::int).map_err(|_| format!("{name}: {digits:?} is no number of 64 bits"))
}

/// Items, ascending: as sets they have no order.
fn items(entry: &Entry, name: &str) -> Result<Value, String> {
    let read = |json: &Json| json.as_text().and_then(hex::decode).filter(|item| item.len() == 16);
    let items: Option<Vec<Vec<u8>>> = entry.array(name)?.iter().map(read).collect();
    let mut items = items.ok_or_else(|| format!("{name}: an item has 32 hexadecimal digits"))?;
    items.sort_unstable();
    Ok(Value::List(items.into_iter().map(Value::Bytes).collect()))
}

/// The sizes that were tried; each step but the last names the next size.
fn sizes(steps: &[Json]) -> Result<Vec<Value>, String> {
    let mut sizes = Vec::new();
    let mut announced = None;
    for (index, json) in steps.iter().enumerate() {
        let step = Entry::new(json)?;
        let size = number(&step, "symbols")?;
        let decoded = step.bool("decoded")?;
        let next = step.maybe("next").map(int).transpose()?;
        step.finish()?;
        if announced.is_some_and(|next| next != size)
            || decoded != (index + 1 == steps.len())
            || decoded == next.is_some()
        {
            return Err("steps go on until one decodes, each with the size that the one before asked for".into());
        }
        announced = next;
        sizes.push(size);
    }
    Ok(sizes)
}

fn message(json: &Json) -> Result<(String, Vec<u8>), String> {
    let message = Entry::new(json)?;
    let found = (message.text("from")?.to_string(), message.bytes("frame")?);
    message.finish()?;
    match found.0.as_str() {
        "a" | "b" => Ok(found),
        other => Err(format!("nobody is called {other:?}")),
    }
}

/// Actors by name, and the figure of each.
fn actors(json: &Json) -> Result<Value, String> {
    let members = json.as_object().ok_or("actors are an object")?;
    let mut actors: Vec<(&String, Value)> =
        members.iter().map(|(name, figure)| Ok((name, int(figure)?))).collect::<Result<_, String>>()?;
    actors.sort_by(|a, b| a.0.cmp(b.0));
    Ok(Value::Map(actors.into_iter().map(|(name, figure)| (Value::text(name), figure)).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(stem: &str, case: &str) -> Result<File, String> {
        let text = format!(r#"{{"format": "{FORMAT}", "note": "n", "count": 1, "cases": [{case}]}}"#);
        let mut file = File::new(stem);
        file.read(&Json::parse(&text).unwrap()).map(|()| file)
    }

    #[test]
    fn what_nobody_knows_stops_the_import() {
        for (stem, case, fault) in [
            ("mystery", r#"{"id": "x"}"#, "nobody knows this file"),
            ("replicas", r#"{"id": "x", "frame": "00", "error": "TRUNCATED", "more": 1}"#, "more"),
            ("compaction", r#"{"id": "x", "kind": "or_set", "op": "lower"}"#, "lower"),
            ("compaction", r#"{"id": "x", "kind": "table_row", "op": "join", "a": 1, "c": 1}"#, "\"c\""),
            (
                "symbols",
                r#"{"id": "x", "theirs": [], "mine": [], "only_theirs": [], "only_mine": [], "steps": [{"symbols": 16, "decoded": false, "next": 20}, {"symbols": 21, "decoded": true}]}"#,
                "steps",
            ),
            ("sessions", r#"{"id": "x", "kind": "k", "messages": [{"from": "c", "frame": "00"}]}"#, "\"c\""),
            (
                "sessions",
                r#"{"id": "x", "kind": "k", "messages": [{"from": "a", "frame": "00"}], "bytes": 2}"#,
                "bytes",
            ),
        ] {
            let error = read(stem, case).err().unwrap_or_default();
            assert!(error.contains(fault), "{case}: {error}");
        }
        let text = format!(r#"{{"format": "{FORMAT}", "note": "n", "count": 2, "cases": []}}"#);
        assert!(File::new("symbols").read(&Json::parse(&text).unwrap()).is_err());
    }

    #[test]
    fn a_failed_join_becomes_two_cases_and_a_row_of_a_table_none() {
        let case =
            r#"{"id": "or_set-join-1", "kind": "or_set", "op": "join", "a": "00", "b": "01", "error": "STALE_STATE"}"#;
        let file = read("compaction", case).unwrap();
        let ids: Vec<_> = file.topic.cases.iter().map(|case| case.id.as_str()).collect();
        assert_eq!(ids, ["sync/compaction/or_set-join-1/ab", "sync/compaction/or_set-join-1/ba"]);
        assert_eq!(file.topic.cases[0].expect, Some(Expect::Error("STALE_STATE".into())));
        assert_eq!(file.topic.cases[0].source.as_deref(), Some("sync/compaction.json#cases/or_set-join-1"));
        let row = r#"{"id": "table_row-join-0", "kind": "table_row", "op": "join", "a": {}, "b": {}, "joined": {}}"#;
        let file = read("compaction", row).unwrap();
        assert_eq!((file.topic.cases.len(), file.left_out.len()), (0, 1));
    }

    #[test]
    fn items_and_actors_are_sorted() {
        let case = r#"{"id": "d", "theirs": ["ff000000000000000000000000000000", "00000000000000000000000000000000"], "mine": [], "only_theirs": [], "only_mine": [], "steps": [{"symbols": 16, "decoded": true}]}"#;
        let file = read("symbols", case).unwrap();
        let theirs = file.topic.cases[0].input.field("theirs").and_then(Value::as_list).unwrap();
        assert_eq!(theirs[0], Value::Bytes(vec![0; 16]));
        let json = Json::parse(r#"{"b": 1, "a": 2}"#).unwrap();
        assert_eq!(actors(&json), Ok(Value::map([("a", Value::int(2)), ("b", Value::int(1))])));
    }
}
