//! The conformance corpus over every testee this machine can run.

use anyhow::{Context, Result};

use crate::process::Command;
use crate::reference;
use crate::tally::Tally;
use crate::workspace::{root, target};

/// Testees that have to take part. The runner itself fails when one of them cannot.
const TESTEES: [&str; 4] = ["core", "cli", "reference-0.9.1", "reference-0.11.0"];

pub fn run() -> Result<Tally> {
    build()?;
    TESTEES.iter().map(|testee| run_testee(testee)).sum()
}

fn build() -> Result<()> {
    let packages = ["crdt-conform", "crdt-merge-testee", "crdt-merge-cli"];
    let command = Command::cargo().args(["build", "--release", "--quiet", "--locked"]);
    command.args(packages.iter().flat_map(|package| ["-p", package])).dir(root()).run()
}

fn run_testee(testee: &str) -> Result<Tally> {
    let report = target().join("conformance").join(format!("{testee}.json"));
    std::fs::create_dir_all(report.parent().unwrap_or(root()))?;
    let command = Command::new(target().join("release/crdt-conform"))
        .args(["run", "--vectors", "conformance/vectors", "--testee", testee, "--report"])
        .arg(report)
        .envs(reference::environment()?)
        .dir(root());
    let (status, output) = command.tee()?;
    let tally =
        closing_line(&output).with_context(|| format!("{testee}: the runner ended without its closing line"))?;
    let broken = !status.success() && tally.failed == 0;
    Ok([tally, Tally { passed: 0, failed: u64::from(broken) }].into_iter().sum())
}

/// The last line that says `N passed, N failed`; anything may follow after a comma.
pub fn closing_line(output: &str) -> Option<Tally> {
    output.lines().rev().find_map(|line| {
        let mut parts = line.trim().split(", ");
        let passed = parts.next()?.strip_suffix(" passed")?.parse().ok()?;
        let failed = parts.next()?.strip_suffix(" failed")?.parse().ok()?;
        Some(Tally { passed, failed })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_closing_line_is_the_last_one() {
        let output = "1 passed, 2 failed\nnote\n10 passed, 0 failed, 3 known deviations\n";
        assert_eq!(closing_line(output), Some(Tally { passed: 10, failed: 0 }));
        assert_eq!(closing_line("all fine"), None);
    }
}
