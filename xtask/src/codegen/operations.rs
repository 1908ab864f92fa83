//! `operations.toml`: the questions of the conformance protocol, as documentation tables.

use std::path::Path;

use anyhow::{Result, ensure};
use serde::Deserialize;

use super::registry::{Registry, read_table, unique};
use super::tables::{code, section};

/// The whole file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Operations {
    operation: Vec<Operation>,
    read: Vec<Read>,
    local: Vec<Local>,
}

/// A question a testee can be asked, or an operation on handles.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Operation {
    pub name: String,
    pub area: String,
    #[serde(rename = "in")]
    pub argument: Shape,
    pub out: Shape,
    pub errors: Vec<String>,
    #[serde(default)]
    since: u16,
    needs: Option<String>,
    by: Option<String>,
    pub meaning: String,
}

/// A bare value, or a map with these members.
#[derive(Clone, Deserialize)]
#[serde(untagged)]
pub enum Shape {
    Kind(String),
    Members(Vec<Member>),
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Member {
    pub name: String,
    pub kind: String,
    #[serde(default)]
    pub optional: bool,
}

/// Something that can be read from a state.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Read {
    name: String,
    types: Vec<String>,
    item: Option<String>,
    meaning: String,
}

/// A local operation on a state.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Local {
    name: String,
    types: Vec<String>,
    members: Vec<String>,
    meaning: String,
}

impl Operations {
    /// Reads the table and refuses names that the other registries do not have.
    pub fn read(spec: &Path, registry: &Registry) -> Result<Self> {
        let operations: Operations = read_table(spec, "operations.toml")?;
        operations.check(registry)?;
        Ok(operations)
    }

    fn check(&self, registry: &Registry) -> Result<()> {
        unique("operation", self.operation.iter().map(|o| o.name.clone()))?;
        for Operation { name, errors, .. } in &self.operation {
            for error in errors {
                let known = registry.errors.iter().any(|e| &e.code == error);
                ensure!(known, "operation {name}: no error code {error}");
            }
        }
        let reads = self.read.iter().map(|r| (&r.name, &r.types));
        let locals = self.local.iter().map(|l| (&l.name, &l.types));
        for (name, types) in reads.chain(locals) {
            for kind in types {
                let known = registry.tags.iter().any(|t| &t.name == kind);
                ensure!(known, "{name}: no type {kind}");
            }
        }
        Ok(())
    }

    /// Every question that a library answers as one operation.
    pub fn of_libraries(&self) -> Vec<Operation> {
        self.operation.iter().filter(|operation| operation.by.is_none()).cloned().collect()
    }

    /// The sections of the documentation.
    pub fn render(&self) -> Vec<String> {
        vec![self.render_operations(), self.render_reads(), self.render_locals()]
    }

    fn render_operations(&self) -> String {
        let rows = self.operation.iter().map(|o| {
            let errors: Vec<_> = o.errors.iter().map(|e| code(e)).collect();
            vec![
                code(&o.name),
                o.area.clone(),
                o.argument.describe(),
                o.out.describe(),
                errors.join(" "),
                o.since.to_string(),
                o.needs.clone().unwrap_or_default(),
                o.meaning.clone(),
            ]
        });
        let intro = "What a conformance testee can be asked. A member in brackets may be left out.";
        let head = ["operation", "area", "argument", "answer", "errors", "since", "needs", "meaning"];
        section("Operations", intro, &head, rows)
    }

    fn render_reads(&self) -> String {
        let rows = self
            .read
            .iter()
            .map(|r| vec![code(&r.name), r.types.join(", "), r.item.clone().unwrap_or_default(), r.meaning.clone()]);
        section("Reads", "Pure functions of a state, asked for by `read`.", &["read", "types", "item", "meaning"], rows)
    }

    fn render_locals(&self) -> String {
        let rows =
            self.local.iter().map(|l| vec![code(&l.name), l.types.join(", "), l.members.join(", "), l.meaning.clone()]);
        let head = ["local operation", "types", "members", "meaning"];
        section("Local operations", "Changes to a state, made by `apply`.", &head, rows)
    }
}

impl Shape {
    /// The shape in words.
    pub fn describe(&self) -> String {
        match self {
            Shape::Kind(kind) => kind.clone(),
            Shape::Members(members) => members.iter().map(Member::describe).collect::<Vec<_>>().join(", "),
        }
    }
}

impl Member {
    fn describe(&self) -> String {
        let plain = format!("{}: {}", self.name, self.kind);
        if self.optional { format!("[{plain}]") } else { plain }
    }
}
