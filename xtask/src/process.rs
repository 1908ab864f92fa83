//! Running other programs: one place that prints, captures and explains failures.

use std::ffi::{OsStr, OsString};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ExitStatus, Stdio};

use anyhow::{Context, Result, bail};

/// A program to run, with its arguments, folder, environment and input.
pub struct Command {
    program: OsString,
    args: Vec<OsString>,
    dir: Option<PathBuf>,
    env: Vec<(OsString, OsString)>,
    input: Option<Vec<u8>>,
}

/// What a program that ended left behind.
pub struct Captured {
    pub status: ExitStatus,
    pub stdout: String,
    pub stderr: String,
}

impl Command {
    /// A run of `program`, found on the search path.
    pub fn new(program: impl AsRef<OsStr>) -> Self {
        Command { program: program.as_ref().to_owned(), args: Vec::new(), dir: None, env: Vec::new(), input: None }
    }

    /// The cargo that runs this program.
    pub fn cargo() -> Self {
        Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
    }

    pub fn arg(mut self, arg: impl AsRef<OsStr>) -> Self {
        self.args.push(arg.as_ref().to_owned());
        self
    }

    pub fn args<A: AsRef<OsStr>>(mut self, args: impl IntoIterator<Item = A>) -> Self {
        self.args.extend(args.into_iter().map(|a| a.as_ref().to_owned()));
        self
    }

    pub fn dir(mut self, dir: impl AsRef<Path>) -> Self {
        self.dir = Some(dir.as_ref().to_owned());
        self
    }

    pub fn env(mut self, name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> Self {
        self.env.push((name.as_ref().to_owned(), value.as_ref().to_owned()));
        self
    }

    pub fn envs<N: AsRef<OsStr>, V: AsRef<OsStr>>(mut self, variables: impl IntoIterator<Item = (N, V)>) -> Self {
        let owned = variables.into_iter().map(|(n, v)| (n.as_ref().to_owned(), v.as_ref().to_owned()));
        self.env.extend(owned);
        self
    }

    pub fn input(mut self, input: impl AsRef<[u8]>) -> Self {
        self.input = Some(input.as_ref().to_owned());
        self
    }

    /// Runs with output going where ours goes; an unsuccessful exit is an error.
    pub fn run(self) -> Result<()> {
        let name = self.name();
        let status = self.spawn(Stdio::inherit(), Stdio::inherit())?.wait()?;
        expect_success(&name, status, "")
    }

    /// Standard output as text; an unsuccessful exit is an error that quotes standard error.
    pub fn output(self) -> Result<String> {
        let name = self.name();
        let child = self.spawn(Stdio::piped(), Stdio::piped())?;
        let output = child.wait_with_output()?;
        expect_success(&name, output.status, &String::from_utf8_lossy(&output.stderr))?;
        String::from_utf8(output.stdout).with_context(|| format!("{name} wrote no UTF-8"))
    }

    /// Output and exit status, whatever they are; only a program that cannot start is an error.
    pub fn capture(self) -> Result<Captured> {
        let output = self.spawn(Stdio::piped(), Stdio::piped())?.wait_with_output()?;
        Ok(Captured {
            status: output.status,
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        })
    }

    /// Prints standard output line by line as it comes and returns it with the exit status.
    /// Standard error goes where ours goes.
    pub fn tee(self) -> Result<(ExitStatus, String)> {
        let mut child = self.spawn(Stdio::piped(), Stdio::inherit())?;
        let mut text = String::new();
        if let Some(stdout) = child.stdout.take() {
            for line in BufReader::new(stdout).split(b'\n') {
                let line = String::from_utf8_lossy(&line?).into_owned();
                println!("{line}");
                text.push_str(&line);
                text.push('\n');
            }
        }
        Ok((child.wait()?, text))
    }

    fn name(&self) -> String {
        let words = std::iter::once(&self.program).chain(&self.args);
        words.map(|w| w.to_string_lossy()).collect::<Vec<_>>().join(" ")
    }

    fn spawn(self, stdout: Stdio, stderr: Stdio) -> Result<Child> {
        let mut command = std::process::Command::new(&self.program);
        command.args(&self.args).envs(self.env.iter().cloned()).stdout(stdout).stderr(stderr);
        command.stdin(if self.input.is_some() { Stdio::piped() } else { Stdio::null() });
        if let Some(dir) = &self.dir {
            command.current_dir(dir);
        }
        let mut child = command.spawn().with_context(|| format!("starting {}", self.name()))?;
        if let (Some(input), Some(mut stdin)) = (self.input, child.stdin.take()) {
            // From a thread of its own: a program that writes before it has read everything
            // would otherwise wait for us while we wait for it.
            std::thread::spawn(move || stdin.write_all(&input));
        }
        Ok(child)
    }
}

fn expect_success(name: &str, status: ExitStatus, stderr: &str) -> Result<()> {
    if status.success() {
        return Ok(());
    }
    bail!("`{name}` ended with {status}{}{}", if stderr.is_empty() { "" } else { ":\n" }, stderr.trim_end());
}
