//! `cargo xtask doctor`: what this machine has, and which way each toolchain takes here.

use anyhow::{Result, ensure};
use serde::Serialize;

use crate::process::Command;
use crate::{fuzz, reference, system};

/// One line of the report.
#[derive(Serialize)]
struct Finding {
    /// The tool or toolchain.
    name: &'static str,
    /// Version or place; nothing when it is missing.
    found: Option<String>,
    /// What it is needed for.
    purpose: &'static str,
    /// Whether `cargo xtask test` needs it.
    needed: bool,
    /// The way it is used here, or how it gets here when it is missing.
    route: String,
    /// False when it is needed, missing and cannot be installed by this project.
    ok: bool,
}

#[derive(Serialize)]
struct Report {
    platform: String,
    processors: usize,
    findings: Vec<Finding>,
}

/// Prints the report; an error tells that `cargo xtask test` cannot run here.
pub fn run(json: bool) -> Result<()> {
    let report = examine();
    if json {
        println!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        print(&report);
    }
    let missing: Vec<_> = report.findings.iter().filter(|f| !f.ok).map(|f| f.name).collect();
    ensure!(missing.is_empty(), "missing and not installable here: {}", missing.join(", "));
    Ok(())
}

fn examine() -> Report {
    Report {
        platform: first_line("rustc", &["-vV"], "host").unwrap_or_else(|| "unknown".to_owned()),
        processors: std::thread::available_parallelism().map_or(1, usize::from),
        findings: [base(), python(), hosts(), fuzzing(), later()].into_iter().flatten().collect(),
    }
}

fn base() -> Vec<Finding> {
    vec![
        tool("git", "git", "every check of tracked files", Install::Apt("git")),
        tool("cargo", "cargo", "everything", Install::None),
        tool("rustc", "rustc", "everything", Install::None),
        tool("rustfmt", "rustfmt", "format, generated code", Install::Rustup("rustfmt")),
        tool("clippy", "cargo-clippy", "lint of the Rust code", Install::Rustup("clippy")),
    ]
}

fn python() -> Vec<Finding> {
    let venv = Command::new("python3").args(["-c", "import venv, ensurepip"]).output();
    let mut findings = vec![
        tool("python3", "python3", "demo, golden, reference testees", Install::Apt("python3")),
        needed(
            "python3 venv",
            venv.is_ok().then(|| "modules venv and ensurepip".to_owned()),
            "environments of the reference",
            &Install::Apt("python3-venv"),
        ),
    ];
    findings.extend(reference::RELEASES.map(reference_environment));
    findings
}

fn reference_environment(version: &'static str) -> Finding {
    let there = reference::is_made(version);
    Finding {
        name: if version == "0.9.1" { "reference 0.9.1" } else { "reference 0.11.0" },
        found: there.then(|| "environment with a matching stamp".to_owned()),
        purpose: "golden rule",
        needed: true,
        route: "pip, in an environment of its own below the target folder".to_owned(),
        ok: true,
    }
}

fn fuzzing() -> Vec<Finding> {
    vec![
        tool("C++ compiler", "c++", "runtime of the fuzz targets", Install::Apt("g++")),
        optional("nightly Rust", fuzz::nightly_version(), "fuzzing", fuzz::route()),
    ]
}

fn hosts() -> Vec<Finding> {
    let wasm = rust_target_is_installed("wasm32-unknown-unknown");
    let wasm_route =
        if wasm { "standard library of the installed toolchain" } else { "`rustup target add wasm32-unknown-unknown`" };
    let debian = std::path::Path::new("/usr/lib/rustlib/src/rust/library/std").exists();
    let debian = debian.then(|| "rust-web-src".to_owned());
    vec![
        tool("node", "node", "npm package", Install::Apt("nodejs")),
        tool("npm", "npm", "npm package", Install::Apt("npm")),
        tool("chromium", "chromium", "npm package in a browser", Install::Apt("chromium")),
        optional("wasm32 target", wasm.then(|| "installed".to_owned()), "WebAssembly module", wasm_route),
        needed("wasm32, second way", debian, "WebAssembly module", &Install::Apt("rustc-web rust-web-src cargo-web")),
        tool("C compiler", "cc", "C ABI", Install::Apt("gcc")),
    ]
}

/// Toolchains that later rooms of the workspace will use.
fn later() -> Vec<Finding> {
    vec![later_tool("java", "bindings for Java (later)", "default-jdk-headless")]
}

fn later_tool(program: &'static str, purpose: &'static str, package: &'static str) -> Finding {
    let found = version_of(program);
    let route = if found.is_some() { "as installed".to_owned() } else { Install::Apt(package).describe() };
    optional(program, found, purpose, &route)
}

/// How a missing tool gets onto the machine.
enum Install {
    Apt(&'static str),
    Rustup(&'static str),
    None,
}

impl Install {
    fn is_possible(&self) -> bool {
        match self {
            Install::Apt(_) => system::can_install(),
            Install::Rustup(_) => system::runs("rustup", &["--version"]),
            Install::None => false,
        }
    }

    fn describe(&self) -> String {
        match self {
            Install::Apt(package) => format!("apt-get install {package}"),
            Install::Rustup(component) => format!("rustup component add {component}"),
            Install::None => "install it by hand".to_owned(),
        }
    }
}

fn tool(name: &'static str, program: &str, purpose: &'static str, install: Install) -> Finding {
    needed(name, version_of(program), purpose, &install)
}

fn needed(name: &'static str, found: Option<String>, purpose: &'static str, install: &Install) -> Finding {
    let ok = found.is_some() || install.is_possible();
    let route = if found.is_some() { "as installed".to_owned() } else { install.describe() };
    Finding { name, found, purpose, needed: true, route, ok }
}

fn optional(name: &'static str, found: Option<String>, purpose: &'static str, route: &str) -> Finding {
    Finding { name, found, purpose, needed: false, route: route.to_owned(), ok: true }
}

fn version_of(program: &str) -> Option<String> {
    first_line(program, &["--version"], "")
}

/// The first line of a program's output that starts with `prefix`, without it.
fn first_line(program: &str, args: &[&str], prefix: &str) -> Option<String> {
    let text = Command::new(program).args(args).output().ok()?;
    let line = text.lines().find(|line| line.starts_with(prefix))?;
    Some(line.trim_start_matches(prefix).trim_start_matches(':').trim().to_owned())
}

fn rust_target_is_installed(target: &str) -> bool {
    let libdir = Command::new("rustc").args(["--print", "target-libdir", "--target", target]);
    libdir.output().is_ok_and(|path| std::path::Path::new(path.trim()).is_dir())
}

fn print(report: &Report) {
    println!("{}, {} processors", report.platform, report.processors);
    for finding in &report.findings {
        let found = finding.found.as_deref().unwrap_or("missing");
        println!("{} {:<17} {found}", mark(finding), finding.name);
        println!("    for {}; route: {}", finding.purpose, finding.route);
    }
}

fn mark(finding: &Finding) -> &'static str {
    match (&finding.found, finding.ok, finding.needed) {
        (Some(_), _, _) => "ok     ",
        (None, true, true) => "install",
        (None, true, false) => "absent ",
        (None, false, _) => "MISSING",
    }
}
