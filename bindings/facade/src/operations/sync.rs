//! Summaries, deltas, sessions, compaction, saves.

use crate::datum::Datum;
use crdt_merge_protocol::sync::{
    Content, Decoded, Difference, FIRST_SYMBOLS, Head, Item, MOST_SYMBOLS, Reconcile, Summary, Symbol, Symbols,
    SyncMessage, SyncOptions, SyncSession, decode, symbols as coded_symbols,
};
use crdt_merge_protocol::{AnyState, Code, Error, Framed, ReplicaSave, Result, Stamp, StateId};

use super::merging::mismatch;
use super::version2::frame;
use crate::arguments::{bad_argument, bytes, int, list, member, state};

fn item(input: &Datum) -> Result<Item> {
    bytes(input)?.try_into().map_err(|_| bad_argument("an item has 16 bytes"))
}

fn items(input: &Datum, name: &str) -> Result<Vec<Item>> {
    list(member(input, name)?)?.iter().map(item).collect()
}

/// Items, ascending.
fn tagged_items(items: &[Item]) -> Datum {
    let mut items = items.to_vec();
    items.sort_unstable();
    Datum::List(items.iter().map(|item| Datum::Bytes(item.to_vec())).collect())
}

pub(crate) fn summary(input: &Datum) -> Result<Datum> {
    let state = state(member(input, "frame")?)?;
    let last = match member(input, "last")? {
        Datum::Null => None,
        _ => Some(int(input, "last")?),
    };
    let options =
        SyncOptions { salt: int(input, "salt")?, symbols: int(input, "symbols")?, last, ..SyncOptions::default() };
    let summary = Summary::of(&state, &options)?;
    Ok(Datum::map([
        ("summary", Datum::Bytes(summary.encode())),
        ("exact", Datum::Bytes(state.exact_part())),
        ("items", tagged_items(&state.items())),
    ]))
}

/// The sizes that were tried until the symbols of one set told what differs from the other.
fn decoded(theirs: &[Item], mine: &[Item]) -> Result<(Vec<u64>, Difference)> {
    let mut sizes = vec![FIRST_SYMBOLS as u64];
    while let Some(size) = sizes.last().copied().filter(|size| *size <= MOST_SYMBOLS) {
        match decode(&coded_symbols(theirs, 0, 0, size), theirs.len() as u64, mine, 0) {
            Decoded::Yes(difference) => return Ok((sizes, difference)),
            Decoded::More(next) => sizes.push(next),
        }
    }
    Err(Error::new(Code::TooLarge, "no number of symbols decodes"))
}

pub(crate) fn delta_for(input: &Datum) -> Result<Datum> {
    let (sender, receiver) = (state(member(input, "sender")?)?, state(member(input, "receiver")?)?);
    let first = receiver.summary()?;
    let (sizes, difference) = decoded(&receiver.items(), &sender.items())?;
    let symbols = sizes.last().map_or(FIRST_SYMBOLS, |size| *size as usize);
    let summary = Summary::of(&receiver, &SyncOptions { symbols, ..SyncOptions::default() })?;
    let delta = match first.id() == sender.state_id()? {
        true => sender.difference_from(&receiver)?,
        false => sender.delta_for(&Summary::decode(&summary.encode())?)?,
    };
    Ok(Datum::map([
        ("summary", Datum::Bytes(first.encode())),
        ("only_sender", tagged_items(&difference.ours)),
        ("only_receiver", tagged_items(&difference.theirs)),
        ("delta", frame(&delta)?),
    ]))
}

/// Most messages of a conversation that comes to an end.
const MOST_MESSAGES: usize = 1000;

struct Side {
    name: &'static str,
    state: AnyState,
    session: SyncSession,
}

impl Side {
    fn new(input: &Datum, name: &'static str) -> Result<Side> {
        let state = state(member(input, name)?)?;
        let session = SyncSession::new(&state);
        Ok(Side { name, state, session })
    }

    fn start(&mut self) -> Result<Vec<Vec<u8>>> {
        self.session.start(&self.state)
    }

    fn receive(&mut self, message: &[u8]) -> Result<Vec<Vec<u8>>> {
        self.session.receive(&mut self.state, message).map(|received| received.outgoing)
    }
}

