//! A testee: a program that answers one JSON object per line.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use crate::json::{Json, number, object, text};
use crate::judge::Answer;
use crate::value::Value;

/// Requests sent before the first answer is waited for.
const WINDOW: usize = 32;
/// Protocol versions the runner asks for; a testee chooses one.
pub const VERSIONS: [u32; 2] = [1, 2];
/// Time for an answer.
const LIMIT_MS: i64 = 10_000;
/// Time for the greeting; interpreters and runtimes start slowly on a busy machine.
const GREETING_LIMIT_MS: i64 = 60_000;

/// A failure of a testee that is known and explained.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// Patterns of case ids.
    pub globs: Vec<String>,
    /// Why it fails.
    pub reason: String,
    /// Only failures with this answer are meant: a code the testee refuses with, or `out`. Other cases
    /// that match may pass.
    pub answer: Option<String>,
}

/// What `testees/<name>.toml` says.
#[derive(Clone, Debug)]
pub struct Config {
    /// Name of the testee.
    pub name: String,
    /// Program and arguments.
    pub command: Vec<String>,
    /// One of our own: it may not skip a `must` case.
    pub own: bool,
    /// Testees of one family share code and cannot confirm each other.
    pub family: String,
    /// Time limit per request.
    pub limit: Duration,
    /// Time limit for the greeting.
    pub greeting_limit: Duration,
    /// Failures that are known.
    pub known: Vec<Known>,
    /// Names a foreign testee answers instead of codes, and the codes each may stand for.
    pub kinds: BTreeMap<String, Vec<String>>,
}

impl Config {
    /// Reads `<folder>/<name>.toml`.
    pub fn load(folder: &Path, name: &str) -> Result<Config, String> {
        let path = folder.join(format!("{name}.toml"));
        let content = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        let table: toml::Table = content.parse().map_err(|error| format!("{}: {error}", path.display()))?;
        Config::from_table(name, &table).map_err(|fault| format!("{}: {fault}", path.display()))
    }

    fn from_table(name: &str, table: &toml::Table) -> Result<Config, String> {
        const MEMBERS: [&str; 9] =
            ["about", "command", "own", "family", "limit_ms", "greeting_limit_ms", "known", "kinds", "default"];
        if let Some(unknown) = table.keys().find(|key| !MEMBERS.contains(&key.as_str())) {
            return Err(format!("nobody knows the member {unknown:?}"));
        }
        let command = words(table, "command")?.iter().map(|word| expand(word)).collect::<Result<Vec<_>, _>>()?;
        if command.is_empty() {
            return Err("the command is empty".into());
        }
        let known = table.get("known").and_then(toml::Value::as_array).cloned().unwrap_or_default();
        Ok(Config {
            name: name.into(),
            command,
            own: table.get("own").and_then(toml::Value::as_bool).unwrap_or(false),
            family: table.get("family").and_then(toml::Value::as_str).unwrap_or(name).into(),
            limit: milliseconds(table, "limit_ms", LIMIT_MS),
            greeting_limit: milliseconds(table, "greeting_limit_ms", GREETING_LIMIT_MS),
            known: known.iter().map(read_known).collect::<Result<_, _>>()?,
            kinds: read_kinds(table)?,
        })
    }

    /// The answer with the name of a kind of error replaced by the code that is expected, if the kind
    /// stands for it.
    pub fn translate(&self, expected: &str, answer: Answer) -> Answer {
        match answer {
            Answer::Error(kind, message)
                if self.kinds.get(&kind).is_some_and(|codes| codes.iter().any(|c| c == expected)) =>
            {
                Answer::Error(expected.to_string(), message)
            }
            other => other,
        }
    }

    /// The known failures that name a case.
    pub fn known_for<'a>(&'a self, id: &'a str) -> impl Iterator<Item = &'a Known> {
        self.known.iter().filter(move |known| known.globs.iter().any(|glob| crate::corpus::matches(glob, id)))
    }
}

fn milliseconds(table: &toml::Table, name: &str, default: i64) -> Duration {
    let given = table.get(name).and_then(toml::Value::as_integer).unwrap_or(default);
    Duration::from_millis(given.max(1).unsigned_abs())
}

