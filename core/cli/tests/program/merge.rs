use crdt_merge::prelude::*;
use crdt_merge::{JsonValue, frames};

use crate::support::{Folder, at, counter, generic, map, text};

fn three() -> Folder {
    Folder::new().with("a", counter("a", 1)).with("b", counter("b", 2)).with("c", counter("a", 3))
}

#[test]
fn every_order_and_every_packing_gives_the_same_frame() -> Result<()> {
    let folder = three();
    let (a, b, c) = (folder.bytes("a"), folder.bytes("b"), folder.bytes("c"));
    let expected = AnyState::decode(&frames::merge(&[&a, &b, &c])?)?.encode_v1()?;
    assert_eq!(folder.run(&["merge", "a", "b", "c"]).succeeded(), expected);
    assert_eq!(folder.run(&["merge", "c", "b", "a", "b"]).succeeded(), expected);
    let stream = [&c[..], &a, &b].concat();
    assert_eq!(folder.run_with(&["merge", "-"], &stream).succeeded(), expected);
    assert_eq!(folder.run_with(&["merge", "b", "-"], &frames::pack(&[&a, &c])?).succeeded(), expected);
    assert_eq!(GCounter::decode(&expected)?.value(), 5);
    Ok(())
}

#[test]
fn all_kinds_of_version_1_inputs_give_version_1() {
    let folder = three();
    folder.run(&["merge", "a", "b", "-o", "out"]).succeeded();
    let shown = folder.run(&["inspect", "--json", "out"]).json();
    assert_eq!((at(&shown, &["version"]), at(&shown, &["canonical"])), (1.into(), true.into()));
}

#[test]
fn the_report_counts_conflicts_and_ties() {
    let folder =
        Folder::new().with("a", map("k", 1, 5, "n")).with("b", map("k", 2, 5, "n")).with("c", map("k", 3, 9, "n"));
    let run = folder.run(&["merge", "a", "b", "c", "-o", "out"]);
    assert!(
        run.out.is_empty() && run.err.contains("merged 3 frames of lww_map") && run.err.contains("2 conflicts, 1 tie"),
        "{run:?}"
    );
    let told = folder.run(&["merge", "--json", "a", "b", "c", "-o", "out"]).json();
    assert_eq!((at(&told, &["conflicts"]), at(&told, &["ties"])), (2.into(), 1.into()));
    let JsonValue::List(steps) = at(&told, &["steps"]) else { panic!("{told:?}") };
    assert_eq!(text(&steps[1], &["frame"]), "c");
    assert_eq!(at(&steps[1], &["changed_keys"]), JsonValue::List(vec!["k".into()]));
}

#[test]
fn nothing_new_is_told() {
    let folder = three();
    let run = folder.run(&["merge", "c", "a", "-o", "out"]);
    assert!(run.err.ends_with("; c had everything already\n"), "{run:?}");
    assert_eq!(at(&folder.run(&["merge", "--json", "c", "a", "-o", "out"]).json(), &["changed"]), false.into());
}

#[test]
fn the_report_keeps_out_of_the_way_of_the_frame() {
    let folder = three();
    let run = folder.run(&["merge", "--json", "a", "b"]);
    assert!(run.out.starts_with(b"CRDT") && run.err.starts_with("{\"type\": \"g_counter\""), "{run:?}");
    let quiet = folder.run(&["merge", "--quiet", "a", "b", "-o", "out"]);
    assert_eq!((quiet.code, quiet.out.len(), quiet.err.as_str()), (Some(0), 0, ""));
}

#[test]
fn compressed_frames_merge_and_compression_is_optional() {
    let folder = Folder::new().with("a", counter(&"a".repeat(200), 1)).with("b", counter("b", 1));
    let plain = folder.run(&["merge", "a", "b"]).succeeded();
    folder.run(&["merge", "--compress", "a", "b", "-o", "small"]).succeeded();
    assert!(folder.bytes("small").len() < plain.len());
    assert_eq!(folder.run(&["merge", "small"]).succeeded(), plain);
}

#[test]
fn what_cannot_be_merged_has_its_exit_code() -> Result<()> {
    let sketch = |precision| CompatHll::new(precision)?.encode_v1();
    let folder =
        three().with("g", generic(1)).with("m", map("k", 1, 1, "n")).with("h8", sketch(8)?).with("h9", sketch(9)?);
    let cases =
        [(["g", "g"], Code::NotMergeable), (["a", "m"], Code::TypeMismatch), (["h8", "h9"], Code::ParameterMismatch)];
    for (inputs, code) in cases {
        folder.run(&["merge", inputs[0], inputs[1], "-o", "out"]).failed(4, code);
    }
    folder.run(&["merge", "g", "-o", "out"]).failed(4, Code::NotMergeable);
    assert!(!folder.names().contains(&"out".to_owned()));
    Ok(())
}

#[test]
fn a_bad_input_is_named_with_its_byte() {
    let stream = [&counter("a", 1)[..], &counter("b", 1)[..40]].concat();
    let folder = three().with("bad", &stream);
    let run = folder.run(&["merge", "--json", "a", "bad"]);
    run.failed(3, Code::Truncated);
    let (_, detail) = run.error();
    let told = |name: &str| detail.field(name).and_then(JsonValue::as_text).map(str::to_owned);
    assert_eq!(
        (told("offset"), told("input"), told("frame")),
        (Some(stream.len().to_string()), Some("bad".into()), Some("1".into()))
    );
    let run = folder.run(&["merge", "a", "bad"]);
    assert!(run.err.starts_with(&format!("error: TRUNCATED at byte {} of bad: ", stream.len())), "{run:?}");
}

#[test]
fn nothing_to_merge_is_a_mistake_of_the_caller() {
    let folder = Folder::new().with("none", [0; 4]).with("empty", b"");
    folder.run(&["merge", "none"]).failed(2, Code::BadArgument);
    folder.run(&["merge", "empty"]).failed(3, Code::TooShort);
    folder.run(&["merge", "-", "-"]).failed(2, Code::BadArgument);
}
