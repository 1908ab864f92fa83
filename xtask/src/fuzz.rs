//! Fuzz targets of `fuzz/`, built and run without other tools than cargo.
//!
//! The flags are those that cargo-fuzz sets. They need a nightly compiler, or a stable one that is
//! told to accept them (`RUSTC_BOOTSTRAP=1`); the machine decides which of the two is used.

use std::collections::VecDeque;
use std::fs;
use std::path::PathBuf;
use std::sync::Mutex;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

use crate::process::{Captured, Command};
use crate::system;
use crate::tally::Tally;
use crate::workspace::{root, target};

/// The sanitizer runtime exists for few targets; this is the one that is run.
const TARGET: &str = "x86_64-unknown-linux-gnu";

const FLAGS: &str = "--cfg fuzzing -Cpasses=sancov-module \
    -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
    -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares \
    -Cdebug-assertions -Ccodegen-units=1 -Zsanitizer=address";

/// Memory a target may use, in MiB. It includes the shadow memory of the sanitizer.
const MEMORY_MIB: u32 = 2048;

/// Seconds that a single input may take.
const INPUT_SECONDS: u32 = 10;

#[derive(Deserialize)]
struct Manifest {
    bin: Vec<Program>,
}

#[derive(Deserialize)]
struct Program {
    name: String,
}

/// Version of the nightly compiler, where there is one.
pub fn nightly_version() -> Option<String> {
    let version = Command::new("rustup").args(["run", "nightly", "rustc", "--version"]);
    version.output().ok().map(|text| text.trim().to_owned())
}

/// Which compiler builds the targets here, in words.
pub fn route() -> &'static str {
    match nightly_version() {
        Some(_) => "nightly",
        None => "stable with RUSTC_BOOTSTRAP=1",
    }
}

/// Builds every target and runs each for so many seconds, as many at a time as there are
/// processors. A target that finds something, or runs no input at all, has failed.
pub fn run(seconds: u32) -> Result<Tally> {
    system::ensure_cxx()?;
    let names = targets()?;
    println!("{} targets, {seconds} s each, {}", names.len(), route());
    build()?;
    seed()?;
    let queue = Mutex::new(VecDeque::from(names));
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    let tallies = std::thread::scope(|scope| {
        let start = |_| scope.spawn(|| work(&queue, seconds));
        let running: Vec<_> = (0..workers).map(start).collect();
        running.into_iter().map(|worker| worker.join().unwrap_or(Tally::FAILURE)).sum()
    });
    Ok(tallies)
}

fn targets() -> Result<Vec<String>> {
    let text = fs::read_to_string(root().join("fuzz/Cargo.toml")).context("reading fuzz/")?;
    let manifest: Manifest = toml::from_str(&text).context("parsing fuzz/Cargo.toml")?;
    ensure!(!manifest.bin.is_empty(), "fuzz/Cargo.toml lists no targets");
    Ok(manifest.bin.into_iter().map(|program| program.name).collect())
}

fn build() -> Result<()> {
    let command = match nightly_version() {
        Some(_) => Command::new("rustup").args(["run", "nightly", "cargo"]),
        None => Command::cargo().env("RUSTC_BOOTSTRAP", "1"),
    };
    command
        .args(["build", "--release", "--quiet", "--bins", "--examples", "--manifest-path"])
        .arg(root().join("fuzz/Cargo.toml"))
        .args(["--target", TARGET, "--target-dir"])
        .arg(folder())
        .env("RUSTFLAGS", FLAGS)
        .run()
}

/// Has the corpus of every target start with seeds made from the files of the repository.
fn seed() -> Result<()> {
    let program = folder().join(TARGET).join("release/examples/seeds");
    Command::new(program).args([folder().join("corpus")]).dir(root()).run()
}

fn work(queue: &Mutex<VecDeque<String>>, seconds: u32) -> Tally {
    let next = || queue.lock().ok().and_then(|mut names| names.pop_front());
    std::iter::from_fn(next).map(|name| fuzz(&name, seconds)).sum()
}

/// Runs one target and says in one line what came of it.
fn fuzz(name: &str, seconds: u32) -> Tally {
    let outcome = start(name, seconds);
    let passed = match &outcome {
        Ok(captured) => captured.status.success() && runs(&captured.stderr) > 0,
        Err(_) => false,
    };
    match outcome {
        Ok(captured) if passed => {
            println!("  {name}: {} inputs, no finding", runs(&captured.stderr))
        }
        Ok(captured) => println!("  {name}: FAILED\n{}", tail(&captured.stderr)),
        Err(error) => println!("  {name}: FAILED: {error:#}"),
    }
    Tally::one(passed)
}

fn start(name: &str, seconds: u32) -> Result<Captured> {
    let corpus = folder().join("corpus").join(name);
    let findings = folder().join("findings").join(name);
    fs::create_dir_all(&corpus)?;
    fs::create_dir_all(&findings)?;
    Command::new(folder().join(TARGET).join("release").join(name))
        .arg(format!("-max_total_time={seconds}"))
        .arg(format!("-rss_limit_mb={MEMORY_MIB}"))
        .arg(format!("-timeout={INPUT_SECONDS}"))
        .args(["-seed=1", "-print_final_stats=1"])
        .arg(format!("-artifact_prefix={}/", findings.display()))
        .arg(corpus)
        .dir(root())
        .capture()
}

fn folder() -> PathBuf {
    target().join("fuzz")
}

/// How many inputs libFuzzer says it has run.
fn runs(log: &str) -> u64 {
    let line = log.lines().find_map(|line| line.strip_prefix("stat::number_of_executed_units:"));
    line.and_then(|number| number.trim().parse().ok()).unwrap_or(0)
}

fn tail(log: &str) -> String {
    let lines: Vec<&str> = log.lines().collect();
    lines[lines.len().saturating_sub(40)..].join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn executed_inputs_are_read_from_the_log() {
        let log = "#2 INITED\nstat::number_of_executed_units: 1234\nstat::new_units_added: 3\n";
        assert_eq!(runs(log), 1234);
        assert_eq!(runs("==1== ERROR: libFuzzer: deadly signal"), 0);
    }
}
