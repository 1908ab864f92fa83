//! Native sketches: XXH3-128 of the item's canonical bytes.

use anyhow::{Result, ensure};
use crdt_merge_kernels::xxh3::hash_zigzags;
use crdt_merge_protocol::sketch::CanonicalItem;
use crdt_merge_protocol::value::canonical_bytes;
use crdt_merge_protocol::{BloomFilter, CountMinSketch, HyperLogLog, MinHash, Value};
use datasketches::hll::{HllSketch, HllType};
use fastbloom::BloomFilter as FastBloom;
use xxhash_rust::xxh3::xxh3_128_with_seed;

use crate::harness::{Bench, Figure, Row, measure, scrambled};

const ITEMS: usize = 1_000_000;
const HLL: Option<(f64, f64)> = Some((50e6, 150e6));
const BLOOM: Option<(f64, f64)> = Some((40e6, 100e6));
const COUNT_MIN: Option<(f64, f64)> = Some((15e6, 40e6));
const FILTER_BYTES: u32 = 1 << 20;
const LARGE_FILTER_BYTES: u32 = 32 << 20;

pub fn run(bench: &mut Bench) -> Result<()> {
    let small: Vec<i64> = scrambled(ITEMS, ITEMS).into_iter().map(|item| item as i64).collect();
    let wide: Vec<i64> = small.iter().map(|item| item.wrapping_mul(0x5851_f42d_4c95_7f2d)).collect();
    let texts: Vec<String> = small.iter().map(|item| format!("user-{item:06}")).collect();
    hash(bench, &small)?;
    hll(bench, "HLL native add", "1,000,000 integers below 1,000,000, scrambled, precision 14", &small)?;
    hll(bench, "HLL native add wide", "1,000,000 integers of 64 bits, precision 14", &wide)?;
    hll(bench, "HLL native add text", "1,000,000 texts of 11 bytes, precision 14", &texts)?;
    bloom(bench, "Bloom native add", "1,000,000 integers below 1,000,000, scrambled, 1 MiB", FILTER_BYTES, &small)?;
    bloom(bench, "Bloom native add 32 MiB", "1,000,000 integers of 64 bits, 32 MiB", LARGE_FILTER_BYTES, &wide)?;
    contains(bench, "Bloom native contains", "1,000,000 integers, half of them in, 1 MiB", FILTER_BYTES, &small)?;
    count_min(
        bench,
        "count-min native add",
        "1,000,000 integers, 4 rows of 32,768 columns, 1 MiB",
        [32_768, 4],
        &small,
    )?;
    count_min(bench, "count-min native add 7 rows", "1,000,000 integers, 7 rows of 2,000 columns", [2_000, 7], &small)?;
    min_hash(bench, &small)
}

fn hash(bench: &mut Bench, items: &[i64]) -> Result<()> {
    let name = "XXH3-128 of integers";
    if !bench.wants(name) {
        return Ok(());
    }
    let encoded: Vec<Vec<u8>> = items.iter().map(|item| canonical_bytes(&Value::Int(*item))).collect();
    let (mut low, mut high) = ([0; 128], [0; 128]);
    let mut ours = || {
        items.chunks(low.len()).fold(0, |sum, items| {
            hash_zigzags(2, items, 7, &mut low, &mut high);
            low.iter().zip(&high).take(items.len()).fold(sum, |sum, (low, high)| sum ^ low ^ high)
        })
    };
    let theirs = || {
        encoded.iter().fold(0, |sum, bytes| {
            let hash = xxh3_128_with_seed(bytes, 7);
            sum ^ hash as u64 ^ (hash >> 64) as u64
        })
    };
    ensure!(ours() == theirs());
    bench.add(Row {
        name,
        unit: "1,000,000 integers below 1,000,000, scrambled, encoded and hashed",
        here: measure(items.len() as u64, ours),
        floor_and_goal: None,
        peer: Some(("xxhash-rust 0.8 on bytes that are encoded before", measure(items.len() as u64, theirs))),
        reference: None,
        limit: "about eighty vector instructions for eight items: encoding, one wide product of four narrow ones, two finishes",
    });
    Ok(())
}

fn hll<T>(bench: &mut Bench, name: &'static str, unit: &'static str, items: &[T]) -> Result<()>
where
    T: CanonicalItem + std::hash::Hash,
{
    if !bench.wants(name) {
        return Ok(());
    }
    let mut sketch = HyperLogLog::default();
    let here = measure(items.len() as u64, || sketch.add_all(items));
    let mut other = hyperloglockless::HyperLogLog::seeded(14, 7);
    let peer = measure(items.len() as u64, || items.iter().for_each(|item| other.insert(item)));
    let mut third = HllSketch::new(14, HllType::Hll8)?;
    items.iter().for_each(|item| third.update(item));
    let (mine, counts) = (sketch.estimate().value, [other.raw_count(), third.estimate()]);
    ensure!(counts.iter().all(|count| (mine / count - 1.0).abs() < 0.05), "{mine} {counts:?}");
    bench.add(Row {
        name,
        unit,
        here,
        floor_and_goal: HLL,
        peer: Some(("hyperloglockless 0.5, its own hash", peer)),
        reference: None,
        limit: "the hash, and a byte of 16 KiB read and written for each item",
    });
    Ok(())
}

