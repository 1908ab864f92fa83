//! Every runtime that a library of ours runs in, beside each other.

use anyhow::{Context, Result};

use super::{conformance, npm, python};
use crate::process::Command;
use crate::tally::Tally;
use crate::workspace::{root, target};

/// The testees that are one runtime each.
const RUNTIMES: [&str; 5] = ["core", "wasm-node", "wasm-chromium", "node", "python"];

/// One long stream of drawn questions, and one hash over the answers everywhere; then one state of every kind, exchanged.
///
/// The packages are those that the areas before this one have built.
pub fn run(questions: u32) -> Result<Tally> {
    conformance::build()?;
    let roll = tallied(&["roll", "--count", &questions.to_string()])?;
    Ok([roll, tallied(&["matrix"])?].into_iter().sum())
}

/// The table of runtimes and kinds with one id a row, after building what it takes.
pub fn matrix(as_json: bool) -> Result<()> {
    conformance::build()?;
    npm::build_all()?;
    python::installed()?;
    let format = as_json.then_some("--json");
    conform(&["matrix"]).args(format).run()
}

fn tallied(arguments: &[&str]) -> Result<Tally> {
    let (status, output) = conform(arguments).tee()?;
    let tally = Tally::of_closing_line(&output).context("the runner ended without its closing line")?;
    Ok(tally.ended(status))
}

/// The runner, with all runtimes.
fn conform(arguments: &[&str]) -> Command {
    let command = Command::new(target().join("release/crdt-conform")).args(arguments);
    let command = command.args(RUNTIMES.iter().flat_map(|runtime| ["--testee", runtime]));
    command.envs(conformance::variables()).env("CRDT_PYTHON", python::interpreter()).dir(root())
}
