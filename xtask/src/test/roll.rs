//! One long stream of drawn questions, and one hash over the answers in every runtime.

use anyhow::{Context, Result};

use super::{conformance, python};
use crate::process::Command;
use crate::tally::Tally;
use crate::workspace::{root, target};

/// Every runtime that a library of ours runs in; their packages are built by the areas before this one.
const RUNTIMES: [&str; 5] = ["core", "wasm-node", "wasm-chromium", "node", "python"];

pub fn run(questions: u32) -> Result<Tally> {
    conformance::build()?;
    let command = Command::new(target().join("release/crdt-conform")).args(["roll", "--count", &questions.to_string()]);
    let command = command.args(RUNTIMES.iter().flat_map(|runtime| ["--testee", runtime]));
    let command = command.envs(conformance::variables()).env("CRDT_PYTHON", python::interpreter());
    let (status, output) = command.dir(root()).tee()?;
    let tally = Tally::of_closing_line(&output).context("the runner ended without its closing line")?;
    Ok(tally.ended(status))
}
