//! Deltas and sessions of kinds that the recorded ones do not have: both lead to the join.

use std::collections::BTreeMap;

use super::{Maker, kinds};
use crate::case::{Expect, Law};
use crate::corpus::Topic;
use crate::value::Value;

/// Kinds of version 1 without recorded deltas whose states all join: dotted version vectors and trees.
const OTHERS: [u8; 2] = [0x41, 0x42];
/// Pairs of each of them.
const PAIRS: usize = 8;

/// Pairs of states of one kind; `frames` are canonical ones by tag.
pub(super) fn topic(frames: &BTreeMap<u8, Vec<Vec<u8>>>) -> Topic {
    let mut maker = Maker::new("exchange", "deltas and sessions lead to the join");
    let random = kinds::frames();
    let others = OTHERS.iter().filter_map(|tag| Some((tag, frames.get(tag)?)));
    for (tag, states) in random.iter().chain(others) {
        for index in 0..states.len().min(PAIRS) {
            let pair = |other: usize| (&states[index], &states[(index + other) % states.len()]);
            exchange(&mut maker, &format!("{tag:02x}-{index}"), "delta_for", ["sender", "receiver"], pair(1));
            exchange(&mut maker, &format!("{tag:02x}-{index}"), "session", ["a", "b"], pair(2));
        }
    }
    maker.topic
}

fn exchange(maker: &mut Maker, name: &str, op: &str, names: [&str; 2], (one, other): (&Vec<u8>, &Vec<u8>)) {
    let input = Value::map([(names[0], Value::Bytes(one.clone())), (names[1], Value::Bytes(other.clone()))]);
    let part = if op == "session" { "session" } else { "delta" };
    maker.asked(&format!("{name}/{part}"), &format!("{op} of tag {:#04x}", one[6]), op, input);
    maker.expected(Expect::Laws(vec![Law::Complete]));
}
