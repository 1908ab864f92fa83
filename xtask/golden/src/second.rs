//! The second implementation behind the line protocol of conformance testees.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use crate::hex;

/// The folder of the testee, from the root of the repository.
const TESTEE: &str = "conformance/testees/second";

/// The running testee; it ends when its input does.
pub struct Second {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    asked: u64,
}

impl Second {
    /// Starts the testee with a Python interpreter.
    pub fn start(python: &Path) -> Result<Self> {
        let mut command = Command::new(python);
        command.args(["-B", TESTEE]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().context("starting the second implementation")?;
        let input = child.stdin.take();
        let output = child.stdout.take().context("the second implementation has no output")?;
        let mut second = Second { child, input, output: BufReader::new(output), asked: 0 };
        second.exchange(&json!({"cmd": "hello", "protocol": [1]}))?;
        Ok(second)
    }

    /// The join of some frames, as a canonical frame of version 2.
    pub fn join(&mut self, frames: &[&[u8]]) -> Result<Vec<u8>> {
        let frames: Vec<Value> = frames.iter().map(|frame| bytes(frame)).collect();
        self.frame("join", &json!({"l": frames}))
    }

    /// What a frame holds, as a canonical frame of version 2.
    pub fn convert(&mut self, frame: &[u8]) -> Result<Vec<u8>> {
        self.frame("convert", &json!({"m": [[{"s": "frame"}, bytes(frame)], [{"s": "wire"}, {"i": "2"}]]}))
    }

    /// The id of what a frame holds.
    pub fn state_id(&mut self, frame: &[u8]) -> Result<String> {
        let answer = self.run("state_id", &bytes(frame))?;
        answer["s"].as_str().map(str::to_owned).context("the second implementation gave no id")
    }

    fn frame(&mut self, operation: &str, input: &Value) -> Result<Vec<u8>> {
        let answer = self.run(operation, input)?;
        hex::decode(answer["b"].as_str().context("the second implementation gave no frame")?)
    }

    fn run(&mut self, operation: &str, input: &Value) -> Result<Value> {
        self.asked += 1;
        let question = json!({"cmd": "run", "seq": self.asked, "id": "demo", "op": operation, "in": input});
        let answer = self.exchange(&question)?;
        match answer.get("out") {
            Some(out) => Ok(out.clone()),
            None => bail!("the second implementation answers {operation} with {answer}"),
        }
    }

    fn exchange(&mut self, question: &Value) -> Result<Value> {
        let input = self.input.as_mut().context("the second implementation has ended")?;
        writeln!(input, "{question}")?;
        input.flush()?;
        let mut line = String::new();
        self.output.read_line(&mut line)?;
        serde_json::from_str(&line).with_context(|| format!("the second implementation said {line:?}"))
    }
}

impl Drop for Second {
    fn drop(&mut self) {
        // Without input it ends by itself.
        self.input = None;
        let _ = self.child.wait();
    }
}

fn bytes(frame: &[u8]) -> Value {
    json!({"b": hex::encode(frame)})
}
