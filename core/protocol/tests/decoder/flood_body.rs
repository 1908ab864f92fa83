//! Floods of version 2: bodies that repeat one thing very often.

use crdt_merge_protocol::Tag;

use super::flood::{Flood, flood};
use super::mutate_body::framed;

type Make = fn(usize) -> Vec<u8>;

/// Every flood of version 2.
pub fn floods() -> Vec<Flood> {
    let values = VALUES
        .iter()
        .map(|(name, make)| flood(format!("version 2: value: {name}"), move |n| body(Tag::Generic, &make(n))));
    let bodies = BODIES
        .iter()
        .map(|(name, tag, make)| flood(format!("version 2: {}: {name}", tag.name()), move |n| body(*tag, &make(n))));
    let tails = Tag::ALL.iter().filter(|tag| tag.is_join()).map(|tag| {
        flood(format!("version 2: {}: promises much", tag.name()), move |n| {
            body(*tag, &[varint(n), vec![0; n]].concat())
        })
    });
    values.chain(bodies).chain(tails).collect()
}

/// A frame of schema 1 without extension fields.
fn body(tag: Tag, fields: &[u8]) -> Vec<u8> {
    framed(tag.byte(), 0, &[&[1], fields, &[0]].concat())
}

fn varint(mut number: usize) -> Vec<u8> {
    let mut out = Vec::new();
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
    out
}

fn text(text: &str) -> Vec<u8> {
    [varint(text.len()), text.as_bytes().to_vec()].concat()
}

/// A count and members made by number.
fn members(n: usize, member: impl Fn(usize) -> Vec<u8>) -> Vec<u8> {
    [varint(n), (0..n).flat_map(member).collect()].concat()
}

/// A map of `n` names that ascend.
fn named(n: usize, value: impl Fn(usize) -> Vec<u8>) -> Vec<u8> {
    members(n, |i| [text(&format!("{i:07}")), value(i)].concat())
}

/// A text value that ascends with its number.
fn value(number: usize) -> Vec<u8> {
    [vec![4], text(&format!("{number:07}"))].concat()
}

fn dot(number: usize) -> Vec<u8> {
    [text("a"), varint(number)].concat()
}

const VALUES: &[(&str, Make)] = &[
    ("nulls", |n| [vec![6], members(n, |_| vec![0])].concat()),
    ("empty texts", |n| [vec![6], members(n, |_| vec![4, 0])].concat()),
    ("texts", |n| [vec![6], members(n, value)].concat()),
    ("empty lists", |n| [vec![6], members(n, |_| vec![6, 0])].concat()),
    ("lists of one", |n| [vec![6], members(n, |_| vec![6, 1, 0])].concat()),
    ("maps of one", |n| [vec![6], members(n, |_| vec![7, 1, 0, 0])].concat()),
    ("sets of one", |n| [vec![6], members(n, |_| vec![8, 1, 0])].concat()),
    ("a map", |n| [vec![7], members(n, |i| [value(i), vec![0]].concat())].concat()),
    ("a map downwards and one key again", |n| {
        [vec![7], members(n, |i| [value((n - i).min(n - 1)), vec![0]].concat())].concat()
    }),
    ("a set", |n| [vec![8], members(n, value)].concat()),
    ("a set downwards at its end", |n| [vec![8], members(n, |i| value(if i + 1 == n { 0 } else { i }))].concat()),
    ("nested lists that promise everything", |n| {
        [(0..100).flat_map(|_| [vec![6], varint(n)].concat()).collect(), vec![0; n]].concat()
    }),
    ("nested maps that promise everything", |n| {
        [(0..100).flat_map(|_| [vec![7], varint(n / 2), vec![0]].concat()).collect(), vec![0; n]].concat()
    }),
];

