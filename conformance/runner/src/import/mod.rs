//! Turns files in the recorded notation of version 1 into corpus topics.
//!
//! The notation is read strictly: a member, a word or a description the importer does not know stops the
//! import, so that nothing is dropped without anybody noticing. Every expectation is either recorded in
//! the files or follows from a rule of the specification by code that shares nothing with the core. Where
//! the two meet and differ, the record stays and the doubt is reported.

mod frames;
mod joins;
mod lists;
mod malformed;
mod notation;
mod sketches;
mod sync;

use std::fs;
use std::path::Path;

use crate::case::{Case, Compare, Expect, Level, Profile};
use crate::corpus::Topic;
use crate::json::Json;
use crate::value::Value;
use notation::Entry;
pub use sync::sync;

/// What an import did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Entries read from the files.
    pub entries: usize,
    /// Cases written.
    pub cases: usize,
    /// Entries, or parts of them, that no case can express, each with the reason.
    pub left_out: Vec<String>,
    /// Entries whose record our own reader or rules do not confirm. Their cases expect what was recorded.
    pub doubts: Vec<String>,
}

/// Imports every vector file of `in_dir` into corpus topics below `out_dir/wire`.
///
/// Stops at the first member, word or contradiction it does not understand; nothing is written then.
pub fn wire(in_dir: &Path, out_dir: &Path) -> Result<Summary, String> {
    let mut summary = Summary::default();
    let mut topics = Vec::new();
    for (stem, content) in vector_files(in_dir)? {
        let json = Json::parse(&content).map_err(|error| format!("{stem}.json: {error}"))?;
        let mut file = File::new(&stem);
        file.read(&json).map_err(|fault| format!("{stem}.json: {fault}"))?;
        summary.entries += file.entries;
        summary.cases += file.topic.cases.len();
        summary.left_out.append(&mut file.left_out);
        summary.doubts.append(&mut file.doubts);
        topics.push(file.topic);
    }
    topics.iter().filter(|topic| !topic.cases.is_empty()).try_for_each(|topic| topic.save(out_dir))?;
    Ok(summary)
}

/// Stem and content of each `*.json` of a folder in order; `_format.json` only describes the others.
fn vector_files(folder: &Path) -> Result<Vec<(String, String)>, String> {
    let fault = |error: std::io::Error| format!("{}: {error}", folder.display());
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(fault)? {
        let path = entry.map_err(fault)?.path();
        let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        if path.extension().is_some_and(|extension| extension == "json") && !stem.starts_with('_') {
            found.push((stem, fs::read_to_string(&path).map_err(fault)?));
        }
    }
    found.sort();
    match found.is_empty() {
        true => Err(format!("{}: no vector file here", folder.display())),
        false => Ok(found),
    }
}

/// One vector file on its way into a topic.
struct File {
    topic: Topic,
    entries: usize,
    left_out: Vec<String>,
    doubts: Vec<String>,
}

/// The place of an entry in its file, from which ids and sources are made.
#[derive(Clone)]
struct Place {
    list: String,
    index: usize,
    /// The entry's own name, if it has one.
    name: String,
}

impl File {
    fn new(stem: &str) -> File {
        let note = format!("imported from {stem}.json");
        File { topic: Topic::new("wire", stem, &note), entries: 0, left_out: Vec::new(), doubts: Vec::new() }
    }

    fn read(&mut self, json: &Json) -> Result<(), String> {
        let members = json.as_object().ok_or("an object was expected")?;
        for (name, value) in members {
            match (name.as_str(), value) {
                ("reference" | "description" | "note" | "unicode_version", Json::Text(_)) => {}
                ("tag", Json::Number(_)) => {}
                // Tables of characters: data of the core, no cases.
                ("nonprintable_ranges" | "split_whitespace", Json::Array(_)) => {}
                (_, Json::Array(entries)) => self.read_list(name, entries)?,
                _ => return Err(format!("nobody knows the member {name:?}")),
            }
        }
        Ok(())
    }

