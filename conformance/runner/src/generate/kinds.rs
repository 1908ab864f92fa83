//! Random states of the kinds that version 1 does not have: frames, ids, joins, laws.

use std::collections::{BTreeMap, BTreeSet};

use super::bytes::varint;
use super::random::{Random, mixed};
use super::{Maker, list, to_wire};
use crate::case::{Expect, Law};
use crate::corpus::Topic;
use crate::value::Value;
use crate::wire2;

/// States of each kind.
const STATES: usize = 8;
const LAWS: [Law; 3] = [Law::Commutative, Law::Associative, Law::Idempotent];

/// What makes the body of a random state; the other number tells families of parameters apart.
type Body = fn(&mut Random) -> Vec<u8>;

/// Name, tag, body.
const KINDS: [(&str, u8, Body); 10] = [
    ("or_set", 0x04, or_set),
    ("mv_register", 0x06, mv_register),
    ("rw_set", 0x07, rw_set),
    ("ew_flag", 0x08, ew_flag),
    ("dw_flag", 0x09, dw_flag),
    ("bounded_counter", 0x0a, bounded_counter),
    ("hll_native", 0x33, registers),
    ("bloom_native", 0x34, blocks),
    ("cms_native", 0x35, tables),
    ("minhash", 0x36, signature),
];

/// The frames of all kinds, by tag.
pub(super) fn frames() -> BTreeMap<u8, Vec<Vec<u8>>> {
    let of = |kind: &(&str, u8, Body)| {
        let mut random = Random::new(0x6b69_6e64 ^ u64::from(kind.1) << 48);
        let body = |_| [vec![1], (kind.2)(&mut random), vec![0]].concat();
        (kind.1, (0..STATES).map(body).map(|body| wire2::canonical(kind.1, &body)).collect())
    };
    KINDS.iter().map(of).collect()
}

pub(super) fn topic() -> Topic {
    let mut maker =
        Maker::new("kinds", "random states of kinds that version 1 does not have: frames, ids, joins, laws");
    let frames = frames();
    for (name, tag, _) in KINDS {
        states(&mut maker, name, &frames[&tag]);
    }
    maker.topic
}

fn states(maker: &mut Maker, kind: &str, frames: &[Vec<u8>]) {
    for (index, frame) in frames.iter().enumerate() {
        let note = format!("{kind} {index}");
        let id = wire2::state_id(frame).unwrap_or_default();
        maker.good(&format!("{kind}/{index}/id"), &note, "state_id", Value::Bytes(frame.clone()), Value::text(id));
        let read = to_wire(frame.clone(), 2);
        maker.good(&format!("{kind}/{index}/read"), &note, "convert", read, Value::Bytes(frame.clone()));
        let other = &frames[(index + 1) % frames.len()];
        let note = format!("{kind} {index} and the next");
        maker.asked(&format!("{kind}/{index}/ab"), &note, "join", list(&[frame.clone(), other.clone()]));
        maker.asked(&format!("{kind}/{index}/ba"), &note, "join", list(&[other.clone(), frame.clone()]));
        let third = &frames[(index + 3) % frames.len()];
        let three = list(&[frame.clone(), other.clone(), third.clone()]);
        maker.asked(&format!("{kind}/{index}/laws"), &format!("{kind} {index} and two others"), "join", three);
        maker.expected(Expect::Laws(LAWS.to_vec()));
    }
}

// Sets, registers and flags of dots ----------------------------------------------------------------

const ACTORS: [&str; 3] = ["a", "aa", "b~0123456789"];

/// A write of an actor. What it wrote depends on nothing else, so that two states never contradict each other.
type Dot = (usize, u64);

/// Writes somebody has seen, and those of them that still count.
struct Seen {
    covered: BTreeSet<Dot>,
    live: Vec<Dot>,
}

fn seen(random: &mut Random) -> Seen {
    let mut covered = BTreeSet::new();
    for actor in 0..ACTORS.len() {
        covered.extend((1..=random.below(4)).map(|sequence| (actor, sequence)));
        if random.once_in(2) {
            covered.insert((actor, 1 + random.below(8)));
        }
    }
    let live = covered.iter().filter(|_| !random.once_in(3)).copied().collect();
    Seen { covered, live }
}

fn text(words: &str) -> Vec<u8> {
    [varint(words.len() as u64), words.as_bytes().to_vec()].concat()
}

fn dot((actor, sequence): Dot) -> Vec<u8> {
    [text(ACTORS[actor]), varint(sequence)].concat()
}

/// A count and what is counted.
fn counted(items: &[Vec<u8>]) -> Vec<u8> {
    [varint(items.len() as u64), items.concat()].concat()
}

fn dots(dots: &[Dot]) -> Vec<u8> {
    counted(&dots.iter().map(|each| dot(*each)).collect::<Vec<_>>())
}

fn context(covered: &BTreeSet<Dot>) -> Vec<u8> {
    let contiguous = |actor: usize| (1..).take_while(|sequence| covered.contains(&(actor, *sequence))).count() as u64;
    let reached: Vec<(usize, u64)> = (0..ACTORS.len()).map(|actor| (actor, contiguous(actor))).collect();
    let slots: Vec<Vec<u8>> = reached.iter().filter(|(_, n)| *n > 0).map(|slot| dot(*slot)).collect();
    let beyond: Vec<Dot> = covered.iter().filter(|(actor, n)| *n > reached[*actor].1).copied().collect();
    [counted(&slots), dots(&beyond)].concat()
}

