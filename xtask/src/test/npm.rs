//! The npm package: built, tested, and asked over each of its engines.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::conformance;
use crate::process::Command;
use crate::system;
use crate::tally::Tally;
use crate::wasm::{self, Route};
use crate::workspace::{root, target};

const FOLDER: &str = "bindings/npm";
const EXAMPLES: &str = "examples/web";

/// The script that makes the WebAssembly engine.
const WASM: &str = "build:wasm";

/// The WebAssembly engine in Node and in a browser, and a module made the other way.
pub fn wasm() -> Result<Tally> {
    built(WASM)?;
    system::ensure_packages("/usr/bin/chromium", &["chromium"])?;
    let testees = testees(&["wasm-node", "wasm-chromium"], Vec::new())?;
    // What asks for the native engine runs where that is built.
    let tests = tests(FOLDER, "test", Skipped::Printed)?;
    Ok([types()?, tests, testees, examples()?, other_route()?].into_iter().sum())
}

/// The relay, its pages, and tabs of a browser that meet there.
fn examples() -> Result<Tally> {
    installed(EXAMPLES)?;
    tests(EXAMPLES, ".", Skipped::Failed)
}

/// The native engine.
pub fn node() -> Result<Tally> {
    built("build:native")?;
    Ok([tests(FOLDER, "test", Skipped::Failed)?, testees(&["node"], Vec::new())?].into_iter().sum())
}

/// Both engines, and the browser that one of them is asked in.
pub fn build_all() -> Result<()> {
    system::ensure_packages("/usr/bin/chromium", &["chromium"])?;
    built(WASM)?;
    built("build:native")
}

/// What the tests need of the package: its tools, its JavaScript, and one engine.
fn built(engine: &str) -> Result<()> {
    installed(FOLDER)?;
    let command = npm(&["run", "--silent", engine]);
    match engine == WASM {
        true => command.env("CRDT_MERGE_COMPILED", wasm::build_any()?).run()?,
        false => command.run()?,
    }
    npm(&["run", "--silent", "build"]).run()
}

/// Installs what a package of ours needs, as its lock file says.
fn installed(folder: &str) -> Result<()> {
    system::ensure_npm()?;
    let folder = root().join(folder);
    if is_newer(&folder.join("node_modules/.package-lock.json"), &folder.join("package-lock.json")) {
        return Ok(());
    }
    let command = Command::new("npm").args(["ci", "--no-audit", "--no-fund", "--loglevel=error"]).dir(folder);
    command.output().map(drop).context("installing what a package needs")
}

fn is_newer(made: &Path, source: &Path) -> bool {
    let time = |path: &Path| std::fs::metadata(path).and_then(|metadata| metadata.modified()).ok();
    matches!((time(made), time(source)), (Some(made), Some(source)) if made >= source)
}

fn npm(args: &[&str]) -> Command {
    Command::new("npm").args(args).env("CARGO_TARGET_DIR", target()).dir(root().join(FOLDER))
}

/// The declarations, as a strict compiler reads them.
fn types() -> Result<Tally> {
    npm(&["run", "--silent", "test:types"]).run()?;
    Ok(Tally::one(true))
}

/// What a test is that was skipped.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Skipped {
    Failed,
    Printed,
}

/// The tests in a folder of a package.
fn tests(package: &str, folder: &str, skipped: Skipped) -> Result<Tally> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(root().join(package).join(folder))?
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.to_string_lossy().ends_with(".test.mjs"))
        .collect();
    files.sort();
    let command = Command::new("node").args(["--expose-gc", "--test", "--test-reporter=tap"]).args(&files);
    let captured = command.env("CARGO_TARGET_DIR", target()).dir(root().join(package)).capture()?;
    let tally = closing_lines(&captured.stdout, skipped).context("the tests ended without their closing lines")?;
    captured.stdout.lines().filter(|line| line.contains("# SKIP")).for_each(|line| println!("{}", line.trim()));
    if !captured.status.success() {
        let told = captured.stdout.lines().filter(|line| !line.trim_start().starts_with("ok "));
        told.for_each(|line| println!("{line}"));
        println!("{}", captured.stderr);
    }
    println!("{} test files", files.len());
    Ok(tally.ended(captured.status))
}

/// `# pass 12` and `# fail 0`; what was cancelled or left to do counts as failed.
fn closing_lines(output: &str, skipped: Skipped) -> Option<Tally> {
    let count = |name: &str| {
        let line = output.lines().rev().find_map(|line| line.strip_prefix("# ")?.strip_prefix(name)?.strip_prefix(' '));
        line.and_then(|number| number.trim().parse::<u64>().ok())
    };
    let left_out: &[&str] = match skipped {
        Skipped::Failed => &["skipped", "cancelled", "todo"],
        Skipped::Printed => &["cancelled", "todo"],
    };
    let others = left_out.iter().filter_map(|name| count(name)).sum::<u64>();
    Some(Tally { passed: count("pass")?, failed: count("fail")? + others })
}

fn testees(names: &[&str], variables: Vec<(String, PathBuf)>) -> Result<Tally> {
    conformance::run_testees(names, variables)
}

/// The module that Debian's compiler makes answers as well.
fn other_route() -> Result<Tally> {
    let module = wasm::build(Route::Debian)?;
    testees(&["wasm-node"], vec![("CRDT_MERGE_WASM".to_owned(), module)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_did_not_run_has_failed() {
        let output = "ok 1 - a\n1..1\n# tests 14\n# pass 12\n# fail 1\n# cancelled 0\n# skipped 1\n# todo 0\n";
        assert_eq!(closing_lines(output, Skipped::Failed), Some(Tally { passed: 12, failed: 2 }));
        assert_eq!(closing_lines(output, Skipped::Printed), Some(Tally { passed: 12, failed: 1 }));
        assert_eq!(closing_lines("nothing", Skipped::Failed), None);
    }
}
