//! The runner must catch every broken testee, and must not blame a good one.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crdt_conform::case::Case;
use crdt_conform::corpus::Corpus;
use crdt_conform::run::{Plan, Report, TesteeReport, run};
use crdt_conform::testee::{Config, Known};

/// Cases every mutant is asked: echo, refusals, frames and joins of registers.
const ASKED: [&str; 5] = [
    "echo/values/*",
    "hostile/frames/1*",
    "wire/generic_batch/cases-*/decode",
    "wire/joins_required/cases-?/*",
    "laws/joins/3",
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn asked(id: &str) -> bool {
    let joins = id.starts_with("wire/joins_required/cases-") && (id.ends_with("/ab") || id.ends_with("/laws"));
    let register = joins && id.split('/').nth(2).is_some_and(|entry| entry.len() == "cases-0".len());
    register || ASKED.iter().any(|glob| crdt_conform::corpus::matches(glob, id))
}

fn config(mutation: &str) -> Config {
    wrapped(mutation, &["python3", "-B", "conformance/runner/tests/toy.py"])
}

/// A mutant of the second implementation, which speaks version 2.
fn second(mutation: &str) -> Config {
    wrapped(mutation, &["python3", "-B", "conformance/testees/second"])
}

fn wrapped(mutation: &str, good: &[&str]) -> Config {
    let wrapper = ["python3", "-B", "conformance/testees/mutant.py", mutation];
    Config {
        name: mutation.into(),
        command: wrapper.iter().chain(good).map(|word| word.to_string()).collect(),
        own: true,
        family: "toy".into(),
        limit: Duration::from_millis(1500),
        greeting_limit: Duration::from_secs(60),
        known: Vec::new(),
        kinds: BTreeMap::new(),
    }
}

fn report_of(config: Config, required: &[&str]) -> TesteeReport {
    report_of_some(config, required, usize::MAX)
}

/// What a mutant says to cases of version 2.
fn report_of_version_2(config: Config) -> TesteeReport {
    const ASKED: [&str; 4] = ["v2/examples/*", "v2/frames/*", "v2/floors/an-old-*", "v2/spelling/slot-*"];
    let corpus = Corpus::load(&root().join("conformance/vectors")).expect("the corpus");
    let asked = |id: &str| ASKED.iter().any(|glob| crdt_conform::corpus::matches(glob, id));
    let cases = corpus.cases().filter(|case| asked(&case.id)).collect();
    let root = root();
    run(config, &Plan { cases, required: BTreeSet::new(), whole: true, own_corpus: true, root: &root })
}

/// Testees that have to be started again for every case are asked a few only.
fn report_of_some(config: Config, required: &[&str], most: usize) -> TesteeReport {
    let corpus = Corpus::load(&root().join("conformance/vectors")).expect("the corpus");
    let cases = corpus.cases().filter(|case| asked(&case.id)).take(most).collect();
    let required = required.iter().map(|id| id.to_string()).collect::<BTreeSet<_>>();
    let root = root();
    run(config, &Plan { cases, required, whole: true, own_corpus: true, root: &root })
}

fn count(report: &TesteeReport, word: &str) -> usize {
    report.results.iter().filter(|result| result.outcome.word() == word).count()
}

fn failed(report: &TesteeReport) -> usize {
    Report { testees: vec![report.clone()], ..Report::default() }.failed()
}

/// What a mutant got wrong, by id.
fn wrong(report: &TesteeReport) -> Vec<&str> {
    let bad = report.results.iter().filter(|result| matches!(result.outcome.word(), "fail" | "crash"));
    bad.map(|result| result.id.as_str()).collect()
}

#[test]
fn a_good_testee_passes_everything() {
    let report = report_of(config("none"), &["echo/values/1"]);
    assert_eq!(wrong(&report), Vec::<&str>::new());
    assert_eq!((failed(&report), count(&report, "skip")), (0, 0));
    assert!(count(&report, "pass") > 80, "{}", count(&report, "pass"));
}

#[test]
fn answers_may_come_in_another_order() {
    let report = report_of(config("shuffled"), &[]);
    assert_eq!(wrong(&report), Vec::<&str>::new());
}

#[test]
fn every_lie_is_caught() {
    for (mutation, caught) in [
        ("flip_bit", "wire/joins_required/cases-0/ab"),
        ("skip_all", "echo/values/1"),
        ("drop_negative_zero", "echo/values/11"),
        ("one_nan", "echo/values/19"),
        ("floats_as_ints", "echo/values/12"),
        ("sort_maps", "echo/values/38"),
        ("first_wins", "wire/joins_required/cases-0/laws"),
        ("always_refuse", "echo/values/1"),
        ("never_refuse", "hostile/frames/1"),
        ("code_in_message", "hostile/frames/1"),
        ("bare_numbers", "echo/values/4"),
    ] {
        let report = report_of(config(mutation), &[]);
        assert!(wrong(&report).contains(&caught), "{mutation}: {caught} was not caught: {:?}", wrong(&report));
        assert!(failed(&report) > 0, "{mutation}");
    }
}

#[test]
fn a_good_testee_of_version_2_passes_everything() {
    let report = report_of_version_2(second("none"));
    assert_eq!((wrong(&report), failed(&report), count(&report, "skip")), (Vec::new(), 0, 0));
    assert!(count(&report, "pass") > 200, "{}", count(&report, "pass"));
}

#[test]
fn every_lie_about_version_2_is_caught() {
    for (mutation, caught) in [
        ("wrong_id", "v2/examples/124f37626f548dbd/id"),
        ("takes_sloppy", "v2/spelling/slot-of-0"),
        ("writes_sloppy", "v2/examples/124f37626f548dbd/read"),
        ("ignores_trailer", "v2/frames/trailer-and-another-byte-15"),
        ("drops_fields", "v2/frames/carries-one-field/read"),
        ("hides_unknown", "v2/frames/unknown-tag-0x6f/read"),
        ("joins_old", "v2/floors/an-old-register-at-the-floor-ab"),
        ("never_refuse", "v2/frames/version-3"),
        ("skip_all", "v2/frames/version-3"),
    ] {
        let report = report_of_version_2(second(mutation));
        assert!(wrong(&report).contains(&caught), "{mutation}: {caught} was not caught: {:?}", wrong(&report));
        assert!(failed(&report) > 0, "{mutation}");
    }
}

#[test]
fn a_delta_that_is_not_enough_is_caught() {
    let asked = |mutation: &str, part: &str| {
        let corpus = Corpus::load(&root().join("conformance/vectors")).expect("the corpus");
        let ids = |case: &&Case| case.id.starts_with("v2/exchange/0") && case.id.ends_with(part);
        let (root, cases) = (root(), corpus.cases().filter(ids).collect());
        run(second(mutation), &Plan { cases, required: BTreeSet::new(), whole: true, own_corpus: true, root: &root })
    };
    let good = asked("sends_all", "/delta");
    assert_eq!((wrong(&good), failed(&good)), (Vec::new(), 0));
    for part in ["/delta", "/session"] {
        let report = asked("sends_nothing", part);
        assert!(wrong(&report).len() > report.results.len() / 2, "{part}: {:?}", wrong(&report));
    }
}

#[test]
fn a_testee_of_protocol_1_is_not_asked_about_version_2() {
    let report = report_of_version_2(Config { own: false, ..config("none") });
    let reasons: BTreeSet<&str> = report.results.iter().map(|result| result.outcome.detail()).collect();
    assert_eq!(reasons, BTreeSet::from(["belongs to protocol 2"]));
    assert_eq!(count(&report, "skip"), report.results.len());
}

#[test]
fn answers_outside_the_protocol_fail_every_case() {
    for mutation in ["two_answers", "not_json", "wrong_seq"] {
        let report = report_of_some(config(mutation), &[], 4);
        assert_eq!((count(&report, "crash"), report.results.len()), (4, 4), "{mutation}");
    }
}

#[test]
fn a_dead_testee_is_started_again_and_the_case_counts_as_crashed() {
    let report = report_of_some(config("crash"), &[], 40);
    assert!(count(&report, "crash") > 0);
    assert!(count(&report, "pass") > count(&report, "crash"));
    let report = report_of_some(config("crash_on_echo"), &[], 5);
    assert_eq!(count(&report, "crash"), 5);
}

#[test]
fn a_testee_that_hangs_does_not_hang_the_run() {
    let slow = Config { limit: Duration::from_millis(400), ..config("hang") };
    let report = report_of_some(slow, &[], 24);
    assert!(count(&report, "crash") > 0);
    assert!(count(&report, "pass") > count(&report, "crash"));
}

#[test]
fn a_testee_without_a_greeting_is_a_fault() {
    for command in [vec!["python3", "conformance/testees/mutant.py", "absent"], vec!["no-such-program-here"]] {
        let absent = Config { command: command.iter().map(|w| w.to_string()).collect(), ..config("absent") };
        let report = report_of(absent, &[]);
        assert_eq!((failed(&report), report.results.len()), (1, 0));
    }
}

#[test]
fn a_testee_that_says_nothing_does_not_hang_the_run() {
    let deaf = Config { greeting_limit: Duration::from_millis(500), ..config("deaf") };
    let report = report_of(deaf, &[]);
    assert_eq!((failed(&report), report.results.len()), (1, 0));
    assert_eq!(report.faults, ["no greeting: no greeting"]);
}

#[test]
fn a_known_failure_is_listed_and_an_unexpected_pass_fails() {
    let known = |cases: &[&str]| {
        let known =
            Known { globs: cases.iter().map(|glob| glob.to_string()).collect(), reason: "a test".into(), answer: None };
        Config { known: vec![known], ..config("drop_negative_zero") }
    };
    let report = report_of(known(&["echo/values/11"]), &[]);
    assert_eq!(count(&report, "deviation"), 1);
    assert!(!wrong(&report).contains(&"echo/values/11"));
    let report = report_of(known(&["echo/values/1"]), &[]);
    assert!(wrong(&report).contains(&"echo/values/1"), "an unexpected pass");
    let report = report_of(known(&["no/such/case"]), &[]);
    assert!(report.faults.iter().any(|fault| fault.contains("matches no case")));
}

#[test]
fn a_known_answer_excuses_that_answer_only() {
    let known = |answer: &str| Known { globs: vec!["*".into()], reason: "a test".into(), answer: Some(answer.into()) };
    let mutant = |answer: &str| Config { known: vec![known(answer)], ..config("always_refuse") };
    let excused = report_of(mutant("TRUNCATED"), &[]);
    assert_eq!(wrong(&excused), Vec::<&str>::new());
    assert!(count(&excused, "deviation") > 80);
    assert!(wrong(&report_of(mutant("BAD_ZLIB"), &[])).contains(&"echo/values/1"));
}

#[test]
fn a_case_on_the_list_that_did_not_run_is_a_fault() {
    let report = report_of(config("none"), &["echo/values/1", "gone/away/1"]);
    assert_eq!(report.faults.len(), 1);
    assert!(report.faults[0].starts_with("gone/away/1"));
}
