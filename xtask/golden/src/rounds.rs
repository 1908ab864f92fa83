//! Random round trips and merges with running releases of the reference.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use clap::Args;
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use serde::Deserialize;
use serde_json::json;

use crate::coverage::{self, Coverage};
use crate::deviations::{self, Deviation};
use crate::hex;
use crate::peer::{self, Hello, Interpreter, Kind, Peer, shortened};
use crate::subject::{self, Answer, Item};
use crate::table::{self, Side};

/// Pairs per type in a run that has to meet every listed deviation and fill every cell.
const FULL: u32 = 800;

/// Pairs in one request.
const BATCH: u32 = 100;

/// Failures that are shown in full.
const SHOWN: usize = 12;

/// How much to try, with whom, and from which seed.
#[derive(Debug, Args)]
pub struct Settings {
    /// Interpreter with a release of the reference; `PYTHON+FOLDER` adds a MessagePack package
    #[arg(long = "reference", required = true, value_parser = Interpreter::parse)]
    references: Vec<Interpreter>,
    /// Pairs per type and release
    #[arg(long, default_value_t = FULL)]
    trials: u32,
    /// Seed of all chance
    #[arg(long, default_value_t = 20_240_229)]
    seed: u64,
    /// Only this type
    #[arg(long)]
    only: Option<String>,
    /// Index of the first pair; with `--trials 1`, the way to see one failure again
    #[arg(long, default_value_t = 0)]
    first: u32,
}

impl Settings {
    /// Whether the run is large enough to ask for every cell and every listed deviation.
    fn is_full(&self) -> bool {
        self.trials >= FULL && self.only.is_none()
    }
}

/// A check that failed, with what is needed to see it again.
#[derive(Debug, Clone, Deserialize)]
struct Failure {
    kind: String,
    index: u64,
    check: String,
    detail: String,
}

/// What the reference found.
#[derive(Debug, Deserialize)]
struct Judgement {
    failures: Vec<Failure>,
    deviations: BTreeMap<String, u64>,
    as_reference: u64,
}

/// A run of pairs.
#[derive(Debug, Deserialize)]
struct Batch {
    items: Vec<Item>,
}

/// A cell that is said to be impossible, tried.
#[derive(Debug, Deserialize)]
struct Probe {
    kind: String,
    cell: String,
    outcome: String,
    evidence: String,
    frame: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Probes {
    probes: Vec<Probe>,
}

/// The outcome of one type with one release.
#[derive(Debug)]
struct Row {
    kind: Kind,
    pairs: u64,
    as_reference: u64,
    deviations: BTreeMap<String, u64>,
    failed: u64,
}

/// The outcome of one release.
struct Report {
    hello: Hello,
    /// Tests of the peer itself, all passed.
    tests: u64,
    rows: Vec<Row>,
    failures: Vec<Failure>,
    coverage: Coverage,
    probes: u64,
    unjustified: Vec<String>,
    time: Duration,
}

impl Report {
    fn pairs(&self) -> u64 {
        self.rows.iter().map(|row| row.pairs).sum()
    }

