//! Colours, and text that is safe on a terminal.

use std::borrow::Cow;
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
        let is_coloured = match color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => is_terminal && !is_set("NO_COLOR") && !is_dumb(),
        };
        Paint { is_coloured }
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

/// Whether a variable is there and not empty, as the convention of NO_COLOR has it.
fn is_set(name: &str) -> bool {
    std::env::var_os(name).is_some_and(|value| !value.is_empty())
}

fn is_dumb() -> bool {
    std::env::var_os("TERM").is_some_and(|terminal| terminal == "dumb")
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
}
