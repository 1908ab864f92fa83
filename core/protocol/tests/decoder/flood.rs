//! Inputs that repeat one thing very often, to see what each repetition costs.

use crdt_merge_protocol::Tag;
use crdt_merge_protocol::wire::{HEADER_BYTES, MAGIC};

use super::corpus::{Corpus, is_compact};
use super::mutate::{Role, compact_spots, json_spots};

/// Sound frames of each kind whose members are repeated: the longest ones.
const SEEDS: usize = 3;
/// Members of each of them that are repeated, spread over the frame.
const MEMBERS: usize = 16;
/// Repetitions of a member of so many bytes; longer ones are repeated less often.
const SHORT: usize = 8;

/// A family of inputs that grow with a count.
pub struct Flood {
    pub name: String,
    pub make: Box<dyn Fn(usize) -> Vec<u8>>,
}

/// Every flood: hand-made ones, each of them inside every kind, and every container of sound frames with its last member repeated.
pub fn floods(corpus: &Corpus) -> Vec<Flood> {
    let mut floods = Vec::new();
    for (name, make) in COMPACT {
        floods.push(flood(format!("generic: {name}"), move |n| frame(Tag::Generic, &make(n))));
    }
    for (name, make) in TYPED {
        floods.push(flood((*name).to_owned(), *make));
    }
    for (name, make) in JSON {
        floods.push(flood(format!("gossip value: {name}"), move |n| frame(Tag::GossipEntry, &entry(&make(n)))));
        floods.push(flood(format!("clock: {name}"), move |n| frame(Tag::VectorClock, &json_member(&make(n)))));
    }
    for tag in Tag::V1 {
        floods.extend(unknown_members(*tag));
        floods.extend(repeated_members(corpus, *tag));
    }
    floods
}

/// One flood.
pub fn flood(name: String, make: impl Fn(usize) -> Vec<u8> + 'static) -> Flood {
    Flood { name, make: Box::new(make) }
}

/// A plain frame.
pub fn frame(tag: Tag, payload: &[u8]) -> Vec<u8> {
    let mut frame = MAGIC.to_vec();
    frame.extend_from_slice(&[0, 1, tag.byte(), 0]);
    frame.extend_from_slice(&u32::try_from(payload.len()).unwrap().to_be_bytes());
    frame.extend_from_slice(payload);
    debug_assert_eq!(frame.len(), HEADER_BYTES + payload.len());
    frame
}

fn head(tag: u8, number: usize) -> Vec<u8> {
    [&[tag], u32::try_from(number).unwrap().to_be_bytes().as_slice()].concat()
}

fn text(text: &str) -> Vec<u8> {
    [head(5, text.len()).as_slice(), text.as_bytes()].concat()
}

fn list(members: &[Vec<u8>]) -> Vec<u8> {
    [head(7, members.len()), members.concat()].concat()
}

fn map(pairs: &[(Vec<u8>, Vec<u8>)]) -> Vec<u8> {
    let pairs_bytes: Vec<u8> = pairs.iter().flat_map(|(key, value)| [key.as_slice(), value].concat()).collect();
    [head(8, pairs.len()), pairs_bytes].concat()
}

fn wide_int(number: usize) -> Vec<u8> {
    [&[3], (number as u64 + 1000).to_be_bytes().as_slice()].concat()
}

fn repeated(head_tag: u8, member: &[u8], n: usize) -> Vec<u8> {
    [head(head_tag, n), member.repeat(n)].concat()
}

type Make = fn(usize) -> Vec<u8>;

