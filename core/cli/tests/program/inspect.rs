use crdt_merge::prelude::*;
use crdt_merge::value::{Map, Set};
use crdt_merge::{JsonValue, frames};

use crate::support::{Folder, at, counter, generic, text};

#[test]
fn text_shows_header_reads_and_payload() {
    let folder = Folder::new().with("a.crdt", counter("laptop", 5));
    let run = folder.run(&["inspect", "a.crdt"]);
    let expected = "a.crdt: g_counter (tag 0x01, version 1), payload of 57 bytes\n  spelling: canonical\n  id: 6357b35a5f786f381eb05d5ef93c1d339d7fe000980915c9dda5cebb108141d8\n  value: 5\n  payload:\n    \
                    type: \"g_counter\"\n    counts:\n      laptop: 5\n";
    assert_eq!((run.code, run.text(), run.err.as_str()), (Some(0), expected, ""));
}

#[test]
fn json_tells_every_kind_of_value_exactly() -> Result<()> {
    let map =
        Map::from_pairs(vec![(Value::Int(1), Value::Float(f64::NAN)), (Value::Bytes(vec![0, 255]), Value::Null)])?;
    let set = Set::from_members(vec![Value::from("é\u{1b}"), Value::Bool(false)])?;
    let value = Value::List(vec![map.into(), set.into(), Value::Int(i64::MIN), Value::Float(-0.0)]);
    let folder = Folder::new().with("a.crdt", generic(value));
    let told = folder.run(&["inspect", "--json", "a.crdt"]).json();
    let expected = r#"{"l": [{"m": [[{"i": "1"}, {"f": "7ff8000000000000"}], [{"b": "00ff"}, null]]},
        {"set": [false, {"s": "\u00e9\u001b"}]}, {"i": "-9223372036854775808"}, {"f": "8000000000000000"}]}"#;
    assert_eq!(at(&told, &["payload"]), crdt_merge::json::parse(expected.as_bytes(), 20)?);
    assert_eq!((text(&told, &["type"]).as_str(), at(&told, &["mergeable"])), ("generic", false.into()));
    Ok(())
}

#[test]
fn every_frame_of_a_stream_a_batch_and_a_pipe_is_shown() -> Result<()> {
    let (a, b) = (counter("a", 1), counter("b", 2));
    let folder = Folder::new().with("stream", [&a[..], &b].concat()).with("batch", frames::pack(&[&a, &b])?);
    let input = folder.bytes("stream");
    for run in [
        folder.run(&["inspect", "stream"]),
        folder.run(&["inspect", "batch"]),
        folder.run_with(&["inspect", "-"], &input),
    ] {
        let titles =
            run.text().lines().filter(|line| line.contains("[0]: g_counter") || line.contains("[1]: g_counter"));
        assert_eq!((run.code, titles.count()), (Some(0), 2), "{run:?}");
    }
    let lines = String::from_utf8(folder.run(&["inspect", "--json", "batch"]).succeeded()).unwrap();
    let offsets: Vec<_> =
        lines.lines().map(|line| at(&crdt_merge::json::parse(line.as_bytes(), 20).unwrap(), &["offset"])).collect();
    assert_eq!(offsets, [8_i64.into(), (12 + a.len() as i64).into()] as [JsonValue; 2]);
    Ok(())
}

#[test]
fn headers_are_shown_without_looking_at_payloads() {
    let folder = Folder::new().with("unknown", b"CRDT\0\x09\xee\x80\0\0\0\x02xx");
    let run = folder.run(&["inspect", "--header", "unknown"]);
    assert_eq!(run.text(), "unknown: generic (tag 0xee, version 9, flags 0x80), payload of 2 bytes\n");
    folder.run(&["inspect", "unknown"]).failed(3, Code::BadVersion);
}

#[test]
fn one_bad_frame_does_not_hide_the_others() {
    let bad = [&counter("a", 1)[..], b"!"].concat();
    let folder = Folder::new().with("bad", bad).with("cut", &counter("a", 1)[..30]).with("good", counter("b", 2));
    let run = folder.run(&["inspect", "bad", "cut", "good"]);
    run.failed(3, Code::TrailingBytes);
    assert!(run.text().contains("good: g_counter") && run.text().contains("cut: g_counter"), "{run:?}");
    assert_eq!(run.err.lines().count(), 2);
}

#[test]
fn lenient_reading_takes_what_the_reference_takes() {
    let tail = [&counter("a", 1)[..], b"!"].concat();
    let folder = Folder::new().with("tail", tail);
    folder.run(&["inspect", "tail"]).failed(3, Code::TrailingBytes);
    assert!(String::from_utf8(folder.run(&["inspect", "--lenient", "tail"]).succeeded()).unwrap().contains("value: 1"));
}

#[test]
fn a_lenient_document_without_a_state_says_so() {
    let empty_counter = b"CRDT\0\x01\x02\0\0\0\0\x05\x08\0\0\0\0";
    let folder = Folder::new().with("a", empty_counter);
    folder.run(&["inspect", "a"]).failed(3, Code::BadSchema);
    let shown = folder.run(&["inspect", "--lenient", "a"]);
    assert!(shown.code == Some(0) && shown.text().contains("no state: BAD_SCHEMA"), "{shown:?}");
}

#[test]
fn terminals_are_not_commanded_by_contents_or_names() {
    let hostile = "\u{1b}]0;owned\u{7}\u{202e}\r\n";
    let folder = Folder::new().with("e\u{1b}[2J", generic(hostile));
    let run = folder.run(&["inspect", "--full", "e\u{1b}[2J"]);
    assert!(run.out.iter().all(|byte| *byte == b'\n' || (b' '..=b'~').contains(byte)), "{run:?}");
    assert!(run.text().contains(r"\u{1b}]0;owned\u{7}\u{202e}\r\n") && run.text().starts_with(r"e\u{1b}[2J: generic"));
}

#[test]
fn long_contents_are_cut_unless_asked_for() {
    let folder = Folder::new().with("a", generic("x".repeat(5000)));
    let (short, full) = (folder.run(&["inspect", "a"]), folder.run(&["inspect", "--full", "a"]));
    assert!(short.out.len() < 1000 && short.text().contains("(5000 bytes)"));
    assert!(full.text().contains(&"x".repeat(5000)));
}
