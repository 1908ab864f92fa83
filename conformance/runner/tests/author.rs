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
    let blessed = bless(&folder, &id, vec![testee("a", "none"), testee("b", "none")], &root());
    assert_eq!(blessed, Ok(Expect::Out(Value::float(-0.0))));
    assert_eq!(expectation(&folder), Some(Expect::Out(Value::float(-0.0))));
    assert!(bless(&folder, &id, vec![testee("a", "none"), testee("b", "none")], &root()).is_err());
}

#[test]
fn relatives_strangers_that_disagree_and_skips_fill_nothing() {
    let (folder, id) = folder("disagree");
    for others in [
        vec![testee("a", "none"), testee("a", "none")],
        vec![testee("a", "none"), testee("b", "drop_negative_zero")],
        vec![testee("a", "none"), testee("b", "skip_all")],
    ] {
        assert!(bless(&folder, &id, others, &root()).is_err());
        assert_eq!(expectation(&folder), None);
    }
}
