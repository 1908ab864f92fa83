//! Areas that are one run of cargo.

use anyhow::{Result, bail};

use crate::process::{Captured, Command};
use crate::tally::Tally;
use crate::workspace::root;

/// The workspace, and the fuzz targets, which are a workspace of their own.
pub fn format() -> Result<Tally> {
    ["Cargo.toml", "fuzz/Cargo.toml"].into_iter().map(format_workspace).sum()
}

fn format_workspace(manifest: &str) -> Result<Tally> {
    let command = Command::cargo().args(["fmt", "--all", "--check", "--manifest-path", manifest]);
    let captured = command.dir(root()).capture()?;
    print!("{}{}", captured.stdout, captured.stderr);
    println!("{manifest}: {}", if captured.status.success() { "ok" } else { "FAILED" });
    Ok(Tally::one(captured.status.success()))
}

pub fn clippy() -> Result<Tally> {
    let command = Command::cargo().args(["clippy", "--quiet", "--workspace", "--all-targets", "--locked"]);
    command.args(["--", "-D", "warnings"]).dir(root()).run()?;
    Ok(Tally::one(true))
}

/// Everything `cargo test` finds in the default members, documentation tests included.
pub fn unit() -> Result<Tally> {
    tests(Command::cargo().args(["test", "--no-fail-fast", "--locked"]).dir(root()))
}

/// Runs tests, prints a line for each test program and the whole output when something failed.
pub fn tests(command: Command) -> Result<Tally> {
    let captured = command.capture()?;
    let tally = tally(&captured.stdout);
    if !captured.status.success() {
        print_failure(&captured);
    }
    if tally == Tally::default() {
        bail!("no test ran: {}", captured.status);
    }
    println!("{} test programs", captured.stdout.matches(RESULT).count());
    Ok(tally.ended(captured.status))
}

const RESULT: &str = "test result: ";

/// The sum of all closing lines of the test harness.
pub fn tally(output: &str) -> Tally {
    output.lines().filter_map(|line| line.trim().strip_prefix(RESULT)).map(closing_line).sum()
}

/// `ok. 12 passed; 0 failed; …`
fn closing_line(line: &str) -> Tally {
    let count = |word: &str| {
        let part = line.split([';', '.']).find(|part| part.trim().ends_with(word));
        let number = part.and_then(|part| part.split_whitespace().next());
        number.and_then(|number| number.parse().ok()).unwrap_or(0)
    };
    Tally { passed: count("passed"), failed: count("failed") }
}

fn print_failure(captured: &Captured) {
    let lines = captured.stdout.lines();
    for line in lines.filter(|line| !line.starts_with("test ") || !line.ends_with("... ok")) {
        println!("{line}");
    }
    println!("{}", captured.stderr.trim_end());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closing_lines_are_added_up() {
        let output = "running 2 tests\ntest a ... ok\n\
            test result: ok. 2 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out\n\
            test result: FAILED. 3 passed; 4 failed; 0 ignored; 0 measured; 0 filtered out\n";
        assert_eq!(tally(output), Tally { passed: 5, failed: 4 });
    }

    #[test]
    fn other_lines_count_nothing() {
        assert_eq!(tally("5 passed; 0 failed"), Tally::default());
    }
}
