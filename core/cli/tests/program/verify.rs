use crdt_merge::JsonValue;
use crdt_merge::prelude::*;

use crate::support::{Folder, at, counter, generic, map};

fn maps() -> Folder {
    Folder::new().with("a", map("k", 1, 5, "n")).with("b", map("k", 1.0, 5, "n")).with("c", map("k", "1", 5, "m"))
}

#[test]
fn all_pairs_and_triples_are_tried() {
    let folder = maps();
    let run = folder.run(&["verify", "a", "b", "c"]);
    let expected = "lww_map: 3 states\n  commutative  held in 9 trials\n  associative  held in 27 trials\n  \
                    idempotent   held in 3 trials\n  monotone     held in 9 trials\n";
    assert_eq!((run.code, run.text()), (Some(0), expected));
}

#[test]
fn trials_bound_the_work_and_the_seed_fixes_it() {
    let folder = maps();
    let verify = |seed: &str| folder.run(&["verify", "--json", "--trials", "5", "--seed", seed, "a", "b", "c"]).json();
    let told = verify("7");
    assert_eq!(at(&told, &["laws", "associative", "trials"]), 5.into());
    assert_eq!(at(&told, &["lawful"]), true.into());
    assert_eq!(told, verify("7"));
}

#[test]
fn every_kind_is_checked_for_itself() {
    let folder = maps().with("x", counter("a", 1)).with("y", counter("a", 2));
    let lines = String::from_utf8(folder.run(&["verify", "--json", "a", "x", "b", "y"]).succeeded()).unwrap();
    let states: Vec<JsonValue> =
        lines.lines().map(|line| at(&crdt_merge::json::parse(line.as_bytes(), 20).unwrap(), &["states"])).collect();
    assert_eq!(states, [2.into(), 2.into()] as [JsonValue; 2]);
}

#[test]
fn settings_of_a_replica_are_no_part_of_the_law() -> Result<()> {
    let state = |node: &str, fanout| {
        let mut state = GossipState::new(node)?.with_fanout(fanout);
        state.update_node(node, "k", node.into(), None)?;
        state.encode_v1()
    };
    let folder = Folder::new().with("a", state("a", 1)?).with("b", state("b", 2)?);
    assert_ne!(folder.run(&["merge", "a", "b"]).succeeded(), folder.run(&["merge", "b", "a"]).succeeded());
    folder.run(&["verify", "a", "b"]).succeeded();
    Ok(())
}

#[test]
fn what_cannot_be_checked_is_refused() {
    let folder = maps().with("g", generic(1)).with("none", [0; 4]);
    folder.run(&["verify", "a", "g"]).failed(4, Code::NotMergeable);
    folder.run(&["verify", "none"]).failed(2, Code::BadArgument);
    assert_eq!(folder.run(&["verify", "--trials", "0", "a"]).code, Some(2));
}
