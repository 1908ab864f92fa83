//! `cargo xtask codegen`: registries to Rust items and documentation tables.
//!
//! The output depends on `spec/*.toml` alone, so the checked-in files can be compared byte for
//! byte on any machine (`--check`).

mod hosts;
mod operations;
pub mod registry;
mod rust;
mod surface;
mod tables;
mod text;

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::process::Command;
use crate::workspace::root;
use operations::Operations;
use registry::Registry;
use surface::Surface;
use text::TextTables;

/// A file of the repository and the content the registries ask for.
struct Output {
    path: &'static str,
    content: String,
}

/// Writes the generated files, or with `check` compares them and fails on any difference.
pub fn run(check: bool) -> Result<()> {
    let stale = stale_files()?;
    if stale.is_empty() {
        println!("generated files are up to date");
        return Ok(());
    }
    if check {
        let names: Vec<_> = stale.iter().map(|o| o.path).collect();
        bail!("out of date: {}; run `cargo xtask codegen`", names.join(", "));
    }
    for output in stale {
        write(&output)?;
    }
    Ok(())
}

fn stale_files() -> Result<Vec<Output>> {
    let outputs = outputs(&root().join("spec"))?;
    Ok(outputs.into_iter().filter(|o| !is_current(o)).collect())
}

fn outputs(spec: &Path) -> Result<Vec<Output>> {
    let registry = Registry::read(spec)?;
    let operations = Operations::read(spec, &registry)?;
    let surface = Surface::read(spec, &registry, &operations)?;
    let text_tables = TextTables::read(spec)?;
    Ok(vec![
        Output { path: "core/protocol/src/generated.rs", content: format_rust(&rust::render(&registry))? },
        Output { path: "core/protocol/src/text/tables.rs", content: format_rust(&text::render(&text_tables))? },
        Output { path: "spec/registries.md", content: tables::render(&registry, &operations, &surface) },
        Output { path: "bindings/facade/src/generated.rs", content: format_rust(&surface.rust())? },
        Output { path: "bindings/c/include/crdt_merge.h", content: hosts::c_header(&surface) },
        Output { path: "bindings/npm/src/generated.ts", content: hosts::typescript(&registry, &surface) },
        Output { path: "bindings/python/python/crdt_merge/_generated.py", content: hosts::python(&registry, &surface) },
    ])
}

fn is_current(output: &Output) -> bool {
    fs::read_to_string(root().join(output.path)).is_ok_and(|text| text == output.content)
}

fn write(output: &Output) -> Result<()> {
    let path = root().join(output.path);
    fs::create_dir_all(path.parent().unwrap_or(Path::new(".")))?;
    fs::write(&path, &output.content).with_context(|| format!("writing {}", output.path))?;
    println!("wrote {}", output.path);
    Ok(())
}

fn format_rust(source: &str) -> Result<String> {
    Command::new("rustfmt")
        .args(["--edition", "2024", "--emit", "stdout", "--quiet"])
        .dir(root())
        .input(source)
        .output()
        .context("formatting the generated Rust file")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checked_in_files_match_the_registries() {
        let names: Vec<_> = stale_files().unwrap().iter().map(|o| o.path).collect();
        assert!(names.is_empty(), "out of date: {names:?}");
    }

    #[test]
    fn rendering_twice_gives_the_same_text() {
        let spec = root().join("spec");
        let (first, second) = (outputs(&spec).unwrap(), outputs(&spec).unwrap());
        for (a, b) in first.iter().zip(&second) {
            assert_eq!(a.content, b.content, "{}", a.path);
        }
    }

    #[test]
    fn names_become_variants() {
        assert_eq!(rust::camel("NOT_IN_V1"), "NotInV1");
        assert_eq!(rust::camel("dotted_version_vector"), "DottedVersionVector");
    }
}
