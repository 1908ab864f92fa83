//! The coverage table: which cell of which type the generated pairs filled, and why others cannot be.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::peer::Kind;
use crate::table::{self, Side};

/// Marks behind the dash of a gap, one for each reason.
const MARKS: [char; 9] = ['¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];

/// What a peer has generated so far.
#[derive(Debug, Deserialize)]
pub struct Coverage {
    /// Pairs by type and cell.
    cells: BTreeMap<String, BTreeMap<String, u64>>,
    /// Reason by type and cell that cannot be filled.
    gaps: BTreeMap<String, BTreeMap<String, String>>,
    /// Reasons in words.
    reasons: BTreeMap<String, String>,
    /// Collisions of stamps by type.
    ties: BTreeMap<String, Ties>,
}

/// How often stamps collided.
#[derive(Debug, Deserialize)]
struct Ties {
    pairs: u64,
    stamp: u64,
    stamp_and_node: u64,
}

impl Coverage {
    fn pairs(&self, kind: &str, cell: &str) -> u64 {
        self.cells.get(kind).and_then(|cells| cells.get(cell)).copied().unwrap_or(0)
    }

    fn gap(&self, kind: &str, cell: &str) -> Option<&str> {
        self.gaps.get(kind)?.get(cell).map(String::as_str)
    }
}

/// Fewest pairs of any release in a cell.
fn fewest(all: &[&Coverage], kind: &str, cell: &str) -> u64 {
    all.iter().map(|coverage| coverage.pairs(kind, cell)).min().unwrap_or(0)
}

/// Prints the table with its reasons.
pub fn print(all: &[&Coverage], kinds: &[Kind], columns: &[String]) {
    let Some(&first) = all.first() else { return };
    let mut rows = vec![header(columns)];
    rows.extend(kinds.iter().map(|kind| row(all, first, &kind.name, columns)));
    println!("\ncoverage: pairs that fill a cell, the smaller number of the releases");
    let sides: Vec<Side> = std::iter::once(Side::Left).chain(columns.iter().map(|_| Side::Right)).collect();
    for line in table::lines(&sides, &rows) {
        println!("{line}");
    }
    for (reason, mark) in marks(first) {
        let words = first.reasons.get(reason).map_or(reason, String::as_str);
        println!("–{mark} {words}");
    }
}

fn header(columns: &[String]) -> Vec<String> {
    std::iter::once("type".to_owned()).chain(columns.iter().cloned()).collect()
}

fn row(all: &[&Coverage], first: &Coverage, kind: &str, columns: &[String]) -> Vec<String> {
    let marks = marks(first);
    let cell = |column: &String| match (fewest(all, kind, column), first.gap(kind, column)) {
        (0, Some(reason)) => format!("–{}", marks.get(reason).unwrap_or(&'?')),
        (0, None) => "EMPTY".to_owned(),
        (pairs, _) => pairs.to_string(),
    };
    std::iter::once(kind.to_owned()).chain(columns.iter().map(cell)).collect()
}

/// One mark for each reason that is in use.
fn marks(coverage: &Coverage) -> BTreeMap<&str, char> {
    let used: std::collections::BTreeSet<&str> =
        coverage.gaps.values().flat_map(BTreeMap::values).map(String::as_str).collect();
    used.into_iter().zip(MARKS).collect()
}

/// What the table must not show: empty cells, and gaps that were filled after all.
pub fn faults(all: &[&Coverage], kinds: &[Kind], columns: &[String]) -> Vec<String> {
    let cells = kinds.iter().flat_map(|kind| columns.iter().map(move |column| (kind.name.as_str(), column.as_str())));
    cells.filter_map(|(kind, cell)| fault(all, kind, cell)).collect()
}

fn fault(all: &[&Coverage], kind: &str, cell: &str) -> Option<String> {
    let gap = all.first().and_then(|first| first.gap(kind, cell));
    match (fewest(all, kind, cell), gap) {
        (0, None) => Some(format!("{kind}: no pair fills the cell {cell}")),
        (pairs, Some(reason)) if pairs > 0 => {
            Some(format!("{kind}: {cell} is called impossible ({reason}) and is filled"))
        }
        _ => None,
    }
}

/// Shares of collisions that fall short: three pairs in ten share a stamp, one in ten stamp and node.
pub fn scarce_ties(all: &[&Coverage]) -> Vec<String> {
    let stamped = all.iter().flat_map(|coverage| &coverage.ties).filter(|(_, ties)| ties.stamp > 0);
    let scarce = stamped.filter(|(_, ties)| ties.stamp * 10 < ties.pairs * 3 || ties.stamp_and_node * 10 < ties.pairs);
    scarce.map(|(kind, ties)| format!("{kind}: too few collisions: {ties:?}")).collect()
}

/// One line that says how often stamps collided.
pub fn print_ties(all: &[&Coverage]) {
    for (kind, ties) in all.iter().flat_map(|coverage| &coverage.ties).filter(|(_, ties)| ties.stamp > 0) {
        let share = |part: u64| 100 * part / ties.pairs.max(1);
        let (stamp, node) = (share(ties.stamp), share(ties.stamp_and_node));
        println!("{kind}: {} pairs, {stamp} % share a stamp, {node} % stamp and node", ties.pairs);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn coverage(filled: u64, stamp: u64) -> Coverage {
        serde_json::from_value(json!({
            "cells": {"cms": {"null": filled, "set": 0}},
            "gaps": {"cms": {"set": "settext"}},
            "reasons": {"settext": "no fixed order"},
            "ties": {"lww_map": {"pairs": 100, "stamp": stamp, "stamp_and_node": 10}},
        }))
        .unwrap()
    }

    fn kinds() -> Vec<Kind> {
        serde_json::from_value(json!([{"tag": 0x32, "name": "cms", "join": true, "json": false}])).unwrap()
    }

    fn columns() -> Vec<String> {
        ["null", "set"].map(str::to_owned).to_vec()
    }

    #[test]
    fn a_cell_counts_as_empty_when_one_release_leaves_it_empty() {
        let (full, empty) = (coverage(3, 30), coverage(0, 30));
        assert_eq!(faults(&[&full], &kinds(), &columns()), Vec::<String>::new());
        assert_eq!(faults(&[&full, &empty], &kinds(), &columns()).len(), 1);
    }

    #[test]
    fn a_filled_gap_is_a_fault() {
        let mut wrong = coverage(3, 30);
        wrong.gaps.get_mut("cms").unwrap().insert("null".to_owned(), "settext".to_owned());
        assert_eq!(faults(&[&wrong], &kinds(), &columns()).len(), 1);
    }

    #[test]
    fn gaps_carry_the_mark_of_their_reason() {
        let coverage = coverage(3, 30);
        assert_eq!(row(&[&coverage], &coverage, "cms", &columns()), ["cms", "3", "–¹"]);
    }

    #[test]
    fn scarce_collisions_are_told() {
        assert!(scarce_ties(&[&coverage(3, 30)]).is_empty());
        assert_eq!(scarce_ties(&[&coverage(3, 29)]).len(), 1);
    }
}