fn words(table: &toml::Table, name: &str) -> Result<Vec<String>, String> {
    let items = table.get(name).and_then(toml::Value::as_array).ok_or_else(|| format!("{name:?} is a list of text"))?;
    let read = |item: &toml::Value| item.as_str().map(str::to_string);
    items.iter().map(read).collect::<Option<_>>().ok_or_else(|| format!("{name:?} is a list of text"))
}

fn read_kinds(table: &toml::Table) -> Result<BTreeMap<String, Vec<String>>, String> {
    let Some(kinds) = table.get("kinds") else { return Ok(BTreeMap::new()) };
    let kinds = kinds.as_table().ok_or("kinds is a table")?;
    kinds.keys().map(|kind| Ok((kind.clone(), words(kinds, kind)?))).collect()
}

fn read_known(value: &toml::Value) -> Result<Known, String> {
    let table = value.as_table().ok_or("a known failure is a table")?;
    if let Some(unknown) =
        table.keys().find(|key| !["cases", "reason", "answer", "since", "link"].contains(&key.as_str()))
    {
        return Err(format!("nobody knows the member {unknown:?} of a known failure"));
    }
    let reason = table.get("reason").and_then(toml::Value::as_str).unwrap_or("").trim();
    match reason.is_empty() {
        true => Err("a known failure has a reason".into()),
        false => Ok(Known {
            globs: words(table, "cases")?,
            reason: reason.into(),
            answer: table.get("answer").and_then(toml::Value::as_str).map(str::to_string),
        }),
    }
}

/// Replaces `${NAME}` and `${NAME:-default}` by the environment.
fn expand(word: &str) -> Result<String, String> {
    let mut out = String::new();
    let mut rest = word;
    while let Some(start) = rest.find("${") {
        let end = rest[start..].find('}').ok_or_else(|| format!("{word:?}: a brace is open"))? + start;
        let (name, fallback) = match rest[start + 2..end].split_once(":-") {
            Some((name, fallback)) => (name, Some(fallback)),
            None => (&rest[start + 2..end], None),
        };
        out.push_str(&rest[..start]);
        match (std::env::var(name), fallback) {
            (Ok(value), _) if !value.is_empty() => out.push_str(&value),
            (_, Some(fallback)) => out.push_str(fallback),
            _ => return Err(format!("the environment has no {name}")),
        }
        rest = &rest[end + 1..];
    }
    out.push_str(rest);
    Ok(out)
}

impl Known {
    /// Whether a failure with this description is the one that is meant.
    pub fn explains(&self, detail: &str) -> bool {
        match self.answer.as_deref() {
            None => true,
            Some("out") => detail.contains("answered"),
            Some(code) => detail.contains(&format!("refused with {code} ")),
        }
    }
}

/// What a testee says about itself.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Greeting {
    /// The protocol version it chose; cases of later versions are not asked.
    pub protocol: u32,
    /// Name, language, version and kind, as given.
    pub about: BTreeMap<String, String>,
    /// Operations it answers.
    pub ops: Vec<String>,
    /// Features cases may need.
    pub features: Vec<String>,
}

/// One question: its case, its operation and its argument.
#[derive(Clone, Debug)]
pub struct Question {
    /// Id of the case.
    pub id: String,
    /// Operation.
    pub op: String,
    /// Argument; the expectation stays with the runner.
    pub input: Value,
}

/// A testee that is started when needed and started again after it died.
pub struct Testee {
    config: Config,
    root: std::path::PathBuf,
    process: Option<Process>,
    seq: u64,
    /// How often it had to be started again.
    pub restarts: usize,
}

