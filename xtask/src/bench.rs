//! `cargo xtask bench`: figures of `docs/benchmarks.md`, measured on this machine.

use std::path::PathBuf;

use anyhow::Result;

use crate::process::Command;
use crate::reference;
use crate::workspace::{root, target};

/// Runs the benchmark crate with the profile made for measuring. With `filter`, only benchmarks whose name holds it.
pub fn run(filter: Option<&str>, out: Option<PathBuf>) -> Result<()> {
    let out = out.unwrap_or_else(|| target().join("bench/results.json"));
    std::fs::create_dir_all(out.parent().unwrap_or(root()))?;
    Command::cargo()
        .args(["run", "--quiet", "--profile", "measured", "--locked", "-p", "crdt-merge-benches", "--"])
        .args(filter)
        .arg("--out")
        .arg(&out)
        .envs(reference::environment()?)
        .dir(root())
        .run()?;
    println!("results: {}", out.display());
    Ok(())
}
