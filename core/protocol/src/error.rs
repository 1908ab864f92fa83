//! The one error of the protocol: a stable code, a sentence for people and details for programs.

use std::borrow::Cow;
use std::fmt;

pub use crate::generated::{Code, Family};

/// Result of every fallible operation of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong, where, and what would have been right.
///
/// Programs look at [`Error::code`] and [`Error::detail`]; the message is for people, may change in any release and never
/// holds secrets. The struct is one pointer wide, so that hot paths which return it stay small.
#[derive(Clone, PartialEq, Eq)]
pub struct Error(Box<Inner>);

#[derive(Clone, PartialEq, Eq)]
struct Inner {
    code: Code,
    message: Cow<'static, str>,
    detail: Vec<(&'static str, String)>,
}

impl Error {
    /// An error with a code and a message that says what was expected and what was found.
    #[cold]
    pub fn new(code: Code, message: impl Into<Cow<'static, str>>) -> Self {
        Error(Box::new(Inner { code, message: message.into(), detail: Vec::new() }))
    }

    /// An error of the wire family at a byte offset from the start of the input.
    #[cold]
    pub(crate) fn at(code: Code, offset: usize, message: impl Into<Cow<'static, str>>) -> Self {
        Error::new(code, message).with("offset", offset)
    }

    /// A missing, mistyped or out-of-range field of a payload.
    #[cold]
    pub(crate) fn schema(field: impl fmt::Display, message: impl Into<Cow<'static, str>>) -> Self {
        Error::new(Code::BadSchema, message).with("field", field)
    }

    /// The same error with one more detail.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl fmt::Display) -> Self {
        self.0.detail.push((name, value.to_string()));
        self
    }

    /// The same error, its `offset` detail counted from a start that lies `base` bytes earlier.
    #[must_use]
    pub(crate) fn shifted(mut self, base: usize) -> Self {
        for (name, value) in &mut self.0.detail {
            if *name == "offset"
                && let Ok(offset) = value.parse::<usize>()
            {
                *value = offset.saturating_add(base).to_string();
            }
        }
        self
    }

    /// The stable code.
    pub fn code(&self) -> Code {
        self.0.code
    }

    /// One sentence for people.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// One detail by name: `offset`, `field`, `path`, `expected`, `found`, `limit` and others.
    pub fn detail(&self, name: &str) -> Option<&str> {
        self.0.detail.iter().find(|(key, _)| *key == name).map(|(_, value)| value.as_str())
    }

    /// All details in the order in which they were added.
    pub fn details(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.0.detail.iter().map(|(name, value)| (*name, value.as_str()))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.0.code.as_str(), self.0.message)?;
        for (index, (name, value)) in self.details().enumerate() {
            write!(f, "{}{name} {value}", if index == 0 { " (" } else { ", " })?;
        }
        if self.0.detail.is_empty() { Ok(()) } else { f.write_str(")") }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("code", &self.0.code)
            .field("message", &self.0.message)
            .field("detail", &self.0.detail)
            .finish()
    }
}

impl std::error::Error for Error {}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn display_names_code_message_and_details() {
        let error = Error::at(Code::Truncated, 7, "text ends early").with("expected", 5);
        assert_eq!(error.to_string(), "TRUNCATED: text ends early (offset 7, expected 5)");
        assert_eq!(error.clone().shifted(12).detail("offset"), Some("19"));
        assert_eq!(std::mem::size_of::<Error>(), std::mem::size_of::<usize>());
    }
}