const COMPACT: &[(&str, Make)] = &[
    ("nulls", |n| repeated(7, b"\0", n)),
    ("empty texts", |n| repeated(7, b"\x05\0\0\0\0", n)),
    ("one-byte texts", |n| repeated(7, b"\x05\0\0\0\x01a", n)),
    ("empty lists", |n| repeated(7, b"\x07\0\0\0\0", n)),
    ("lists of one", |n| repeated(7, b"\x07\0\0\0\x01\0", n)),
    ("maps of one", |n| repeated(7, b"\x08\0\0\0\x01\0\0", n)),
    ("sets of one", |n| repeated(7, b"\x0a\0\0\0\x01\0", n)),
    ("one key", |n| repeated(8, b"\0\0", n)),
    ("integer keys", |n| [head(8, n), (0..n).flat_map(|i| [wide_int(i), vec![0]].concat()).collect()].concat()),
    ("integer keys and one again", |n| {
        let keys = (0..n).map(|i| wide_int(i % (n - 1)));
        [head(8, n), keys.flat_map(|key| [key, vec![0]].concat()).collect()].concat()
    }),
    ("one member", |n| repeated(10, b"\0", n)),
    ("integer members downwards", |n| [head(10, n), (0..n).rev().flat_map(wide_int).collect()].concat()),
    ("nested lists that promise everything", |n| {
        let mut out = Vec::new();
        (0..100).for_each(|_| out.extend(head(7, n)));
        [out, vec![0; n]].concat()
    }),
    ("nested maps that promise everything", |n| {
        let mut out = Vec::new();
        (0..100).for_each(|_| out.extend([head(8, n / 2), vec![0]].concat()));
        [out, vec![0; n]].concat()
    }),
];

/// A set with one element of `n` bytes and tags made by `tag`, in one of its members.
fn long_element(n: usize, member: &str, tag: impl Fn(usize) -> String) -> Vec<u8> {
    let tags: Vec<Vec<u8>> = (0..n / 10).map(|i| text(&tag(i))).collect();
    let element = (text(&"e".repeat(n)), list(&tags));
    frame(Tag::OrSet, &map(&[(text(member), map(&[element]))]))
}

fn register(number: usize) -> Vec<u8> {
    map(&[(text("value"), wide_int(number)), (text("timestamp"), wide_int(number))])
}

fn named(prefix: &str, n: usize, value: impl Fn(usize) -> Vec<u8>) -> Vec<u8> {
    let pairs: Vec<_> = (0..n).map(|i| (text(&format!("{prefix}{i}")), value(i))).collect();
    map(&pairs)
}

const TYPED: &[(&str, Make)] = &[
    ("counter: slots downwards", |n| {
        frame(Tag::GCounter, &map(&[(text("counts"), named("", n, |i| wide_int(n - i)))]))
    }),
    ("set: elements", |n| frame(Tag::OrSet, &map(&[(text("elements"), named("", n, |_| list(&[])))]))),
    ("set: a long element with dots", |n| long_element(n, "elements", |i| format!("a#{}", i + 1))),
    ("set: a long element with dots downwards", |n| long_element(n, "elements", |i| format!("a#{}", n - i))),
    ("set: a long element with tags", |n| long_element(n, "elements", |i| format!("{i}"))),
    ("set: a long element with removed tags", |n| long_element(n, "removed", |i| format!("{i}"))),
    ("set: a long element with removed dots", |n| long_element(n, "removed", |i| format!("a#{}", i + 2))),
    ("set: a dot of every actor", |n| long_element(n, "elements", |i| format!("{i}#1"))),
    ("set: exceptions", |n| {
        let dots: Vec<_> = (0..n).rev().map(|i| text(&format!("a#{}", i * 2 + 2))).collect();
        frame(Tag::OrSet, &map(&[(text("context"), map(&[(text("exceptions"), list(&dots))]))]))
    }),
    ("set: actors raised again and again", |n| {
        let actors: Vec<_> = (0..n).map(|i| (text(&format!("{}", i % 7)), wide_int(i))).collect();
        frame(Tag::OrSet, &map(&[(text("context"), map(&[(text("contiguous"), map(&actors))]))]))
    }),
    ("map: registers", |n| frame(Tag::LwwMap, &map(&[(text("registers"), named("k", n, register))]))),
    ("map: tombstones", |n| frame(Tag::LwwMap, &map(&[(text("tombstones"), named("k", n, wide_int))]))),
    ("map: registers under tombstones", |n| {
        let (registers, tombstones) = (named("k", n, register), named("k", n, wide_int));
        frame(Tag::LwwMap, &map(&[(text("registers"), registers), (text("tombstones"), tombstones)]))
    }),
    ("delta: empty records", |n| frame(Tag::Delta, &map(&[(text("added"), repeated(7, b"\x08\0\0\0\0", n))]))),
    ("clock: MessagePack nulls", |n| {
        frame(Tag::VectorClock, &[b"\x81\xa1x\xdd".as_slice(), &head(0, n)[1..], &b"\xc0".repeat(n)].concat())
    }),
    ("clock: MessagePack one key", |n| {
        frame(Tag::VectorClock, &[b"\x81\xa1x\xdf".as_slice(), &head(0, n)[1..], &b"\xc0".repeat(2 * n)].concat())
    }),
    ("clock: MessagePack lists that promise everything", |n| {
        let lists: Vec<u8> = (0..100).flat_map(|_| [b"\xdd".as_slice(), &head(0, n)[1..]].concat()).collect();
        frame(Tag::VectorClock, &[b"\x81\xa1x".as_slice(), &lists, &b"\xc0".repeat(n)].concat())
    }),
];

