//! Simulated histories of replicas, in release mode.

use anyhow::{Context, Result};

use crate::process::Command;
use crate::tally::Tally;
use crate::workspace::root;

/// Plays histories from fixed seeds and shows the table of what was in them.
pub fn run(histories: u64) -> Result<Tally> {
    let command = Command::cargo().args(["run", "--release", "--quiet", "--locked", "-p", "crdt-simulation", "--"]);
    let (status, output) = command.args(["--histories", &histories.to_string()]).dir(root()).tee()?;
    let tally = Tally::of_closing_line(&output).context("the simulation ended without its closing line")?;
    Ok(tally.ended(status))
}
