//! `crdt-simulation`: plays histories from seeds, or one of them again.
#![forbid(unsafe_code)]

use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context, Result};
use clap::Parser;
use crdt_simulation::{Fault, History, Kind, Tally, history_of, shrunk};

#[derive(Parser)]
#[command(name = "crdt-simulation", about = "Deterministic simulation of replicas")]
struct Arguments {
    /// How many histories, from consecutive seeds
    #[arg(long, default_value_t = 20_000)]
    histories: u64,
    /// The first seed
    #[arg(long, default_value_t = 1)]
    from: u64,
    /// Only the history of this seed
    #[arg(long)]
    seed: Option<u64>,
    /// Only this kind, by its name in frames
    #[arg(long)]
    kind: Option<String>,
    /// Print the history, not only what is wrong with it
    #[arg(long)]
    verbose: bool,
}

/// Failing histories after which a run ends.
const MOST_FAILURES: usize = 5;

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<bool> {
    let named = |name: &String| Kind::named(name).with_context(|| format!("there is no kind {name}"));
    let kind = arguments.kind.as_ref().map(named).transpose()?;
    match arguments.seed {
        Some(seed) => Ok(replay(&history_of(seed, kind), arguments.verbose)),
        None => Ok(many(arguments, kind)),
    }
}

fn replay(history: &History, is_verbose: bool) -> bool {
    if is_verbose {
        print!("{history}");
    }
    match history.kind.play(history, Fault::None).violation {
        None => {
            println!("{} events of {}: nothing is wrong", history.events.len(), history.kind.name());
            true
        }
        Some(violation) => {
            println!("{violation}");
            explain(history);
            false
        }
    }
}

/// The shortest form of a failing history, and how to play it again.
fn explain(history: &History) {
    let Some((short, violation)) = shrunk(history, Fault::None) else { return };
    println!("shortest history found, {} events:\n{short}{violation}", short.events.len());
    println!("again: cargo run -p crdt-simulation -- --seed {} --kind {}", history.seed, history.kind.name());
}

fn many(arguments: &Arguments, kind: Option<Kind>) -> bool {
    let (start, mut tally, mut failures) = (Instant::now(), Tally::default(), 0);
    for (count, seed) in (1..).zip(arguments.from..arguments.from.saturating_add(arguments.histories)) {
        let history = history_of(seed, kind);
        let outcome = history.kind.play(&history, Fault::None);
        tally.add(history.kind, outcome.features, history.events.len());
        if let Some(violation) = outcome.violation {
            println!("FAILED: seed {seed}, {}: {violation}", history.kind.name());
            explain(&history);
            failures += 1;
        }
        if failures == MOST_FAILURES {
            break;
        }
        if count % 100_000 == 0 {
            println!("{count} histories, {:.0} s", start.elapsed().as_secs_f64());
        }
    }
    summarise(&tally, failures, start, kind.is_none() && arguments.histories >= 10_000)
}

/// Prints the table; false if a history failed, or a long run has left something out.
fn summarise(tally: &Tally, failures: usize, start: Instant, is_complete: bool) -> bool {
    print!("{tally}");
    let absent = if is_complete { tally.absent() } else { Vec::new() };
    for (kind, feature) in &absent {
        println!("FAILED: no history of {} in which {}", kind.name(), feature.means());
    }
    let (histories, seconds) = (tally.histories(), start.elapsed().as_secs_f64());
    println!("{histories} histories, {} events, {seconds:.1} s", tally.events);
    println!("{} passed, {} failed", histories - failures as u64, failures + absent.len());
    failures == 0 && absent.is_empty()
}
