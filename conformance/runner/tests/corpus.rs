//! The corpus as committed is clean, complete and documented.

use std::path::{Path, PathBuf};

use crdt_conform::corpus::{Corpus, Topic};
use crdt_conform::spec::Registry;
use crdt_conform::{coverage, docs, generate, lint};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

#[test]
fn the_corpus_is_clean_and_covers_the_registries() {
    let vectors = root().join("conformance/vectors");
    let corpus = Corpus::load(&vectors).expect("the corpus");
    let registry = Registry::load(&root().join("spec")).expect("the registries");
    assert_eq!(lint::lint(&corpus, &vectors, &registry), Vec::<String>::new());
    let listed = lint::check_lists(&corpus, &root().join("conformance/lists"));
    assert_eq!(listed, Ok(Vec::new()));
    assert_eq!(coverage::uncovered(&corpus.cases().collect::<Vec<_>>(), &registry), Vec::<String>::new());
}

#[test]
fn generated_topics_are_those_of_the_generator() {
    let corpus = Corpus::load(&root().join("conformance/vectors")).expect("the corpus");
    let sources = generate::Sources { spec: &root().join("spec"), corpus: &corpus };
    let mut made = generate::topics(&sources).expect("topics");
    made.sort_by(|a, b| a.topic.cmp(&b.topic));
    let kept: Vec<_> = corpus.topics.iter().filter(|topic| topic.area == made[0].area).collect();
    let names = |topics: &[&Topic]| topics.iter().map(|topic| topic.topic.clone()).collect::<Vec<_>>();
    assert_eq!(names(&made.iter().collect::<Vec<_>>()), names(&kept));
    for (made, kept) in made.iter().zip(kept) {
        assert!(made == kept, "{}: `crdt-conform generate` writes something else", made.topic);
    }
}

#[test]
fn the_documented_operations_are_those_of_the_specification() {
    let path = root().join("conformance/PROTOCOL.md");
    let written = std::fs::read_to_string(path).expect("PROTOCOL.md");
    assert_eq!(docs::with_operations(&written, &root().join("spec")).expect("operations"), written);
}
