//! Version 2: small frames, and the id of a large state.

use std::collections::BTreeMap;

use anyhow::{Result, ensure};
use crdt_merge_protocol::{Framed, GCounter, LwwMap, LwwRegister, Stamp, StateId};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::harness::{Bench, Row, measure};

/// States per call, so that the clock is read rarely and they do not all stay in the nearest cache.
const STATES: usize = 1_000;
/// Entries of the large maps.
const ENTRIES: usize = 100_000;

#[derive(Serialize, Deserialize, PartialEq, Debug, Clone)]
struct PlainRegister {
    value: String,
    micros: i64,
    node: String,
}

pub fn run(bench: &mut Bench) -> Result<()> {
    let counters = (0..STATES).map(counter).collect::<Result<Vec<_>>>()?;
    let plain: Vec<BTreeMap<String, u64>> = counters
        .iter()
        .map(|counter| counter.slots().map(|(node, count)| (node.to_owned(), count)).collect())
        .collect();
    small(
        bench,
        ["v2 encode G-counter", "v2 decode G-counter"],
        "two slots of 6 bytes, 33-byte frame",
        &counters,
        &plain,
    )?;
    let registers = (0..STATES).map(register).collect::<Result<Vec<_>>>()?;
    let plain: Vec<_> = (0..STATES)
        .map(|n| PlainRegister { value: format!("value {n}"), micros: 1_700_000_000_000_000, node: "node-a".into() })
        .collect();
    let names = ["v2 encode LWW register", "v2 decode LWW register"];
    small(bench, names, "text of 9 bytes, 41-byte frame", &registers, &plain)?;
    id(bench, "id of a map of texts", "LWW map of 100,000 texts of 70 bytes, 9.9 MB", 70)?;
    id(bench, "id of a map of documents", "LWW map of 9,600 texts of 1,000 bytes, 9.9 MB", 1_000)
}

fn counter(n: usize) -> Result<GCounter> {
    let mut counter = GCounter::new();
    counter.increment_node("node-a", n as u64 + 1)?;
    counter.increment_node("node-b", 3)?;
    Ok(counter)
}

fn register(n: usize) -> Result<LwwRegister> {
    let mut register = LwwRegister::new();
    register.write(format!("value {n}"), Stamp::from_micros(1_700_000_000_000_000 + n as i64), "node-a")?;
    Ok(register)
}

fn small<S: Framed + PartialEq, P: Serialize + for<'a> Deserialize<'a>>(
    bench: &mut Bench,
    [encode, decode]: [&'static str; 2],
    unit: &'static str,
    states: &[S],
    plain: &[P],
) -> Result<()> {
    let frames: Vec<_> = states.iter().map(Framed::encode).collect();
    let packed = plain.iter().map(postcard::to_stdvec).collect::<Result<Vec<_>, _>>()?;
    if bench.wants(encode) {
        let mut out = Vec::new();
        let here = measure(states.len() as u64, || {
            out.clear();
            states.iter().for_each(|state| state.encode_canonical_into(&mut out));
        });
        ensure!(!out.is_empty());
        let mut buffer = [0; 256];
        let peer = measure(plain.len() as u64, || {
            plain.iter().filter(|state| postcard::to_slice(state, &mut buffer).is_ok()).count()
        });
        bench.add(Row {
            name: encode,
            unit,
            here,
            floor_and_goal: Some((8e6, 20e6)),
            peer: Some(("postcard, same contents as a struct, no frame", peer)),
            reference: None,
            limit: "copying a few short pieces, each with a capacity check",
        });
    }
    if bench.wants(decode) {
        ensure!(frames.iter().zip(states).all(|(frame, state)| S::decode(frame).is_ok_and(|back| back == *state)));
        let here = measure(states.len() as u64, || frames.iter().filter(|frame| S::decode(frame).is_ok()).count());
        let peer = measure(plain.len() as u64, || {
            packed.iter().filter(|bytes| postcard::from_bytes::<P>(bytes).is_ok()).count()
        });
        bench.add(Row {
            name: decode,
            unit,
            here,
            floor_and_goal: Some((8e6, 20e6)),
            peer: Some(("postcard, same contents as a struct, nothing checked but UTF-8", peer)),
            reference: None,
            limit: "one allocation for the state, UTF-8 checks and name comparisons",
        });
    }
    Ok(())
}

/// Bytes a second that an id takes of a frame, beside SHA-256 of the same bytes.
fn id(bench: &mut Bench, name: &'static str, unit: &'static str, value: usize) -> Result<()> {
    if !bench.wants(name) {
        return Ok(());
    }
    let mut map = LwwMap::new();
    for key in 0..ENTRIES * 100 / (value + 30) {
        let text = format!("{key:0>value$}");
        map.write(&format!("key {key:06}"), text, Stamp::from_micros(1_700_000_000_000_000 + key as i64), "node-a")?;
    }
    let frame = map.encode();
    ensure!(StateId::from_bytes(Sha256::digest(&frame).into()) == map.state_id());
    let here = measure(frame.len() as u64, || map.state_id());
    let peer = measure(frame.len() as u64, || Sha256::digest(&frame));
    bench.add(Row {
        name,
        unit,
        here,
        floor_and_goal: Some((0.6 * peer.per_second, 0.9 * peer.per_second)),
        peer: Some(("SHA-256 of the finished frame (sha2), bytes", peer)),
        reference: None,
        limit: "the hash, and reading the state entry by entry",
    });
    Ok(())
}
