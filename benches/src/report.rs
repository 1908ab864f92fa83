//! The table and the file of results.

use std::path::Path;

use anyhow::Result;
use serde::Serialize;

use crate::harness::Row;
use crate::machine::Machine;

/// A run as it is written to a file.
#[derive(Serialize)]
struct Run<'a> {
    machine: Machine,
    rows: &'a [Row],
}

/// Prints the machine, and the rows as a Markdown table, ready for `docs/benchmarks.md`.
pub fn print(rows: &[Row]) {
    println!("{}\n", Machine::here().line());
    println!(
        "| benchmark | here | spread | floor \\| goal | peer | here / peer | reference | here / reference | limit |"
    );
    println!("|---|---|---|---|---|---|---|---|---|");
    for row in rows {
        println!("{}", line(row));
    }
}

fn line(row: &Row) -> String {
    let target = row.floor_and_goal.map_or("–".into(), |(floor, goal)| format!("{} \\| {}", rate(floor), rate(goal)));
    let peer = row.peer.as_ref().map_or("–".into(), |(name, figure)| format!("{name}: {}", rate(figure.per_second)));
    let ratio = |other: Option<f64>| other.map_or("–".into(), |other| format!("{:.2}", row.here.per_second / other));
    format!(
        "| {}: {} | {} | {:.2} | {target} | {peer} | {} | {} | {} | {} |",
        row.name,
        row.unit,
        rate(row.here.per_second),
        row.here.spread,
        ratio(row.peer.as_ref().map(|(_, figure)| figure.per_second)),
        row.reference.map_or("–".into(), rate),
        ratio(row.reference),
        row.limit
    )
}

/// Operations a second with a unit that fits.
fn rate(per_second: f64) -> String {
    match per_second {
        r if r >= 1e6 => format!("{:.1} M/s", r / 1e6),
        r if r >= 1e3 => format!("{:.1} k/s", r / 1e3),
        r => format!("{r:.1} /s"),
    }
}

/// Writes machine and rows as JSON.
pub fn write(rows: &[Row], path: &Path) -> Result<()> {
    Ok(std::fs::write(path, serde_json::to_vec_pretty(&Run { machine: Machine::here(), rows })?)?)
}