/// A filter of as many bits that sets as many of them for an item.
fn fast_bloom(bytes: u32) -> FastBloom {
    FastBloom::with_num_bits(8 * bytes as usize).seed(&7).hashes(8)
}

fn bloom(bench: &mut Bench, name: &'static str, unit: &'static str, bytes: u32, items: &[i64]) -> Result<()> {
    if !bench.wants(name) {
        return Ok(());
    }
    let mut filter = BloomFilter::new(bytes / 32)?;
    let here = measure(items.len() as u64, || filter.add_all(items));
    ensure!(filter.contains_all(items).iter().all(|found| *found));
    let peer = sbbf(items, bytes);
    let mut other = fast_bloom(bytes);
    let second = measure(items.len() as u64, || items.iter().filter(|item| other.insert(item)).count());
    eprintln!("fastbloom 0.17, eight bits an item: {:.1} M/s", second.per_second / 1e6);
    bench.add(Row {
        name,
        unit,
        here,
        floor_and_goal: BLOOM,
        peer: Some(("sbbf-rs-safe 0.3, the same blocks, XXH3-64 of xxhash-rust", peer)),
        reference: None,
        limit: "one line of the cache an item, asked for sixteen items ahead",
    });
    Ok(())
}

/// The same kind of filter, with the hash that its users take.
fn sbbf(items: &[i64], bytes: u32) -> Figure {
    let mut other = sbbf_rs_safe::Filter::new(8, bytes as usize);
    measure(items.len() as u64, || {
        items.iter().for_each(|item| {
            other.insert_hash(xxhash_rust::xxh3::xxh3_64(&item.to_le_bytes()));
        });
    })
}

fn contains(bench: &mut Bench, name: &'static str, unit: &'static str, bytes: u32, items: &[i64]) -> Result<()> {
    if !bench.wants(name) {
        return Ok(());
    }
    let is_even = |item: &&i64| **item % 2 == 0;
    let mut filter = BloomFilter::new(bytes / 32)?;
    filter.add_all(items.iter().filter(is_even));
    let here = measure(items.len() as u64, || filter.contains_all(items));
    let mut other = fast_bloom(bytes);
    items.iter().filter(is_even).for_each(|item| {
        other.insert(item);
    });
    let ask = || items.iter().map(|item| other.contains(item)).collect::<Vec<bool>>();
    ensure!(
        ask()
            .iter()
            .zip(filter.contains_all(items))
            .zip(items)
            .all(|((there, here), item)| { item % 2 == 1 || (*there && here) })
    );
    bench.add(Row {
        name,
        unit,
        here,
        floor_and_goal: None,
        peer: Some(("fastbloom 0.17, its own hash", measure(items.len() as u64, ask))),
        reference: None,
        limit: "one line of the cache an item",
    });
    Ok(())
}

fn count_min(bench: &mut Bench, name: &'static str, unit: &'static str, size: [u32; 2], items: &[i64]) -> Result<()> {
    if !bench.wants(name) {
        return Ok(());
    }
    let [width, depth] = size;
    let mut sketch = CountMinSketch::new(width, depth)?;
    let here = measure(items.len() as u64, || sketch.add_all_node("a", items));
    let first = items.first().copied().unwrap_or_default();
    ensure!(sketch.estimate(first) * ITEMS as u128 >= sketch.total());
    let mut other: datasketches::countmin::CountMinSketch<i64> =
        datasketches::countmin::CountMinSketch::new(depth as u8, width)?;
    let peer = measure(items.len() as u64, || items.iter().for_each(|item| other.update(item)));
    bench.add(Row {
        name,
        unit,
        here,
        floor_and_goal: COUNT_MIN,
        peer: Some(("datasketches 0.6 count-min, its own hash", peer)),
        reference: None,
        limit: "a read and a write of one line of the cache for each row",
    });
    Ok(())
}

fn min_hash(bench: &mut Bench, items: &[i64]) -> Result<()> {
    let name = "MinHash add";
    if !bench.wants(name) {
        return Ok(());
    }
    let items = items.get(..10_000).unwrap_or(items);
    let mut signature = MinHash::default();
    let here = measure(items.len() as u64, || signature.add_all(items));
    ensure!(!signature.is_empty());
    bench.add(Row {
        name,
        unit: "integers, 200 figures",
        here,
        floor_and_goal: None,
        peer: None,
        reference: None,
        limit: "two products for each figure",
    });
    Ok(())
}
