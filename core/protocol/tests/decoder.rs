//! Mutated frames against every decoder: no panic, no hang, memory and work within stated bounds, and every answer fits the others.
//!
//! `CRDT_MERGE_MUTATIONS` says how many frames to mutate; the seed is fixed, so that a failure can be repeated.

#[path = "decoder/corpus.rs"]
mod corpus;
#[path = "decoder/judge.rs"]
mod judge;
#[path = "decoder/laws.rs"]
mod laws;
#[path = "decoder/measure.rs"]
mod measure;
#[path = "decoder/mutate.rs"]
mod mutate;

use std::any::Any;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use corpus::{Corpus, to_hex};
use crdt_merge_protocol::laws::Random;
use crdt_merge_protocol::wire::{HEADER_BYTES, inspect, pack};
use crdt_merge_protocol::{Code, Tag};

const SEED: u64 = 0x2026_0131;
/// Frames where nothing else is asked for: what the test promises in release builds, and what is bearable in debug builds.
const FRAMES: u64 = if cfg!(debug_assertions) { 10_000 } else { 1_000_000 };
/// Failing inputs that are printed before a thread gives up.
const PRINTED: usize = 5;
/// Reading an input in all ways may take so long; hostile ones take milliseconds.
const LONGEST: Duration = Duration::from_secs(5);

fn frames() -> u64 {
    match std::env::var("CRDT_MERGE_MUTATIONS") {
        Ok(text) => text.parse().expect("CRDT_MERGE_MUTATIONS is a number"),
        Err(_) => FRAMES,
    }
}

/// What came of some inputs.
#[derive(Default)]
struct Tally {
    inputs: u64,
    past_header: u64,
    codes: BTreeMap<&'static str, u64>,
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
    fn close(self, what: &str) -> Self {
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
        info.version == 1
            && info.flags <= 1
            && Tag::from_byte(info.tag).is_some()
            && info.payload_bytes as usize + HEADER_BYTES == input.len()
    })
}

/// Makes and judges `count` inputs on all processors. Each has a generator of its own, so that the same ones come up however many
/// threads share the work.
fn run(
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

#[test]
fn mutated_frames_are_read_or_refused() {
    let corpus = Corpus::new();
    println!("{} sound frames to start from", corpus.len());
    let tally = run(frames(), |random| mutate::frame(random, &corpus), |frame| judge::frame(frame, &corpus));
    let tally = tally.close("frames");
    println!("{} of {} have a sound header", tally.past_header, tally.inputs);
    assert!(tally.past_header * 2 >= tally.inputs, "too many stop at the header");
    assert!(tally.codes.get("accepted").is_some_and(|count| count * 20 >= tally.inputs), "too few are accepted");
}

#[test]
fn mutated_batches_are_read_or_refused() {
    let corpus = Corpus::new();
    let make = |random: &mut Random| {
        let frames: Vec<_> = (0..random.below(4))
            .map(|_| if random.one_in(4) { mutate::frame(random, &corpus) } else { corpus.pick(random).frame.clone() })
            .collect();
        let mut batch = pack(&frames).unwrap();
        if random.one_in(2) {
            mutate::mutate_bytes(random, &mut batch);
        }
        batch
    };
    run(frames() / 10, make, judge::batch).close("batches");
}

#[test]
fn mutated_payloads_are_read_or_refused() {
    let corpus = Corpus::new();
    let make = |random: &mut Random| {
        let seed = corpus.pick(random);
        mutate::payload(random, &corpus, seed)
    };
    run(frames() / 10, make, judge::payload).close("payloads");
}

#[test]
fn the_corpus_has_every_kind() {
    let corpus = Corpus::new();
    let missing: Vec<_> =
        Tag::V1.iter().filter(|tag| corpus.of(**tag).next().is_none()).map(|tag| tag.name()).collect();
    assert!(missing.is_empty(), "no sound frame of {missing:?}");
}