type MakeText = fn(usize) -> String;

const JSON: &[(&str, MakeText)] = &[
    ("zeros", |n| format!("[{}0]", "0,".repeat(n))),
    ("empty lists", |n| format!("[{}0]", "[],".repeat(n))),
    ("lists of one", |n| format!("[{}0]", "[0],".repeat(n))),
    ("deep lists", |n| format!("[{}0]", format!("{}{},", "[".repeat(100), "]".repeat(100)).repeat(n / 100))),
    ("maps of one", |n| format!("[{}0]", "{\"\":0},".repeat(n))),
    ("deep maps", |n| format!("[{}0]", format!("{}0{},", "{\"\":".repeat(100), "}".repeat(100)).repeat(n / 100))),
    ("one name", |n| format!("{{{}\"\":0}}", "\"\":0,".repeat(n))),
    ("names", |n| {
        let members: Vec<_> = (0..n).map(|i| format!("\"{i}\":0")).collect();
        format!("{{{}}}", members.join(","))
    }),
    ("an integer of many digits", |n| "9".repeat(n)),
    ("zeros before a digit that is not there", |n| format!("1.{}", "0".repeat(n))),
    ("a fraction of many digits", |n| format!("0.{}1", "0".repeat(n))),
    ("an exponent of many digits", |n| format!("1e{}", "9".repeat(n))),
    ("escapes", |n| format!("\"{}\"", "\\u0000".repeat(n))),
    ("blanks", |n| " ".repeat(n) + "0"),
    ("a text that does not end", |n| "\"".to_owned() + &"a".repeat(n)),
    ("open lists", |n| "[".repeat(n)),
];

fn entry(value: &str) -> Vec<u8> {
    format!("{{\"key\": \"k\", \"value\": {value}, \"clock\": {{}}}}").into_bytes()
}

fn json_member(value: &str) -> Vec<u8> {
    format!("{{\"unknown\": {value}}}").into_bytes()
}

/// A member that the kind does not know, to see that skipping it costs no more than reading it.
fn unknown_members(tag: Tag) -> Vec<Flood> {
    if is_compact(tag) {
        let flooded = move |n| frame(tag, &map(&[(text("unknown"), repeated(7, b"\0", n))]));
        return vec![flood(format!("{}: unknown member", tag.name()), flooded)];
    }
    let flooded = move |n: usize| frame(tag, &json_member(&format!("[{}0]", "0,".repeat(n))));
    vec![flood(format!("{}: unknown member", tag.name()), flooded)]
}

