//! Mutated frames of both versions against every decoder, permuted histories, and unit tests that take minutes without
//! optimisation, in release mode.

use anyhow::Result;

use super::cargo;
use crate::process::Command;
use crate::tally::Tally;
use crate::workspace::root;

/// Tells the tests how many frames to mutate; ten times as many frames with a trailer are changed.
pub const VARIABLE: &str = "CRDT_MERGE_MUTATIONS";

/// Tells the test of histories how many to permute; as many as frames to mutate.
const HISTORIES: &str = "CRDT_MERGE_HISTORIES";

/// Runs the tests and shows what they print: the histogram of outcomes by error code.
pub fn run(frames: u32) -> Result<Tally> {
    let command = Command::cargo()
        .args(["test", "--release", "--quiet", "--locked", "-p", "crdt-merge-protocol"])
        .args([
            "--test",
            "decoder",
            "--test",
            "decoder_version2",
            "--test",
            "decoder_growth",
            "--test",
            "histories",
            "--",
            "--nocapture",
        ])
        .env(VARIABLE, frames.to_string())
        .env(HISTORIES, frames.to_string())
        .dir(root());
    let (status, output) = command.tee()?;
    let mutated = cargo::tally(&output).ended(status);
    Ok([mutated, long_unit_tests()?].into_iter().sum())
}

/// What the debug run of unit tests leaves out.
fn long_unit_tests() -> Result<Tally> {
    let command = Command::cargo()
        .args(["test", "--release", "--quiet", "--locked", "-p", "crdt-merge-protocol", "--lib", "--", "--ignored"])
        .dir(root());
    let (status, output) = command.tee()?;
    Ok(cargo::tally(&output).ended(status))
}
