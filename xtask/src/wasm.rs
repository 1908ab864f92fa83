//! The WebAssembly module: two ways to a standard library for the target.
//!
//! Where rustup has the target, that is the quick way. Where it has not, Debian's compiler builds the standard library from its
//! own source package. Both make the same module from the same crate; `cargo xtask test wasm` tests both.

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::ValueEnum;

use crate::process::Command;
use crate::system;
use crate::workspace::{root, target};

const TARGET: &str = "wasm32-unknown-unknown";

/// The crate that is the module.
const PACKAGE: &str = "crdt-merge-c";

/// How the target's standard library is come by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Route {
    /// The one of the toolchain in use, added by rustup
    Rustup,
    /// Debian's compiler for this target, with a standard library from source
    Debian,
}

/// Builds the module as cargo leaves it; the npm package optimises it further.
pub fn build(route: Route) -> Result<PathBuf> {
    let folder = match route {
        Route::Rustup => with_rustup()?,
        Route::Debian => with_debian()?,
    };
    Ok(folder.join(TARGET).join("wasm/crdt_merge_c.wasm"))
}

/// Builds the module in the way that this machine allows: rustup's, or Debian's where rustup cannot have the target.
pub fn build_any() -> Result<PathBuf> {
    build(Route::Rustup).or_else(|error| {
        println!("rustup's way is closed ({error:#}); taking Debian's");
        build(Route::Debian)
    })
}

/// What both ways ask cargo for.
const BUILD: [&str; 9] = ["build", "--quiet", "--locked", "--profile", "wasm", "--target", TARGET, "-p", PACKAGE];

fn with_rustup() -> Result<PathBuf> {
    if !has_target()? {
        Command::new("rustup").args(["target", "add", TARGET]).output().context("adding the target")?;
    }
    Command::cargo().args(BUILD).dir(root()).run()?;
    Ok(target())
}

/// Whether the toolchain in use has the target's standard library.
fn has_target() -> Result<bool> {
    let libraries = PathBuf::from(sysroot()?).join("lib/rustlib").join(TARGET).join("lib");
    Ok(libraries.is_dir())
}

fn sysroot() -> Result<String> {
    let path = Command::new("rustc").args(["--print", "sysroot"]).output()?;
    Ok(path.trim().to_owned())
}

/// Debian's compiler, the source of its standard library, and its cargo.
const PACKAGES: [&str; 3] = ["rustc-web", "rust-web-src", "cargo-web"];

/// A folder of its own: two compilers that share one rebuild each other's work.
fn with_debian() -> Result<PathBuf> {
    system::ensure_packages("/usr/lib/rustlib/src/rust/library/std", &PACKAGES)?;
    let folder = target().join("wasm-debian");
    let flags = format!("-C linker={}", linker()?);
    let command = Command::new("/usr/bin/cargo").args(BUILD).arg("-Zbuild-std=std,panic_abort");
    let command = command.env("RUSTC", "/usr/bin/rustc").env("RUSTC_BOOTSTRAP", "1").env("CARGO_TARGET_DIR", &folder);
    // What cargo says of the compiler that runs this program is not for that one.
    let command = command
        .env("RUSTUP_TOOLCHAIN", "")
        .env("RUSTFLAGS", "")
        .env("CARGO_ENCODED_RUSTFLAGS", flags.replace(' ', "\x1f"));
    command.dir(root()).run()?;
    Ok(folder)
}

/// The linker that comes with rustup's toolchain, which Debian's compiler takes by its name; else Debian's own.
fn linker() -> Result<String> {
    let lld = format!("{}/lib/rustlib/x86_64-unknown-linux-gnu/bin/rust-lld", sysroot()?);
    if PathBuf::from(&lld).exists() {
        return Ok(lld);
    }
    system::ensure_packages("/usr/bin/wasm-ld-19", &["lld-19"])?;
    Ok("/usr/bin/wasm-ld-19 -C linker-flavor=wasm-ld".to_owned())
}
