//! Version 1 to version 2 and back, over every frame of version 1 in the conformance corpus and over drawn states: what comes
//! back is what went in but for the changes that `spec/deviations.md` lists. They are stated here a second time, on payloads and
//! not on states, so that each one is needed and none is missing.
#![allow(clippy::unwrap_used, reason = "tests")]

#[expect(dead_code, reason = "a module shared with the tests of mutated frames")]
#[path = "decoder/corpus.rs"]
mod corpus;

use std::collections::{BTreeMap, BTreeSet};

use corpus::Corpus;
use crdt_merge_protocol::value::{Integer, Map, Node};
use crdt_merge_protocol::wire::{Body, Compression, DecodeOptions, Document};
use crdt_merge_protocol::{AnyState, Code, Tag};

/// The listed changes that were seen.
type Seen = BTreeSet<&'static str>;

/// What has no place in version 2 ([`spec/version-2.md`] 8.1), by its number in the list.
const LISTED: [&str; 9] = ["D-140", "D-141", "D-142", "D-143", "D-144", "D-145", "D-146", "D-147", "D-148"];

#[test]
fn only_the_listed_changes_come_back() {
    let options = DecodeOptions::strict();
    let mut seen = Seen::new();
    let mut refused = BTreeMap::<(String, Code), usize>::new();
    let mut converted = 0;
    for frame in Corpus::sound_frames_of_version_1() {
        let state = AnyState::from_document(&Document::decode(&frame, &options).unwrap(), &options).unwrap();
        let second = match state.encode() {
            Ok(second) => second,
            Err(error) => {
                *refused.entry((state.type_name().into_owned(), error.code())).or_default() += 1;
                continue;
            }
        };
        let first = state.encode_v1().unwrap();
        let back = AnyState::decode(&second).unwrap().encode_v1().unwrap();
        let expected = with_listed_changes(&first, &mut seen);
        assert_eq!(corpus::to_hex(&back), corpus::to_hex(&expected), "from {}", corpus::to_hex(&frame));
        converted += 1;
    }
    println!("{converted} frames came back, refused: {refused:?}");
    assert!(converted > 2_000, "{converted} frames");
    assert_eq!(seen, Seen::from(LISTED), "every listed change has to be needed");
    let states = refused.keys().find(|(name, _)| Tag::ALL.iter().any(|tag| tag.name() == name && tag.is_join()));
    assert_eq!(states, None, "a state always has a frame of version 2");
    assert!(refused.keys().all(|(_, code)| matches!(code, Code::BadValue | Code::OutOfRange)), "{refused:?}");
}

/// A canonical frame of version 1 after the listed changes.
fn with_listed_changes(frame: &[u8], seen: &mut Seen) -> Vec<u8> {
    let document = Document::decode(frame, &DecodeOptions::strict()).unwrap();
    let tag = document.tag().unwrap();
    let body = match document.body() {
        Body::Compact(value) => Body::Compact(changed(tag, value, seen)),
        Body::Json(value) => Body::Json(changed(tag, value, seen)),
        Body::State(_) => unreachable!("a frame of version 1"),
    };
    Document::new(tag, body, Compression::None).unwrap().encode().to_vec()
}

fn changed<I: Integer>(tag: Tag, payload: &Node<I>, seen: &mut Seen) -> Node<I> {
    let payload = one_nan(payload, seen);
    match tag {
        Tag::GCounter => slots(&payload, seen),
        Tag::PnCounter => fields(&payload, |name, value| match name {
            "pos" | "neg" => Some(slots(value, seen)),
            _ => Some(value.clone()),
        }),
        Tag::OrSet => elements(&payload, seen),
        Tag::LwwMap => tombstones(&payload, seen),
        Tag::Delta => fields(&payload, |name, value| match name {
            "removed" => Some(sorted_once(value, seen)),
            _ => Some(value.clone()),
        }),
        Tag::Bloom => filter(&payload, seen),
        Tag::DottedVersionVector => folded(&payload, seen),
        Tag::GossipState => fields(&payload, |name, value| match name {
            "node_id" => Some(replaced(value, Node::Text(String::new()), "D-147", seen)),
            "fanout" => Some(replaced(value, Node::Int(I::from(3)), "D-147", seen)),
            _ => Some(value.clone()),
        }),
        _ => payload,
    }
}

/// The value, or nothing where a listed change takes it away.
fn kept<I: Integer>(is_kept: bool, value: &Node<I>, change: &'static str, seen: &mut Seen) -> Option<Node<I>> {
    if is_kept {
        return Some(value.clone());
    }
    seen.insert(change);
    None
}

/// What stands in the place of a value.
fn replaced<I: Integer>(value: &Node<I>, by: Node<I>, change: &'static str, seen: &mut Seen) -> Node<I> {
    if *value != by {
        seen.insert(change);
    }
    by
}

/// A map whose values are changed or left out.
fn pairs<I: Integer>(map: &Node<I>, mut change: impl FnMut(&Node<I>, &Node<I>) -> Option<Node<I>>) -> Node<I> {
    let pairs = map.as_map().unwrap().iter();
    let kept = pairs.filter_map(|(key, value)| Some((key.clone(), change(key, value)?))).collect();
    Node::Map(Map::from_pairs(kept).unwrap())
}

/// As [`pairs`], with keys that are names.
fn fields<I: Integer>(map: &Node<I>, mut change: impl FnMut(&str, &Node<I>) -> Option<Node<I>>) -> Node<I> {
    pairs(map, |key, value| change(key.as_text().unwrap(), value))
}

fn field<'a, I: Integer>(map: &'a Node<I>, name: &str) -> &'a Node<I> {
    map.as_map().unwrap().field(name).unwrap()
}

