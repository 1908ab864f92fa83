//! `cargo xtask soak`: the same tests as ever, for much longer.

use anyhow::Result;
use clap::Args;

use crate::process::Command;
use crate::tally::Tally;
use crate::test::{mutation, simulation};
use crate::workspace::root;
use crate::{fuzz, golden};

/// Tells the law tests how many random cases to try for each law.
const LAW_TRIALS: &str = "CRDT_MERGE_LAW_TRIALS";

/// How long to go on. Every figure has an upper end, so that a run always comes to one.
#[derive(Debug, Args)]
pub struct Settings {
    /// Random cases for each law
    #[arg(long, default_value_t = 10_000_000, value_parser = clap::value_parser!(u64).range(1..=1_000_000_000))]
    law_trials: u64,
    /// Mutated frames
    #[arg(long, default_value_t = 100_000_000, value_parser = clap::value_parser!(u32).range(1..=1_000_000_000))]
    mutations: u32,
    /// Simulated histories
    #[arg(long, default_value_t = 10_000_000, value_parser = clap::value_parser!(u64).range(1..=1_000_000_000))]
    histories: u64,
    /// Round trips with the reference, per type and release
    #[arg(long, default_value_t = 20_000, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    golden_trials: u32,
    /// Seconds for each fuzz target
    #[arg(long, default_value_t = 3600, value_parser = clap::value_parser!(u32).range(1..=86_400))]
    fuzz_seconds: u32,
}

/// Runs everything, whatever came before; whether nothing failed.
pub fn run(settings: &Settings) -> Result<bool> {
    let total: Tally = [
        part("laws", laws(settings.law_trials)),
        part("mutated frames", mutation::run(settings.mutations)),
        part("simulation", simulation::run(settings.histories)),
        part("golden rule", golden::run(settings.golden_trials)),
        part("fuzzing", fuzz::run(settings.fuzz_seconds)),
    ]
    .into_iter()
    .sum();
    println!("{total}");
    Ok(total.is_success())
}

/// A part that could not run has failed.
fn part(name: &str, outcome: Result<Tally>) -> Tally {
    let tally = outcome.unwrap_or_else(|error| {
        println!("FAILED: {error:#}");
        Tally::FAILURE
    });
    println!("{name}: {} ok, {} not ok", tally.passed, tally.failed);
    tally
}

fn laws(trials: u64) -> Result<Tally> {
    let command = Command::cargo()
        .args(["test", "--release", "--locked", "-p", "crdt-merge-protocol", "--test", "laws"])
        .env(LAW_TRIALS, trials.to_string());
    crate::test::cargo::tests(command.dir(root()))
}
