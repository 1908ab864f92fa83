//! The golden rule on real input: states written by the reference merge here and go back.
//!
//! `xtask/golden` does the work, in a program of its own: code generation and set-up must not
//! depend on a core that may not compile yet. Here the environments are made and handed over.

use std::ffi::OsString;

use anyhow::{Context, Result};
use clap::Args;

use crate::process::Command;
use crate::reference::{self, RELEASES};
use crate::tally::Tally;
use crate::test::{cli, runtimes};
use crate::workspace::{root, target};

/// Random round trips and merges with both releases, and with the older one once more as it writes
/// MessagePack: so many pairs per type and release.
pub fn run(trials: u32) -> Result<Tally> {
    let mut command = program()?.arg("rounds").args(["--trials", &trials.to_string()]);
    for interpreter in interpreters()? {
        command = command.arg("--reference").arg(interpreter);
    }
    let (status, output) = command.tee()?;
    let tally = Tally::of_closing_line(&output).context("the golden run ended without its closing line")?;
    Ok(tally.ended(status))
}

/// How the demonstration is shown, and with which states.
#[derive(Debug, Args)]
pub struct Demo {
    /// JSON instead of tables: an object for the states of the reference, and one for each kind in all runtimes
    #[arg(long)]
    json: bool,
    /// Other states than the usual ones
    #[arg(long)]
    seed: Option<u64>,
}

/// One pair of every type through the command-line program, as a table; then a state of every kind in all runtimes.
pub fn demo(settings: &Demo) -> Result<()> {
    let reference = reference::python(&reference::ensure(RELEASES[0])?);
    let seed = settings.seed.map(|seed| format!("--seed={seed}"));
    let program = program()?.arg("demo").args(seed).args(settings.json.then_some("--json"));
    let program = program.arg("--reference").arg(reference).arg("--program").arg(cli::build()?);
    program.arg("--dir").arg(target().join("demo")).run()?;
    runtimes::matrix(settings.json)
}

/// Builds the program in release mode.
fn program() -> Result<Command> {
    let build = Command::cargo().args(["build", "--release", "--quiet", "--locked", "-p", "crdt-merge-golden"]);
    build.dir(root()).run()?;
    Ok(Command::new(target().join("release/crdt-golden")).dir(root()))
}

/// Interpreters in the form `PYTHON` or `PYTHON+FOLDER`.
fn interpreters() -> Result<Vec<OsString>> {
    let mut interpreters = Vec::new();
    for release in RELEASES {
        interpreters.push(reference::python(&reference::ensure(release)?).into_os_string());
    }
    let mut with_messagepack = reference::python(&reference::ensure(RELEASES[0])?).into_os_string();
    with_messagepack.push("+");
    with_messagepack.push(reference::ensure_messagepack()?);
    interpreters.push(with_messagepack);
    Ok(interpreters)
}
