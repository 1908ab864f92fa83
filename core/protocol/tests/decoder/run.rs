//! Runs a judge over mutated inputs on all processors and adds up what came of them.

use std::any::Any;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use crdt_merge_protocol::laws::Random;
use crdt_merge_protocol::wire::{HEADER_BYTES, inspect};
use crdt_merge_protocol::{Code, Tag};

use super::corpus::to_hex;

const SEED: u64 = 0x2026_0131;
/// Frames where nothing else is asked for: what the test promises in release builds, and what is bearable in debug builds.
const FRAMES: u64 = if cfg!(debug_assertions) { 10_000 } else { 1_000_000 };
/// Failing inputs that are printed before a thread gives up.
const PRINTED: usize = 5;
/// Reading an input in all ways may take so long; hostile ones take milliseconds.
const LONGEST: Duration = Duration::from_secs(5);

/// How many frames to mutate.
pub fn frames() -> u64 {
    match std::env::var("CRDT_MERGE_MUTATIONS") {
        Ok(text) => text.parse().expect("CRDT_MERGE_MUTATIONS is a number"),
        Err(_) => FRAMES,
    }
}

/// What came of some inputs.
#[derive(Default)]
pub struct Tally {
    pub inputs: u64,
    pub past_header: u64,
    pub codes: BTreeMap<&'static str, u64>,
    slowest: Duration,
    failures: Vec<String>,
}

impl Tally {
    fn add(&mut self, input: &[u8], answer: std::thread::Result<Option<Code>>, time: Duration) {
        self.inputs += 1;
        self.past_header += u64::from(has_sound_header(input));
        self.slowest = self.slowest.max(time);
        match answer {
            Ok(code) => *self.codes.entry(code.map_or("accepted", Code::as_str)).or_default() += 1,
            Err(panic) => self.failures.push(format!("{}: {}", to_hex(input), message(&*panic))),
        }
    }

    fn merge(mut self, other: Tally) -> Self {
        self.inputs += other.inputs;
        self.past_header += other.past_header;
        self.slowest = self.slowest.max(other.slowest);
        self.failures.extend(other.failures);
        other.codes.into_iter().for_each(|(code, count)| *self.codes.entry(code).or_default() += count);
        self
    }

    /// Prints the histogram and fails if something has failed.
    pub fn close(self, what: &str) -> Self {
        println!("{} mutated {what} from seed {SEED:#x}; slowest {:?}", self.inputs, self.slowest);
        let mut rows: Vec<_> = self.codes.iter().collect();
        rows.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
        for (code, count) in rows {
            println!("  {code:<16} {count:>9} {:>6.2} %", *count as f64 * 100.0 / self.inputs as f64);
        }
        self.failures.iter().for_each(|hex| println!("  failing: {hex}"));
        assert!(self.failures.is_empty(), "{} inputs failed; they are printed above", self.failures.len());
        assert!(self.slowest < LONGEST, "one input took {:?}", self.slowest);
        self
    }
}

/// What a panic says.
fn message(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("a panic without a message")
}

/// Whether everything that the header says is right, so that the payload is looked at.
fn has_sound_header(input: &[u8]) -> bool {
    inspect(input).is_ok_and(|info| {
        info.flags < if info.version == 1 { 2 } else { 8 }
            && (1..=2).contains(&info.version)
            && Tag::from_byte(info.tag).is_some()
            && info.payload_bytes as usize + HEADER_BYTES == input.len()
    })
}

/// Makes and judges `count` inputs on all processors. Each has a generator of its own, so that the same ones come up however many
/// threads share the work.
pub fn run(
    count: u64,
    make: impl Fn(&mut Random) -> Vec<u8> + Sync,
    judge: impl Fn(&[u8]) -> Option<Code> + Sync,
) -> Tally {
    let threads = std::thread::available_parallelism().map_or(1, |threads| threads.get() as u64);
    let part = |first: u64| {
        let mut tally = Tally::default();
        for number in (first..count).step_by(threads as usize) {
            let input = make(&mut Random::new(Random::new(SEED ^ number).bits()));
            let start = Instant::now();
            let answer = catch_unwind(AssertUnwindSafe(|| judge(&input)));
            tally.add(&input, answer, start.elapsed());
            if tally.failures.len() >= PRINTED {
                break;
            }
        }
        tally
    };
    std::thread::scope(|scope| {
        let running: Vec<_> = (0..threads).map(|first| scope.spawn(move || part(first))).collect();
        running.into_iter().map(|thread| thread.join().unwrap()).fold(Tally::default(), Tally::merge)
    })
}
