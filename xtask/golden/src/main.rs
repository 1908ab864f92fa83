//! `crdt-golden`: the golden rule on live input.
//!
//! States written by the Python reference are read and merged here and read back there, with the
//! same meaning. `rounds` does it with random states by the thousand through the library, `demo`
//! with one pair of every type through the command-line program. `cargo xtask` makes the
//! environments and calls this program; the folder `peer` holds the other half, which runs inside
//! the reference's own interpreter.

#![forbid(unsafe_code)]

mod coverage;
mod demo;
mod deviations;
mod hex;
mod identity;
mod peer;
mod reads;
mod rounds;
mod second;
mod subject;
mod sync;
mod table;
mod touch;
mod typed;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "crdt-golden", about = "States of the Python reference, merged here and read back there")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Random round trips and merges of every type with one or more releases of the reference
    Rounds(rounds::Settings),
    /// One pair of every type through the command-line program, as a table
    Demo(demo::Settings),
}

fn main() -> ExitCode {
    match run(Arguments::parse().command) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Runs a command; false when the reference and this project disagree.
fn run(command: Command) -> Result<bool> {
    match command {
        Command::Rounds(settings) => rounds::run(&settings),
        Command::Demo(settings) => demo::run(&settings),
    }
}
