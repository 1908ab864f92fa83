//! The Python package: its wheel is built, installed in an environment of its own, and tested there.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use super::conformance;
use crate::process::Command;
use crate::reference::python;
use crate::system;
use crate::tally::Tally;
use crate::workspace::{root, target};

const FOLDER: &str = "bindings/python";

/// What the tests need beside the package; every release is fixed so that a new one cannot fail them.
const TOOLS: [&str; 3] = ["maturin==1.16.0", "pytest==9.1.1", "numpy==2.4.6"];

pub fn run() -> Result<Tally> {
    let interpreter = installed()?;
    let tests = pytest(&interpreter)?;
    let example = Command::new(&interpreter).arg("examples/python/shared_counter.py").dir(root()).run();
    let testee = conformance::run_testees(&["python"], vec![("CRDT_PYTHON".to_owned(), interpreter)])?;
    Ok([tests, testee, Tally::one(example.is_ok())].into_iter().sum())
}

/// The interpreter that has the wheel once this area has run.
pub fn interpreter() -> PathBuf {
    python(&target().join("python/venv"))
}

/// Makes an environment with the wheel and the tools.
pub fn installed() -> Result<PathBuf> {
    system::ensure_python_venv()?;
    let folder = target().join("python");
    let environment = folder.join("venv");
    let interpreter = interpreter();
    if !interpreter.exists() {
        Command::new("python3").args(["-m", "venv"]).arg(&environment).output()?;
    }
    pip(&interpreter, &TOOLS)?;
    let wheel = wheel(&interpreter, &folder.join("wheels"))?;
    pip(&interpreter, &["--force-reinstall", "--no-deps", &wheel.to_string_lossy()])?;
    Ok(interpreter)
}

fn pip(interpreter: &Path, what: &[&str]) -> Result<()> {
    let command = Command::new(interpreter).args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]);
    command.args(what).output().map(drop)
}

/// Builds the wheel into an empty folder.
fn wheel(interpreter: &Path, folder: &Path) -> Result<PathBuf> {
    if folder.exists() {
        std::fs::remove_dir_all(folder)?;
    }
    let command =
        Command::new(interpreter).args(["-m", "maturin", "build", "--release", "--locked", "--quiet", "--out"]);
    let command = command.arg(folder).arg("--interpreter").arg(interpreter).env("CARGO_TARGET_DIR", target());
    command.dir(root().join(FOLDER)).output().context("building the wheel")?;
    let wheels: Vec<_> = std::fs::read_dir(folder)?.collect::<std::io::Result<_>>()?;
    ensure!(wheels.len() == 1, "one wheel was expected, found {}", wheels.len());
    Ok(wheels[0].path())
}

fn pytest(interpreter: &Path) -> Result<Tally> {
    let command =
        Command::new(interpreter).args(["-m", "pytest", "-q", "--no-header", "-p", "no:cacheprovider", "tests"]);
    let (status, output) = command.dir(root().join(FOLDER)).env("PYTHONDONTWRITEBYTECODE", "1").tee()?;
    let tally = closing_line(&output).context("pytest ended without its closing line")?;
    Ok(tally.ended(status))
}

/// `12 passed, 1 failed in 3.4s`, in any order; what was skipped counts as failed.
fn closing_line(output: &str) -> Option<Tally> {
    let line = output.lines().rev().find(|line| line.contains(" in ") && line.contains("passed"))?;
    let words: Vec<_> = line.split([' ', ',', '=']).filter(|word| !word.is_empty()).collect();
    let count = |names: &[&str]| -> u64 {
        let pairs = words.windows(2).filter(|pair| names.contains(&pair[1]));
        pairs.filter_map(|pair| pair[0].parse::<u64>().ok()).sum()
    };
    Some(Tally { passed: count(&["passed"]), failed: count(&["failed", "error", "errors", "skipped", "xfailed"]) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_did_not_run_has_failed() {
        let tally = closing_line("..\n== 1 failed, 12 passed, 2 skipped in 3.40s ==\n");
        assert_eq!(tally, Some(Tally { passed: 12, failed: 3 }));
        assert_eq!(closing_line("no tests ran in 0.01s"), None);
    }
}
