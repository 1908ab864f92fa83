//! Environments with the Python reference implementation.
//!
//! Each release gets a virtual environment of its own below the target folder. Nothing but the
//! package is installed there: release 0.9.1 writes other bytes as soon as it can import
//! `msgpack`, so an environment with more in it would be another reference.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use crate::process::Command;
use crate::{system, workspace};

/// Releases the project is compared with, oldest first.
pub const RELEASES: [&str; 2] = ["0.9.1", "0.11.0"];

/// Raised when the way an environment is made changes, so that old ones are made anew.
const LAYOUT: &str = "1";

/// Folder of the environment of one release, made or remade when its stamp does not match.
pub fn ensure(version: &str) -> Result<PathBuf> {
    let folder = folder(version);
    if !is_current(&folder, version) {
        make(&folder, version).with_context(|| format!("making the environment of crdt-merge {version}"))?;
    }
    Ok(folder)
}

/// Release of the MessagePack package that goes with release 0.9.1.
const MESSAGEPACK: &str = "1.1.2";

/// Folder with a MessagePack package, beside the environments and not in them. A program that puts
/// it in the way of release 0.9.1 sees the other form in which that release writes its payloads.
pub fn ensure_messagepack() -> Result<PathBuf> {
    let folder = folder(&format!("msgpack-{MESSAGEPACK}"));
    let stamp = format!("layout {LAYOUT}\nmsgpack {MESSAGEPACK}\n");
    if fs::read_to_string(stamp_path(&folder)).is_ok_and(|written| written == stamp) {
        return Ok(folder);
    }
    eprintln!("fetching msgpack {MESSAGEPACK}");
    let options = ["--quiet", "--disable-pip-version-check", "--no-deps", "--upgrade", "--target"];
    Command::new(python(&ensure(RELEASES[0])?))
        .args(["-m", "pip", "install"])
        .args(options)
        .arg(&folder)
        .arg(format!("msgpack=={MESSAGEPACK}"))
        .output()?;
    fs::write(stamp_path(&folder), stamp).context("writing the stamp")?;
    Ok(folder)
}

/// Whether the environment of a release is there and is what its stamp says.
pub fn is_made(version: &str) -> bool {
    is_current(&folder(version), version)
}

/// The interpreter of an environment that [`ensure()`] returned.
pub fn python(folder: &Path) -> PathBuf {
    folder.join("bin/python")
}

/// Where the environment of a release lives.
fn folder(version: &str) -> PathBuf {
    workspace::target().join("reference").join(version)
}

/// Name of the variable that tells other programs the interpreter of a release.
pub fn variable(version: &str) -> String {
    format!("CRDT_REFERENCE_{}", version.replace('.', "_"))
}

/// Variables with the interpreters of all releases, for programs started by this one.
pub fn environment() -> Result<Vec<(String, PathBuf)>> {
    RELEASES.into_iter().map(|release| Ok((variable(release), python(&ensure(release)?)))).collect()
}

fn is_current(folder: &Path, version: &str) -> bool {
    let written = fs::read_to_string(stamp_path(folder)).unwrap_or_default();
    !written.is_empty() && probe(folder).is_ok_and(|found| stamp(version, &found) == written)
}

fn make(folder: &Path, version: &str) -> Result<()> {
    system::ensure_python_venv()?;
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    eprintln!("making an environment for crdt-merge {version}");
    Command::new("python3").args(["-m", "venv"]).arg(folder).output()?;
    Command::new(python(folder))
        .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"])
        .arg(format!("crdt-merge=={version}"))
        .output()?;
    let found = probe(folder)?;
    let stamp = stamp(version, &found);
    ensure!(found.contains(&format!("crdt-merge {version}")), "pip installed something else: {found}");
    fs::write(stamp_path(folder), stamp).context("writing the stamp")
}

/// What the environment itself says it holds: Python's version and every installed package.
fn probe(folder: &Path) -> Result<String> {
    const SCRIPT: &str = "import importlib.metadata as m, platform\n\
        print('python', platform.python_version())\n\
        for d in sorted(m.distributions(), key=lambda d: d.name): print(d.name, d.version)";
    Command::new(python(folder)).args(["-I", "-c", SCRIPT]).output()
}

fn stamp(version: &str, found: &str) -> String {
    format!("layout {LAYOUT}\nrelease {version}\n{found}")
}

fn stamp_path(folder: &Path) -> PathBuf {
    folder.join("stamp.txt")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stamp_names_everything_that_is_installed() {
        let found = "python 3.11.2\ncrdt-merge 0.9.1\npip 23.0\n";
        assert_ne!(stamp("0.9.1", found), stamp("0.9.1", &format!("{found}msgpack 1.1.0\n")));
        assert_ne!(stamp("0.9.1", found), stamp("0.11.0", found));
    }

    #[test]
    fn a_folder_without_a_stamp_is_not_current() {
        assert!(!is_current(Path::new("no such folder"), "0.9.1"));
    }

    #[test]
    fn variables_are_names_a_shell_accepts() {
        assert_eq!(variable("0.11.0"), "CRDT_REFERENCE_0_11_0");
    }
}
