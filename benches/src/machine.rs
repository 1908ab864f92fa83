//! What the figures were measured on.

use std::process::Command;

use serde::Serialize;

/// The conditions of a run.
#[derive(Debug, Serialize)]
pub struct Machine {
    processor: String,
    cores: usize,
    memory: String,
    compiler: String,
    commit: String,
}

impl Machine {
    /// What this machine says of itself; "unknown" where it says nothing.
    pub fn here() -> Self {
        Machine {
            processor: value_in("/proc/cpuinfo", "model name"),
            cores: std::thread::available_parallelism().map_or(0, usize::from),
            memory: value_in("/proc/meminfo", "MemTotal"),
            compiler: output_of("rustc", &["--version"]),
            commit: output_of("git", &["rev-parse", "--short", "HEAD"]),
        }
    }

    /// The conditions in one line.
    pub fn line(&self) -> String {
        let Machine { processor, cores, memory, compiler, commit } = self;
        format!("{processor}, {cores} cores, {memory}; {compiler}; commit {commit}")
    }
}

fn value_in(file: &str, name: &str) -> String {
    let text = std::fs::read_to_string(file).unwrap_or_default();
    let line = text.lines().find(|line| line.starts_with(name));
    line.and_then(|line| line.split_once(':')).map_or_else(unknown, |(_, value)| value.trim().to_owned())
}

fn output_of(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output().ok().filter(|output| output.status.success());
    output.map_or_else(unknown, |output| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

fn unknown() -> String {
    "unknown".to_owned()
}
