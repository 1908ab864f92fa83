use crdt_merge::JsonValue;
use crdt_merge::prelude::*;

use crate::support::{Folder, at, counter, generic, map, text, unsorted_counter};

fn relation(folder: &Folder, left: &str, right: &str) -> (Option<i32>, String) {
    let run = folder.run(&["diff", "--json", left, right]);
    (run.code, text(&run.json(), &["relation"]))
}

#[test]
fn relations_and_exit_codes() -> Result<()> {
    let (a, b) = (counter("a", 1), counter("b", 1));
    let both = crdt_merge::frames::merge(&[&a, &b])?;
    let folder = Folder::new().with("a", a).with("b", b).with("both", both);
    assert_eq!(relation(&folder, "a", "a"), (Some(0), "equal".into()));
    assert_eq!(relation(&folder, "a", "both"), (Some(1), "left_behind".into()));
    assert_eq!(relation(&folder, "both", "a"), (Some(1), "right_behind".into()));
    assert_eq!(relation(&folder, "a", "b"), (Some(1), "diverged".into()));
    Ok(())
}

#[test]
fn differences_name_keys_and_values() {
    let folder = Folder::new().with("a", map("theme", "dark", 1, "n")).with("b", map("theme", "light", 2, "n"));
    let run = folder.run(&["diff", "a", "b"]);
    assert_eq!(run.code, Some(1));
    assert!(run.text().contains("\n  - \"dark\"\n  + \"light\"\n"), "{run:?}");
    let JsonValue::List(differences) = at(&folder.run(&["diff", "--json", "a", "b"]).json(), &["differences"]) else {
        panic!()
    };
    let value =
        differences.iter().find(|difference| at(difference, &["left"]) == crate::support::tagged_text("dark")).unwrap();
    assert_eq!(at(value, &["right"]), crate::support::tagged_text("light"));
    let JsonValue::List(path) = at(value, &["path"]) else { panic!() };
    assert!(path.contains(&crate::support::tagged_text("theme")), "{path:?}");
}

#[test]
fn equality_is_of_states_and_not_of_bytes() -> Result<()> {
    let mut canonical = GCounter::new();
    for (node, count) in [("a", 1), ("b", 2), ("never used", 0)] {
        canonical.increment_node(node, count)?;
    }
    let folder = Folder::new().with("a", unsorted_counter()).with("b", canonical.encode_v1()?);
    let run = folder.run(&["diff", "a", "b"]);
    assert_eq!((run.code, run.text()), (Some(0), "g_counter: a and b are equal\n"));
    Ok(())
}

#[test]
fn kinds_without_a_join_compare_without_a_relation() {
    let folder = Folder::new().with("a", generic(1)).with("b", generic(1.0));
    let told = folder.run(&["diff", "--json", "a", "b"]).json();
    assert_eq!((at(&told, &["relation"]), at(&told, &["equal"])), (JsonValue::Null, false.into()));
}

#[test]
fn only_two_frames_of_one_kind_compare() {
    let folder = Folder::new().with("a", counter("a", 1)).with("g", generic(1));
    folder.run(&["diff", "a", "g"]).failed(4, Code::TypeMismatch);
    let folder = folder.with("two", [counter("a", 1), counter("b", 1)].concat());
    folder.run(&["diff", "a", "two"]).failed(2, Code::BadArgument);
    folder.run(&["diff", "a", "missing"]).failed(5, Code::Io);
}
