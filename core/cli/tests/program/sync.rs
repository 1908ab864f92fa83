use crdt_merge::JsonValue;
use crdt_merge::frames::{EncodeOptions, inspect};
use crdt_merge::prelude::*;
use crdt_merge::value::JsonInteger;

use crate::support::{Folder, at, counter};

fn map(keys: std::ops::Range<usize>) -> LwwMap {
    let mut map = LwwMap::new();
    for key in keys {
        map.write(&format!("key {key:06}"), "a value of some length", Stamp::from_micros(5), "a").unwrap();
    }
    map
}

fn sealed(state: impl Into<AnyState>) -> Vec<u8> {
    state.into().encode_as(&EncodeOptions::V2.with_trailer()).unwrap()
}

#[test]
fn both_files_end_with_one_state() -> Result<()> {
    let (here, there) = (map(0..20_000), map(1..20_001));
    let folder = Folder::new().with("here", sealed(here.clone())).with("there", sealed(there.clone()));
    let report = folder.run(&["sync", "--json", "here", "there"]).json();
    let joined = here.joined(&there)?;
    assert_eq!(folder.bytes("here"), sealed(joined.clone()));
    assert_eq!(folder.bytes("there"), sealed(joined.clone()));
    assert_eq!(at(&report, &["id"]), JsonValue::Text(joined.state_id().to_string()));
    let number = |name: &str| match at(&report, &[name]) {
        JsonValue::Int(JsonInteger::Small(number)) => number,
        other => panic!("{other:?}"),
    };
    assert!(number("bytes") < 2_000 && number("rounds") <= 3 && number("bytes_of_states") > 1_000_000, "{report:?}");
    Ok(())
}

#[test]
fn text_tells_every_message_and_files_stay_in_a_dry_run() -> Result<()> {
    let folder = Folder::new().with("a", sealed(map(0..5))).with("b", sealed(map(0..6)));
    let run = folder.run(&["sync", "--dry-run", "a", "b"]);
    assert!(run.text().starts_with("a → b: summary, "), "{run:?}");
    assert!(run.text().contains("the files are as they were"), "{run:?}");
    assert!(run.text().ends_with(&format!("{}\n", map(0..6).state_id())), "{run:?}");
    assert_eq!(folder.bytes("a"), sealed(map(0..5)));
    Ok(())
}

#[test]
fn files_keep_their_version() -> Result<()> {
    let second = sealed(AnyState::decode(&counter("b", 2))?);
    let folder = Folder::new().with("first", counter("a", 1)).with("second", second);
    folder.run(&["sync", "first", "second"]).succeeded();
    let versions = ["first", "second"].map(|name| inspect(&folder.bytes(name)).map(|info| info.version));
    assert_eq!(versions, [Ok(1), Ok(2)]);
    let states = ["first", "second"].map(|name| AnyState::decode(&folder.bytes(name)));
    assert_eq!(states[0], states[1]);
    Ok(())
}

#[test]
fn what_cannot_be_brought_together_is_left_alone() {
    let folder = Folder::new().with("counter", counter("a", 1)).with("map", sealed(map(0..2)));
    folder.run(&["sync", "counter", "map"]).failed(4, Code::TypeMismatch);
    assert_eq!(folder.bytes("counter"), counter("a", 1));
    folder.run(&["sync", "counter", "counter"]).failed(2, Code::BadArgument);
    folder.run(&["sync", "counter", "-"]).failed(2, Code::BadArgument);
    folder.run(&["sync", "--max-message", "100", "counter", "map"]).failed(2, Code::BadArgument);
}
