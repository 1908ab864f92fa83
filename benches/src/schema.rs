//! Schema evolution.

use std::collections::HashMap;

use anyhow::{Result, ensure};
use crdt_merge_protocol::types::schema_evolution::{EvolutionOptions, Schema, evolve};

use crate::harness::{Bench, Figure, Row, measure};

/// Columns of each schema; two thirds of them are in both, which makes 20,000 columns in all.
const COLUMNS: usize = 15_000;
const DISTINCT: usize = 20_000;

pub fn run(bench: &mut Bench) -> Result<()> {
    if !bench.wants("schema evolution") {
        return Ok(());
    }
    let columns = |from: usize, type_name: &'static str| {
        // Scrambled, so that neither side is sorted by luck.
        (0..COLUMNS).map(move |n| (format!("column_{:05}", from + n * 7919 % COLUMNS), type_name)).collect::<Vec<_>>()
    };
    let (old, new) = (columns(0, "int32"), columns(DISTINCT - COLUMNS, "int64"));
    let schema = |columns: &[(String, &'static str)]| {
        columns.iter().map(|(name, kind)| (name.as_str(), *kind)).collect::<Schema>()
    };
    let (old_schema, new_schema) = (schema(&old), schema(&new));
    let options = EvolutionOptions::default();
    let here = measure(DISTINCT as u64, || evolve(&old_schema, &new_schema, &options));
    ensure!(evolve(&old_schema, &new_schema, &options).changes().len() == DISTINCT);
    let peer = hash_join(&old, &new);
    bench.add(Row {
        name: "schema evolution",
        unit: "20,000 columns, half of them in both schemas, scrambled",
        here,
        floor_and_goal: Some((5e6, 5e6)),
        peer: Some(("std HashMap join and a sort, no changes described", peer)),
        reference: None,
        limit: "sorting both sides by name",
    });
    Ok(())
}

/// Which columns stand on both sides, sorted; nothing is described.
fn hash_join(old: &[(String, &'static str)], new: &[(String, &'static str)]) -> Figure {
    measure(DISTINCT as u64, || {
        let there: HashMap<&str, &str> = new.iter().map(|(name, kind)| (name.as_str(), *kind)).collect();
        let mut changes: Vec<_> =
            old.iter().map(|(name, _)| (name.as_str(), there.get(name.as_str()).copied())).collect();
        changes.sort_unstable();
        changes
    })
}
