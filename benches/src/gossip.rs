//! Gossip updates.

use std::collections::{BTreeMap, HashMap};

use anyhow::{Result, ensure};
use crdt_merge_protocol::{GossipState, Value};

use crate::harness::{Bench, Figure, Row, measure, scrambled};

const KEYS: usize = 1_000;
const UPDATES: usize = 100_000;

pub fn run(bench: &mut Bench) -> Result<()> {
    if !bench.wants("gossip update") {
        return Ok(());
    }
    let keys: Vec<String> = (0..KEYS).map(|key| format!("key-{key:04}")).collect();
    let order: Vec<&str> = scrambled(UPDATES, KEYS).iter().map(|key| keys[*key].as_str()).collect();
    let mut state = GossipState::new("n1")?;
    let here =
        measure(UPDATES as u64, || order.iter().try_for_each(|key| state.update_node("n1", key, Value::Int(1), None)));
    ensure!(state.len() == KEYS && state.clock().counter("n1").is_multiple_of(UPDATES as u64));
    let peer = hash_map(&order);
    bench.add(Row {
        name: "gossip update",
        unit: "1,000 keys in pseudo-random order, one node",
        here,
        floor_and_goal: Some((5e6, 20e6)),
        peer: Some(("std HashMap of values with BTreeMap clocks", peer)),
        reference: None,
        limit: "finding the key and the node by name",
    });
    Ok(())
}

/// Values with clocks, as a program would keep them that knows no joins.
#[derive(Default)]
struct PlainGossip {
    entries: HashMap<String, (i64, BTreeMap<String, u64>)>,
    clock: BTreeMap<String, u64>,
}

impl PlainGossip {
    fn update(&mut self, key: &str, value: i64) {
        *self.clock.entry("n1".to_owned()).or_default() += 1;
        let entry = (value, self.clock.clone());
        match self.entries.get_mut(key) {
            Some(here) => *here = entry,
            None => {
                self.entries.insert(key.to_owned(), entry);
            }
        }
    }
}

fn hash_map(order: &[&str]) -> Figure {
    let mut plain = PlainGossip::default();
    measure(order.len() as u64, || order.iter().for_each(|key| plain.update(key, 1)))
}
