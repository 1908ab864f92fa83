//! Mutated frames of both versions against every decoder, in release mode.

use anyhow::Result;

use super::cargo;
use crate::process::Command;
use crate::tally::Tally;
use crate::workspace::root;

/// Tells the test how many frames to mutate.
pub const VARIABLE: &str = "CRDT_MERGE_MUTATIONS";

/// Runs the test and shows what it prints: the histogram of outcomes by error code.
pub fn run(frames: u32) -> Result<Tally> {
    let command = Command::cargo()
        .args(["test", "--release", "--quiet", "--locked", "-p", "crdt-merge-protocol"])
        .args(["--test", "decoder", "--test", "decoder_version2", "--test", "decoder_growth", "--", "--nocapture"])
        .env(VARIABLE, frames.to_string())
        .dir(root());
    let (status, output) = command.tee()?;
    Ok(cargo::tally(&output).ended(status))
}
