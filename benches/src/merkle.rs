//! Merkle trees: building, and finding one change.

use anyhow::{Context, Result, ensure};
use crdt_merge_protocol::value::Map;
use crdt_merge_protocol::{MerkleTree, Value};
use rs_merkle::Hasher;
use rs_merkle::algorithms::Sha256;

use crate::harness::{Bench, Figure, Row, measure, measure_prepared};

const RECORDS: usize = 100_000;
const LARGE: usize = 1_000_000;

pub fn run(bench: &mut Bench) -> Result<()> {
    build(bench)?;
    diff(bench)
}

/// Keys of 8 bytes; JSON text of 39 to 45 bytes without the key field.
fn record(n: usize) -> Result<Map<i64>> {
    let pairs = vec![
        (Value::from("id"), Value::from(format!("k{n:07}"))),
        (Value::from("name"), Value::from(format!("name {n}"))),
        (Value::from("n"), Value::Int(n as i64)),
    ];
    Ok(Map::from_pairs(pairs)?)
}

fn records(count: usize) -> Result<Vec<Map<i64>>> {
    (0..count).map(record).collect()
}

fn build(bench: &mut Bench) -> Result<()> {
    if !bench.wants("Merkle build") {
        return Ok(());
    }
    let records = records(RECORDS)?;
    let here = measure_prepared(
        RECORDS as u64,
        || records.clone(),
        |records| MerkleTree::from_records(records, "id").map(|tree| (tree.keyed_root_hash(), tree)),
    );
    let peer = plain_tree();
    bench.add(Row {
        name: "Merkle build",
        unit: "100,000 records, keys of 8 bytes, text of 45 bytes, keyed root",
        here,
        floor_and_goal: Some((3e6, 5e6)),
        peer: Some(("rs_merkle 1.5 over ready texts, no keys, no records", peer)),
        reference: None,
        limit: "2.6 SHA-256 blocks a record: content, leaf and inner nodes; the fields of the records, out of the cache",
    });
    Ok(())
}

fn diff(bench: &mut Bench) -> Result<()> {
    if !bench.wants("Merkle diff of one change") {
        return Ok(());
    }
    let left = MerkleTree::from_records(records(LARGE)?, "id")?;
    let mut right = left.clone();
    right.insert_keyed(changed(0)?, "id")?;
    ensure!(left.diff(&right).common_different.len() == 1, "one record differs");
    let mut writes = 0;
    let here = measure(1, || {
        writes += 1;
        changed(writes).and_then(|record| Ok(right.insert_keyed(record, "id")?)).map(|()| left.diff(&right))
    });
    let peer = linear(&hashes(&left)?, &hashes(&right)?);
    bench.add(Row {
        name: "Merkle diff of one change",
        unit: "two trees of 1,000,000 records: one record written and the trees compared, a second",
        here,
        floor_and_goal: Some((200.0, 20_000.0)),
        peer: Some(("comparing all hashes in order", peer)),
        reference: None,
        limit: "hashing the changed record's chunk and group of the index anew",
    });
    Ok(())
}

/// Another state of the record in the middle.
fn changed(n: i64) -> Result<Map<i64>> {
    Ok(Map::from_pairs(vec![(Value::from("id"), Value::from("k0500000")), (Value::from("n"), Value::Int(-n))])?)
}

/// A tree over texts that are ready, without keys and records.
fn plain_tree() -> Figure {
    let texts: Vec<String> = (0..RECORDS).map(|n| format!("{{\"n\": {n}, \"name\": \"name {n}\"}}")).collect();
    measure(RECORDS as u64, || {
        let leaves: Vec<_> = texts.iter().map(|text| Sha256::hash(text.as_bytes())).collect();
        rs_merkle::MerkleTree::<Sha256>::from_leaves(&leaves).root()
    })
}

fn hashes(tree: &MerkleTree) -> Result<Vec<[u8; 32]>> {
    tree.keys().map(|key| tree.hash(key).context("every key has a hash")).collect()
}

/// All hashes, in order.
fn linear(left: &[[u8; 32]], right: &[[u8; 32]]) -> Figure {
    measure(1, || left.iter().zip(right).filter(|(left, right)| left != right).count())
}
