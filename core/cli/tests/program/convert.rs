use crdt_merge::frames;
use crdt_merge::prelude::*;

use crate::support::{Folder, at, counter, generic, message_pack_clock, nested, text, unsorted_counter};

#[test]
fn the_canonical_frame_is_the_default() -> Result<()> {
    let folder = Folder::new().with("a", unsorted_counter());
    let canonical = folder.run(&["convert", "a"]).succeeded();
    assert_ne!(canonical, unsorted_counter());
    assert_eq!(canonical, AnyState::decode(&unsorted_counter())?.encode_v1()?);
    assert_eq!(folder.run(&["convert", "--canonical", "a"]).succeeded(), canonical);
    Ok(())
}

#[test]
fn exact_relays_keep_every_byte() {
    let (a, b) = (unsorted_counter(), message_pack_clock());
    let folder = Folder::new().with("a", &a).with("b", &b);
    assert_eq!(folder.run(&["convert", "--exact", "a", "b"]).succeeded(), [a, b].concat());
}

#[test]
fn compression_changes_no_payload() {
    let folder = Folder::new().with("a", generic("x".repeat(500)));
    let small = folder.run(&["convert", "--exact", "--compress", "a"]).succeeded();
    assert!(small.len() < 100 && frames::inspect(&small).is_ok_and(|info| info.is_compressed));
    let folder = folder.with("small", &small);
    assert_eq!(folder.run(&["convert", "--exact", "--decompress", "small"]).succeeded(), folder.bytes("a"));
    assert_eq!(folder.run(&["convert", "--exact", "small"]).succeeded(), small);
    assert_eq!(folder.run(&["convert", "small"]).succeeded(), folder.bytes("a"));
    assert_eq!(folder.run(&["convert", "--compress", "a"]).succeeded(), small);
}

#[test]
fn respelling_keeps_members_and_turns_message_pack_into_json() {
    let folder = Folder::new().with("clock", message_pack_clock()).with("a", unsorted_counter());
    let json = folder.run(&["convert", "--respell", "clock"]).succeeded();
    assert!(json.ends_with(b"{\"clocks\": {\"a\": 1}}"), "{json:?}");
    let state = folder.run(&["convert", "clock"]).succeeded();
    assert!(state.ends_with(b"{\"type\": \"vector_clock\", \"clocks\": {\"a\": 1}}"), "{state:?}");
    assert_eq!(folder.run(&["convert", "--respell", "a"]).succeeded(), unsorted_counter());
}

#[test]
fn batches_are_packed_and_unpacked() -> Result<()> {
    let (a, b) = (counter("a", 1), generic(2));
    let folder = Folder::new().with("a", &a).with("b", &b);
    let batch = folder.run(&["convert", "--batch", "a", "b"]).succeeded();
    assert_eq!(batch, frames::pack(&[&a, &b])?);
    let folder = folder.with("batch", &batch);
    assert_eq!(folder.run(&["convert", "batch"]).succeeded(), [&a[..], &b].concat());
    folder.run(&["convert", "--split", "parts", "batch"]).succeeded();
    assert_eq!((folder.bytes("parts/00000.crdt"), folder.bytes("parts/00001.crdt")), (a, b));
    Ok(())
}

#[test]
fn json_is_exact_and_plain_json_is_ordinary() {
    let list = Value::List(vec![Value::Int(1), Value::Float(1.0), Value::Bytes(vec![65])]);
    let folder = Folder::new().with("a", generic(list));
    let told = folder.run(&["convert", "--to", "json", "a"]).json();
    assert_eq!((text(&told, &["type"]).as_str(), at(&told, &["version"])), ("generic", 1.into()));
    let exact = folder.run(&["convert", "--to", "json", "a"]);
    assert!(exact.text().contains(r#"{"l": [{"i": "1"}, {"f": "3ff0000000000000"}, {"b": "41"}]}"#));
    let plain = folder.run(&["convert", "--to", "plain-json", "a", "-o", "a.json"]);
    assert_eq!((plain.code, folder.bytes("a.json")), (Some(0), b"[1, 1.0, \"b'A'\"]\n".to_vec()));
}

#[test]
fn json_leads_back_to_the_same_frames() -> Result<()> {
    let sketch = CompatHll::new(4)?.encode_v1()?;
    let list = generic(Value::List(vec![
        Value::Float(f64::NAN),
        Value::Int(i64::MIN),
        Value::Bytes(vec![0, 255]),
        nested(100),
    ]));
    let frames = [unsorted_counter(), list, sketch].concat();
    let folder = Folder::new().with("frames", &frames).with("clock", message_pack_clock());
    folder.run(&["convert", "--to", "json", "frames", "-o", "json"]).succeeded();
    assert_eq!(folder.run(&["convert", "--from", "json", "--exact", "json"]).succeeded(), frames);
    let canonical = folder.run(&["convert", "frames"]).succeeded();
    assert_eq!(folder.run(&["convert", "--from", "json", "json"]).succeeded(), canonical);
    let json = folder.run(&["convert", "--to", "json", "clock"]).succeeded();
    let clock = folder.run(&["convert", "clock"]).succeeded();
    assert_eq!(folder.run_with(&["convert", "--from", "json", "-"], &json).succeeded(), clock);
    Ok(())
}

#[test]
fn json_that_describes_no_frame_is_refused_with_its_line() {
    let good = r#"{"type": "generic", "version": 1, "payload": null}"#;
    let cases = [
        (r#"{"type": "generic", "version": 1}"#, Code::BadSchema),
        (r#"{"type": "generic", "version": 3, "payload": null}"#, Code::BadVersion),
        (r#"{"type": "generic", "version": 2, "payload": null}"#, Code::BadSchema),
        (r#"{"type": "nothing", "version": 1, "payload": null}"#, Code::UnknownType),
        (r#"{"type": "generic", "version": 1, "payload": 5}"#, Code::BadValue),
        (r#"{"type": "generic", "version": 1, "payload": null"#, Code::BadJson),
    ];
    for (bad, code) in cases {
        let run = Folder::new().run_with(&["convert", "--from", "json", "-"], format!("{good}\n{bad}\n").as_bytes());
        run.failed(3, code);
        assert!(run.err.contains("line 2"), "{run:?}");
    }
    let schema = r#"{"type": "g_counter", "version": 1, "payload": {"l": []}}"#;
    Folder::new().run_with(&["convert", "--from", "json", "-"], schema.as_bytes()).failed(3, Code::BadSchema);
}

#[test]
fn options_that_contradict_each_other_are_refused() {
    let folder = Folder::new().with("a", counter("a", 1));
    for options in [
        ["--exact", "--canonical"],
        ["--compress", "--decompress"],
        ["--to=json", "--exact"],
        ["--to=plain-json", "--batch"],
        ["--split=parts", "--batch"],
    ] {
        assert_eq!(folder.run(&["convert", options[0], options[1], "a"]).code, Some(2), "{options:?}");
    }
    assert_eq!(folder.names(), ["a"]);
}
