//! The table of operations in `PROTOCOL.md`, made from `spec/operations.toml`.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

const START: &str = "<!-- operations: generated from spec/operations.toml by `crdt-conform lint --format` -->\n";
const END: &str = "<!-- /operations -->";

/// The text of `PROTOCOL.md` with an up-to-date table.
pub fn with_operations(document: &str, spec: &Path) -> Result<String, String> {
    let path = spec.join("operations.toml");
    let content = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let table: toml::Table = content.parse().map_err(|error| format!("{}: {error}", path.display()))?;
    let (before, rest) = document.split_once(START).ok_or("PROTOCOL.md has no place for the operations")?;
    let (_, after) = rest.split_once(END).ok_or("PROTOCOL.md does not say where the operations end")?;
    Ok(format!("{before}{START}\n{}\n{END}{after}", operations(&table)))
}

fn operations(table: &toml::Table) -> String {
    let mut out = String::from("| operation | in | out | meaning |\n|---|---|---|---|\n");
    for row in rows(table, "operation") {
        let needs = row.get("needs").and_then(toml::Value::as_str);
        let needs = needs.map(|feature| format!(" Needs `{feature}`.")).unwrap_or_default();
        let _ = writeln!(
            out,
            "| `{}` | {} | {} | {}{needs} |",
            word(row, "name"),
            shape(row, "in"),
            shape(row, "out"),
            word(row, "meaning")
        );
    }
    out.push_str("\n| read | of | item | meaning |\n|---|---|---|---|\n");
    for row in rows(table, "read") {
        let item = row.get("item").and_then(toml::Value::as_str).unwrap_or("");
        let _ =
            writeln!(out, "| `{}` | {} | {item} | {} |", word(row, "name"), words(row, "types"), word(row, "meaning"));
    }
    out.push_str("\n| `do` of `apply` | on | members | meaning |\n|---|---|---|---|\n");
    for row in rows(table, "local") {
        let _ = writeln!(
            out,
            "| `{}` | {} | {} | {} |",
            word(row, "name"),
            words(row, "types"),
            words(row, "members"),
            word(row, "meaning")
        );
    }
    out
}

fn rows<'a>(table: &'a toml::Table, list: &str) -> impl Iterator<Item = &'a toml::Table> {
    table.get(list).and_then(toml::Value::as_array).into_iter().flatten().filter_map(toml::Value::as_table)
}

fn word<'a>(row: &'a toml::Table, name: &str) -> &'a str {
    row.get(name).and_then(toml::Value::as_str).unwrap_or("")
}

fn words(row: &toml::Table, name: &str) -> String {
    let items = row.get(name).and_then(toml::Value::as_array).into_iter().flatten();
    items.filter_map(toml::Value::as_str).collect::<Vec<_>>().join(", ")
}

fn shape(row: &toml::Table, name: &str) -> String {
    let member = |member: &toml::Value| {
        let table = member.as_table()?;
        let optional = table.get("optional").and_then(toml::Value::as_bool).unwrap_or(false);
        let mark = if optional { "?" } else { "" };
        Some(format!("{}{mark}: {}", word(table, "name"), kind(word(table, "kind"))))
    };
    match row.get(name) {
        Some(toml::Value::String(bare)) => kind(bare),
        Some(toml::Value::Array(members)) => members.iter().filter_map(member).collect::<Vec<_>>().join(", "),
        _ => String::new(),
    }
}

fn kind(name: &str) -> String {
    name.replace(" or_null", " or null")
}
