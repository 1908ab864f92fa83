//! Running the program, and frames to run it on.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use crdt_merge::frames::{Body, Compression, Document};
use crdt_merge::json;
use crdt_merge::prelude::*;
use crdt_merge::{JsonValue, Tag, value::Map};

/// What a run of the program left behind.
pub struct Run {
    /// Exit code; `None` when a signal ended it.
    pub code: Option<i32>,
    pub out: Vec<u8>,
    pub err: String,
}

/// A folder of its own for one test.
pub struct Folder(tempfile::TempDir);

impl Folder {
    pub fn new() -> Folder {
        Folder(tempfile::tempdir().unwrap())
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Writes a file and returns the folder, to write the next one.
    pub fn with(self, name: &str, bytes: impl AsRef<[u8]>) -> Folder {
        std::fs::write(self.path(name), bytes).unwrap();
        self
    }

    pub fn bytes(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path(name)).unwrap()
    }

    /// Names of the files, sorted.
    pub fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.0.path()).unwrap();
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    /// Runs the program in the folder.
    pub fn run(&self, arguments: &[&str]) -> Run {
        self.run_with(arguments, b"")
    }

    /// Runs the program in the folder with something on its standard input.
    pub fn run_with(&self, arguments: &[&str], input: &[u8]) -> Run {
        let mut command = Command::new(env!("CARGO_BIN_EXE_crdt-merge"));
        command.args(arguments).current_dir(self.0.path()).env_remove("NO_COLOR").env_remove("RUST_BACKTRACE");
        let pipes = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = pipes.spawn().unwrap();
        // A program that does not read closes the pipe early.
        let _ = child.stdin.take().unwrap().write_all(input);
        let output = child.wait_with_output().unwrap();
        Run { code: output.status.code(), out: output.stdout, err: String::from_utf8(output.stderr).unwrap() }
    }
}

impl std::fmt::Debug for Run {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "exit {:?}, out {:?}, err {:?}", self.code, String::from_utf8_lossy(&self.out), self.err)
    }
}

impl Run {
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.out).unwrap()
    }

    /// Asserts success and returns standard output.
    pub fn succeeded(self) -> Vec<u8> {
        assert_eq!(self.code, Some(0), "{self:?}");
        self.out
    }

    /// The one JSON object on standard output.
    pub fn json(&self) -> JsonValue {
        json::parse(&self.out, 100).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The error that was told as JSON on standard error: code and details.
    pub fn error(&self) -> (String, Map<crdt_merge::value::JsonInteger>) {
        let told = json::parse(self.err.as_bytes(), 100).unwrap_or_else(|error| panic!("{error}: {self:?}"));
        let code = text(&told, &["error", "code"]);
        let detail = at(&told, &["error", "detail"]).as_map().unwrap().clone();
        assert_eq!(at(&told, &["error", "exit"]), JsonValue::from(i64::from(self.code.unwrap())), "{self:?}");
        (code, detail)
    }

    /// Asserts that the run ended with an exit code and told an error code.
    pub fn failed(&self, exit: i32, code: Code) {
        assert_eq!(self.code, Some(exit), "{self:?}");
        let told = if self.err.starts_with('{') { self.error().0 } else { self.err.clone() };
        assert!(told.contains(code.as_str()), "{self:?}");
    }
}

/// The value at a path of text keys.
pub fn at(value: &JsonValue, path: &[&str]) -> JsonValue {
    path.iter().fold(value.clone(), |value, key| {
        value.as_map().and_then(|map| map.field(key)).cloned().unwrap_or_else(|| panic!("no {key} in {value:?}"))
    })
}

/// The text at a path.
pub fn text(value: &JsonValue, path: &[&str]) -> String {
    at(value, path).as_text().unwrap().to_owned()
}

/// A frame of a counter with one slot.
pub fn counter(node: &str, count: u64) -> Vec<u8> {
    let mut counter = GCounter::new();
    counter.increment_node(node, count).unwrap();
    counter.encode_v1().unwrap()
}

/// A frame of a map with one key.
pub fn map(key: &str, value: impl Into<Value>, seconds: i64, node: &str) -> Vec<u8> {
    let mut map = LwwMap::new();
    map.write(key, value, Stamp::from_whole_seconds(seconds), node).unwrap();
    map.encode_v1().unwrap()
}

/// A frame of any value.
pub fn generic(value: impl Into<Value>) -> Vec<u8> {
    Generic(value.into()).encode_v1().unwrap()
}

/// A frame of a vector clock, `{"clocks": {"a": 1}}` as MessagePack.
pub fn message_pack_clock() -> Vec<u8> {
    let payload = b"\x81\xa6clocks\x81\xa1a\x01";
    let mut frame = b"CRDT\x00\x01\x40\x00\x00\x00\x00".to_vec();
    frame.push(payload.len() as u8);
    frame.extend_from_slice(payload);
    frame
}

/// A frame of a counter that spells its slots in descending order, and has a member that nobody knows.
pub fn unsorted_counter() -> Vec<u8> {
    let pairs = |pairs: Vec<(&str, Value)>| {
        let pairs = pairs.into_iter().map(|(key, value)| (Value::from(key), value)).collect();
        Value::Map(Map::from_pairs(pairs).unwrap())
    };
    let counts = pairs(vec![("b", 2.into()), ("a", 1.into())]);
    let payload = pairs(vec![("note", "mine".into()), ("type", "g_counter".into()), ("counts", counts)]);
    let document = Document::new(Tag::GCounter, Body::Compact(payload), Compression::None).unwrap();
    document.encode().to_vec()
}

/// Lists inside each other.
pub fn nested(depth: usize) -> Value {
    (1..depth).fold(Value::List(vec![]), |inner, _| Value::List(vec![inner]))
}

/// Text as the program's JSON tags it.
pub fn tagged_text(text: &str) -> JsonValue {
    Map::from_pairs(vec![("s".into(), text.into())]).unwrap().into()
}
