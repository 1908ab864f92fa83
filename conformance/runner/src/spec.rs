//! The registries of `spec/` the runner checks the corpus against.

use std::fs;
use std::path::Path;

/// One row of `spec/operations.toml`.
#[derive(Clone, Debug, Default)]
pub struct Operation {
    /// Name.
    pub name: String,
    /// Members of a map argument; empty for a bare value.
    pub members: Vec<(String, bool)>,
    /// Whether the argument is a map of named members.
    pub named: bool,
    /// Codes it may refuse with.
    pub errors: Vec<String>,
    /// First protocol version.
    pub since: u32,
    /// Feature a testee must offer to be asked.
    pub needs: Option<String>,
}

/// What the registries ask the corpus to cover.
#[derive(Clone, Debug, Default)]
pub struct Registry {
    /// Operations.
    pub operations: Vec<Operation>,
    /// Names of the operations on handles.
    pub surface: Vec<String>,
    /// Names of reads.
    pub reads: Vec<String>,
    /// Names of local operations.
    pub locals: Vec<String>,
    /// Codes an implementation can raise through the wire.
    pub codes: Vec<String>,
    /// Every code.
    pub all_codes: Vec<String>,
    /// Name and byte of each type tag.
    pub tags: Vec<(String, u8)>,
    /// Names of the kinds of state, in the order of their table.
    pub states: Vec<String>,
    /// Name and byte of each value tag.
    pub value_tags: Vec<(String, u8)>,
    /// Names of limits that end in an error.
    pub limits: Vec<String>,
}

/// The newest version the corpus has cases for.
const VERSION: i64 = 2;

impl Registry {
    /// Reads the registries of a `spec` folder.
    pub fn load(folder: &Path) -> Result<Registry, String> {
        let operations = table(folder, "operations.toml")?;
        let errors = table(folder, "errors.toml")?;
        let current = |row: &&toml::Table| row.get("since").and_then(toml::Value::as_integer).unwrap_or(1) <= VERSION;
        let reachable = |row: &&toml::Table| matches!(word(row, "area").as_str(), "wire" | "wire-2");
        let names = |file: &toml::Table, list: &str, name: &str| -> Vec<String> {
            rows(file, list).filter(current).map(|row| word(row, name)).collect()
        };
        let coded = |file: &str, list: &str| -> Result<Vec<(String, u8)>, String> {
            let byte = |row: &toml::Table| row.get("tag").and_then(toml::Value::as_integer).unwrap_or(-1) as u8;
            Ok(rows(&table(folder, file)?, list).filter(current).map(|row| (word(row, "name"), byte(row))).collect())
        };
        let surface = table(folder, "surface.toml")?;
        Ok(Registry {
            surface: rows(&surface, "operation").map(|row| word(row, "name")).collect(),
            operations: rows(&operations, "operation").map(operation).collect::<Result<_, _>>()?,
            reads: names(&operations, "read", "name"),
            locals: names(&operations, "local", "name"),
            codes: rows(&errors, "error").filter(current).filter(reachable).map(|row| word(row, "code")).collect(),
            all_codes: rows(&errors, "error").map(|row| word(row, "code")).collect(),
            tags: coded("tags.toml", "tag")?,
            states: rows(&table(folder, "tags.toml")?, "tag")
                .filter(|row| word(row, "role") == "state")
                .filter(current)
                .map(|row| word(row, "name"))
                .collect(),
            value_tags: coded("value_tags.toml", "value")?,
            limits: rows(&table(folder, "limits.toml")?, "limit")
                .filter(current)
                .filter(|row| row.contains_key("code"))
                .map(|row| word(row, "name"))
                .collect(),
        })
    }

    /// The operation with a name.
    pub fn operation(&self, name: &str) -> Option<&Operation> {
        self.operations.iter().find(|operation| operation.name == name)
    }
}

fn table(folder: &Path, name: &str) -> Result<toml::Table, String> {
    let path = folder.join(name);
    let content = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    content.parse().map_err(|error| format!("{}: {error}", path.display()))
}

fn rows<'a>(file: &'a toml::Table, list: &str) -> impl Iterator<Item = &'a toml::Table> {
    file.get(list).and_then(toml::Value::as_array).into_iter().flatten().filter_map(toml::Value::as_table)
}

fn word(row: &toml::Table, name: &str) -> String {
    row.get(name).and_then(toml::Value::as_str).unwrap_or("").to_string()
}

fn operation(row: &toml::Table) -> Result<Operation, String> {
    let name = word(row, "name");
    let members = row.get("in").ok_or_else(|| format!("{name}: `in` is missing"))?;
    let member = |value: &toml::Value| {
        let table = value.as_table()?;
        let optional = table.get("optional").and_then(toml::Value::as_bool).unwrap_or(false);
        Some((word(table, "name"), optional))
    };
    let errors = row.get("errors").and_then(toml::Value::as_array).cloned().unwrap_or_default();
    Ok(Operation {
        named: members.is_array(),
        members: members.as_array().into_iter().flatten().filter_map(member).collect(),
        errors: errors.iter().filter_map(toml::Value::as_str).map(str::to_string).collect(),
        since: row.get("since").and_then(toml::Value::as_integer).unwrap_or(1) as u32,
        needs: row.get("needs").and_then(toml::Value::as_str).map(str::to_string),
        name,
    })
}
