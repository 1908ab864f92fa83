//! The conformance corpus over every testee this machine can run.

use anyhow::{Context, Result};

use crate::process::Command;
use crate::reference;
use crate::tally::Tally;
use crate::workspace::{root, target};

/// Testees that have to take part. The runner itself fails when one of them cannot.
const TESTEES: [&str; 4] = ["core", "cli", "reference-0.9.1", "reference-0.11.0"];

pub fn run() -> Result<Tally> {
    build()?;
    TESTEES.iter().map(|testee| run_testee(testee)).sum()
}

fn build() -> Result<()> {
    let packages = ["crdt-conform", "crdt-merge-testee", "crdt-merge-cli"];
    let command = Command::cargo().args(["build", "--release", "--quiet", "--locked"]);
    command.args(packages.iter().flat_map(|package| ["-p", package])).dir(root()).run()
}

fn run_testee(testee: &str) -> Result<Tally> {
    let report = target().join("conformance").join(format!("{testee}.json"));
    std::fs::create_dir_all(report.parent().unwrap_or(root()))?;
    let command = Command::new(target().join("release/crdt-conform"))
        .args(["run", "--vectors", "conformance/vectors", "--testee", testee, "--report"])
        .arg(report)
        .envs(reference::environment()?)
        .dir(root());
    let (status, output) = command.tee()?;
    let tally = Tally::of_closing_line(&output);
    let tally = tally.with_context(|| format!("{testee}: the runner ended without its closing line"))?;
    Ok(tally.ended(status))
}
