//! Items: what a state is made of, in 16 bytes each, so that two sets of them can be compared.

use std::collections::BTreeMap;

use crdt_merge_kernels::Sha256Batch;
use sha2::{Digest, Sha256};

use crate::dot::{Context, Dot};
use crate::names::Name;

/// A part of a state in 16 bytes: equal states have equal items.
pub type Item = [u8; ITEM_BYTES];

/// Bytes of an item.
pub const ITEM_BYTES: usize = 16;
/// Bytes of an item that stand for an actor; the rest is the sequence.
const ACTOR_BYTES: usize = 8;
/// Items that are hashed together.
const BATCH: usize = 8 * Sha256Batch::GROUP;

const ITEM_LABEL: &[u8] = b"crdt-merge/sync-item/1\0";
const ACTOR_LABEL: &[u8] = b"crdt-merge/sync-actor/1\0";

/// The first bytes of a digest.
pub(super) fn start_of<const N: usize>(digest: impl AsRef<[u8]>) -> [u8; N] {
    digest.as_ref().first_chunk().copied().unwrap_or([0; N])
}

fn actor_bytes(actor: &str) -> [u8; ACTOR_BYTES] {
    start_of(Sha256::new().chain_update(ACTOR_LABEL).chain_update(actor).finalize())
}

fn dot_item(actor: [u8; ACTOR_BYTES], sequence: u64) -> Item {
    let mut item = [0; ITEM_BYTES];
    item[..ACTOR_BYTES].copy_from_slice(&actor);
    item[ACTOR_BYTES..].copy_from_slice(&sequence.to_be_bytes());
    item
}

/// Collects the items of one state, in the order in which the state tells its parts.
pub struct ItemSink {
    label: Vec<u8>,
    items: Vec<Item>,
    batch: Sha256Batch,
    part: Vec<u8>,
    actors: BTreeMap<Name, [u8; ACTOR_BYTES]>,
}

impl ItemSink {
    pub(super) fn new(tag: u8) -> Self {
        let label = [ITEM_LABEL, &[tag]].concat();
        ItemSink { label, items: Vec::new(), batch: Sha256Batch::new(), part: Vec::new(), actors: BTreeMap::new() }
    }

    /// A part that is known by its bytes, which `push` appends.
    pub(crate) fn part(&mut self, push: impl FnOnce(&mut Vec<u8>)) {
        self.part.clear();
        push(&mut self.part);
        self.batch.push([&self.label, &self.part]);
        if self.batch.len() == BATCH {
            self.flush();
        }
    }

    /// A live dot.
    pub(crate) fn dot(&mut self, dot: &Dot) {
        self.flush();
        let known = self.actors.get(dot.actor()).copied();
        let actor = known.unwrap_or_else(|| {
            let bytes = actor_bytes(dot.actor());
            self.actors.insert(Name::new(dot.actor()), bytes);
            bytes
        });
        self.items.push(dot_item(actor, dot.sequence()));
    }

    fn flush(&mut self) {
        if !self.batch.is_empty() {
            self.items.extend(self.batch.digests().iter().map(start_of::<ITEM_BYTES>));
            self.batch.clear();
        }
    }

    pub(super) fn finish(mut self) -> Vec<Item> {
        self.flush();
        self.items
    }
}

/// The dots that items may stand for, as far as their actors occur in a context.
///
/// Two actors may share the bytes of an item; every dot that the item can mean is given.
pub(crate) fn dots_of(items: &[Item], context: &Context) -> Vec<Dot> {
    let mut actors: BTreeMap<[u8; ACTOR_BYTES], Vec<&str>> = BTreeMap::new();
    if !items.is_empty() {
        actors_of(context).for_each(|actor| actors.entry(actor_bytes(actor)).or_default().push(actor));
    }
    let dots = items.iter().flat_map(|item| {
        let (actor, sequence) = (start_of::<ACTOR_BYTES>(item), item.last_chunk().copied().unwrap_or_default());
        let named = actors.get(&actor).into_iter().flatten();
        named.filter_map(move |actor| Dot::new(actor, u64::from_be_bytes(sequence)))
    });
    dots.collect()
}

/// The actors in a context; one may come more than once.
fn actors_of(context: &Context) -> impl Iterator<Item = &str> {
    context.contiguous().map(|(actor, _)| actor).chain(context.exceptions().map(Dot::actor))
}

/// Positions of a state's parts that were chosen, met one after the other in the order of its items.
pub struct Chosen<'a> {
    positions: &'a [usize],
    next: usize,
}

impl<'a> Chosen<'a> {
    /// Positions ascend.
    pub(super) fn new(positions: &'a [usize]) -> Self {
        Chosen { positions, next: 0 }
    }

    /// Whether no chosen part is left.
    pub(crate) fn is_empty(&self) -> bool {
        self.positions.is_empty()
    }

    /// Passes over some parts.
    pub(crate) fn skip(&mut self, count: usize) {
        self.next += count;
        let behind = self.positions.partition_point(|position| *position < self.next);
        self.positions = self.positions.get(behind..).unwrap_or_default();
    }

    /// Whether the next part is one of the chosen.
    pub(crate) fn takes_next(&mut self) -> bool {
        let is_chosen = self.positions.first() == Some(&self.next);
        if is_chosen {
            self.positions = self.positions.split_first().map_or(&[], |(_, rest)| rest);
        }
        self.next += 1;
        is_chosen
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dots_are_read_back_where_the_actor_is_known() {
        let dots = [Dot::new("a", 3), Dot::new("b~1", u64::MAX), Dot::new("c", 1)].map(Option::unwrap);
        let mut sink = ItemSink::new(4);
        sink.part(|out| out.push(1));
        dots.iter().for_each(|dot| sink.dot(dot));
        let items = sink.finish();
        assert_eq!(items.len(), 4);
        assert_eq!(dots_of(&items, &dots[..2].iter().collect()), dots[..2]);
    }

    #[test]
    fn chosen_positions_are_met_in_order() {
        let mut chosen = Chosen::new(&[0, 2, 3, 9]);
        let mut late = Chosen::new(&[0, 2, 3, 9]);
        late.skip(3);
        assert_eq!([late.takes_next(), late.takes_next()], [true, false]);
        let taken: Vec<_> = (0..6).filter(|_| chosen.takes_next()).collect();
        assert_eq!(taken, [0, 2, 3]);
    }
}
