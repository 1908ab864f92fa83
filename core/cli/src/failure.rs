//! How the program ends, and how it says why.

use std::io::{ErrorKind, Write};
use std::process::ExitCode;

use crdt_merge::{Code, Error, Family, JsonValue};

use crate::args::Common;
use crate::json;
use crate::paint::{Paint, printable};

/// Exit codes, as the help lists them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Done.
    Success = 0,
    /// States differ, or a law is broken.
    Different = 1,
    /// The command line makes no sense.
    Usage = 2,
    /// An input is not well-formed, or passes a limit.
    BadInput = 3,
    /// States cannot be merged or compared, or version 1 cannot hold the result.
    NotMergeable = 4,
    /// Reading or writing failed.
    Io = 5,
    /// A fault of this program.
    Internal = 70,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(exit as u8)
    }
}

impl Exit {
    /// The exit code for an error.
    pub fn of(code: Code) -> Exit {
        match (code, code.family()) {
            (Code::Io, _) => Exit::Io,
            (Code::BadArgument, _) => Exit::Usage,
            (Code::NotInV1, _) => Exit::NotMergeable,
            (_, Family::Wire | Family::Value) => Exit::BadInput,
            (_, Family::Merge) => Exit::NotMergeable,
            _ => Exit::Internal,
        }
    }
}

/// Why a command stopped.
pub enum Failure {
    /// An error to be told.
    Told(Error),
    /// Whoever read our output has gone; there is nobody to tell.
    ReaderGone,
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Failure::Told(error)
    }
}

impl Failure {
    /// An input or output that failed.
    pub fn io(error: &std::io::Error, action: &'static str, name: impl std::fmt::Display) -> Failure {
        if error.kind() == ErrorKind::BrokenPipe {
            return Failure::ReaderGone;
        }
        Failure::Told(Error::new(Code::Io, format!("{action} failed: {error}")).with("input", name))
    }

    /// Tells the error on standard error.
    pub fn report(self, options: &Common) -> Exit {
        match self {
            Failure::Told(error) => {
                tell(&error, options);
                Exit::of(error.code())
            }
            Failure::ReaderGone => Exit::Success,
        }
    }
}

/// Prints an error on standard error, as text or as one line of JSON.
pub fn tell(error: &Error, options: &Common) {
    let text = if options.json { json::line(&as_json(error)) } else { as_text(error, Paint::of_stderr(options)) };
    // If standard error is closed as well, the exit code is all that is left.
    let _ = std::io::stderr().write_all(text.as_bytes());
}

/// `error: CODE at byte N of INPUT: message (details)`.
fn as_text(error: &Error, paint: Paint) -> String {
    let mut text = format!("{} {}", paint.error("error:"), error.code());
    if let Some(offset) = error.detail("offset") {
        text += &format!(" at byte {offset}");
    }
    if let Some(input) = error.detail("input") {
        text += &format!("{} {}", if error.detail("offset").is_some() { " of" } else { " in" }, printable(input));
    }
    text += &format!(": {}", printable(error.message()));
    let rest = error.details().filter(|(name, _)| !matches!(*name, "offset" | "input"));
    let rest: Vec<_> = rest.map(|(name, value)| format!("{name} {}", printable(value))).collect();
    text + &if rest.is_empty() { "\n".to_owned() } else { format!(" ({})\n", rest.join(", ")) }
}

/// `{"error": {"code", "message", "detail": {…}, "exit"}}`.
pub fn as_json(error: &Error) -> JsonValue {
    let detail = error.details().map(|(name, value)| (name, JsonValue::from(value)));
    json::object([(
        "error",
        json::object([
            ("code", error.code().as_str().into()),
            ("message", error.message().into()),
            ("detail", json::object(detail)),
            ("exit", i64::from(Exit::of(error.code()) as u8).into()),
        ]),
    )])
}

/// Prints what clap has to say: help and version on standard output, everything else as an error.
pub fn explain_usage(error: &clap::Error) -> Exit {
    if error.use_stderr() && std::env::args_os().any(|argument| argument == "--json") {
        let fault = Error::new(Code::BadArgument, error.to_string().trim_end().to_owned());
        let _ = std::io::stderr().write_all(json::line(&as_json(&fault)).as_bytes());
        return Exit::Usage;
    }
    let _ = error.print();
    if error.use_stderr() { Exit::Usage } else { Exit::Success }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_its_exit() {
        assert_eq!(Exit::of(Code::Truncated), Exit::BadInput);
        assert_eq!(Exit::of(Code::OutOfRange), Exit::BadInput);
        assert_eq!(Exit::of(Code::TypeMismatch), Exit::NotMergeable);
        assert_eq!(Exit::of(Code::NotInV1), Exit::NotMergeable);
        assert_eq!(Exit::of(Code::Io), Exit::Io);
        assert_eq!(Exit::of(Code::BadArgument), Exit::Usage);
        assert_eq!(Exit::of(Code::Internal), Exit::Internal);
    }

    #[test]
    fn text_names_code_byte_and_input() {
        let error =
            Error::new(Code::Truncated, "too short").with("offset", 7).with("found", 3).with("input", "a\u{1b}b");
        assert_eq!(as_text(&error, Paint::plain()), "error: TRUNCATED at byte 7 of a\\u{1b}b: too short (found 3)\n");
    }
}
