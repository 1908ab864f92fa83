//! What the machine lacks and how it is put there.

use anyhow::{Result, bail};

use crate::process::Command;

/// Makes sure that `python3 -m venv` works; Debian ships it in a package of its own.
pub fn ensure_python_venv() -> Result<()> {
    if can_make_venv() {
        return Ok(());
    }
    install(&["python3", "python3-venv"])?;
    if can_make_venv() {
        return Ok(());
    }
    bail!("python3 cannot make virtual environments (module ensurepip is missing)");
}

/// Makes sure that a C++ compiler is there: the fuzzing runtime is compiled from source.
pub fn ensure_cxx() -> Result<()> {
    if runs("c++", &["--version"]) {
        return Ok(());
    }
    install(&["g++"])
}

/// Makes sure that npm is there, which some packages of Node leave out.
pub fn ensure_npm() -> Result<()> {
    if runs("npm", &["--version"]) { Ok(()) } else { install(&["npm"]) }
}

/// Makes sure that a file is there which comes with Debian packages.
pub fn ensure_packages(file: &str, packages: &[&str]) -> Result<()> {
    if std::path::Path::new(file).exists() { Ok(()) } else { install(packages) }
}

/// Installs what the tests need and this machine lacks, before anything is built.
pub fn ensure_test_tools() -> Result<()> {
    ensure_rust_component("rustfmt", "rustfmt")?;
    ensure_rust_component("cargo-clippy", "clippy")?;
    ensure_python_venv()?;
    ensure_cxx()
}

/// Makes sure that a component of the Rust toolchain is there.
fn ensure_rust_component(program: &str, component: &str) -> Result<()> {
    if runs(program, &["--version"]) {
        return Ok(());
    }
    Command::new("rustup").args(["component", "add", component]).run()
}

/// Whether a program starts and succeeds with these arguments.
pub fn runs(program: &str, args: &[&str]) -> bool {
    Command::new(program).args(args).output().is_ok()
}

/// Whether packages can be installed: Debian's package tool and the right to use it.
pub fn can_install() -> bool {
    runs("apt-get", &["--version"]) && is_root()
}

fn can_make_venv() -> bool {
    runs("python3", &["-c", "import venv, ensurepip"])
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|id| id.trim() == "0")
}

fn install(packages: &[&str]) -> Result<()> {
    if !can_install() {
        bail!("missing and not installable here: {}", packages.join(", "));
    }
    println!("installing {}", packages.join(", "));
    apt_get(&["update", "--quiet"])?;
    apt_get(&[&["install", "--yes", "--no-install-recommends"], packages].concat())
}

fn apt_get(args: &[&str]) -> Result<()> {
    Command::new("apt-get").args(args).env("DEBIAN_FRONTEND", "noninteractive").output().map(drop)
}