/// A number that belongs to a write.
fn choice((actor, sequence): Dot, of: u64) -> u64 {
    mixed(actor as u64 * 1000 + sequence) % of
}

/// Encoded values that are elements: null, int 1, text 1, bytes.
const ELEMENTS: [&[u8]; 4] = [&[0x00], &[0x02, 0x02], &[0x04, 0x01, 0x31], &[0x05, 0x01, 0xff]];

/// Elements in their order, with the live writes of each.
fn by_element(live: &[Dot]) -> Vec<(&'static [u8], Vec<Dot>)> {
    let of = |number: u64| live.iter().filter(|dot| choice(**dot, 4) == number).copied().collect::<Vec<_>>();
    let groups = (0..4).map(|number| (ELEMENTS[number as usize], of(number)));
    groups.filter(|(_, dots)| !dots.is_empty()).collect()
}

fn or_set(random: &mut Random) -> Vec<u8> {
    let seen = seen(random);
    let tags = if random.once_in(2) { counted(&[text("0a0a0a0a0a0a")]) } else { vec![0] };
    let mut entries: Vec<Vec<u8>> =
        by_element(&seen.live).into_iter().map(|(element, live)| [element, &dots(&live), &[0]].concat()).collect();
    let removed = if tags == [0] && random.once_in(2) {
        [vec![1, 0x04, 0x01, 0x7a], counted(&[text("0a0a0a0a0a0a")])].concat()
    } else {
        vec![0]
    };
    if tags != [0] {
        // The text "z" comes behind the text "1" and before bytes.
        let place = entries.iter().filter(|entry| entry[0] < 0x05).count();
        entries.insert(place, [vec![0x04, 0x01, 0x7a, 0], tags].concat());
    }
    [counted(&entries), context(&seen.covered), removed].concat()
}

fn mv_register(random: &mut Random) -> Vec<u8> {
    let seen = seen(random);
    let value = |dot: Dot| [ELEMENTS[choice(dot, 4) as usize], &[0x02][..], &varint(choice(dot, 1000))].concat();
    let siblings: Vec<Vec<u8>> = seen.live.iter().map(|each| [dot(*each), value(*each)].concat()).collect();
    [counted(&siblings), context(&seen.covered)].concat()
}

/// Writes of one kind and of the other.
fn halves(live: &[Dot]) -> Vec<u8> {
    let half = |odd: u64| live.iter().filter(|dot| choice(**dot, 8) / 4 == odd).copied().collect::<Vec<_>>();
    [dots(&half(0)), dots(&half(1))].concat()
}

fn rw_set(random: &mut Random) -> Vec<u8> {
    let seen = seen(random);
    let entries: Vec<Vec<u8>> =
        by_element(&seen.live).into_iter().map(|(element, live)| [element, &halves(&live)].concat()).collect();
    [counted(&entries), context(&seen.covered)].concat()
}

fn ew_flag(random: &mut Random) -> Vec<u8> {
    let seen = seen(random);
    [dots(&seen.live), context(&seen.covered)].concat()
}

fn dw_flag(random: &mut Random) -> Vec<u8> {
    let seen = seen(random);
    [halves(&seen.live), context(&seen.covered)].concat()
}

// Counters and sketches ----------------------------------------------------------------------------

/// Slots of the actors, none of them 0.
fn slots(random: &mut Random, bound: u64) -> Option<Vec<u8>> {
    let slot = |actor: &&str| {
        let figure = random.below(bound);
        (figure > 0).then(|| [text(actor), varint(figure)].concat())
    };
    let slots: Vec<Vec<u8>> = ACTORS.iter().filter_map(slot).collect();
    (!slots.is_empty()).then(|| counted(&slots))
}

fn bounded_counter(random: &mut Random) -> Vec<u8> {
    let row = |actor: &&str| Some([text(actor), slots(random, 400)?].concat());
    let rights: Vec<Vec<u8>> = ACTORS.iter().filter_map(row).collect();
    [counted(&rights), slots(random, 40).unwrap_or(vec![0])].concat()
}

fn registers(random: &mut Random) -> Vec<u8> {
    let registers: Vec<u8> = (0..16).map(|_| random.below(62) as u8).collect();
    [vec![0x07, 0x04, 0x10], registers].concat()
}

fn blocks(random: &mut Random) -> Vec<u8> {
    let bits: Vec<u8> = (0..64).map(|_| (random.next() & random.next()) as u8).collect();
    [vec![0x00, 0x02, 0x40], bits].concat()
}

fn tables(random: &mut Random) -> Vec<u8> {
    let mut nodes = Vec::new();
    for actor in ACTORS {
        if !random.once_in(3) {
            let cells: Vec<Vec<u8>> = (0..6).map(|_| varint(1 + random.below(300))).collect();
            nodes.push([text(actor), counted(&cells), varint(1 + random.below(900))].concat());
        }
    }
    [vec![0x00, 0x03, 0x02], counted(&nodes)].concat()
}

fn signature(random: &mut Random) -> Vec<u8> {
    let figures: Vec<Vec<u8>> = (0..5).map(|_| varint(random.next() >> 32)).collect();
    [vec![0x05], counted(&figures)].concat()
}
