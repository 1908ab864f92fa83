//! Measuring: warm-up, samples of equal length, median and spread.

use std::hint::black_box;
use std::time::{Duration, Instant};

use serde::Serialize;

/// Samples of one measurement.
const SAMPLES: usize = 9;
/// Shortest time of one sample.
const SAMPLE_TIME: Duration = Duration::from_millis(60);

/// A figure: operations a second.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Figure {
    /// Median over the samples.
    pub per_second: f64,
    /// Fastest sample divided by the slowest.
    pub spread: f64,
}

/// One row of the table.
#[derive(Debug, Clone, Serialize)]
pub struct Row {
    pub name: &'static str,
    /// What one operation is, with sizes and distribution.
    pub unit: &'static str,
    pub here: Figure,
    /// Floor and goal in operations a second, where the project has set some.
    pub floor_and_goal: Option<(f64, f64)>,
    pub peer: Option<(&'static str, Figure)>,
    /// The Python reference, in operations a second.
    pub reference: Option<f64>,
    /// What stops it from being faster.
    pub limit: &'static str,
}

/// All measurements of a run.
pub struct Bench {
    filter: Option<String>,
    rows: Vec<Row>,
}

impl Bench {
    pub fn new(filter: Option<String>) -> Self {
        Bench { filter, rows: Vec::new() }
    }

    pub fn into_rows(self) -> Vec<Row> {
        self.rows
    }

    /// Whether a benchmark was asked for; says so on standard error, since a run takes minutes.
    pub fn wants(&self, name: &str) -> bool {
        let wanted = self.filter.as_deref().is_none_or(|filter| name.contains(filter));
        if wanted {
            eprintln!("measuring {name}");
        }
        wanted
    }

    pub fn add(&mut self, row: Row) {
        self.rows.push(row);
    }
}

/// Measures a closure that does `operations` operations a call.
pub fn measure<T>(operations: u64, mut call: impl FnMut() -> T) -> Figure {
    measure_prepared(operations, || (), |()| call())
}

/// As [`measure`], with an input made outside the clock for every call.
pub fn measure_prepared<I, T>(operations: u64, mut prepare: impl FnMut() -> I, mut call: impl FnMut(I) -> T) -> Figure {
    let calls = calls_per_sample(&mut prepare, &mut call);
    let mut rates: Vec<f64> = (0..SAMPLES)
        .map(|_| {
            let time: Duration = (0..calls).map(|_| timed(&mut prepare, &mut call)).sum();
            operations as f64 * calls as f64 / time.as_secs_f64()
        })
        .collect();
    rates.sort_by(f64::total_cmp);
    let (slowest, fastest) = (rates.first().copied().unwrap_or(0.0), rates.last().copied().unwrap_or(0.0));
    Figure { per_second: rates.get(SAMPLES / 2).copied().unwrap_or(0.0), spread: fastest / slowest }
}

fn timed<I, T>(prepare: &mut impl FnMut() -> I, call: &mut impl FnMut(I) -> T) -> Duration {
    let input = prepare();
    let start = Instant::now();
    let output = black_box(call(black_box(input)));
    let time = start.elapsed();
    drop(output);
    time
}

/// How many calls fill a sample; finding out warms up.
fn calls_per_sample<I, T>(prepare: &mut impl FnMut() -> I, call: &mut impl FnMut(I) -> T) -> u32 {
    let mut calls = 1_u32;
    loop {
        let time: Duration = (0..calls).map(|_| timed(prepare, call)).sum();
        if time >= SAMPLE_TIME || calls > 1 << 24 {
            return calls;
        }
        calls = calls.saturating_mul(2);
    }
}

/// Pseudo-random numbers below `bound`, the same in every run.
pub fn scrambled(count: usize, bound: usize) -> Vec<usize> {
    let mut random = crdt_merge_protocol::laws::Random::new(2026);
    (0..count).map(|_| random.below(bound)).collect()
}
