//! The README: its commands are run as they stand, its Rust code as a documentation test.

use std::path::Path;

use anyhow::{Context, Result, ensure};

use super::{cargo, cli};
use crate::process::Command;
use crate::tally::Tally;
use crate::workspace::root;

/// Commands that are not run from here, and why.
const LEFT_OUT: [(&str, &str); 3] = [
    ("cargo xtask test", "it is what runs here"),
    ("cargo install", "it changes the machine; the program it installs is the one used below"),
    ("cargo add", "it changes another project"),
];

pub fn run() -> Result<Tally> {
    let text = std::fs::read_to_string(root().join("README.md")).context("reading README.md")?;
    let program = cli::build()?;
    let search_path = search_path(program.parent().unwrap_or(root()))?;
    let commands = commands(&text);
    ensure!(!commands.is_empty(), "README.md shows no command");
    let ran: Tally = commands.iter().map(|c| run_command(c, &search_path)).sum::<Result<_>>()?;
    Ok([ran, code()?].into_iter().sum())
}

/// Lines of the blocks marked `sh`.
fn commands(text: &str) -> Vec<&str> {
    blocks(text, "sh").into_iter().filter(|line| is_command(line)).collect()
}

fn is_command(line: &str) -> bool {
    !line.trim().is_empty() && !line.starts_with('#')
}

/// Lines inside fenced blocks of one language.
fn blocks<'a>(text: &'a str, language: &str) -> Vec<&'a str> {
    let opening = format!("```{language}");
    let mut inside = false;
    let mut lines = Vec::new();
    for line in text.lines() {
        match (inside, line) {
            (false, fence) => inside = fence == opening,
            (true, "```") => inside = false,
            (true, line) => lines.push(line),
        }
    }
    lines
}

fn run_command(command: &str, search_path: &str) -> Result<Tally> {
    if let Some((_, reason)) = LEFT_OUT.iter().find(|(start, _)| command.starts_with(start)) {
        println!("not run, {reason}: {command}");
        return Ok(Tally::default());
    }
    let shell = Command::new("sh").args(["-e", "-c", command]);
    let captured = shell.env("PATH", search_path).dir(root()).capture()?;
    let passed = captured.status.success();
    println!("{}: {command}", if passed { "ok" } else { "FAILED" });
    if !passed {
        println!("{}{}", captured.stdout, captured.stderr);
    }
    Ok(Tally::one(passed))
}

/// The README is part of the documentation tests of the SDK; this runs just that part.
fn code() -> Result<Tally> {
    let command = Command::cargo().args(["test", "--doc", "--locked", "-p", "crdt-merge-sdk"]);
    cargo::tests(command.args(["--", "README"]).dir(root())).context("code of README.md")
}

fn search_path(first: &Path) -> Result<String> {
    let rest = std::env::var("PATH").context("PATH is not set")?;
    Ok(format!("{}:{rest}", first.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_the_lines_of_shell_blocks() {
        let text = "```sh\n# a comment\na b\n\nc\n```\ntext\n```rust\nlet d;\n```\n";
        assert_eq!(commands(text), ["a b", "c"]);
        assert_eq!(blocks(text, "rust"), ["let d;"]);
    }
}
