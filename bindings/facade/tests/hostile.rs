//! Arguments of any shape: every operation answers, and none with a fault of ours.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::path::Path;

use crdt_merge_facade::{Code, Datum, OPERATIONS, invoke, invoke_bytes, operation_number};

/// A small generator with a fixed start: failures come again.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed ^ (mixed >> 27)
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }
}

/// What arguments are drawn from.
struct Stock {
    names: Vec<String>,
    words: Vec<String>,
    frames: Vec<Vec<u8>>,
    handles: Vec<Datum>,
}

impl Stock {
    fn new() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let tables =
            ["spec/operations.toml", "spec/surface.toml"].map(|path| std::fs::read_to_string(root.join(path)).unwrap());
        let quoted = |text: &str, before: &str| -> Vec<String> {
            text.split(before).skip(1).filter_map(|rest| rest.split('"').next()).map(str::to_owned).collect()
        };
        let names = tables.iter().flat_map(|text| quoted(text, "name = \"")).collect();
        let mut words = quoted(&std::fs::read_to_string(root.join("spec/tags.toml")).unwrap(), "name = \"");
        words.extend(["", "a", "value", "increment", "exact", "native", "1", "\0", "é"].map(str::to_owned));
        Stock { names, words, frames: Vec::new(), handles: Vec::new() }
    }

    fn fill(&mut self) {
        let entropy = Datum::map([("entropy", Datum::Bytes(vec![1; 32])), ("node", Datum::text("n"))]);
        let replica = invoke(operation_number("replica_new").unwrap(), &entropy).unwrap();
        for kind in self.words.clone() {
            let input = Datum::map([("kind", Datum::text(kind)), ("replica", replica.clone())]);
            let Ok(state) = invoke(operation_number("state_new").unwrap(), &input) else { continue };
            let of = Datum::map([("state", state.clone())]);
            if let Ok(Datum::Bytes(frame)) = invoke(operation_number("state_encode").unwrap(), &of) {
                self.frames.push(frame);
            }
            if let Ok(Datum::Bytes(summary)) = invoke(operation_number("state_summary").unwrap(), &of) {
                self.frames.push(summary);
            }
            self.handles.push(invoke(operation_number("session_new").unwrap(), &of).unwrap());
            self.handles.push(state);
        }
        self.handles.push(replica);
    }

    fn draw(&self, random: &mut Random, depth: usize) -> Datum {
        let kinds = if depth == 0 { 8 } else { 14 };
        let items = |random: &mut Random| (0..random.below(4)).map(|_| self.draw(random, depth - 1)).collect();
        match random.below(kinds) {
            0 => Datum::Null,
            1 => Datum::Bool(random.below(2) == 0),
            2 => Datum::Int([0, 1, -1, 2, 14, 1_000, i64::MAX, i64::MIN][random.below(8)]),
            3 => Datum::Float([0.0, -0.0, 0.5, f64::NAN, f64::INFINITY, 1e300, 5.0][random.below(7)]),
            4 => Datum::text(&self.words[random.below(self.words.len())]),
            5 => Datum::Bytes(self.frame(random)),
            6 => self.handles[random.below(self.handles.len())].clone(),
            7 => Datum::Big("99999999999999999999".to_owned()),
            8 => Datum::List(items(random)),
            9 => Datum::Set(items(random)),
            10 => Datum::Tuple(items(random)),
            11 => self.record(random, depth - 1),
            12 => Datum::Ints((0..random.below(4)).map(|_| random.next().cast_signed()).collect()),
            _ => {
                Datum::Texts((0..random.below(4)).map(|_| self.words[random.below(self.words.len())].clone()).collect())
            }
        }
    }

    /// A frame, whole or with one byte changed.
    fn frame(&self, random: &mut Random) -> Vec<u8> {
        let mut frame = self.frames[random.below(self.frames.len())].clone();
        if random.below(3) == 0 {
            let place = random.below(frame.len());
            frame[place] ^= 1 << random.below(8);
        }
        frame
    }

    /// Members by names that operations know.
    fn record(&self, random: &mut Random, depth: usize) -> Datum {
        let member =
            |random: &mut Random| (Datum::text(&self.names[random.below(self.names.len())]), self.draw(random, depth));
        Datum::Map((0..random.below(6)).map(|_| member(random)).collect())
    }

    /// A record with the members that an operation asks for, of any kind, and most of them of a likely one.
    fn likely(&self, members: &[(String, String)], random: &mut Random) -> Datum {
        let likely = |random: &mut Random, kind: &str| match kind {
            "state" | "replica" | "session" | "job" => self.handles[random.below(self.handles.len())].clone(),
            "bytes" | "frame" => Datum::Bytes(self.frame(random)),
            "text" => Datum::text(&self.words[random.below(self.words.len())]),
            "int" | "at" => Datum::Int([0, 1, 2, 3, 14, 100, -1][random.below(7)]),
            "list" | "column" => Datum::List((0..random.below(5)).map(|_| self.draw(random, 1)).collect()),
            "map" => Datum::Map((0..random.below(4)).map(|_| (Datum::text("a"), self.draw(random, 2))).collect()),
            _ => self.draw(random, 2),
        };
        let members = members.iter().map(|(name, kind)| {
            let value = if random.below(5) == 0 { self.draw(random, 2) } else { likely(random, kind) };
            (Datum::text(name), value)
        });
        Datum::Map(members.collect())
    }
}

/// Names and kinds of the members of every operation, read from the registries in a simple way.
fn members_of(operation: &str) -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let texts =
        ["spec/operations.toml", "spec/surface.toml"].map(|path| std::fs::read_to_string(root.join(path)).unwrap());
    let header = format!("name = \"{operation}\"\narea");
    let text = texts.iter().find_map(|text| text.split(&header).nth(1)).unwrap();
    let argument = text.split("\nout = ").next().unwrap();
    let member = |part: &str| {
        let mut words = part.split('"');
        Some((words.next()?.to_owned(), words.nth(1)?.split(' ').next()?.to_owned()))
    };
    argument.split("{ name = \"").skip(1).filter_map(member).collect()
}

/// Nothing large is asked for: sizes are drawn small, and what asks for gigabytes is refused before they are taken.
#[test]
fn no_argument_is_a_fault_of_ours() {
    let mut stock = Stock::new();
    stock.fill();
    let mut random = Random(7);
    for (number, operation) in OPERATIONS.iter().enumerate() {
        // It would close what the others work on.
        if ["handle_close", "replica_close"].contains(operation) {
            continue;
        }
        let members = members_of(operation);
        let mut answered = 0;
        for trial in 0..400 {
            let input = if trial % 4 == 0 { stock.draw(&mut random, 3) } else { stock.likely(&members, &mut random) };
            match invoke(number, &input) {
                Ok(_) => answered += 1,
                Err(error) => assert_ne!(error.code(), Code::Internal, "{operation} of {input:?}"),
            }
        }
        println!("{operation}: {answered} of 400 answered");
    }
}

#[test]
fn no_bytes_are_a_fault_of_ours() {
    let mut random = Random(9);
    for number in 0..OPERATIONS.len() + 2 {
        for _ in 0..50 {
            let bytes: Vec<u8> = (0..random.below(40)).map(|_| random.next() as u8 % 16).collect();
            let reply = invoke_bytes(number, &bytes);
            assert!(!reply.windows(8).any(|window| window == b"INTERNAL"), "{number} of {bytes:?}");
        }
    }
}
