//! `cargo xtask test`: every check of the repository, area by area.
//!
//! An area that cannot run counts as failed. The last line is the sum of all areas.

mod c;
pub mod cargo;
pub mod cli;
mod conformance;
mod examples;
pub mod mutation;
mod npm;
mod python;
mod readme;
pub mod runtimes;
pub mod simulation;

use std::fmt;
use std::time::{Duration, Instant};

use anyhow::Result;
use clap::ValueEnum;

use crate::tally::Tally;
use crate::{codegen, docs, fuzz, golden, lint, system};

/// What `cargo xtask test` can run, in the order in which it runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Area {
    /// Rules of the house that compilers do not know
    Lint,
    /// Generated files match the registries
    Codegen,
    /// rustfmt
    Format,
    /// clippy, warnings are errors
    Clippy,
    /// Unit, integration and documentation tests, debug
    Unit,
    /// Mutated frames against every decoder and permuted histories, release
    Mutation,
    /// Simulated histories of replicas against an oracle, release
    Simulation,
    /// Conformance corpus over the testees core, cli and both reference releases
    Conformance,
    /// The C ABI, from C
    C,
    /// The Python package, installed from its wheel
    Python,
    /// The npm package over WebAssembly, in Node and in Chromium
    Wasm,
    /// The npm package over its native engine
    Node,
    /// Every runtime beside each other: one hash over a stream of questions, one id for each kind of state
    Runtimes,
    /// Live round trips and merges with the reference
    Golden,
    /// Fuzz targets of every decoder
    Fuzz,
    /// Size and start time of the program
    Cli,
    /// Example programs
    Examples,
    /// Pages of the documentation and their links
    Docs,
    /// Commands and code of the README
    Readme,
}

/// How much to run.
#[derive(Clone, Copy)]
pub struct Effort {
    /// Seconds for each fuzz target.
    pub fuzz_seconds: u32,
    /// Random round trips with the reference, per type and release.
    pub golden_trials: u32,
    /// Mutated frames.
    pub mutations: u32,
    /// Simulated histories.
    pub histories: u64,
    /// Drawn questions for every runtime.
    pub questions: u32,
}

impl fmt::Display for Effort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} s of fuzzing for each target, {} pairs of each type and reference, {} mutated frames, {} histories, {} questions",
            self.fuzz_seconds, self.golden_trials, self.mutations, self.histories, self.questions
        )
    }
}

const FULL: Effort =
    Effort { fuzz_seconds: 30, golden_trials: 800, mutations: 1_000_000, histories: 40_000, questions: 100_000 };

const QUICK: Effort =
    Effort { fuzz_seconds: 3, golden_trials: 100, mutations: 100_000, histories: 1_500, questions: 5_000 };

/// One area that ran, or could not.
struct Record {
    area: Area,
    tally: Tally,
    time: Duration,
}

/// Runs one area, or all of them; whether everything passed.
pub fn run(only: Option<Area>, quick: bool) -> Result<bool> {
    let effort = if quick { QUICK } else { FULL };
    if quick {
        println!("quick run: {QUICK}\n  instead of {FULL}");
    }
    system::ensure_test_tools()?;
    let areas = Area::value_variants().iter().filter(|a| only.is_none_or(|only| only == **a));
    let records: Vec<Record> = areas.map(|area| record(*area, &effort)).collect();
    Ok(summarise(&records))
}

fn record(area: Area, effort: &Effort) -> Record {
    println!("\n=== {}", name(area));
    let start = Instant::now();
    let tally = run_area(area, effort).unwrap_or_else(|error| {
        println!("FAILED: {error:#}");
        Tally::FAILURE
    });
    let tally = if tally == Tally::default() { ran_nothing() } else { tally };
    let time = start.elapsed();
    println!("--- {}: {} ({})", name(area), Sentence(tally), seconds(time));
    Record { area, tally, time }
}

fn run_area(area: Area, effort: &Effort) -> Result<Tally> {
    match area {
        Area::Lint => lint::run(),
        Area::Codegen => codegen::run(true).map(|()| Tally::one(true)),
        Area::Format => cargo::format(),
        Area::Clippy => cargo::clippy(),
        Area::Unit => cargo::unit(),
        Area::Mutation => mutation::run(effort.mutations),
        Area::Simulation => simulation::run(effort.histories),
        Area::Conformance => conformance::run(),
        Area::C => c::run(),
        Area::Python => python::run(),
        Area::Wasm => npm::wasm(),
        Area::Node => npm::node(),
        Area::Runtimes => runtimes::run(effort.questions),
        Area::Golden => golden::run(effort.golden_trials),
        Area::Fuzz => fuzz::run(effort.fuzz_seconds),
        Area::Cli => cli::run(),
        Area::Examples => examples::run(),
        Area::Docs => docs::check(),
        Area::Readme => readme::run(),
    }
}

fn ran_nothing() -> Tally {
    println!("FAILED: nothing ran");
    Tally::FAILURE
}

fn summarise(records: &[Record]) -> bool {
    println!("\n{:<12} {:>8} {:>7} {:>9}", "area", "passed", "failed", "time");
    for Record { area, tally, time } in records {
        let time = seconds(*time);
        println!("{:<12} {:>8} {:>7} {time:>9}", name(*area), tally.passed, tally.failed);
    }
    let total_time: Duration = records.iter().map(|r| r.time).sum();
    let total: Tally = records.iter().map(|r| r.tally).sum();
    println!("{} in all\n{total}", seconds(total_time));
    total.is_success()
}

/// A tally in words that no reader of closing lines takes for one.
struct Sentence(Tally);

impl fmt::Display for Sentence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ok, {} not ok", self.0.passed, self.0.failed)
    }
}

fn seconds(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}

fn name(area: Area) -> String {
    area.to_possible_value().map_or_else(String::new, |v| v.get_name().to_owned())
}
