//! States: joins, local operations, reads.

use crate::datum::Datum;
use crdt_merge_protocol::types::gossip;
use crdt_merge_protocol::{AnyState, Code, Error, GossipState, Join, Result, VectorClock};

use crate::arguments::{bad_argument, int, list, member, stamp, state, tagged, tagged_texts, text, value};

pub(crate) fn read(input: &Datum) -> Result<Datum> {
    read_state(&state(member(input, "frame")?)?, text(input, "name")?, input.field("item"))
}

pub(crate) fn merge(input: &Datum) -> Result<Datum> {
    let mut states = list(input)?.iter().map(state);
    let mut merged = states.next().ok_or_else(|| bad_argument("at least one state was expected"))??;
    for other in states {
        merged.join(&other?)?;
    }
    // One state alone must be of a kind with a join, too.
    let alone = merged.clone();
    merged.join(&alone)?;
    merged.encode_v1().map(Datum::Bytes)
}

pub(crate) fn apply(input: &Datum) -> Result<Datum> {
    let mut state = state(member(input, "frame")?)?;
    let operation = text(input, "do")?;
    match (&mut state, operation) {
        (AnyState::GCounter(counter), "increment") => counter.increment_node(node(input)?, amount(input)?)?,
        (AnyState::PnCounter(counter), "increment") => counter.increment_node(node(input)?, amount(input)?)?,
        (AnyState::PnCounter(counter), "decrement") => counter.decrement_node(node(input)?, amount(input)?)?,
        (AnyState::LwwRegister(register), "set") => {
            register.write(item(input, "value")?, stamp(input, "stamp")?, node(input)?)?;
        }
        (AnyState::LwwMap(map), "set") => {
            map.write(text(input, "key")?, item(input, "value")?, stamp(input, "stamp")?, node(input)?)?;
        }
        (AnyState::LwwMap(map), "delete") => {
            map.delete_at(text(input, "key")?, stamp(input, "stamp")?)?;
        }
        (AnyState::OrSet(set), "add") => set.add_with_tag(item(input, "item")?, text(input, "tag")?)?,
        (AnyState::OrSet(set), "remove") => {
            set.remove(&item(input, "item")?);
        }
        (AnyState::VectorClock(clock), "increment") => {
            clock.increment_node(node(input)?)?;
        }
        (AnyState::DottedVersionVector(vector), "advance") => vector.advance_node(node(input)?)?,
        (AnyState::GossipState(gossip), "update") => {
            let node = gossip.node().to_string();
            gossip.update_node(&node, text(input, "key")?, item(input, "value")?, None)?;
        }
        (AnyState::GossipState(gossip), "delete") => {
            let node = gossip.node().to_string();
            gossip.delete_node(&node, text(input, "key")?, None)?;
        }
        (state, operation) => super::sketches::apply_sketch(state, operation, input)?,
    }
    state.encode_v1().map(Datum::Bytes)
}

fn node(input: &Datum) -> Result<&str> {
    text(input, "node")
}

fn amount(input: &Datum) -> Result<u64> {
    int(input, "n")
}

fn item(input: &Datum, name: &str) -> Result<crdt_merge_protocol::Value> {
    value(member(input, name)?)
}

/// One read of a state.
pub(super) fn read_state(state: &AnyState, name: &str, item: Option<&Datum>) -> Result<Datum> {
    let item = || item.ok_or_else(|| bad_argument("this read has an item"));
    Ok(match (state, name) {
        (AnyState::GCounter(counter), "value") => Datum::count(counter.value()),
        (AnyState::PnCounter(counter), "value") => Datum::int(counter.value()),
        (AnyState::LwwRegister(register), "value") => tagged(register.value()),
        (AnyState::LwwRegister(register), "timestamp") => tagged(&register.stamp().to_wire()),
        (AnyState::LwwRegister(register), "node_id") => Datum::text(register.node()),
        (AnyState::LwwMap(map), "value") => {
            Datum::Map(map.iter().map(|(key, register)| (Datum::text(key), tagged(register.value()))).collect())
        }
        (AnyState::LwwMap(map), "get") => {
            let key = item()?.as_text().ok_or_else(|| bad_argument("a key is text"))?;
            tagged(map.value(key).ok_or_else(|| bad_argument("the key is not live"))?)
        }
        (AnyState::OrSet(set), "elements") => Datum::List(set.iter().map(tagged).collect()),
        (AnyState::OrSet(set), "contains") => Datum::Bool(set.contains(&value(item()?)?)),
        (AnyState::Delta(delta), "size") => Datum::int(delta.len() as u64),
        (AnyState::Delta(delta), "is_empty") => Datum::Bool(delta.is_empty()),
        (AnyState::VectorClock(clock), "value") => slots(clock),
        (AnyState::DottedVersionVector(vector), "value") => slots(&vector.effective()),
        (AnyState::GossipState(gossip), "size") => Datum::int(gossip.len() as u64),
        (AnyState::GossipState(gossip), "digest") => digests(gossip),
        _ => return super::sketches::read_sketch(state, name, item),
    })
}

fn slots(clock: &VectorClock) -> Datum {
    Datum::Map(clock.slots().map(|(node, count)| (Datum::text(node), Datum::int(count))).collect())
}

fn digests(gossip: &GossipState) -> Datum {
    Datum::Map(gossip.digests().iter().map(|(key, digest)| (Datum::text(key), Datum::text(digest))).collect())
}

pub(crate) fn compare(input: &Datum) -> Result<Datum> {
    let relation = match (state(member(input, "a")?)?, state(member(input, "b")?)?) {
        (AnyState::VectorClock(a), AnyState::VectorClock(b)) => a.compare(&b),
        (AnyState::DottedVersionVector(a), AnyState::DottedVersionVector(b)) => a.effective().compare(&b.effective()),
        (a, b) if a.tag() == b.tag() => return Err(bad_argument("this kind has no causal order")),
        (a, b) => return Err(mismatch(&a.type_name(), &b.type_name())),
    };
    Ok(Datum::text(relation.name()))
}

pub(crate) fn mismatch(expected: &str, found: &str) -> Error {
    Error::new(Code::TypeMismatch, "another kind was expected").with("expected", expected).with("found", found)
}

fn gossip_state(input: &Datum, name: &str) -> Result<GossipState> {
    match state(member(input, name)?)? {
        AnyState::GossipState(gossip) => Ok(gossip),
        other => Err(mismatch("gossip_state", &other.type_name())),
    }
}

pub(crate) fn anti_entropy(input: &Datum) -> Result<Datum> {
    let (local, remote) = (gossip_state(input, "local")?, gossip_state(input, "remote")?);
    let lists = gossip::anti_entropy(&local.digests(), &remote.digests());
    let push = local.entries_to_push(&remote.digests());
    Ok(Datum::map([
        ("missing_local", tagged_texts(lists.missing_local)),
        ("missing_remote", tagged_texts(lists.missing_remote)),
        ("different", tagged_texts(lists.different)),
        ("push", tagged_texts(push.iter().map(|entry| entry.key()))),
        ("pull", tagged_texts(local.keys_to_pull(&remote.digests()))),
    ]))
}
