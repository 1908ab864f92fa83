//! Counters: increments by slot and by name.

use std::collections::HashMap;

use anyhow::{Result, ensure};
use crdt_merge_protocol::GCounter;

use crate::harness::{Bench, Figure, Row, measure, scrambled};

const NODES: usize = 1_000;
const INCREMENTS: usize = 100_000;

pub fn run(bench: &mut Bench) -> Result<()> {
    by_slot(bench)?;
    by_name(bench)
}

fn names() -> Vec<String> {
    (0..NODES).map(|node| format!("node-{node:04}")).collect()
}

fn by_slot(bench: &mut Bench) -> Result<()> {
    if !bench.wants("counter increment by slot") {
        return Ok(());
    }
    let order = scrambled(INCREMENTS, NODES);
    let mut counter = GCounter::new();
    let slots = names().iter().map(|name| counter.slot(name)).collect::<Result<Vec<_>, _>>()?;
    let order_of_slots: Vec<_> = order.iter().map(|node| slots[*node]).collect();
    let here =
        measure(INCREMENTS as u64, || order_of_slots.iter().try_for_each(|slot| counter.increment_slot(*slot, 1)));
    ensure!(counter.value() > 0 && counter.value().is_multiple_of(INCREMENTS as u128));
    let peer = plain_sums(&order);
    bench.add(Row {
        name: "counter increment by slot",
        unit: "1,000 nodes, pseudo-random order",
        here,
        floor_and_goal: Some((50e6, 300e6)),
        peer: Some(("Vec<u64> indexed, unchecked sum", peer)),
        reference: None,
        limit: "store-to-load forwarding of a slot hit again, and two checks",
    });
    Ok(())
}

fn by_name(bench: &mut Bench) -> Result<()> {
    if !bench.wants("counter increment by name") {
        return Ok(());
    }
    let names = names();
    let order: Vec<&str> = scrambled(INCREMENTS, NODES).iter().map(|node| names[*node].as_str()).collect();
    let mut counter = GCounter::new();
    let here = measure(INCREMENTS as u64, || order.iter().try_for_each(|name| counter.increment_node(name, 1)));
    ensure!(counter.value().is_multiple_of(INCREMENTS as u128));
    let peer = hash_map(&order);
    bench.add(Row {
        name: "counter increment by name",
        unit: "1,000 nodes, pseudo-random order",
        here,
        floor_and_goal: Some((10e6, 40e6)),
        peer: Some(("std HashMap<String, u64>", peer)),
        reference: None,
        limit: "hashing the name and one cache line of the table",
    });
    Ok(())
}

/// Sums in a vector, without any check.
pub fn plain_sums(order: &[usize]) -> Figure {
    let mut sums = vec![0_u64; NODES];
    measure(order.len() as u64, || order.iter().for_each(|node| sums[*node] += 1))
}

fn hash_map(order: &[&str]) -> Figure {
    let mut map: HashMap<String, u64> = HashMap::new();
    measure(order.len() as u64, || order.iter().for_each(|name| add_one(&mut map, name)))
}

fn add_one(map: &mut HashMap<String, u64>, name: &str) {
    match map.get_mut(name) {
        Some(count) => *count += 1,
        None => {
            map.insert(name.to_owned(), 1);
        }
    }
}
