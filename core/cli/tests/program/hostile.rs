//! Inputs that mean harm. Whatever happens, it is one of the exit codes, with a code on standard error.

use crdt_merge::prelude::*;
use crdt_merge::{Entropy, TestEntropy, frames};

use crate::support::{Folder, Run, counter, generic, map, nested};

fn assert_refused_or_done(run: &Run, what: &dyn std::fmt::Debug) {
    let is_known = matches!(run.code, Some(0..=4));
    let is_told = run.code == Some(0) || run.err.starts_with("error: ") || run.code == Some(1);
    assert!(is_known && is_told && !run.err.contains("panicked"), "{what:?}: {run:?}");
}

#[test]
fn every_cut_of_a_frame_is_refused_by_every_command() {
    let frame = counter("a", 1);
    for length in 0..frame.len() {
        let folder = Folder::new().with("cut", &frame[..length]).with("whole", &frame);
        for command in [
            &["inspect", "cut"][..],
            &["merge", "whole", "cut"],
            &["convert", "cut"],
            &["diff", "whole", "cut"],
            &["verify", "cut"],
        ] {
            let run = folder.run(command);
            assert!(run.code == Some(3) && run.err.starts_with("error: "), "{length} {command:?}: {run:?}");
        }
    }
}

#[test]
fn flipped_bytes_end_in_an_answer() {
    let mut entropy = TestEntropy::new(1);
    let originals = [counter("node", 300), map("key", nested(5), 5, "n"), generic("text")];
    for round in 0..300 {
        let mut frame = originals[round % originals.len()].clone();
        let mut random = [0; 3];
        entropy.fill(&mut random);
        let place = usize::from(random[0]) * 256 + usize::from(random[1]);
        let length = frame.len();
        frame[place % length] = random[2];
        let run = Folder::new().run_with(&["inspect", "-"], &frame);
        assert_refused_or_done(&run, &frame);
    }
}

#[test]
fn a_small_frame_cannot_fill_memory() -> Result<()> {
    let bomb = frames::convert(
        &generic("x".repeat(3 << 20)),
        &frames::DecodeOptions::strict(),
        &frames::EncodeOptions::V1.compressed(),
    )?;
    let folder = Folder::new().with("bomb", &bomb).with("two", [&bomb[..], &bomb].concat());
    assert!(bomb.len() < 5000);
    for command in ["inspect", "convert", "merge", "verify"] {
        folder.run(&[command, "bomb", "--limit-inflated", "1MiB"]).failed(3, Code::TooLarge);
    }
    assert_eq!(folder.run(&["inspect", "two", "--limit-inflated", "8MiB"]).code, Some(0));
    folder.run(&["inspect", "two", "--limit-inflated", "5MiB"]).failed(3, Code::TooLarge);
    Ok(())
}

#[test]
fn deep_nesting_meets_its_limit_and_not_the_end_of_the_stack() {
    let folder = Folder::new().with("deep", generic(nested(512))).with("deeper", generic(nested(513)));
    folder.run(&["inspect", "deep"]).failed(3, Code::TooDeep);
    folder.run(&["inspect", "deeper", "--max-depth", "512"]).failed(3, Code::TooDeep);
    for command in [
        &["inspect", "--json"][..],
        &["inspect", "--full"],
        &["convert", "--to=json"],
        &["convert", "--to=plain-json"],
        &["convert"],
    ] {
        folder.run(&[command, &["deep", "--max-depth", "512"]].concat()).succeeded();
    }
    let folder = folder.with("other", generic(Value::List(vec![nested(511), Value::Null])));
    let run = folder.run(&["diff", "deep", "other", "--max-depth", "512"]);
    assert_eq!(run.code, Some(1), "{run:?}");
}

#[test]
fn deep_json_meets_its_limit_as_well() {
    let payload = |depth: usize| format!("{}{}{}", "{\"l\": [".repeat(depth), "null", "]}".repeat(depth));
    let line = |depth| format!("{{\"type\": \"generic\", \"version\": 1, \"payload\": {}}}", payload(depth));
    let convert = |depth: usize, arguments: &[&str]| {
        Folder::new().run_with(&[&["convert", "--from=json", "-"], arguments].concat(), line(depth).as_bytes())
    };
    convert(128, &[]).succeeded();
    convert(129, &[]).failed(3, Code::TooDeep);
    convert(512, &["--max-depth", "512"]).succeeded();
    convert(100_000, &["--max-depth", "512"]).failed(3, Code::TooDeep);
}

#[test]
fn promises_of_size_cost_nothing() {
    let frames: [&[u8]; 4] = [
        b"CRDT\0\x01\x20\0\xff\xff\xff\xff",
        b"CRDT\0\x01\x20\0\0\0\0\x05\x07\xff\xff\xff\xff",
        b"CRDT\0\x01\x20\0\0\0\0\x05\x05\xff\xff\xff\xff",
        b"\xff\xff\xff\xff\0\0\0\x0cCRDT\0\x01\x20\0\0\0\0\0",
    ];
    for frame in frames {
        Folder::new().run_with(&["inspect", "-"], frame).failed(3, Code::Truncated);
    }
}

#[test]
fn other_files_are_no_frames() {
    for bytes in
        [&b"#!/bin/sh\necho no frame here\n"[..], b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0", b"{\"a\": 1, \"b\": 2}"]
    {
        Folder::new().run_with(&["inspect", "-"], bytes).failed(3, Code::BadMagic);
    }
}
