//! The other process: the reference behind a line protocol.

use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use anyhow::{Context, Result, bail, ensure};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// Which interpreter to talk to.
#[derive(Debug, Clone)]
pub struct Interpreter {
    /// A Python with a release of the reference.
    pub python: PathBuf,
    /// A folder with a MessagePack package to put in its way, which changes what 0.9.1 writes.
    pub messagepack: Option<PathBuf>,
}

impl Interpreter {
    /// `PYTHON`, or `PYTHON+FOLDER` with a folder that holds a MessagePack package.
    pub fn parse(text: &str) -> Result<Self, std::convert::Infallible> {
        let (python, folder) = text.split_once('+').map_or((text, None), |(python, folder)| (python, Some(folder)));
        Ok(Interpreter { python: python.into(), messagepack: folder.map(PathBuf::from) })
    }

    /// The interpreter with an environment in which equal requests get equal answers.
    fn command(&self) -> Command {
        let mut command = Command::new(&self.python);
        command.env("PYTHONHASHSEED", "0").env("PYTHONDONTWRITEBYTECODE", "1").env_remove("PYTHONPATH");
        if let Some(folder) = &self.messagepack {
            command.env("PYTHONPATH", folder);
        }
        command
    }
}

/// A type as the reference knows it.
#[derive(Debug, Clone, Deserialize)]
pub struct Kind {
    /// The type tag.
    pub tag: u8,
    /// The protocol's name of the type.
    pub name: String,
    /// Whether states of the type merge.
    pub join: bool,
    /// Whether the payload is JSON.
    pub json: bool,
}

/// Who answers.
#[derive(Debug, Clone, Deserialize)]
pub struct Hello {
    /// Release of the reference.
    pub release: String,
    /// Version of Python.
    pub python: String,
    /// Whether a MessagePack package can be imported there.
    pub messagepack: bool,
    /// The types in the order of their tags.
    pub kinds: Vec<Kind>,
    /// The columns of the coverage table.
    pub cells: Vec<String>,
}

impl Hello {
    /// Whether JSON payloads of this peer are written as MessagePack.
    pub fn writes_messagepack(&self) -> bool {
        self.messagepack && self.release.starts_with("0.9.")
    }

    /// A name for lists.
    pub fn label(&self) -> String {
        let suffix = if self.writes_messagepack() { " + msgpack" } else { "" };
        format!("{}{suffix}", self.release)
    }
}

/// A running peer; it ends when this is dropped.
pub struct Peer {
    process: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Peer {
    /// Starts the peer program with an interpreter.
    pub fn start(interpreter: &Interpreter) -> Result<Self> {
        let mut process = interpreter
            .command()
            .arg(folder().join("reference_peer.py"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("starting {}", interpreter.python.display()))?;
        let input = process.stdin.take().context("the peer has no input")?;
        let output = BufReader::new(process.stdout.take().context("the peer has no output")?);
        Ok(Peer { process, input, output })
    }

    /// Who answers.
    pub fn hello(&mut self) -> Result<Hello> {
        self.ask(&json!({"cmd": "hello"}))
    }

    /// One request and its answer.
    pub fn ask<T: DeserializeOwned>(&mut self, request: &impl Serialize) -> Result<T> {
        serde_json::to_writer(&mut self.input, request)?;
        self.input.write_all(b"\n")?;
        self.input.flush()?;
        let mut line = String::new();
        if self.output.read_line(&mut line)? == 0 {
            bail!("the peer ended: {}", self.process.wait()?);
        }
        answer(&line)
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        // It may have ended on its own; both calls only make sure that nothing is left behind.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Where the peer program is.
fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("peer")
}

/// Runs the peer's own tests with an interpreter; how many there are.
pub fn run_tests(interpreter: &Interpreter) -> Result<u64> {
    let mut command = interpreter.command();
    command.args(["-m", "unittest", "discover", "--pattern", "test_*.py", "--start-directory"]).arg(folder());
    let output = command.output().with_context(|| format!("starting {}", interpreter.python.display()))?;
    let text = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "the tests of the peer fail:\n{text}");
    let ran = text.lines().find_map(|line| line.strip_prefix("Ran ")?.split(' ').next()?.parse().ok());
    ran.filter(|number| *number > 0).context("the peer ran no tests")
}

fn answer<T: DeserializeOwned>(line: &str) -> Result<T> {
    let value: Value = serde_json::from_str(line)?;
    if let Some(error) = value.get("error") {
        bail!("the peer answers: {error}");
    }
    serde_json::from_value(value).with_context(|| format!("an answer of another shape: {}", shortened(line)))
}

/// At most so many characters of a text, for messages.
pub fn shortened(text: &str) -> String {
    const LENGTH: usize = 1500;
    let mut short: String = text.chars().take(LENGTH).collect();
    if short.len() < text.len() {
        // Writing to a string cannot fail.
        let _ = write!(short, "… ({} bytes)", text.len());
    }
    short
}
