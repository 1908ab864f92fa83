//! Example programs: each is run and has to end well.

use std::path::Path;

use anyhow::{Context, Result};

use crate::process::Command;
use crate::tally::Tally;
use crate::workspace::{root, target};

const PACKAGE: &str = "crdt-merge-sdk";

const FOLDER: &str = "core/crdt-merge/examples";

pub fn run() -> Result<Tally> {
    let command = Command::cargo().args(["build", "--quiet", "--locked", "--examples"]);
    command.args(["-p", PACKAGE]).dir(root()).run()?;
    names(&root().join(FOLDER))?.iter().map(|name| run_example(name)).sum()
}

fn names(folder: &Path) -> Result<Vec<String>> {
    let entries = std::fs::read_dir(folder).with_context(|| format!("no folder {FOLDER}"))?;
    let paths = entries.filter_map(|entry| entry.ok().map(|e| e.path()));
    let programs = paths.filter(|path| path.extension().is_some_and(|e| e == "rs"));
    let mut names: Vec<_> = programs.filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned())).collect();
    names.sort();
    Ok(names)
}

fn run_example(name: &str) -> Result<Tally> {
    let captured = Command::new(target().join("debug/examples").join(name)).dir(root()).capture()?;
    let passed = captured.status.success();
    println!("{name}: {}", if passed { "ok" } else { "FAILED" });
    if !passed {
        println!("{}{}", captured.stdout, captured.stderr);
    }
    Ok(Tally::one(passed))
}
