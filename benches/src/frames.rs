//! Small frames: encoding, decoding, batches.

use std::collections::BTreeMap;

use anyhow::{Result, ensure};
use crdt_merge_protocol::wire::{Compression, DecodeOptions, pack, unpack};
use crdt_merge_protocol::{Framed, GCounter, LwwRegister, Stamp};
use serde::{Deserialize, Serialize};

use crate::harness::{Bench, Row, measure};

/// States per call, so that the clock is read rarely and they do not all stay in the nearest cache.
const STATES: usize = 1_000;
const BATCH: usize = 50_000;

/// What the peer encodes: the same contents as a plain struct.
#[derive(Serialize, Deserialize, PartialEq, Debug, Clone)]
struct PlainCounter {
    counts: BTreeMap<String, u64>,
}

#[derive(Serialize, Deserialize, PartialEq, Debug, Clone)]
struct PlainRegister {
    value: String,
    timestamp: f64,
    node_id: String,
}

pub fn run(bench: &mut Bench) -> Result<()> {
    let counters = (0..STATES).map(counter).collect::<Result<Vec<_>>>()?;
    let plain: Vec<_> = counters
        .iter()
        .map(|counter| PlainCounter { counts: counter.slots().map(|(node, count)| (node.to_owned(), count)).collect() })
        .collect();
    encode(bench, "encode G-counter", "two slots of 6 bytes, 100-byte frame", &counters, &plain)?;
    decode(bench, "decode G-counter", "two slots of 6 bytes, 100-byte frame", &counters, &plain)?;
    let registers = (0..STATES).map(register).collect::<Result<Vec<_>>>()?;
    let plain: Vec<_> = (0..STATES)
        .map(|n| PlainRegister { value: format!("value {n}"), timestamp: 1.7e9 + n as f64, node_id: "node-a".into() })
        .collect();
    encode(bench, "encode LWW register", "text of 9 bytes, 108-byte frame", &registers, &plain)?;
    decode(bench, "decode LWW register", "text of 9 bytes, 108-byte frame", &registers, &plain)?;
    batch(bench)
}

fn counter(n: usize) -> Result<GCounter> {
    let mut counter = GCounter::new();
    counter.increment_node("node-a", n as u64)?;
    counter.increment_node("node-b", 3)?;
    Ok(counter)
}

fn register(n: usize) -> Result<LwwRegister> {
    let mut register = LwwRegister::new();
    register.write(format!("value {n}"), Stamp::from_micros(1_700_000_000_000_000 + n as i64 * 1_000_000), "node-a")?;
    Ok(register)
}

fn encode<S: Framed, P: Serialize>(
    bench: &mut Bench,
    name: &'static str,
    unit: &'static str,
    states: &[S],
    plain: &[P],
) -> Result<()> {
    if !bench.wants(name) {
        return Ok(());
    }
    let mut out = Vec::new();
    let here = measure(states.len() as u64, || {
        out.clear();
        states.iter().try_for_each(|state| state.encode_v1_into(&mut out, Compression::None))
    });
    ensure!(!out.is_empty());
    let mut out = Vec::new();
    let peer = measure(plain.len() as u64, || {
        out.clear();
        plain.iter().try_for_each(|state| rmp_serde::encode::write_named(&mut out, state))
    });
    bench.add(Row {
        name,
        unit,
        here,
        floor_and_goal: Some((5e6, 20e6)),
        peer: Some(("rmp-serde, named fields, same contents", peer)),
        reference: None,
        limit: "copying a dozen short pieces, each with a capacity check",
    });
    Ok(())
}

fn decode<S: Framed + PartialEq, P: Serialize + for<'a> Deserialize<'a>>(
    bench: &mut Bench,
    name: &'static str,
    unit: &'static str,
    states: &[S],
    plain: &[P],
) -> Result<()> {
    if !bench.wants(name) {
        return Ok(());
    }
    let frames = states.iter().map(Framed::encode_v1).collect::<Result<Vec<_>, _>>()?;
    ensure!(frames.iter().zip(states).all(|(frame, state)| S::decode(frame).is_ok_and(|back| back == *state)));
    let here = measure(states.len() as u64, || frames.iter().filter(|frame| S::decode(frame).is_ok()).count());
    let packed = plain.iter().map(rmp_serde::to_vec_named).collect::<Result<Vec<_>, _>>()?;
    let peer =
        measure(plain.len() as u64, || packed.iter().filter(|bytes| rmp_serde::from_slice::<P>(bytes).is_ok()).count());
    bench.add(Row {
        name,
        unit,
        here,
        floor_and_goal: Some((5e6, 10e6)),
        peer: Some(("rmp-serde, named fields, same contents", peer)),
        reference: None,
        limit: "one allocation for the state, UTF-8 checks and name comparisons",
    });
    Ok(())
}

fn batch(bench: &mut Bench) -> Result<()> {
    let counters = (0..BATCH).map(counter).collect::<Result<Vec<_>>>()?;
    let frames = counters.iter().map(Framed::encode_v1).collect::<Result<Vec<_>, _>>()?;
    let packed = pack(&frames)?;
    let strict = DecodeOptions::strict();
    if bench.wants("batch encode") {
        let here = measure(BATCH as u64, || {
            let mut batch = crdt_merge_protocol::wire::BatchWriter::new();
            counters.iter().try_for_each(|counter| batch.push(counter)).and_then(|()| batch.finish())
        });
        bench.add(Row {
            name: "batch encode",
            unit: "50,000 G-counters of two slots",
            here,
            floor_and_goal: Some((5e6, 20e6)),
            peer: None,
            reference: None,
            limit: "as encoding one, plus 5 MB written to memory",
        });
    }
    if bench.wants("batch decode") {
        let decode = || -> Result<Vec<GCounter>, crdt_merge_protocol::Error> {
            unpack(&packed, &strict)?.into_iter().map(GCounter::decode).collect()
        };
        ensure!(decode()? == counters);
        let here = measure(BATCH as u64, decode);
        bench.add(Row {
            name: "batch decode",
            unit: "50,000 G-counters of two slots",
            here,
            floor_and_goal: Some((5e6, 10e6)),
            peer: None,
            reference: None,
            limit: "one allocation per state, and memory: 100 bytes in, 120 out",
        });
    }
    Ok(())
}
