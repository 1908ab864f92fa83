//! Frozen text tables: `core/protocol/src/text/tables.rs`.

use std::path::Path;

use anyhow::{Context, Result};
use serde::Deserialize;

type Range = (u32, u32);

/// `spec/data/python_text_tables.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TextTables {
    unicode_version: String,
    nonprintable: Vec<Range>,
    whitespace: Vec<u32>,
    lower: Vec<(u32, u32, u32, i32)>,
    lower_special: Vec<(u32, Vec<u32>)>,
    cased: Vec<Range>,
    case_ignorable: Vec<Range>,
}

impl TextTables {
    /// Reads the tables below the `spec` folder.
    pub fn read(spec: &Path) -> Result<Self> {
        let path = spec.join("data/python_text_tables.toml");
        let text = std::fs::read_to_string(path).context("reading the text tables")?;
        toml::from_str(&text).context("parsing the text tables")
    }
}

/// The whole file, before rustfmt.
pub fn render(tables: &TextTables) -> String {
    let version = tables.unicode_version.trim_end_matches(".0");
    let header = format!(
        "//! Frozen text tables (Unicode {version}.0).\n//!\n//! Generated from \
         `spec/data/python_text_tables.toml` by `cargo xtask codegen`; edit the table, not this file.\n"
    );
    [
        header,
        ranges("Inclusive ranges of the characters that `py_repr` escapes.", "NONPRINTABLE", &tables.nonprintable),
        table("Characters that split words.", "WHITESPACE", "u32", &tables.whitespace, point),
        table(
            "Lower-casing of one character to one: first, last, step, offset.",
            "LOWER",
            "(u32, u32, u32, i32)",
            &tables.lower,
            |(first, last, step, offset)| format!("({}, {}, {step}, {offset})", point(first), point(last)),
        ),
        table(
            "Lower-casing of one character to several.",
            "LOWER_SPECIAL",
            "(u32, &[u32])",
            &tables.lower_special,
            |(from, to)| format!("({}, &[{}])", point(from), joined(to, point)),
        ),
        ranges("Inclusive ranges of cased characters.", "CASED", &tables.cased),
        ranges("Inclusive ranges of case-ignorable characters.", "CASE_IGNORABLE", &tables.case_ignorable),
    ]
    .join("\n")
}

fn ranges(doc: &str, name: &str, rows: &[Range]) -> String {
    table(doc, name, "(u32, u32)", rows, |(first, last)| format!("({}, {})", point(first), point(last)))
}

fn table<T>(doc: &str, name: &str, kind: &str, rows: &[T], row: impl Fn(&T) -> String) -> String {
    format!("/// {doc}\npub(super) const {name}: &[{kind}] = &[{}];\n", joined(rows, row))
}

fn joined<T>(rows: &[T], row: impl Fn(&T) -> String) -> String {
    rows.iter().map(row).collect::<Vec<_>>().join(", ")
}

/// A code point with at least four digits.
fn point(code: &u32) -> String {
    format!("{code:#06x}")
}