struct Process {
    child: Child,
    requests: Sender<String>,
    answers: Receiver<String>,
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Testee {
    /// A testee that runs in `root`. Nothing is started yet.
    pub fn new(config: Config, root: &Path) -> Testee {
        Testee { config, root: root.into(), process: None, seq: 0, restarts: 0 }
    }

    /// What the testee's file says.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Starts the testee and asks for its greeting.
    pub fn hello(&mut self) -> Result<Greeting, String> {
        let process = start(&self.config, &self.root)?;
        let hello = object([("cmd", text("hello")), ("protocol", Json::Array(VERSIONS.map(number).to_vec()))]);
        let _ = process.requests.send(hello.to_line());
        let line = process.answers.recv_timeout(self.config.greeting_limit).map_err(|_| "no greeting".to_string())?;
        let greeting = read_greeting(&line)?;
        self.process = Some(process);
        Ok(greeting)
    }

    /// Asks everything, several questions at a time, and gives the answers in the order of the questions.
    ///
    /// When the testee dies, stays silent or breaks the protocol, the questions without an answer are asked
    /// again one by one, so that the trouble is put down to the question that causes it.
    pub fn ask_all(&mut self, questions: &[Question], mut progress: impl FnMut(usize)) -> Vec<Answer> {
        let mut answers: Vec<Option<Answer>> = vec![None; questions.len()];
        let mut next = 0;
        while next < questions.len() {
            let end = (next + WINDOW).min(questions.len());
            // What went wrong is found by asking the rest one by one.
            let _ = self.ask_window(questions, next..end, &mut answers);
            for index in next..end {
                if answers[index].is_none() {
                    answers[index] = Some(self.ask(&questions[index]));
                }
                progress(index + 1);
            }
            next = end;
        }
        let lost = || Answer::Broken("no answer".into());
        answers.into_iter().map(|answer| answer.unwrap_or_else(lost)).collect()
    }

    /// Asks one question and waits for the answer.
    pub fn ask(&mut self, question: &Question) -> Answer {
        let mut answers = vec![None];
        let one = std::slice::from_ref(question);
        match self.ask_window(one, 0..1, &mut answers) {
            Ok(()) => answers.pop().flatten().unwrap_or_else(|| Answer::Broken("no answer".into())),
            Err(reason) => answers.pop().flatten().unwrap_or(Answer::Broken(reason)),
        }
    }

    fn ask_window(
        &mut self,
        questions: &[Question],
        window: std::ops::Range<usize>,
        answers: &mut [Option<Answer>],
    ) -> Result<(), String> {
        let result = self.try_window(questions, window, answers);
        if result.is_err() {
            self.process = None;
        }
        result
    }

    fn try_window(
        &mut self,
        questions: &[Question],
        window: std::ops::Range<usize>,
        answers: &mut [Option<Answer>],
    ) -> Result<(), String> {
        if self.process.is_none() {
            self.restarts += 1;
            self.hello()?;
        }
        let first = self.seq;
        let limit = self.config.limit;
        let process = self.process.as_mut().ok_or("not running")?;
        let mut open: BTreeMap<u64, usize> = BTreeMap::new();
        for index in window {
            self.seq += 1;
            open.insert(self.seq, index);
            let _ = process.requests.send(request(self.seq, &questions[index]));
        }
        let mut deadline = Instant::now() + limit;
        while !open.is_empty() {
            let line = receive(process, deadline)?;
            let (seq, answer) = read_answer(&line)?;
            let index =
                open.remove(&seq).ok_or_else(|| format!("answered {seq}, which was not asked (after {first})"))?;
            answers[index] = Some(answer);
            deadline = Instant::now() + limit;
        }
        Ok(())
    }

    /// Says good-bye and waits a moment for the testee to end by itself.
    pub fn bye(&mut self) {
        let Some(mut process) = self.process.take() else { return };
        let _ = process.requests.send(object([("cmd", text("bye"))]).to_line());
        for _ in 0..50 {
            if matches!(process.child.try_wait(), Ok(Some(_))) {
                return;
            }
            thread::sleep(Duration::from_millis(10));
        }
    }
}

fn start(config: &Config, root: &Path) -> Result<Process, String> {
    let mut child = Command::new(&config.command[0])
        .args(&config.command[1..])
        .current_dir(root)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| format!("{}: {error}", config.command.join(" ")))?;
    let (mut stdin, stdout) = match (child.stdin.take(), child.stdout.take()) {
        (Some(stdin), Some(stdout)) => (stdin, stdout),
        _ => return Err("no pipes".into()),
    };
    let (requests, to_write) = channel::<String>();
    let (from_read, answers) = channel::<String>();
    // A testee that stops reading must not stop the runner, so writing has a thread of its own.
    thread::spawn(move || {
        for line in to_write {
            if stdin
                .write_all(line.as_bytes())
                .and_then(|()| stdin.write_all(b"\n"))
                .and_then(|()| stdin.flush())
                .is_err()
            {
                break;
            }
        }
    });
    thread::spawn(move || {
        for line in BufReader::new(stdout).lines().map_while(Result::ok) {
            if from_read.send(line).is_err() {
                break;
            }
        }
    });
    Ok(Process { child, requests, answers })
}

