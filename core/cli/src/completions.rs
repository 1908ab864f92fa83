//! `crdt-merge completions`: scripts for shells.

use clap::CommandFactory;

use crate::Outcome;
use crate::args::{Arguments, Completions};
use crate::failure::Exit;
use crate::output;

pub fn run(arguments: &Completions) -> Outcome {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut Arguments::command(), "crdt-merge", &mut script);
    output::print(&String::from_utf8_lossy(&script))?;
    Ok(Exit::Success)
}
