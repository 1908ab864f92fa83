//! Documentation tables of the registries: `spec/registries.md`.

use super::operations::Operations;
use super::registry::{Payload, Registry, Role};
use super::surface::Surface;

const HEADER: &str = "\
# Registries

Generated from `spec/*.toml` by `cargo xtask codegen`; edit the tables, not this file.
The tables are data: an implementation in any language can read them instead of this page.
";

/// The whole file.
pub fn render(registry: &Registry, operations: &Operations, surface: &Surface) -> String {
    let mut sections = vec![
        HEADER.to_owned(),
        tags(registry),
        value_tags(registry),
        kinds(registry),
        families(registry),
        errors(registry),
        limits(registry),
    ];
    sections.extend(operations.render());
    sections.push(surface.render());
    sections.join("\n")
}

fn tags(registry: &Registry) -> String {
    let rows = registry.tags.iter().map(|t| {
        vec![
            format!("0x{:02X}", t.tag),
            code(&t.name),
            payload_name(t.payload).to_owned(),
            role_name(t.role).to_owned(),
            t.since.to_string(),
            t.meaning.clone(),
        ]
    });
    let intro = "Byte 6 of a frame. Only a *state* has a join; everything else is relayed as it is. *Payload* is how \
                 version 1 writes it; a reader of version 1 answers `UNKNOWN_TYPE` to every byte that is not there \
                 *since* 1.";
    section("Type tags", intro, &["tag", "name", "payload", "role", "since", "meaning"], rows)
}

fn value_tags(registry: &Registry) -> String {
    let rows = registry
        .values
        .iter()
        .map(|v| vec![format!("0x{:02X}", v.tag), code(&v.name), v.kind.clone(), v.body.clone(), v.since.to_string()]);
    let intro = "First byte of a compact value. Integers are big-endian. A reader answers \
                 `BAD_VALUE_TAG` to any other byte.";
    section("Value tags", intro, &["tag", "name", "kind", "body", "since"], rows)
}

fn kinds(registry: &Registry) -> String {
    let rows = registry.kinds.iter().map(|k| vec![k.name.clone(), k.rank.to_string()]);
    let intro = "The nine kinds of value and their rank in order T.";
    section("Kinds of value", intro, &["kind", "rank"], rows)
}

fn families(registry: &Registry) -> String {
    let rows =
        registry.families.iter().map(|f| vec![f.name.clone(), code(&f.python), code(&f.base), f.meaning.clone()]);
    let intro = "Every error code belongs to one family. Python has an exception class for each; \
                 other languages have one error type and the code.";
    section("Error families", intro, &["family", "Python class", "extends", "meaning"], rows)
}

fn errors(registry: &Registry) -> String {
    let rows = registry.errors.iter().map(|e| {
        vec![
            code(&e.code),
            e.family.clone(),
            e.area.clone(),
            e.since.to_string(),
            e.base.as_deref().map(code).unwrap_or_default(),
            e.meaning.clone(),
            e.remedy.clone(),
        ]
    });
    let intro = "Codes are stable, messages are not. *Area* says which part raises a code; a code \
                 with a later *since* is reserved and not raised yet.";
    let head = ["code", "family", "area", "since", "Python base", "meaning", "remedy"];
    section("Error codes", intro, &head, rows)
}

fn limits(registry: &Registry) -> String {
    let rows = registry.limits.iter().map(|l| {
        vec![
            code(&l.name),
            l.value.to_string(),
            l.unit.clone(),
            l.code.as_deref().map(code).unwrap_or_else(|| "none".to_owned()),
            if l.setter { "yes" } else { "no" }.to_owned(),
            l.since.to_string(),
            l.meaning.clone(),
        ]
    });
    let intro = "Refused before memory or time is spent. *Settable* limits are options of the caller.";
    section("Limits", intro, &["limit", "default", "unit", "error", "settable", "since", "meaning"], rows)
}

/// A heading, a sentence and a table.
pub fn section(title: &str, intro: &str, head: &[&str], rows: impl Iterator<Item = Vec<String>>) -> String {
    let mut out = format!("## {title}\n\n{intro}\n\n| {} |\n", head.join(" | "));
    out.push_str(&format!("|{}\n", "---|".repeat(head.len())));
    for row in rows {
        out.push_str(&format!(
            "| {} |\n",
            row.iter().map(|cell| cell.replace('|', "\\|")).collect::<Vec<_>>().join(" | ")
        ));
    }
    out
}

/// Text in the typeface of code.
pub fn code(text: &str) -> String {
    format!("`{text}`")
}

fn payload_name(payload: Payload) -> &'static str {
    match payload {
        Payload::Compact => "compact",
        Payload::Json => "JSON",
        Payload::None => "none",
    }
}

fn role_name(role: Role) -> &'static str {
    match role {
        Role::State => "state",
        Role::Operation => "operation",
        Role::Message => "message",
        Role::Report => "report",
        Role::Save => "save",
        Role::Any => "any",
    }
}
