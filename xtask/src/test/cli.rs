//! Size and start time of the `crdt-merge` program.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use crate::process::Command;
use crate::tally::Tally;
use crate::workspace::{root, target};

const MOST_BYTES: u64 = 8_000_000;

const LONGEST_START: Duration = Duration::from_millis(10);

/// Starts measured; the median counts, so that one disturbance does not.
const STARTS: usize = 31;

pub fn run() -> Result<Tally> {
    let program = build()?;
    let bytes = std::fs::metadata(&program).context("the built program")?.len();
    println!("size {bytes} bytes, at most {MOST_BYTES}");
    let start = start_time(&program)?;
    println!("start {start:?} (median of {STARTS}), at most {LONGEST_START:?}");
    Ok([Tally::one(bytes <= MOST_BYTES), Tally::one(start <= LONGEST_START)].into_iter().sum())
}

/// Builds the program as it is published and returns its path.
pub fn build() -> Result<PathBuf> {
    let command = Command::cargo().args(["build", "--release", "--quiet", "--locked"]);
    command.args(["-p", "crdt-merge-cli"]).dir(root()).run()?;
    Ok(target().join("release/crdt-merge"))
}

fn start_time(program: &Path) -> Result<Duration> {
    let mut times = (0..STARTS).map(|_| one_start(program)).collect::<Result<Vec<_>>>()?;
    times.sort_unstable();
    Ok(times[STARTS / 2])
}

fn one_start(program: &Path) -> Result<Duration> {
    let start = Instant::now();
    Command::new(program).arg("--version").output()?;
    Ok(start.elapsed())
}
