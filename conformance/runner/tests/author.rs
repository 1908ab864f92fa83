//! Writing a case: `new`, `bless`, and what `bless` refuses.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crdt_conform::author::{bless, new_case};
use crdt_conform::case::Expect;
use crdt_conform::corpus::{Corpus, Topic};
use crdt_conform::testee::Config;
use crdt_conform::value::Value;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The toy of these tests, or a mutant of it.
fn testee(family: &str, mutation: &str) -> Config {
    let words = [
        "python3",
        "-B",
        "conformance/testees/mutant.py",
        mutation,
        "python3",
        "-B",
        "conformance/runner/tests/toy.py",
    ];
    Config {
        name: family.into(),
        command: words.map(str::to_string).to_vec(),
        own: false,
        family: family.into(),
        limit: Duration::from_secs(10),
        greeting_limit: Duration::from_secs(60),
        known: Vec::new(),
        kinds: BTreeMap::new(),
    }
}

/// A corpus folder with one case that asks for the echo of -0.0.
fn folder(name: &str) -> (PathBuf, String) {
    let folder = std::env::temp_dir().join(format!("crdt-conform-{}-{name}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("a folder");
    let id = new_case(&folder, "echo/values", "the negative zero", "echo").expect("a case");
    let mut corpus = Corpus::load(&folder).expect("the corpus");
    let topic: &mut Topic = &mut corpus.topics[0];
    topic.cases[0].input = Value::float(-0.0);
    topic.save(&folder).expect("the topic");
    (folder, id)
}

fn expectation(folder: &Path) -> Option<Expect> {
    Corpus::load(folder).expect("the corpus").cases().next().and_then(|case| case.expect.clone())
}

#[test]
fn ids_go_on_from_the_highest() {
    let (folder, id) = folder("ids");
    assert_eq!(id, "echo/values/1");
    assert_eq!(new_case(&folder, "echo/values", "another", "echo"), Ok("echo/values/2".into()));
}

#[test]
fn strangers_that_agree_fill_the_expectation() {
    let (folder, id) = folder("agree");
    let blessing = bless(&folder, &id, vec![testee("a", "none"), testee("b", "none")], &root()).expect("a blessing");
    let expected = Expect::Out(Value::float(-0.0));
    assert_eq!((blessing.filled, blessing.refused.len()), (vec![(id.clone(), expected.clone())], 0));
    assert_eq!(expectation(&folder), Some(expected));
    assert!(bless(&folder, &id, vec![testee("a", "none"), testee("b", "none")], &root()).is_err(), "it has one");
}

#[test]
fn a_pattern_blesses_all_that_is_open() {
    let (folder, _) = folder("pattern");
    new_case(&folder, "echo/values", "null", "echo").expect("a case");
    new_case(&folder, "echo/values", "an operation the toy does not have", "py_str").expect("a case");
    let blessing =
        bless(&folder, "echo/*", vec![testee("a", "none"), testee("b", "none")], &root()).expect("a blessing");
    let filled: Vec<_> = blessing.filled.iter().map(|(id, _)| id.as_str()).collect();
    assert_eq!(filled, ["echo/values/1", "echo/values/2"]);
    assert_eq!(blessing.refused, ["echo/values/3: a: does not offer py_str"]);
}

#[test]
fn strangers_that_disagree_and_skips_fill_nothing() {
    let (folder, id) = folder("disagree");
    for (other, said) in [("drop_negative_zero", "a and b disagree: "), ("skip_all", "b: not today")] {
        let blessing = bless(&folder, &id, vec![testee("a", "none"), testee("b", other)], &root()).expect("a blessing");
        assert!(blessing.refused[0].contains(said), "{:?}", blessing.refused);
        assert_eq!((blessing.filled.len(), expectation(&folder)), (0, None));
    }
}

#[test]
fn relatives_and_absent_testees_fill_nothing() {
    let (folder, id) = folder("relatives");
    let relatives = bless(&folder, &id, vec![testee("a", "none"), testee("a", "none")], &root());
    assert!(relatives.is_err_and(|fault| fault.contains("share no code")));
    let absent = bless(&folder, &id, vec![testee("a", "none"), testee("b", "absent")], &root());
    assert!(absent.is_err_and(|fault| fault.starts_with("b: ")));
    assert!(Config::load(&folder, "second").is_err_and(|fault| fault.contains("second.toml")));
    assert_eq!(expectation(&folder), None);
}
