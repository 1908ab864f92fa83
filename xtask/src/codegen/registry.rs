//! The tables of `spec/*.toml`, parsed and checked against each other.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// All registries that code is generated from.
pub struct Registry {
    pub tags: Vec<Tag>,
    pub values: Vec<ValueTag>,
    pub kinds: Vec<Kind>,
    pub families: Vec<Family>,
    pub errors: Vec<ErrorCode>,
    pub limits: Vec<Limit>,
}

/// A row of `tags.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tag {
    pub name: String,
    pub tag: u8,
    pub payload: Payload,
    pub role: Role,
    pub since: u16,
    pub meaning: String,
}

/// How a payload is written.
#[derive(Deserialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Payload {
    Compact,
    Json,
    None,
}

/// What a kind of frame is for. Only states have a join.
#[derive(Deserialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    State,
    Operation,
    Message,
    Report,
    Save,
    Any,
}

/// A `[[value]]` row of `value_tags.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ValueTag {
    pub name: String,
    pub kind: String,
    pub tag: u8,
    pub body: String,
    pub since: u16,
}

/// A `[[kind]]` row of `value_tags.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kind {
    pub name: String,
    pub rank: u8,
}

/// A `[[family]]` row of `errors.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Family {
    pub name: String,
    pub python: String,
    pub base: String,
    pub meaning: String,
}

/// An `[[error]]` row of `errors.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ErrorCode {
    pub code: String,
    pub family: String,
    pub area: String,
    pub since: u16,
    pub base: Option<String>,
    pub meaning: String,
    pub remedy: String,
}

/// A row of `limits.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limit {
    pub name: String,
    pub value: u64,
    #[serde(rename = "type")]
    pub rust_type: String,
    pub unit: String,
    pub code: Option<String>,
    pub setter: bool,
    pub since: u16,
    pub meaning: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TagFile {
    tag: Vec<Tag>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ValueTagFile {
    value: Vec<ValueTag>,
    kind: Vec<Kind>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ErrorFile {
    family: Vec<Family>,
    error: Vec<ErrorCode>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LimitFile {
    limit: Vec<Limit>,
}

impl Registry {
    /// Reads every table of the folder and refuses contradictions between them.
    pub fn read(spec: &Path) -> Result<Self> {
        let tags: TagFile = read_table(spec, "tags.toml")?;
        let values: ValueTagFile = read_table(spec, "value_tags.toml")?;
        let errors: ErrorFile = read_table(spec, "errors.toml")?;
        let limits: LimitFile = read_table(spec, "limits.toml")?;
        let registry = Registry {
            tags: tags.tag,
            values: values.value,
            kinds: values.kind,
            families: errors.family,
            errors: errors.error,
            limits: limits.limit,
        };
        registry.check()?;
        Ok(registry)
    }

    fn check(&self) -> Result<()> {
        unique("tag name", self.tags.iter().map(|t| t.name.clone()))?;
        ascending("tag", self.tags.iter().map(|t| t.tag))?;
        unique("value tag name", self.values.iter().map(|v| v.name.clone()))?;
        ascending("value tag", self.values.iter().map(|v| v.tag))?;
        ascending("rank", self.kinds.iter().map(|k| k.rank))?;
        unique("error code", self.errors.iter().map(|e| e.code.clone()))?;
        unique("limit", self.limits.iter().map(|l| l.name.clone()))?;
        self.check_references()
    }

    fn check_references(&self) -> Result<()> {
        for value in &self.values {
            let known = self.kinds.iter().any(|k| k.name == value.kind);
            ensure!(known, "value tag {}: no kind {}", value.name, value.kind);
        }
        for error in &self.errors {
            let known = self.families.iter().any(|f| f.name == error.family);
            ensure!(known, "error {}: no family {}", error.code, error.family);
        }
        for limit in &self.limits {
            let Some(code) = &limit.code else { continue };
            let known = self.errors.iter().any(|e| &e.code == code);
            ensure!(known, "limit {}: no error code {code}", limit.name);
        }
        Ok(())
    }
}

pub fn read_table<T: DeserializeOwned>(spec: &Path, file: &str) -> Result<T> {
    let path = spec.join(file);
    let text = std::fs::read_to_string(&path).with_context(|| format!("reading spec/{file}"))?;
    toml::from_str(&text).with_context(|| format!("parsing spec/{file}"))
}

pub fn unique(what: &str, names: impl Iterator<Item = String>) -> Result<()> {
    let mut seen = BTreeSet::new();
    for name in names {
        ensure!(seen.insert(name.clone()), "{what} {name} is listed twice");
    }
    Ok(())
}

fn ascending(what: &str, numbers: impl Iterator<Item = u8>) -> Result<()> {
    let mut last: Option<u8> = None;
    for number in numbers {
        ensure!(last.is_none_or(|l| l < number), "{what} {number:#04x} is not above the row before it");
        last = Some(number);
    }
    Ok(())
}
