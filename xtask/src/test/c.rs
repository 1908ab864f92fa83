//! The C ABI, as a C program sees it.

use anyhow::{Context, Result};

use crate::process::Command;
use crate::tally::Tally;
use crate::workspace::{root, target};

const FOLDER: &str = "bindings/c";

pub fn run() -> Result<Tally> {
    Command::cargo().args(["build", "--release", "--quiet", "--locked", "-p", "crdt-merge-c"]).dir(root()).run()?;
    let (library, program) = (target().join("release"), target().join("release/crdt-merge-c-flows"));
    let folder = root().join(FOLDER);
    Command::new("cc")
        .args(["-std=c11", "-Wall", "-Wextra", "-Werror", "-pedantic", "-I"])
        .arg(folder.join("include"))
        .arg(folder.join("tests/flows.c"))
        .arg("-L")
        .arg(&library)
        .args(["-lcrdt_merge_c", "-o"])
        .arg(&program)
        .output()
        .context("compiling the C program")?;
    let (status, output) = Command::new(program).env("LD_LIBRARY_PATH", library).tee()?;
    let tally = Tally::of_closing_line(&output).context("the C program ended without its closing line")?;
    Ok(tally.ended(status))
}
