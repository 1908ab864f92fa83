//! The Python reference on the same operations, for context.

use std::collections::HashMap;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::harness::Row;

/// Names the interpreter that has the reference; `cargo xtask bench` sets it.
const INTERPRETER: &str = "CRDT_REFERENCE_0_9_1";
const PROGRAM: &str = include_str!("reference.py");

/// Adds the reference's figures to the rows; without an interpreter the column stays empty, and a line says so.
pub fn add_to(mut rows: Vec<Row>) -> Result<Vec<Row>> {
    let Some(python) = std::env::var_os(INTERPRETER) else {
        eprintln!("no figures of the reference: {INTERPRETER} names no Python interpreter");
        return Ok(rows);
    };
    eprintln!("measuring the reference");
    let names: Vec<&str> = rows.iter().map(|row| row.name).collect();
    let output =
        Command::new(python).args(["-c", PROGRAM]).args(&names).output().context("cannot run the reference")?;
    ensure!(output.status.success(), "the reference failed: {}", String::from_utf8_lossy(&output.stderr));
    let figures: HashMap<String, f64> = serde_json::from_slice(&output.stdout)?;
    for row in &mut rows {
        row.reference = figures.get(row.name).copied();
    }
    Ok(rows)
}
