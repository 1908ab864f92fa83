//! The conformance testee of the protocol core: answers `conformance/PROTOCOL.md` on standard input and output.

#![forbid(unsafe_code)]

mod arguments;
mod records;
mod sketches;
mod states;
mod sync;
mod values;
mod version2;
mod wire;

use std::collections::BTreeMap;
use std::io::{BufRead, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};

use crdt_conform::json::{Json, number, object, text};
use crdt_conform::value::Value as Tagged;
use crdt_merge_protocol::Error;

/// An operation of `spec/operations.toml`.
type Operation = fn(&Tagged) -> Result<Tagged, Error>;

/// Features cases may need.
const FEATURES: [&str; 2] = ["lenient", "tuple"];

fn operations() -> BTreeMap<&'static str, Operation> {
    let tables = [
        values::OPERATIONS,
        wire::OPERATIONS,
        states::OPERATIONS,
        sketches::OPERATIONS,
        records::OPERATIONS,
        version2::OPERATIONS,
        sync::OPERATIONS,
    ];
    tables.into_iter().flatten().copied().collect()
}

fn main() -> std::io::Result<()> {
    // A panic becomes an answer; its text would only disturb the terminal.
    std::panic::set_hook(Box::new(|_| {}));
    let operations = operations();
    let mut out = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        match reply(&operations, &line?) {
            Some(reply) => {
                writeln!(out, "{}", reply.to_line())?;
                out.flush()?;
            }
            None => break,
        }
    }
    Ok(())
}

/// The answer to one line, or none when the conversation is over.
fn reply(operations: &BTreeMap<&'static str, Operation>, line: &str) -> Option<Json> {
    let request = Json::parse(line).ok()?;
    match request.member("cmd").and_then(Json::as_text)? {
        "hello" => Some(greeting(operations)),
        "run" => Some(answer(operations, &request)),
        _ => None,
    }
}

fn greeting(operations: &BTreeMap<&'static str, Operation>) -> Json {
    let about = object([
        ("name", text("crdt-merge-protocol")),
        ("language", text("rust")),
        ("version", text(env!("CARGO_PKG_VERSION"))),
        ("kind", text("core")),
    ]);
    object([
        ("protocol", number(2)),
        ("impl", about),
        ("ops", Json::Array(operations.keys().map(|name| text(*name)).collect())),
        ("features", Json::Array(FEATURES.map(text).to_vec())),
    ])
}

fn answer(operations: &BTreeMap<&'static str, Operation>, request: &Json) -> Json {
    let seq = request.member("seq").cloned().unwrap_or(Json::Null);
    let name = request.member("op").and_then(Json::as_text).unwrap_or("");
    let Some(operation) = operations.get(name) else {
        return object([("seq", seq), ("skip", text("not offered"))]);
    };
    let input = request.member("in").cloned().unwrap_or(Json::Null);
    let result = match Tagged::from_json(&input) {
        Ok(input) => catch_unwind(AssertUnwindSafe(|| operation(&input))),
        Err(fault) => return refusal(seq, "BAD_ARGUMENT", &fault),
    };
    match result {
        Ok(Ok(out)) => object([("seq", seq), ("out", out.to_json())]),
        Ok(Err(error)) => refusal(seq, error.code().as_str(), &error.to_string()),
        Err(_) => refusal(seq, "INTERNAL", "a panic"),
    }
}

fn refusal(seq: Json, code: &str, message: &str) -> Json {
    object([("seq", seq), ("error", object([("code", text(code)), ("message", text(message))]))])
}