    fn read_list(&mut self, list: &str, entries: &[Json]) -> Result<(), String> {
        for (index, json) in entries.iter().enumerate() {
            let entry = Entry::new(json).map_err(|fault| format!("{list}/{index}: {fault}"))?;
            let name = entry.peek_text("name").unwrap_or_default().to_string();
            let place = Place { list: list.to_string(), index, name };
            self.entries += 1;
            self.read_entry(&place, &entry)
                .and_then(|()| entry.finish())
                .map_err(|fault| format!("{list}/{index}: {fault}"))?;
        }
        Ok(())
    }

    fn read_entry(&mut self, place: &Place, entry: &Entry) -> Result<(), String> {
        match (place.list.as_str(), entry) {
            ("cases", e) if e.has("decoded") => self.value(place, e),
            ("cases", e) if e.has("repr_utf8") => self.sketch_hash(place, e),
            ("cases", e) if e.has("required_hex") => self.join_required(place, e),
            ("cases", e) if e.has("required") => self.malformed(place, e),
            ("cases" | "entry_frames" | "diff_frames", e) if e.has("type") => self.frame(place, e),
            ("batch_cases", e) => self.malformed_batch(place, e),
            ("batches", e) => self.batch(place, e),
            ("merges", e) => self.merge(place, e),
            ("gossip_entry_winner", e) => self.gossip_winner(place, e),
            ("causal_sync", e) => self.causal_sync(place, e),
            _ => self.read_small(place, entry),
        }
    }

    fn read_small(&mut self, place: &Place, entry: &Entry) -> Result<(), String> {
        match place.list.as_str() {
            "positions" if entry.has("num_hashes") => self.bloom_positions(place, entry),
            "positions" => self.cms_positions(place, entry),
            "sizing" => self.sizing(place, entry),
            "single_item_ranks" => self.hll_position(place, entry),
            "record_hash" => self.record_hash(place, entry),
            "chains" => self.chain(place, entry),
            "digests" => self.digest(place, entry),
            "compare" => self.clock_compare(place, entry),
            "descends" => self.descends(place, entry),
            "roots" => self.root(place, entry),
            "leaf_hash" => self.leaf_hash(place, entry),
            "diffs" => self.diff(place, entry),
            "evolve" => self.evolve(place, entry),
            "widen" => self.widen(place, entry),
            "normalize" => self.normalize(place, entry),
            "dice" => self.dice(place, entry),
            "dedup_list" => self.dedup_list(place, entry),
            "dedup_records" => self.dedup_records(place, entry),
            other => Err(format!("nobody knows the list {other:?}")),
        }
    }

    /// A case for an entry; `part` says which question about it.
    fn case(&self, place: &Place, part: &str, op: &str, input: Value, expect: Expect) -> Case {
        let (stem, list, index) = (&self.topic.topic, &place.list, place.index);
        let note = if place.name.is_empty() { format!("{list} {index}") } else { place.name.clone() };
        let id = format!("wire/{stem}/{list}-{index}/{part}");
        let mut case = Case::new(id, note, op, input);
        case.expect = Some(expect);
        case.source = Some(format!("wire/{stem}.json#{list}/{index}"));
        case
    }

    fn push(&mut self, case: Case) {
        self.topic.cases.push(case);
    }

    fn good(&mut self, place: &Place, part: &str, op: &str, input: Value, out: Value) {
        self.push(self.case(place, part, op, input, Expect::Out(out)));
    }

    fn compared(&mut self, place: &Place, part: &str, op: &str, io: (Value, Value), compare: Compare) {
        let mut case = self.case(place, part, op, io.0, Expect::Out(io.1));
        case.compare = compare;
        self.push(case);
    }

    fn bad(&mut self, place: &Place, part: &str, op: &str, input: Value, code: &str) {
        self.push(self.case(place, part, op, input, Expect::Error(code.to_string())));
    }

    /// What only the reference promises: asked of testees that offer `compat`.
    fn compat(&mut self, place: &Place, part: &str, op: &str, input: Value, expect: Expect) {
        let mut case = self.case(place, part, op, input, expect);
        case.profile = Profile::Compat;
        case.level = Level::May;
        case.needs = vec!["compat".into()];
        self.push(case);
    }

