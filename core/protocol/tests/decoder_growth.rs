//! What floods cost: memory and work within the stated bounds, and time that grows with the input and not with its square.

#![expect(dead_code, reason = "modules shared with the test of mutated frames")]

#[path = "decoder/corpus.rs"]
mod corpus;
#[path = "decoder/flood.rs"]
mod flood;
#[path = "decoder/flood_body.rs"]
mod flood_body;
#[path = "decoder/measure.rs"]
mod measure;
#[path = "decoder/mutate.rs"]
mod mutate;
#[path = "decoder/mutate_body.rs"]
mod mutate_body;

use std::time::{Duration, Instant};

use corpus::Corpus;
use crdt_merge_protocol::AnyState;
use crdt_merge_protocol::wire::{DecodeOptions, Document};
use flood::{Flood, floods};
use measure::{Spent, measured, within_bounds};

/// Repetitions in the smaller of two inputs.
const FEW: usize = if cfg!(debug_assertions) { 1_000 } else { 8_000 };
/// Times as many in the larger one.
const FACTOR: usize = 4;
/// The larger one may take so many times as long; four would be linear, sixteen quadratic.
const TIMES: u32 = 8;
/// Below this the clock and the machine say more than the input.
const NOTHING: Duration = Duration::from_millis(50);
/// Measurements before a flood counts as slow; the shortest time counts.
const RUNS: usize = 10;

/// Beyond this no second measurement is needed.
const HOPELESS: Duration = Duration::from_millis(500);

/// Every way to read a frame, what it costs, and how long the slowest one takes.
fn read(frame: &[u8]) -> (Vec<(&'static str, Spent)>, Duration) {
    let (mut spent, mut slowest) = (Vec::new(), Duration::ZERO);
    for (document, state, options) in [
        ("strict document", "strict state", DecodeOptions::strict()),
        ("lenient document", "lenient state", DecodeOptions::lenient()),
    ] {
        let start = Instant::now();
        spent.push((document, measured(|| Document::decode(frame, &options).is_ok()).1));
        spent.push((state, measured(|| AnyState::decode_with(frame, &options).is_ok()).1));
        slowest = slowest.max(start.elapsed());
    }
    (spent, slowest)
}

/// Whether the larger input takes too many times as long as the smaller one, each at its best.
fn grows_too_fast(small: &[u8], large: &[u8]) -> bool {
    let (mut few, mut many) = (Duration::MAX, Duration::MAX);
    for _ in 0..RUNS {
        few = few.min(read(small).1);
        many = many.min(read(large).1);
        if many < NOTHING || many < few * TIMES {
            return false;
        }
        if few > HOPELESS {
            break;
        }
    }
    println!("{few:?} for {} bytes, {many:?} for {} bytes", small.len(), large.len());
    true
}

/// Checks one flood: the largest number of bytes held for each byte in, or what is wrong with it.
fn check(flood: &Flood) -> Result<f64, String> {
    let (small, large) = ((flood.make)(FEW), (flood.make)(FEW * FACTOR));
    let mut most = 0.0_f64;
    for frame in [&small, &large] {
        for (way, spent) in read(frame).0 {
            within_bounds(frame.len() as u64, spent).map_err(|fault| format!("{}: {way}: {fault}", flood.name))?;
            most = most.max(spent.peak as f64 / frame.len() as f64);
        }
    }
    if grows_too_fast(&small, &large) {
        return Err(format!("{}: time grows with the square of the input", flood.name));
    }
    Ok(most)
}

#[test]
fn floods_cost_what_their_length_allows() {
    let mut floods = floods(&Corpus::first());
    floods.extend(flood_body::floods());
    let (mut costs, mut faults) = (Vec::new(), Vec::new());
    for flood in &floods {
        let start = Instant::now();
        let result = check(flood);
        if start.elapsed() > HOPELESS {
            println!("{:?} for {}", start.elapsed(), flood.name);
        }
        match result {
            Ok(cost) => costs.push((cost, flood.name.as_str())),
            Err(fault) => faults.push(fault),
        }
    }
    costs.sort_by(|a, b| b.0.total_cmp(&a.0));
    println!("{} floods; most bytes held for each byte in:", floods.len());
    costs.iter().take(12).for_each(|(cost, name)| println!("  {cost:>6.1} {name}"));
    faults.iter().for_each(|fault| println!("  fault: {fault}"));
    assert!(faults.is_empty(), "{} floods cost too much", faults.len());
    assert!(floods.len() > 200, "kinds without floods");
}
