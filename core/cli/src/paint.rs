//! Colours, and text that is safe on a terminal.

use std::borrow::Cow;
use std::ffi::OsString;
use std::io::IsTerminal;

use anstyle::{AnsiColor, Style};

use crate::args::{Color, Common};

/// Whether and how text is coloured.
#[derive(Clone, Copy)]
pub struct Paint {
    is_coloured: bool,
}

impl Paint {
    /// For standard output.
    pub fn of_stdout(options: &Common) -> Paint {
        Paint::of(options.color, std::io::stdout().is_terminal())
    }

    /// For standard error.
    pub fn of_stderr(options: &Common) -> Paint {
        Paint::of(options.color, std::io::stderr().is_terminal())
    }

    /// Without colours.
    #[cfg(test)]
    pub fn plain() -> Paint {
        Paint { is_coloured: false }
    }

    fn of(color: Color, is_terminal: bool) -> Paint {
        Paint { is_coloured: is_coloured(color, is_terminal, |name| std::env::var_os(name)) }
    }

    /// A heading.
    pub fn heading(self, text: &str) -> String {
        self.styled(Style::new().bold(), text)
    }

    /// The name of a member.
    pub fn key(self, text: &str) -> String {
        self.styled(AnsiColor::Cyan.on_default(), text)
    }

    /// Something that went well, or was added.
    pub fn good(self, text: &str) -> String {
        self.styled(AnsiColor::Green.on_default(), text)
    }

    /// Something that went wrong, or was taken away.
    pub fn error(self, text: &str) -> String {
        self.styled(AnsiColor::Red.on_default().bold(), text)
    }

    fn styled(self, style: Style, text: &str) -> String {
        if self.is_coloured { format!("{style}{text}{style:#}") } else { text.to_owned() }
    }
}

/// What was asked for; by itself colours are for terminals that know them, unless `NO_COLOR` is set and not empty.
fn is_coloured(color: Color, is_terminal: bool, variable: impl Fn(&str) -> Option<OsString>) -> bool {
    match color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => {
            let is_refused = variable("NO_COLOR").is_some_and(|value| !value.is_empty());
            let is_dumb = variable("TERM").is_some_and(|value| value == "dumb");
            is_terminal && !is_refused && !is_dumb
        }
    }
}

/// Text from outside with everything escaped that a terminal would obey.
pub fn printable(text: &str) -> Cow<'_, str> {
    if text.chars().all(is_harmless) {
        return Cow::Borrowed(text);
    }
    text.chars().flat_map(Escaped::of).collect::<String>().into()
}

/// Whether a character shows as itself and moves nothing on the screen.
fn is_harmless(character: char) -> bool {
    character.is_ascii_graphic() || character == ' ' || (!character.is_ascii() && character.escape_debug().len() == 1)
}

enum Escaped {
    Plain(std::iter::Once<char>),
    Escape(std::char::EscapeDebug),
}

impl Escaped {
    fn of(character: char) -> Self {
        if is_harmless(character) {
            Escaped::Plain(std::iter::once(character))
        } else {
            Escaped::Escape(character.escape_debug())
        }
    }
}

impl Iterator for Escaped {
    type Item = char;

    fn next(&mut self) -> Option<char> {
        match self {
            Escaped::Plain(character) => character.next(),
            Escaped::Escape(characters) => characters.next(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_escaped_and_letters_are_not() {
        assert_eq!(printable("naïve \"日本\" \\"), "naïve \"日本\" \\");
        assert_eq!(printable("\u{1b}[2J\n\u{202e}x"), "\\u{1b}[2J\\n\\u{202e}x");
    }

    #[test]
    fn colours_are_for_terminals_that_want_them() {
        let with = |set: &'static [(&str, &str)]| {
            move |name: &str| set.iter().find(|(known, _)| *known == name).map(|(_, value)| OsString::from(value))
        };
        assert!(is_coloured(Color::Auto, true, with(&[("NO_COLOR", ""), ("TERM", "xterm")])));
        assert!(!is_coloured(Color::Auto, false, with(&[])));
        assert!(!is_coloured(Color::Auto, true, with(&[("NO_COLOR", "1")])));
        assert!(!is_coloured(Color::Auto, true, with(&[("TERM", "dumb")])));
        assert!(is_coloured(Color::Always, false, with(&[("NO_COLOR", "1")])));
        assert!(!is_coloured(Color::Never, true, with(&[])));
    }
}