/// Sound frames in each container of which the last member is repeated, under the same name and under other ones.
fn repeated_members(corpus: &Corpus, tag: Tag) -> Vec<Flood> {
    let mut payloads: Vec<Vec<u8>> = corpus.of(tag).map(|seed| seed.payload.clone()).collect();
    payloads.sort_by_key(|payload| std::cmp::Reverse(payload.len()));
    payloads.dedup();
    payloads.truncate(SEEDS);
    let find = if is_compact(tag) { compact_members } else { json_members };
    let mut floods = Vec::new();
    for (number, payload) in payloads.into_iter().enumerate() {
        let members = find(&payload);
        for member in members.iter().step_by(members.len().div_ceil(MEMBERS).max(1)).cloned() {
            let what = if member.is_named { "under new names" } else { "as it is" };
            let name = format!("{} {number}: member at {} {what}", tag.name(), member.start);
            let payload = payload.clone();
            let short = (member.end - member.start).max(SHORT);
            floods.push(flood(name, move |n| frame(tag, &member.repeated(&payload, n * SHORT / short))));
        }
    }
    floods
}

/// A member of a container of a payload.
#[derive(Clone)]
struct Member {
    start: usize,
    end: usize,
    /// Where the container's count stands, in compact payloads.
    count: Option<usize>,
    /// Where the text of the name ends; each copy then gets a name of its own.
    name_end: usize,
    is_named: bool,
}

impl Member {
    /// The payload with the member standing `n` times more.
    fn repeated(&self, payload: &[u8], n: usize) -> Vec<u8> {
        let member = &payload[self.start..self.end];
        let mut copies = Vec::new();
        for number in 0..n {
            if self.count.is_none() {
                copies.extend_from_slice(b", ");
            }
            copies.extend(if self.is_named { self.renamed(member, number) } else { member.to_vec() });
        }
        let mut out = [&payload[..self.end], &copies, &payload[self.end..]].concat();
        if let Some(at) = self.count {
            let old = out[at..at + 4].iter().fold(0, |number, byte| number << 8 | usize::from(*byte));
            out[at..at + 4].copy_from_slice(&u32::try_from(old + n).unwrap().to_be_bytes());
        }
        out
    }

    fn renamed(&self, member: &[u8], number: usize) -> Vec<u8> {
        let (name, rest) = member.split_at(self.name_end - self.start);
        match self.count {
            Some(_) => [text(&format!("{}{number}", String::from_utf8_lossy(&name[5..]))).as_slice(), rest].concat(),
            None => [&name[..name.len() - 1], number.to_string().as_bytes(), b"\"", rest].concat(),
        }
    }
}

/// The last member of every container, as it is and, if it has a text as name, under new ones.
fn compact_members(payload: &[u8]) -> Vec<Member> {
    let spots = compact_spots(payload);
    let mut members = Vec::new();
    for container in spots.iter().filter(|spot| matches!(payload[spot.start], 7 | 8 | 10) && spot.end > spot.start + 5)
    {
        // Values that lie side by side at the end of the container; the last one is the longest that ends there.
        let inside = |end: usize| {
            spots
                .iter()
                .filter(move |spot| spot.end == end && spot.start > container.start)
                .min_by_key(|spot| spot.start)
        };
        let Some(last) = inside(container.end) else { continue };
        let first = if payload[container.start] == 8 { inside(last.start) } else { Some(last) };
        let Some(first) = first else { continue };
        let member = Member {
            start: first.start,
            end: container.end,
            count: Some(container.start + 1),
            name_end: first.end,
            is_named: false,
        };
        if payload[container.start] == 8 && payload[first.start] == 5 {
            members.push(Member { is_named: true, ..member.clone() });
        }
        members.push(member);
    }
    members
}

fn json_members(payload: &[u8]) -> Vec<Member> {
    let spots = json_spots(payload);
    let mut members = Vec::new();
    for (spot, role) in &spots {
        // The last member of its container.
        if !matches!(payload.get(spot.end), Some(b'}' | b']')) {
            continue;
        }
        let name = spots.iter().filter(|(name, role)| *role == Role::Name && name.end <= spot.start);
        let name = name.max_by_key(|(name, _)| name.end).filter(|_| *role == Role::Member);
        let start = name.map_or(spot.start, |(name, _)| name.start);
        let name_end = name.map_or(start, |(name, _)| name.end);
        let member = Member { start, end: spot.end, count: None, name_end, is_named: false };
        if name.is_some() {
            members.push(Member { is_named: true, ..member.clone() });
        }
        members.push(member);
    }
    members
}
