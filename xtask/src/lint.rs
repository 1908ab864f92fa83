//! `cargo xtask lint`: rules of the house that compilers do not know.

mod functions;
mod licences;
mod links;
mod size;
mod sources;
mod text;
mod unsafety;

use anyhow::Result;

use crate::tally::Tally;

/// A rule that was broken: where and how, as one line.
pub type Finding = String;

/// A rule: its name and the function that looks for places that break it.
type Rule = (&'static str, fn(&sources::Sources) -> Result<Vec<Finding>>);

const RULES: [Rule; 6] = [
    ("forbidden text", text::check),
    ("links of documents", links::check),
    ("file sizes", size::check),
    ("function lengths", functions::check),
    ("unsafe code", unsafety::check),
    ("licences of dependencies", licences::check),
];

/// Checks every rule and prints what breaks it.
pub fn run() -> Result<Tally> {
    let sources = sources::Sources::tracked()?;
    RULES.iter().map(|(name, check)| report(name, check(&sources))).sum::<Result<Tally>>()
}

fn report(name: &str, outcome: Result<Vec<Finding>>) -> Result<Tally> {
    let findings = outcome?;
    println!("{name}: {}", if findings.is_empty() { "ok" } else { "FAILED" });
    for finding in &findings {
        println!("  {finding}");
    }
    Ok(Tally::one(findings.is_empty()))
}
