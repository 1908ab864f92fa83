//! `cargo xtask vectors`: foreign vector files become files of the conformance corpus.

use std::path::Path;

use anyhow::Result;

use crate::process::Command;
use crate::workspace::root;

/// Imports a folder of vectors in one notation. The importer is part of the conformance runner,
/// which knows the corpus and refuses members it does not know.
pub fn import(notation: &str, from: &Path, to: &Path) -> Result<()> {
    let command = Command::cargo().args(["run", "--quiet", "--release", "--locked"]);
    command
        .args(["--manifest-path"])
        .arg(root().join("Cargo.toml"))
        .args(["-p", "crdt-conform", "--", "import", notation])
        .arg(from)
        .arg(to)
        .run()
}
