//! The program `crdt-merge`: looks at frames, merges, converts, compares and checks them, in files and pipes.
#![forbid(unsafe_code)]

mod args;
mod completions;
mod convert;
mod diff;
mod explain;
mod failure;
mod id;
mod input;
mod inspect;
mod json;
mod merge;
mod output;
mod paint;
mod progress;
mod read_json;
mod reads;
mod sync;
mod tree;
mod verify;

use std::process::ExitCode;

use args::{Arguments, Command};
use clap::Parser;
use failure::{Exit, Failure};

fn main() -> ExitCode {
    match Arguments::try_parse() {
        Ok(arguments) => run(&arguments).into(),
        Err(error) => failure::explain_usage(&error).into(),
    }
}

fn run(arguments: &Arguments) -> Exit {
    let options = &arguments.common;
    let outcome = match &arguments.command {
        Command::Inspect(command) => inspect::run(command, options),
        Command::Merge(command) => merge::run(command, options),
        Command::Convert(command) => convert::run(command, options),
        Command::Id(command) => id::run(command, options),
        Command::Sync(command) => sync::run(command, options),
        Command::Diff(command) => diff::run(command, options),
        Command::Verify(command) => verify::run(command, options),
        Command::Explain(command) => explain::run(command, options),
        Command::Completions(command) => completions::run(command),
    };
    outcome.unwrap_or_else(|failure| failure.report(options))
}

/// What a command ends with when nothing failed.
type Outcome = Result<Exit, Failure>;