/// Both ends in turns; when nothing is under way, the first one starts once more.
pub(crate) fn session(input: &Datum) -> Result<Datum> {
    let mut sides = [Side::new(input, "a")?, Side::new(input, "b")?];
    let mut transcript = Vec::new();
    for _ in 0..2 {
        let messages = sides[0].start()?;
        converse(&mut sides, messages, &mut transcript)?;
    }
    let [a, b] = &sides;
    Ok(Datum::map([("messages", Datum::List(transcript)), ("a", frame(&a.state)?), ("b", frame(&b.state)?)]))
}

fn converse(sides: &mut [Side; 2], mut under_way: Vec<Vec<u8>>, said: &mut Vec<Datum>) -> Result<()> {
    let mut from = 0;
    while !under_way.is_empty() {
        let mut answers = Vec::new();
        for message in under_way {
            answers.extend(sides[1 - from].receive(&message)?);
            said.push(Datum::List(vec![Datum::text(sides[from].name), Datum::Bytes(message)]));
        }
        if said.len() > MOST_MESSAGES {
            return Err(Error::new(Code::Cancelled, "the session does not come to an end"));
        }
        (from, under_way) = (1 - from, answers);
    }
    Ok(())
}

pub(crate) fn compact_to(input: &Datum) -> Result<Datum> {
    let mut state = state(member(input, "frame")?)?;
    match &mut state {
        AnyState::LwwMap(map) => map.compact_to(Stamp::from_micros(int(input, "floor")?)),
        AnyState::GossipState(gossip) => gossip.compact_to(int(input, "floor")?),
        AnyState::OrSet(set) if int::<u8>(input, "floor")? == 1 => set.close(),
        AnyState::OrSet(_) => return Err(bad_argument("a set is closed by 1")),
        other => return Err(mismatch("a kind with a floor", &other.type_name())),
    };
    frame(&state)
}

pub(crate) fn replica_load(input: &Datum) -> Result<Datum> {
    let save = ReplicaSave::decode(bytes(input)?)?;
    let actors = save.actors().map(|(actor, figure)| (Datum::text(actor), Datum::int(figure))).collect();
    Ok(Datum::map([
        ("node", Datum::text(save.node())),
        ("last", Datum::int(save.last())),
        ("clean", Datum::Bool(save.is_clean())),
        ("actors", Datum::Map(actors)),
        ("opened", Datum::Bytes(save.opened().encode())),
    ]))
}

pub(crate) fn symbols(input: &Datum) -> Result<Datum> {
    let (item, salt, below) = (item(member(input, "item")?)?, int(input, "salt")?, int(input, "below")?);
    let symbols = coded_symbols(&[item], salt, 0, below);
    let held = symbols.iter().zip(0_u64..).filter(|(symbol, _)| **symbol != Symbol::default());
    Ok(Datum::map([
        ("check", Datum::int(check(&symbols)?)),
        ("indices", Datum::List(held.map(|(_, index)| Datum::int(index)).collect())),
    ]))
}

/// The check of the item in the first symbol, as a message spells it.
fn check(symbols: &[Symbol]) -> Result<u32> {
    let first = symbols.first().ok_or_else(|| bad_argument("at least one symbol is asked for"))?;
    let head = Head { tag: 1, profile: [0; 16], id: StateId::from_bytes([0; 32]), floor: None };
    let content = Content::Summary(Symbols { symbols: vec![*first], ..Symbols::default() });
    let message = SyncMessage { head, content }.encode();
    // The check stands before a count of one byte and the byte of no extension fields.
    let check = message.len().checked_sub(6).and_then(|place| message.get(place..)?.first_chunk());
    check.map(|check| u32::from_le_bytes(*check)).ok_or_else(|| Error::new(Code::Internal, "a message ends early"))
}

pub(crate) fn reconcile(input: &Datum) -> Result<Datum> {
    let (sizes, difference) = decoded(&items(input, "theirs")?, &items(input, "mine")?)?;
    Ok(Datum::map([
        ("sizes", Datum::List(sizes.into_iter().map(Datum::int).collect())),
        ("only_theirs", tagged_items(&difference.theirs)),
        ("only_mine", tagged_items(&difference.ours)),
    ]))
}