/// D-148: one NaN for all.
fn one_nan<I: Integer>(value: &Node<I>, seen: &mut Seen) -> Node<I> {
    match value {
        Node::Float(float) if float.is_nan() => {
            if float.to_bits() != f64::NAN.to_bits() {
                seen.insert("D-148");
            }
            Node::Float(f64::NAN)
        }
        Node::List(members) => Node::List(members.iter().map(|member| one_nan(member, seen)).collect()),
        Node::Map(_) => pairs(value, |_, value| Some(one_nan(value, seen))),
        other => other.clone(),
    }
}

/// D-140: slots of 0 are gone.
fn slots<I: Integer>(counter: &Node<I>, seen: &mut Seen) -> Node<I> {
    let zero = Node::Int(I::from(0));
    fields(counter, |name, value| match name {
        "counts" => Some(pairs(value, |_, count| kept(*count != zero, count, "D-140", seen))),
        _ => Some(value.clone()),
    })
}

/// D-141: elements without add tags are gone, with their types where nothing else needs these.
fn elements<I: Integer>(set: &Node<I>, seen: &mut Seen) -> Node<I> {
    let has_tags = |name: &str, element: &Node<I>| {
        let tags = set.as_map().unwrap().field(name).and_then(|elements| elements.as_map()?.value(element));
        tags.is_some_and(|tags| tags.as_list() != Some(&[]))
    };
    fields(set, |name, value| match name {
        "elements" => Some(pairs(value, |element, tags| kept(has_tags(name, element), tags, "D-141", seen))),
        "element_types" => {
            let types = pairs(value, |element, kind| {
                kept(has_tags("elements", element) || has_tags("removed", element), kind, "D-141", seen)
            });
            types.as_map().filter(|types| !types.is_empty())?;
            Some(types)
        }
        _ => Some(value.clone()),
    })
}

/// D-142: tombstones older than their registers are gone.
fn tombstones<I: Integer>(map: &Node<I>, seen: &mut Seen) -> Node<I> {
    let registers = field(map, "registers").as_map().unwrap();
    fields(map, |name, value| match name {
        "tombstones" => Some(pairs(value, |key, stamp| {
            let register = registers.value(key).map(|register| seconds(field(register, "timestamp")));
            kept(register.is_none_or(|register| register <= seconds(stamp)), stamp, "D-142", seen)
        })),
        _ => Some(value.clone()),
    })
}

fn seconds<I: Integer>(stamp: &Node<I>) -> f64 {
    match stamp {
        Node::Float(seconds) => *seconds,
        Node::Int(seconds) => seconds.as_i64().unwrap() as f64,
        other => panic!("a canonical stamp is a float, not {other:?}"),
    }
}

/// D-143: removed texts are sorted, each once.
fn sorted_once<I: Integer>(texts: &Node<I>, seen: &mut Seen) -> Node<I> {
    let sorted: BTreeSet<&str> = texts.as_list().unwrap().iter().map(|text| text.as_text().unwrap()).collect();
    let sorted = sorted.into_iter().map(|text| Node::Text(text.to_owned())).collect();
    replaced(texts, Node::List(sorted), "D-143", seen)
}

/// D-144 and D-145: the count of a filter is the estimate from its bits, and a capacity is not below 0.
fn filter<I: Integer>(filter: &Node<I>, seen: &mut Seen) -> Node<I> {
    let number = |name: &str| match field(filter, name) {
        Node::Int(number) => number.as_i64().unwrap(),
        other => panic!("{name} is an integer, not {other:?}"),
    };
    let bits = field(filter, "bits").as_list().unwrap().iter();
    let ones: u32 = bits
        .map(|byte| match byte {
            Node::Int(byte) => byte.as_i64().unwrap().count_ones(),
            other => panic!("bits are integers, not {other:?}"),
        })
        .sum();
    let size = number("size") as f64;
    let is_full = f64::from(ones) == size;
    let unset = f64::max(1.0 - f64::from(ones) / size, 1e-10);
    let count = if is_full { 0.0 } else { (-size / number("num_hashes") as f64 * unset.ln()).trunc() };
    fields(filter, |name, value| match name {
        "count" => Some(replaced(value, Node::Int(I::from(count as i64)), "D-144", seen)),
        "capacity" => Some(replaced(value, Node::Int(I::from(number("capacity").max(0))), "D-145", seen)),
        _ => Some(value.clone()),
    })
}

/// D-146: the outstanding dot is part of the clock.
fn folded<I: Integer>(vector: &Node<I>, seen: &mut Seen) -> Node<I> {
    let Some(Node::List(dot)) = vector.as_map().unwrap().field("dot").cloned() else { return vector.clone() };
    seen.insert("D-146");
    let [actor, Node::Int(sequence)] = dot.as_slice() else { panic!("a dot is an actor and a number: {dot:?}") };
    let with_dot = |clocks: &Node<I>| {
        let mut clocks: BTreeMap<String, I> = clocks
            .as_map()
            .unwrap()
            .iter()
            .map(|(actor, count)| match count {
                Node::Int(count) => (actor.as_text().unwrap().to_owned(), count.clone()),
                other => panic!("a count is an integer, not {other:?}"),
            })
            .collect();
        let slot = clocks.entry(actor.as_text().unwrap().to_owned()).or_insert_with(|| I::from(0));
        *slot = slot.clone().max(sequence.clone());
        let pairs = clocks.into_iter().map(|(actor, count)| (Node::Text(actor), Node::Int(count))).collect();
        Node::Map(Map::from_pairs(pairs).unwrap())
    };
    fields(vector, |name, value| match name {
        "base" => {
            Some(fields(value, |name, value| Some(if name == "clocks" { with_dot(value) } else { value.clone() })))
        }
        "dot" => None,
        _ => Some(value.clone()),
    })
}