fn receive(process: &mut Process, deadline: Instant) -> Result<String, String> {
    let left = deadline.saturating_duration_since(Instant::now());
    match process.answers.recv_timeout(left) {
        Ok(line) => Ok(line),
        Err(RecvTimeoutError::Timeout) => Err("no answer within the time limit".into()),
        Err(RecvTimeoutError::Disconnected) => {
            let status = process.child.wait().map(|status| status.to_string()).unwrap_or_default();
            Err(format!("died ({status})"))
        }
    }
}

/// The line that asks a question.
pub fn request(seq: u64, question: &Question) -> String {
    object([
        ("cmd", text("run")),
        ("seq", number(seq)),
        ("id", text(&question.id)),
        ("op", text(&question.op)),
        ("in", question.input.to_json()),
    ])
    .to_line()
}

fn read_greeting(line: &str) -> Result<Greeting, String> {
    let json = Json::parse(line).map_err(|error| format!("greeting: {error}"))?;
    let chosen = json.member("protocol").and_then(Json::as_usize).and_then(|version| u32::try_from(version).ok());
    let protocol = chosen.filter(|version| VERSIONS.contains(version));
    let protocol = protocol.ok_or_else(|| format!("the testee speaks none of the protocols {VERSIONS:?}"))?;
    let words = |name: &str| -> Vec<String> {
        let items = json.member(name).and_then(Json::as_array).unwrap_or(&[]);
        items.iter().filter_map(Json::as_text).map(str::to_string).collect()
    };
    let about = json.member("impl").and_then(Json::as_object).unwrap_or(&[]);
    let about = about.iter().filter_map(|(n, v)| Some((n.clone(), v.as_text()?.to_string())));
    Ok(Greeting { protocol, about: about.collect(), ops: words("ops"), features: words("features") })
}

/// Reads the line of an answer: its number and what was said.
pub fn read_answer(line: &str) -> Result<(u64, Answer), String> {
    let json = Json::parse(line).map_err(|error| format!("answer: {error}"))?;
    crate::case::known_members(&json, &["seq", "out", "error", "skip"])?;
    let seq = json.member("seq").and_then(Json::as_usize).ok_or("an answer without its number")? as u64;
    let answer = match (json.member("out"), json.member("error"), json.member("skip")) {
        (Some(out), None, None) => match Value::from_json(out) {
            Ok(value) => Answer::Out(value),
            Err(fault) => Answer::Error("MALFORMED_ANSWER".into(), fault),
        },
        (None, Some(error), None) => Answer::Error(
            error.member("code").and_then(Json::as_text).unwrap_or("").into(),
            error.member("message").and_then(Json::as_text).unwrap_or("").into(),
        ),
        (None, None, Some(reason)) => Answer::Skip(reason.as_text().unwrap_or("").into()),
        _ => return Err("an answer has one of out, error and skip".into()),
    };
    Ok((seq, answer))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_fills_the_command() {
        assert_eq!(expand("${CRDT_CONFORM_NOT_SET:-a/b}/c").unwrap(), "a/b/c");
        assert!(expand("${CRDT_CONFORM_NOT_SET}").is_err());
        assert!(expand("${CRDT_CONFORM_NOT_SET").is_err());
    }

    #[test]
    fn a_known_failure_needs_a_reason() {
        let table: toml::Table = "command = [\"x\"]\n[[known]]\ncases = [\"a\"]\nreason = \" \"".parse().unwrap();
        assert!(Config::from_table("t", &table).is_err());
    }

    #[test]
    fn answers_are_read_strictly() {
        assert_eq!(read_answer(r#"{"seq": 3, "out": null}"#), Ok((3, Answer::Out(Value::Null))));
        assert!(read_answer(r#"{"seq": 3}"#).is_err());
        assert!(read_answer(r#"{"out": null}"#).is_err());
        assert!(read_answer(r#"{"seq": 3, "out": null, "skip": ""}"#).is_err());
    }
}
