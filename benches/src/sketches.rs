//! Sketches with the hash of the reference.

use anyhow::{Result, ensure};
use crdt_merge_protocol::{CompatBloom, CompatCountMin, CompatHll};
use datasketches::countmin::CountMinSketch;
use datasketches::hll::{HllSketch, HllType};
use fastbloom::BloomFilter;

use crate::harness::{Bench, Row, measure};

const ITEMS: i64 = 100_000;
const LIMIT: &str = "MD5 of the item's text: 64 dependent steps a block, eight or sixteen items side by side";

pub fn run(bench: &mut Bench) -> Result<()> {
    hll(bench, "HLL compat add", "integers, precision 14, in batches", |n| n)?;
    hll(bench, "HLL compat add text", "texts of 11 bytes, precision 14, in batches", |n| format!("user-{n:06}"))?;
    bloom(bench)?;
    count_min(bench)
}

fn hll<T>(bench: &mut Bench, name: &'static str, unit: &'static str, item: impl Fn(i64) -> T) -> Result<()>
where
    T: crdt_merge_protocol::sketch::SketchItem + std::hash::Hash,
    for<'a> &'a T: crdt_merge_protocol::sketch::SketchItem,
{
    if !bench.wants(name) {
        return Ok(());
    }
    let items: Vec<T> = (0..ITEMS).map(item).collect();
    let mut sketch = CompatHll::new(14)?;
    let here = measure(ITEMS as u64, || sketch.add_all(&items));
    ensure!((sketch.estimate().value / ITEMS as f64 - 1.0).abs() < 0.05);
    let mut other = HllSketch::new(14, HllType::Hll8)?;
    let peer = measure(ITEMS as u64, || items.iter().for_each(|item| other.update(item)));
    ensure!((other.estimate() / ITEMS as f64 - 1.0).abs() < 0.05);
    bench.add(Row {
        name,
        unit,
        here,
        floor_and_goal: Some((8e6, 25e6)),
        peer: Some(("datasketches 0.6 HLL8, one item a call, its own hash", peer)),
        reference: None,
        limit: LIMIT,
    });
    Ok(())
}

fn bloom(bench: &mut Bench) -> Result<()> {
    if !bench.wants("Bloom compat add") {
        return Ok(());
    }
    let items: Vec<i64> = (0..ITEMS).collect();
    let mut filter = CompatBloom::with_capacity(1_000_000, 0.01)?;
    let here = measure(ITEMS as u64, || filter.add_all(&items));
    ensure!(filter.contains(&7_i64)?);
    let mut other = BloomFilter::with_false_pos(0.01).expected_items(1_000_000);
    let peer = measure(ITEMS as u64, || items.iter().filter(|item| other.insert(item)).count());
    bench.add(Row {
        name: "Bloom compat add",
        unit: "integers, capacity 1,000,000, 1 %, in batches",
        here,
        floor_and_goal: None,
        peer: Some(("fastbloom 0.17, its own hash", peer)),
        reference: None,
        limit: "two MD5 blocks an item, seven divisions and seven random bits of 1.2 MB",
    });
    Ok(())
}

fn count_min(bench: &mut Bench) -> Result<()> {
    if !bench.wants("count-min compat add") {
        return Ok(());
    }
    let items: Vec<(i64, u64)> = (0..ITEMS).map(|item| (item % 1_000, 1)).collect();
    let mut sketch = CompatCountMin::new(2_000, 7)?;
    let here = measure(ITEMS as u64, || sketch.add_all(items.iter().copied()));
    ensure!(sketch.total() > 0);
    let mut other: CountMinSketch<i64> = CountMinSketch::new(7, 2_000)?;
    let peer = measure(ITEMS as u64, || items.iter().for_each(|(item, _)| other.update(item)));
    bench.add(Row {
        name: "count-min compat add",
        unit: "integers, 2,000 columns, 7 rows, in batches",
        here,
        floor_and_goal: None,
        peer: Some(("datasketches 0.6 count-min, its own hash", peer)),
        reference: None,
        limit: "two MD5 blocks an item and seven divisions",
    });
    Ok(())
}
