//! The conformance testee of the core: answers `conformance/PROTOCOL.md` on standard input and output.
//!
//! It asks what bindings ask, [`crdt_merge_facade`], and only spells values as the protocol does.

#![forbid(unsafe_code)]

mod script;
mod spelling;

use std::io::{BufRead, Write};

use crdt_conform::json::{Json, number, object, text};
use crdt_conform::value::Value as Tagged;
use crdt_merge_facade::{OPERATIONS, invoke, operation_number};

/// Features cases may need.
const FEATURES: [&str; 3] = ["lenient", "tuple", "handles"];

/// The operation that is made out of others.
const SCRIPT: &str = "script";

fn main() -> std::io::Result<()> {
    // A panic becomes an answer; its text would only disturb the terminal.
    std::panic::set_hook(Box::new(|_| {}));
    let mut out = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        match reply(&line?) {
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
fn reply(line: &str) -> Option<Json> {
    let request = Json::parse(line).ok()?;
    match request.member("cmd").and_then(Json::as_text)? {
        "hello" => Some(greeting()),
        "run" => Some(answer(&request)),
        _ => None,
    }
}

fn greeting() -> Json {
    let about = object([
        ("name", text("crdt-merge-facade")),
        ("language", text("rust")),
        ("version", text(env!("CARGO_PKG_VERSION"))),
        ("kind", text("core")),
    ]);
    object([
        ("protocol", number(2)),
        ("impl", about),
        ("ops", Json::Array(OPERATIONS.iter().copied().chain([SCRIPT]).map(text).collect())),
        ("features", Json::Array(FEATURES.map(text).to_vec())),
    ])
}

fn answer(request: &Json) -> Json {
    let seq = request.member("seq").cloned().unwrap_or(Json::Null);
    let name = request.member("op").and_then(Json::as_text).unwrap_or("");
    let operation = operation_number(name);
    if operation.is_none() && name != SCRIPT {
        return object([("seq", seq), ("skip", text("not offered"))]);
    }
    let input = request.member("in").cloned().unwrap_or(Json::Null);
    let input = match Tagged::from_json(&input).and_then(|input| spelling::datum(&input)) {
        Ok(input) => input,
        Err(fault) => return refusal(seq, "BAD_ARGUMENT", &fault),
    };
    match operation.map_or_else(|| script::run(&input), |number| invoke(number, &input)) {
        Ok(out) => object([("seq", seq), ("out", spelling::tagged(&out).to_json())]),
        Err(error) => refusal(seq, error.code().as_str(), &error.to_string()),
    }
}

fn refusal(seq: Json, code: &str, message: &str) -> Json {
    object([("seq", seq), ("error", object([("code", text(code)), ("message", text(message))]))])
}