const BODIES: &[(&str, Tag, Make)] = &[
    ("slots", Tag::GCounter, |n| named(n, |i| varint(i + 1))),
    ("slots, the last one twice", Tag::GCounter, |n| {
        members(n, |i| [text(&format!("{:07}", i.min(n - 2))), vec![1]].concat())
    }),
    ("slots of both signs", Tag::PnCounter, |n| named(n / 2, |i| varint(i + 1)).repeat(2)),
    ("clocks", Tag::VectorClock, |n| named(n, |i| varint(i + 1))),
    ("registers", Tag::LwwMap, |n| [named(n, |_| vec![0, 2, 2, 0]), vec![0]].concat()),
    ("tombstones", Tag::LwwMap, |n| [vec![0], named(n, |_| vec![2, 2])].concat()),
    ("registers under tombstones", Tag::LwwMap, |n| {
        [named(n / 2, |_| vec![0, 2, 2, 0]), named(n / 2, |_| vec![2, 4])].concat()
    }),
    ("an element with dots", Tag::OrSet, |n| {
        [vec![1, 0], members(n, |i| dot(i + 1)), vec![0, 1], text("a"), varint(n), vec![0, 0]].concat()
    }),
    ("an element with dots that are not covered", Tag::OrSet, |n| {
        [vec![1, 0], members(n, |i| dot(2 * i + 2)), vec![0, 0, 0, 0]].concat()
    }),
    ("elements with a dot each", Tag::OrSet, |n| {
        let elements = members(n, |i| [value(i), vec![1], dot(i + 1), vec![0]].concat());
        [elements, vec![1], text("a"), varint(n), vec![0, 0]].concat()
    }),
    ("elements with plain tags", Tag::OrSet, |n| {
        [members(n, |i| [value(i), vec![0, 1], text("t")].concat()), vec![0, 0, 0]].concat()
    }),
    ("an element with plain tags, removed ones too", Tag::OrSet, |n| {
        let tags = |first: usize| members(n, move |i| text(&format!("{:07}", 2 * i + first)));
        [vec![1, 0, 0], tags(0), vec![0, 0, 1, 0], tags(1)].concat()
    }),
    ("removed elements", Tag::OrSet, |n| {
        [vec![0, 0, 0], members(n, |i| [value(i), vec![1], text("t")].concat())].concat()
    }),
    ("actors", Tag::OrSet, |n| [vec![0], named(n, |_| vec![1]), vec![0, 0]].concat()),
    ("exceptions", Tag::OrSet, |n| [vec![0, 0], members(n, |i| dot(2 * i + 2)), vec![0]].concat()),
    ("exceptions and one that is contiguous", Tag::OrSet, |n| {
        [vec![0, 0], members(n, |i| dot(if i == 0 { 1 } else { 2 * i + 2 })), vec![0]].concat()
    }),
    ("entries", Tag::GossipState, |n| [named(n, |_| vec![0, 0, 0]), vec![0]].concat()),
    ("entries with clocks", Tag::GossipState, |n| {
        [named(n, |_| vec![0, 1, 1, b'a', 1, 0]), vec![1, 1, b'a', 1]].concat()
    }),
    ("hashes", Tag::MerkleTree, |n| [vec![16], named(n, |i| [vec![i as u8; 32], vec![0]].concat())].concat()),
    ("records", Tag::Delta, |n| [members(n, |_| vec![1, 1, b'k', 0]), vec![0, 0, 0, 2, 0, 0]].concat()),
    ("fields of a record", Tag::Delta, |n| [vec![1], named(n, |_| vec![0]), vec![0, 0, 0, 2, 0, 0]].concat()),
    ("removed texts", Tag::Delta, |n| {
        [vec![0, 0], members(n, |i| text(&format!("{i:07}"))), vec![0, 2, 0, 0]].concat()
    }),
    ("differing keys", Tag::MerkleDiff, |n| {
        let keys = [vec![6], members(n, value)].concat();
        let empty = vec![6, 0];
        let name = |name: &str| [vec![4], text(name)].concat();
        let mut out = vec![7, 6];
        out.extend([name("differing_keys"), keys.clone(), name("only_in_left"), keys, name("only_in_right")].concat());
        out.extend([empty.clone(), name("common_different"), empty, name("comparisons_made"), vec![2, 0]].concat());
        out.extend([name("is_identical"), vec![1, 0]].concat());
        out
    }),
    ("extension fields", Tag::VectorClock, |n| {
        // What is appended behind them is one byte more, which is noticed after all of them.
        [vec![0], members(n, |i| [varint(2 * i + 2), vec![0]].concat())].concat()
    }),
];