    fn failed(&self) -> u64 {
        self.rows.iter().map(|row| row.failed).sum()
    }
}

/// Runs all releases at the same time and prints what came out; whether nothing failed.
pub fn run(settings: &Settings) -> Result<bool> {
    println!("golden rounds: {} pairs per type and release, seed {}", settings.trials, settings.seed);
    let list = deviations::list()?;
    let reports = run_all(settings)?;
    for report in &reports {
        print_report(report, settings);
    }
    let faults = faults(settings, &list, &reports);
    let (with_coverage, columns) = covering(&reports);
    if settings.only.is_none() {
        print_coverage(&with_coverage, &columns, &reports);
    }
    for fault in &faults {
        println!("FAILED {fault}");
    }
    Ok(close(&reports, &faults, &list))
}

fn run_all(settings: &Settings) -> Result<Vec<Report>> {
    let bars = MultiProgress::new();
    std::thread::scope(|scope| {
        let start = |interpreter| {
            let bars = &bars;
            scope.spawn(move || run_release(settings, interpreter, bars))
        };
        let running: Vec<_> = settings.references.iter().map(start).collect();
        running.into_iter().map(|thread| thread.join().unwrap_or_else(|_| anyhow::bail!("a thread panicked"))).collect()
    })
}

fn run_release(settings: &Settings, interpreter: &Interpreter, bars: &MultiProgress) -> Result<Report> {
    let start = Instant::now();
    let tests = if settings.is_full() { peer::run_tests(interpreter)? } else { 0 };
    let mut peer = Peer::start(interpreter)?;
    let hello = peer.hello()?;
    let kinds = wanted(settings, &hello)?;
    let bar = bars.add(progress(&hello, kinds.len(), settings.trials));
    let mut failures = Vec::new();
    let mut rows = Vec::new();
    for kind in kinds {
        bar.set_message(kind.name.clone());
        rows.push(run_kind(settings, &mut peer, &hello, kind, &bar, &mut failures)?);
    }
    bar.finish_and_clear();
    let coverage = peer.ask(&json!({"cmd": "coverage"}))?;
    let (probes, unjustified) = if hello.messagepack { (0, Vec::new()) } else { run_probes(&mut peer, &rows)? };
    Ok(Report { hello, tests, rows, failures, coverage, probes, unjustified, time: start.elapsed() })
}

/// The types to try: all, the one asked for, or those that MessagePack changes.
fn wanted(settings: &Settings, hello: &Hello) -> Result<Vec<Kind>> {
    let asked = |kind: &&Kind| settings.only.as_ref().is_none_or(|only| *only == kind.name);
    let kinds: Vec<Kind> = hello.kinds.iter().filter(asked).cloned().collect();
    ensure!(!kinds.is_empty(), "no such type: {}", settings.only.as_deref().unwrap_or_default());
    Ok(kinds.into_iter().filter(|kind| kind.json || !hello.messagepack).collect())
}

fn progress(hello: &Hello, kinds: usize, trials: u32) -> ProgressBar {
    let style = ProgressStyle::with_template("{prefix:16} {bar:30} {percent:>3} %  {msg}");
    let bar = ProgressBar::new(u64::from(trials) * u64::try_from(kinds).unwrap_or(0));
    bar.set_prefix(hello.label());
    bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

fn run_kind(
    settings: &Settings,
    peer: &mut Peer,
    hello: &Hello,
    kind: Kind,
    bar: &ProgressBar,
    failures: &mut Vec<Failure>,
) -> Result<Row> {
    let mut row = Row { kind, pairs: 0, as_reference: 0, deviations: BTreeMap::new(), failed: 0 };
    let end = settings.first.saturating_add(settings.trials);
    let mut first = settings.first;
    while first < end {
        let count = BATCH.min(end - first);
        let found = run_batch(settings, peer, hello, &mut row, (first, count))?;
        row.failed += distinct(&found);
        failures.extend(found);
        first += count;
        bar.inc(u64::from(count));
    }
    Ok(row)
}

/// Pairs with a failure, however many checks of a pair failed.
fn distinct(failures: &[Failure]) -> u64 {
    let pairs: BTreeSet<u64> = failures.iter().map(|failure| failure.index).collect();
    u64::try_from(pairs.len()).unwrap_or(u64::MAX)
}

fn run_batch(
    settings: &Settings,
    peer: &mut Peer,
    hello: &Hello,
    row: &mut Row,
    (first, count): (u32, u32),
) -> Result<Vec<Failure>> {
    let name = &row.kind.name;
    let request = json!({"cmd": "generate", "kind": name, "seed": settings.seed, "first": first, "count": count});
    let batch: Batch = peer.ask(&request).with_context(|| format!("{name} from {first}"))?;
    let (answers, mut failures) = examine(&row.kind, hello, &batch.items);
    let judgement: Judgement = peer.ask(&json!({"cmd": "judge", "kind": name, "answers": answers}))?;
    failures.extend(judgement.failures);
    row.pairs += u64::try_from(batch.items.len())?;
    row.as_reference += judgement.as_reference;
    for (id, number) in judgement.deviations {
        *row.deviations.entry(id).or_default() += number;
    }
    Ok(failures)
}

fn examine(kind: &Kind, hello: &Hello, items: &[Item]) -> (Vec<Answer>, Vec<Failure>) {
    let mut failures = Vec::new();
    let mut answers = Vec::new();
    for item in items {
        let found = subject::examine(kind, hello.writes_messagepack(), item);
        failures.extend(found.failures.into_iter().map(|(check, detail)| Failure {
            kind: kind.name.clone(),
            index: item.index,
            check: check.to_owned(),
            detail,
        }));
        answers.push(found.answer);
    }
    (answers, failures)
}

/// Tries every gap of the coverage table; the number tried and those that are not justified.
fn run_probes(peer: &mut Peer, rows: &[Row]) -> Result<(u64, Vec<String>)> {
    let tried: Probes = peer.ask(&json!({"cmd": "probe"}))?;
    let wanted = |probe: &&Probe| rows.iter().any(|row| row.kind.name == probe.kind);
    let probes: Vec<&Probe> = tried.probes.iter().filter(wanted).collect();
    let unjustified = probes.iter().filter_map(|probe| unjustified(probe).transpose());
    Ok((u64::try_from(probes.len())?, unjustified.collect::<Result<_>>()?))
}

/// What is wrong with a stated gap: neither the reference nor our reader stands in the way.
fn unjustified(probe: &Probe) -> Result<Option<String>> {
    let Probe { kind, cell, outcome, evidence, frame } = probe;
    let refused = match frame {
        Some(frame) => subject::refusal(&hex::decode(frame)?).as_deref() == Some("BAD_SCHEMA"),
        None => outcome != "unjustified",
    };
    Ok((!refused).then(|| format!("{kind}: {cell} can be filled: {evidence}")))
}

// --- judging the whole ----------------------------------------------------------------------

fn faults(settings: &Settings, list: &BTreeMap<String, Deviation>, reports: &[Report]) -> Vec<String> {
    let mut faults: Vec<String> = reports.iter().flat_map(|report| report.unjustified.clone()).collect();
    faults.extend(reports.iter().flat_map(|report| unlisted(list, report)));
    if settings.is_full() {
        let (with_coverage, columns) = covering(reports);
        faults.extend(reports.iter().flat_map(|report| unseen(list, report)));
        faults.extend(with_coverage.iter().flat_map(|report| {
            let one = [&report.coverage];
            [coverage::faults(&one, &report.hello.kinds, &columns), coverage::scarce_ties(&one)].concat()
        }));
    }
    faults
}

/// Deviations that turned up and are not in the list for that type and release.
fn unlisted(list: &BTreeMap<String, Deviation>, report: &Report) -> Vec<String> {
    let release = &report.hello.release;
    let found = report.rows.iter().flat_map(|row| row.deviations.keys().map(|id| (id, row.kind.name.as_str())));
    found
        .filter(|(id, kind)| !list.get(*id).is_some_and(|entry| entry.allows(kind, release)))
        .map(|(id, kind)| format!("{kind} with {release}: deviation {id} is not in the list"))
        .collect()
}

/// Listed deviations that never turned up in a full run.
fn unseen(list: &BTreeMap<String, Deviation>, report: &Report) -> Vec<String> {
    let tried = |entry: &&Deviation, row: &&Row| entry.allows(&row.kind.name, &report.hello.release);
    let pairs = list.values().flat_map(|entry| report.rows.iter().map(move |row| (entry, row)));
    pairs
        .filter(|(entry, row)| tried(entry, row) && !row.deviations.contains_key(&entry.id))
        .map(|(entry, row)| {
            format!("{}: listed deviation {} ({}) never turned up", row.kind.name, entry.id, entry.predicate)
        })
        .collect()
}

/// Reports that cover all types, and the columns of the table.
fn covering(reports: &[Report]) -> (Vec<&Report>, Vec<String>) {
    let all: Vec<&Report> = reports.iter().filter(|report| !report.hello.messagepack).collect();
    let columns = all.first().map(|report| report.hello.cells.clone()).unwrap_or_default();
    (all, columns)
}

// --- printing -------------------------------------------------------------------------------

fn print_report(report: &Report, settings: &Settings) {
    let Hello { python, .. } = &report.hello;
    println!("\ncrdt-merge {} on Python {python}, {:.1} s", report.hello.label(), report.time.as_secs_f64());
    let header = ["tag", "type", "pairs", "as there", "listed deviations", "failed"].map(str::to_owned).to_vec();
    let mut rows = vec![header];
    rows.extend(report.rows.iter().map(cells));
    let sides = [Side::Left, Side::Left, Side::Right, Side::Right, Side::Left, Side::Right];
    for line in table::lines(&sides, &rows) {
        println!("{line}");
    }
    for failure in report.failures.iter().take(SHOWN) {
        print_failure(failure, settings);
    }
}

fn cells(row: &Row) -> Vec<String> {
    let deviations: Vec<String> = row.deviations.iter().map(|(id, number)| format!("{id} {number}")).collect();
    let same = if row.kind.join { row.as_reference.to_string() } else { "relay".to_owned() };
    vec![
        format!("{:#04x}", row.kind.tag),
        row.kind.name.clone(),
        row.pairs.to_string(),
        same,
        deviations.join(", "),
        row.failed.to_string(),
    ]
}

fn print_failure(failure: &Failure, settings: &Settings) {
    let Failure { kind, index, check, detail } = failure;
    println!("FAILED {kind} {check}: {}", shortened(detail));
    println!("       again with --only {kind} --first {index} --trials 1 --seed {}", settings.seed);
}

fn print_coverage(with_coverage: &[&Report], columns: &[String], reports: &[Report]) {
    let kinds = with_coverage.first().map(|report| report.hello.kinds.as_slice()).unwrap_or_default();
    let tables: Vec<&Coverage> = with_coverage.iter().map(|report| &report.coverage).collect();
    coverage::print(&tables, kinds, columns);
    let probes: u64 = reports.iter().map(|report| report.probes).sum();
    println!("gaps: {probes} tried with the reference and our reader");
    coverage::print_ties(&tables);
}

/// The closing lines; whether nothing failed.
fn close(reports: &[Report], faults: &[String], list: &BTreeMap<String, Deviation>) -> bool {
    let pairs: u64 = reports.iter().map(Report::pairs).sum();
    let failed: u64 = reports.iter().map(Report::failed).sum();
    let probes: u64 = reports.iter().map(|report| report.probes).sum();
    let faults = u64::try_from(faults.len()).unwrap_or(u64::MAX);
    let tests: u64 = reports.iter().map(|report| report.tests).sum();
    let passed = (pairs - failed) + tests + probes.saturating_sub(faults);
    println!("\n{passed} passed, {} failed, {} listed deviations", failed + faults, list.len());
    failed + faults == 0 && pairs > 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(found: &[(&str, &str)]) -> Report {
        let kind = |name: &str| Kind { tag: 0x04, name: name.to_owned(), join: true, json: false };
        let row = |(name, id): &(&str, &str)| Row {
            kind: kind(name),
            pairs: 1,
            as_reference: 0,
            deviations: BTreeMap::from([((*id).to_owned(), 1)]),
            failed: 0,
        };
        let empty = json!({"cells": {}, "gaps": {}, "reasons": {}, "ties": {}});
        let hello = json!({"release": "0.9.1", "python": "3", "messagepack": false, "kinds": [], "cells": []});
        Report {
            hello: serde_json::from_value(hello).unwrap(),
            tests: 0,
            rows: found.iter().map(row).collect(),
            failures: Vec::new(),
            coverage: serde_json::from_value(empty).unwrap(),
            probes: 0,
            unjustified: Vec::new(),
            time: Duration::ZERO,
        }
    }

    #[test]
    fn deviations_outside_the_list_are_faults() {
        let list = deviations::list().unwrap();
        assert_eq!(unlisted(&list, &report(&[("or_set", "or-set-removed")])), Vec::<String>::new());
        assert_eq!(unlisted(&list, &report(&[("or_set", "lww-tie")])).len(), 1);
        assert_eq!(unlisted(&list, &report(&[("or_set", "unheard of")])).len(), 1);
    }

    #[test]
    fn listed_deviations_that_never_turn_up_are_faults() {
        let list = deviations::list().unwrap();
        assert_eq!(unseen(&list, &report(&[("bloom", "bloom-parameters")])), Vec::<String>::new());
        assert_eq!(unseen(&list, &report(&[("bloom", "lww-tie")])).len(), 1);
    }

    #[test]
    fn several_failures_of_a_pair_count_once() {
        let failure = |index| Failure { kind: String::new(), index, check: String::new(), detail: String::new() };
        assert_eq!(distinct(&[failure(1), failure(1), failure(2)]), 2);
    }
}
