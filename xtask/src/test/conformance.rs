//! The conformance corpus over every testee this machine can run.

use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::process::Command;
use crate::reference;
use crate::tally::Tally;
use crate::workspace::{root, target};

/// Testees that have to take part. The runner itself fails when one of them cannot.
const TESTEES: [&str; 6] = ["core", "cli", "second", "reference-0.9.1", "reference-0.11.0", "template-python"];

pub fn run() -> Result<Tally> {
    run_testees(&TESTEES, reference::environment()?)
}

/// Runs some testees, with variables that say where their programs are.
pub fn run_testees(testees: &[&str], given: Vec<(String, PathBuf)>) -> Result<Tally> {
    build()?;
    let variables = variables().into_iter().chain(given);
    let report = target().join("conformance").join(format!("{}.json", testees.first().unwrap_or(&"none")));
    std::fs::create_dir_all(report.parent().unwrap_or(root()))?;
    let command = Command::new(target().join("release/crdt-conform")).arg("run").arg("--report").arg(report);
    let command = command.args(testees.iter().flat_map(|testee| ["--testee", testee])).envs(variables);
    let (status, output) = command.dir(root()).tee()?;
    let tally = Tally::of_closing_line(&output).context("the runner ended without its closing line")?;
    Ok(tally.ended(status))
}

/// Where the commands of testees find programs of this workspace.
pub fn variables() -> Vec<(String, PathBuf)> {
    vec![("CRDT_TARGET_DIR".to_owned(), target()), ("CRDT_PROFILE".to_owned(), PathBuf::from("release"))]
}

/// Builds the runner and the testees of this workspace.
pub fn build() -> Result<()> {
    let packages = ["crdt-conform", "crdt-testee-core", "crdt-merge-cli"];
    let command = Command::cargo().args(["build", "--release", "--quiet", "--locked"]);
    command.args(packages.iter().flat_map(|package| ["-p", package])).dir(root()).run()
}