    /// What a lenient reader makes of bytes: asked of testees that offer `lenient`.
    fn lenient_case(&mut self, place: &Place, input: Value, expect: Expect) {
        let mut case = self.case(place, "lenient", "decode_lenient", input, expect);
        case.profile = Profile::Compat;
        case.level = Level::May;
        case.needs = vec!["lenient".into()];
        self.push(case);
    }

    fn leave_out(&mut self, place: &Place, reason: &str) {
        self.left_out.push(self.at(place, reason));
    }

    /// Keeps the record and says that nothing of ours confirms it.
    fn confirm(&mut self, place: &Place, checked: Result<(), String>) {
        if let Err(doubt) = checked {
            self.doubts.push(self.at(place, &doubt));
        }
    }

    fn at(&self, place: &Place, what: &str) -> String {
        format!("{}.json#{}/{}: {what}", self.topic.topic, place.list, place.index)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<File, String> {
        let mut file = File::new("sample");
        file.read(&Json::parse(text).unwrap())?;
        Ok(file)
    }

    #[test]
    fn what_nobody_knows_stops_the_import() {
        for (text, fault) in [
            (r#"{"extra": {}}"#, "extra"),
            (
                r#"{"cases": [{"name": "n", "value": true, "hex": "01", "decoded": true, "reencodes_identically": true, "more": 1}]}"#,
                "more",
            ),
            (r#"{"mystery": [{"a": 1}]}"#, "mystery"),
            (r#"{"widen": [{"a": "int", "widened": null}]}"#, "\"b\""),
            (
                r#"{"cases": [{"name": "n", "value": {"q": "1"}, "hex": "01", "decoded": true, "reencodes_identically": true}]}"#,
                "q",
            ),
        ] {
            let error = read(text).err().unwrap_or_default();
            assert!(error.contains(fault), "{text}: {error}");
        }
    }

    #[test]
    fn an_entry_that_contradicts_itself_is_doubted_and_kept() {
        let text =
            r#"{"cases": [{"name": "n", "value": true, "hex": "02", "decoded": true, "reencodes_identically": true}]}"#;
        let file = read(text).unwrap();
        assert_eq!((file.doubts.len(), file.topic.cases.len()), (1, 2));
    }

    #[test]
    fn a_tie_the_reference_leaves_to_the_order_gets_the_required_join() {
        let register = |value: i8| {
            let payload = Value::map([
                ("type", Value::text("lww_register")),
                ("value", Value::int(value)),
                ("timestamp", Value::float(1.0)),
                ("node_id", Value::text("n")),
            ]);
            crate::hex::encode(&crate::wire::encode(3, &payload).unwrap())
        };
        let (a, b) = (register(1), register(2));
        let text = format!(
            r#"{{"merges": [{{"name": "n", "description": "", "a_hex": "{a}", "b_hex": "{b}", "merged_hex": "{a}", "merged_state": null, "reference_commutes": false, "reads": {{"value": {{"i": "1"}}}}}}]}}"#
        );
        let file = read(&text).unwrap();
        let of = |part: &str| file.topic.cases.iter().find(|case| case.id.ends_with(part)).unwrap();
        let bytes = |digits: &str| Some(Expect::Out(Value::Bytes(crate::hex::decode(digits).unwrap())));
        assert_eq!(of("/ab").expect, bytes(&b));
        assert_eq!(of("/ba").expect, bytes(&b));
        assert_eq!(of("/compat-ab").expect, bytes(&a));
        assert_eq!(of("/compat-ab").profile, Profile::Compat);
    }

    #[test]
    fn a_value_becomes_an_encode_and_a_decode_case() {
        let text = r#"{"cases": [{"name": "n", "value": {"i": "1"}, "hex": "0901", "decoded": {"i": "1"}, "reencodes_identically": true}]}"#;
        let file = read(text).unwrap();
        let lines: Vec<_> = file.topic.cases.iter().map(|c| (c.id.as_str(), c.op.as_str())).collect();
        assert_eq!(
            lines,
            [("wire/sample/cases-0/encode", "value_encode"), ("wire/sample/cases-0/decode", "value_decode"),]
        );
    }
}
