//! `cargo xtask`: the logic behind every command of the repository.

#![forbid(unsafe_code)]

mod bench;
mod codegen;
mod docs;
mod doctor;
mod fuzz;
mod golden;
mod lint;
mod process;
mod reference;
mod soak;
mod system;
mod tally;
mod test;
mod vectors;
mod wasm;
mod workspace;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Set-up, demo, tests and checks of this repository")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Let the Python reference write states, merge them here and let it read the result
    Demo(golden::Demo),
    /// Run all tests, or those of one area
    Test {
        /// Only this area
        area: Option<test::Area>,
        /// Shorter random runs
        #[arg(long)]
        quick: bool,
    },
    /// Print what this machine has and which way each toolchain takes
    Doctor {
        /// Machine-readable
        #[arg(long)]
        json: bool,
    },
    /// Make the pages of the documentation and check their links
    Docs,
    /// Generate code and documentation tables from spec/*.toml
    Codegen {
        /// Only compare; fail when a checked-in file is out of date
        #[arg(long)]
        check: bool,
    },
    /// Measure the figures of docs/benchmarks.md
    Bench {
        /// Only benchmarks whose name holds this text
        filter: Option<String>,
        /// Where the results go
        #[arg(long)]
        out: Option<PathBuf>,
    },
    /// Check the rules that compilers do not know
    Lint,
    /// Work with vector files
    Vectors {
        #[command(subcommand)]
        action: Vectors,
    },
    /// Build the WebAssembly module and print where it is
    Wasm {
        /// Where the target's standard library comes from
        #[arg(long, value_enum, default_value = "rustup")]
        route: wasm::Route,
    },
    /// Run the random tests for much longer
    Soak(soak::Settings),
}

#[derive(Subcommand)]
enum Vectors {
    /// Turn vectors in a foreign notation into files of the corpus
    Import {
        /// Notation of the files, wire or sync; the runner knows which there are
        notation: String,
        /// Folder to read
        from: PathBuf,
        /// Folder to write
        to: PathBuf,
    },
}

fn main() -> ExitCode {
    match run(Arguments::parse().task) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Runs a task; false when its checks found something.
fn run(task: Task) -> Result<bool> {
    match task {
        Task::Demo(settings) => golden::demo(&settings).map(|()| true),
        Task::Test { area, quick } => test::run(area, quick),
        Task::Doctor { json } => doctor::run(json).map(|()| true),
        Task::Docs => docs::run().map(|()| true),
        Task::Codegen { check } => codegen::run(check).map(|()| true),
        Task::Bench { filter, out } => bench::run(filter.as_deref(), out).map(|()| true),
        Task::Lint => lint::run().map(tally::Tally::is_success),
        Task::Vectors { action: Vectors::Import { notation, from, to } } => {
            vectors::import(&notation, &from, &to).map(|()| true)
        }
        Task::Wasm { route } => {
            println!("{}", wasm::build(route)?.display());
            Ok(true)
        }
        Task::Soak(settings) => soak::run(&settings),
    }
}
