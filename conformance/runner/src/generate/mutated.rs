//! Canonical frames with a few bytes changed: most are refused, some are other states.

use std::collections::BTreeMap;

use super::random::Random;
use super::{Maker, to_wire};
use crate::corpus::Topic;
use crate::wire2;

/// Cases of each kind.
const EACH: usize = 24;

/// Changes frames of each kind; the frames come in an order of their own, so that new ones change nothing before.
pub(super) fn topic(frames: &BTreeMap<u8, Vec<Vec<u8>>>) -> Topic {
    let mut maker = Maker::new("mutated", "canonical bodies with a few bytes changed");
    for (tag, frames) in frames {
        let mut random = Random::new(0x6d75_7461_7465 ^ u64::from(*tag) << 56);
        for number in 0..EACH {
            let frame = &frames[random.below(frames.len() as u64) as usize];
            let (what, body) = change(&mut random, &frame[12..]);
            let name = format!("{tag:02x}-{number}");
            maker.asked(
                &name,
                &format!("tag {tag:#04x}, {what}"),
                "convert",
                to_wire(wire2::canonical(*tag, &body), 2),
            );
        }
    }
    maker.topic
}

fn change(random: &mut Random, body: &[u8]) -> (&'static str, Vec<u8>) {
    let mut out = body.to_vec();
    let place = random.below(body.len() as u64) as usize;
    let what = match random.below(6) {
        0 => {
            out[place] ^= 1 << random.below(8);
            "a bit flipped"
        }
        1 => {
            out[place] = [0, 1, 0x7f, 0x80, 0xff][random.below(5) as usize];
            "a byte set"
        }
        2 => {
            out.truncate(place);
            "cut"
        }
        3 => {
            out.insert(place, [0, 1, 0x80, 0xff][random.below(4) as usize]);
            "a byte put in"
        }
        4 => {
            out.remove(place);
            "a byte taken out"
        }
        _ => {
            let other = random.below(body.len() as u64) as usize;
            out.swap(place, other);
            "two bytes swapped"
        }
    };
    (what, out)
}
