//! Benchmarks beside the best native peer and, for context, the Python reference; see `docs/benchmarks.md`.
#![forbid(unsafe_code)]

mod clocks;
mod counters;
mod frames;
mod gossip;
mod harness;
mod machine;
mod merkle;
mod native_sketches;
mod reference;
mod report;
mod schema;
mod sketches;
mod sync;
mod version2;

use std::path::PathBuf;

use anyhow::{Context, Result};

use harness::Bench;

fn main() -> Result<()> {
    let arguments = Arguments::parse()?;
    let mut bench = Bench::new(arguments.filter);
    counters::run(&mut bench)?;
    clocks::run(&mut bench)?;
    frames::run(&mut bench)?;
    version2::run(&mut bench)?;
    sketches::run(&mut bench)?;
    native_sketches::run(&mut bench)?;
    merkle::run(&mut bench)?;
    gossip::run(&mut bench)?;
    schema::run(&mut bench)?;
    sync::run(&mut bench)?;
    let rows = reference::add_to(bench.into_rows())?;
    report::print(&rows);
    match arguments.out {
        Some(path) => report::write(&rows, &path).with_context(|| format!("cannot write {}", path.display())),
        None => Ok(()),
    }
}

struct Arguments {
    filter: Option<String>,
    out: Option<PathBuf>,
}

impl Arguments {
    /// `[FILTER] [--out FILE]`
    fn parse() -> Result<Self> {
        let mut parsed = Arguments { filter: None, out: None };
        let mut arguments = std::env::args().skip(1);
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--out" => parsed.out = Some(arguments.next().context("--out needs a file")?.into()),
                _ => parsed.filter = Some(argument),
            }
        }
        Ok(parsed)
    }
}
