//! Every file of `attacks/`, strictly and leniently: the answer that the table there promises, within the stated bounds.

#![expect(dead_code, reason = "modules shared with the test of mutated frames")]

#[path = "decoder/attacks.rs"]
mod attacks;
#[path = "decoder/corpus.rs"]
mod corpus;
#[path = "decoder/measure.rs"]
mod measure;
#[path = "decoder/mutate.rs"]
mod mutate;

use std::time::{Duration, Instant};

use attacks::Attack;
use crdt_merge_protocol::wire::{DecodeOptions, Document, unpack};
use crdt_merge_protocol::{AnyState, Result};
use measure::{measured, size, within_bounds};

/// No attack may take longer, wherever it runs; those that do not inflate take milliseconds.
const LONGEST: Duration = Duration::from_secs(60);

/// Runs one way of reading: what it answers, and what is wrong with what it cost.
fn answer(attack: &Attack, way: &str, size: u64, run: impl FnOnce() -> Result<()>) -> (String, Option<String>) {
    let start = Instant::now();
    let (result, spent) = measured(run);
    let fault = within_bounds(size, spent).err();
    let fault = fault.or_else(|| (start.elapsed() > LONGEST).then(|| format!("{:?}", start.elapsed())));
    let code = result.map_or_else(|error| error.code().to_string(), |()| "OK".to_owned());
    (code, fault.map(|fault| format!("{}: {way}: {fault}", attack.file)))
}

/// Everything wrong with one attack.
fn faults(attack: &Attack) -> Vec<String> {
    let input = &attack.input;
    let size = if attack.is_batch() { input.len() as u64 } else { size(input) };
    let mut faults = Vec::new();
    for (mode, options, expected) in
        [("strict", DecodeOptions::strict(), &attack.strict), ("lenient", DecodeOptions::lenient(), &attack.lenient)]
    {
        let (code, fault) = answer(attack, mode, size, || {
            if attack.is_batch() {
                return unpack(input, &options).map(drop);
            }
            AnyState::decode_with(input, &options).map(drop)
        });
        faults.extend(fault);
        if code != *expected {
            faults.push(format!("{}: {mode} reading answers {code}, not {expected}", attack.file));
        }
        if !attack.is_batch() {
            let document = answer(attack, "document", size, || Document::decode(input, &options).map(drop));
            faults.extend(document.1);
            if mode == "strict" && document.0 != *expected {
                faults.push(format!("{}: the document answers {}, not {expected}", attack.file, document.0));
            }
        }
    }
    faults
}

#[test]
fn every_attack_gets_the_answer_of_its_row() {
    let attacks = attacks::all();
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let faults: Vec<String> = std::thread::scope(|scope| {
        let part = |first: usize| attacks.iter().skip(first).step_by(threads).flat_map(faults).collect::<Vec<_>>();
        let running: Vec<_> = (0..threads).map(|first| scope.spawn(move || part(first))).collect();
        running.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    println!("{} attacks", attacks.len());
    faults.iter().for_each(|fault| println!("  {fault}"));
    assert!(faults.is_empty(), "{} answers are wrong", faults.len());
    assert!(attacks.len() > 100, "attacks are missing");
}
