//! `operations.toml` and `surface.toml` as the table of operations that every binding calls by number.

use std::path::Path;

use anyhow::{Result, ensure};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::operations::{Operation, Operations};
use super::registry::{Registry, read_table, unique};
use super::tables::{code, section};

/// Raised when the bytes between the facade and its hosts change their form.
const CODEC: &str = "1";

/// All operations: the pure ones, then those on handles.
pub struct Surface {
    pure: Vec<Operation>,
    live: Vec<Operation>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    operation: Vec<Operation>,
}

impl Surface {
    /// Reads the table of live operations and puts the pure ones before it.
    pub fn read(spec: &Path, registry: &Registry, operations: &Operations) -> Result<Self> {
        let Table { operation: live } = read_table(spec, "surface.toml")?;
        let surface = Surface { pure: operations.of_libraries(), live };
        unique("operation", surface.all().map(|operation| operation.name.clone()))?;
        for operation in &surface.live {
            for error in &operation.errors {
                ensure!(
                    registry.errors.iter().any(|known| &known.code == error),
                    "{}: no code {error}",
                    operation.name
                );
            }
        }
        Ok(surface)
    }

    fn all(&self) -> impl Iterator<Item = &Operation> {
        self.pure.iter().chain(&self.live)
    }

    /// The name of every operation at its number.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.all().map(|operation| operation.name.as_str())
    }

    /// What a library and its host code must have in common: sixteen digits of a hash over names, arguments and results.
    pub fn abi(&self) -> String {
        let mut hash = Sha256::new_with_prefix(CODEC);
        for operation in self.all() {
            hash.update(format!(
                "\n{}({}) {}",
                operation.name,
                operation.argument.describe(),
                operation.out.describe()
            ));
        }
        hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
    }

    /// The table of the facade.
    pub fn rust(&self) -> String {
        let names: String = self.all().map(|operation| format!("\"{}\",\n", operation.name)).collect();
        let path = |module: &'static str| move |operation: &Operation| format!("{module}::{},\n", operation.name);
        let pure = self.pure.iter().map(path("crate::operations"));
        let live = self.live.iter().map(path("crate::live::operations"));
        let count = self.all().count();
        format!(
            "//! The operations by number.\n//!\n\
             //! Generated from `spec/operations.toml` and `spec/surface.toml` by `cargo xtask codegen`; edit the tables, not this file.\n\n\
             use crate::Operation;\n\n\
             /// What host code and library must have in common.\npub const ABI: &str = \"{}\";\n\n\
             /// The name of every operation; its place is its number.\npub const OPERATIONS: [&str; {count}] = [\n{names}];\n\n\
             /// Every operation at its number.\npub(crate) const TABLE: [Operation; {count}] = [\n{}];\n",
            self.abi(),
            pure.chain(live).collect::<String>(),
        )
    }

    /// The section of the documentation.
    pub fn render(&self) -> String {
        let rows = self.live.iter().map(|operation| {
            let errors: Vec<_> = operation.errors.iter().map(|error| code(error)).collect();
            vec![
                code(&operation.name),
                operation.area.clone(),
                operation.argument.describe(),
                operation.out.describe(),
                errors.join(" "),
                operation.meaning.clone(),
            ]
        });
        let intro = "What bindings offer on replicas, states, sessions and jobs. Every operation may refuse with `BAD_ARGUMENT`, and \
                     with `CLOSED` for a handle that was closed.";
        section("Surface", intro, &["operation", "area", "argument", "answer", "errors", "meaning"], rows)
    }
}
