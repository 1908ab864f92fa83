//! The gossip state: one item per entry, and the clock exactly.

use std::cmp::Ordering;

use super::slots::clock_above;
use crate::error::Result;
use crate::names::NameMap;
use crate::sync::compact::Peers;
use crate::sync::item::{Chosen, Item, ItemSink};
use crate::sync::reconcile::{Form, Parts};
use crate::types::gossip::push_contents;
use crate::types::vector_clock::read_counters;
use crate::types::{GossipEntry, GossipState, VectorClock};
use crate::wire::body::{BodyReader, push_str};

impl Parts for GossipState {
    const FORM: Form = Form::Keys;

    fn push_exact(&self, out: &mut Vec<u8>) {
        self.clock().write_counters(out);
    }

    fn read_exact(&self, reader: &mut BodyReader<'_>) -> Result<Self> {
        Ok(of_entries(std::iter::empty(), read_counters(reader)?))
    }

    fn items(&self, sink: &mut ItemSink) {
        for entry in self.entries() {
            sink.part(|out| {
                push_str(out, entry.key());
                push_contents(out, entry);
            });
        }
    }

    fn above(&self, mut chosen: Chosen<'_>, _theirs: &[Item], peer: &Self) -> Option<Self> {
        let entries = self.entries().filter(|_| chosen.takes_next());
        Some(of_entries(entries, clock_above(self.clock(), peer.clock())))
    }

    fn compare_floors(&self, other: &Self) -> Ordering {
        self.floor().cmp(&other.floor())
    }

    fn lifted(&self, to: &Self) -> Self {
        let mut lifted = self.clone();
        if let Some(floor) = to.floor() {
            lifted.compact_to(floor);
        }
        lifted
    }

    fn compacted(&self, peers: &Peers<Self>) -> Option<(Self, usize)> {
        let mut lacking = peers.lacking();
        let missing = self.entries().filter(|_| lacking.takes_next());
        let below = missing.map(|entry| entry.clock().event_count().checked_sub(1));
        let clocks = peers.others().iter().map(|other| other.exact.clock()).chain([self.clock()]);
        let bounds = below.chain(clocks.map(|clock| Some(clock.event_count())));
        let floor = bounds.reduce(|a, b| Some(a?.min(b?))).flatten().filter(|_| peers.are_merged())?;
        let mut compacted = self.clone();
        let dropped = compacted.compact_to(u64::try_from(floor).unwrap_or(u64::MAX));
        Some((compacted, dropped))
    }

    fn rebuilt(&self, mut chosen: Chosen<'_>, delta: Option<&Self>, peer: &Self) -> Self {
        let kept = self.entries().filter(|_| !chosen.takes_next());
        let added = delta.into_iter().flat_map(GossipState::entries);
        let mut rebuilt = peer.clone();
        rebuilt.entries = named(kept.chain(added));
        rebuilt
    }
}

fn named<'a>(entries: impl Iterator<Item = &'a GossipEntry>) -> NameMap<GossipEntry> {
    NameMap::from_pairs(entries.map(|entry| (entry.key.clone(), entry.clone())).collect())
}

fn of_entries<'a>(entries: impl Iterator<Item = &'a GossipEntry>, clock: VectorClock) -> GossipState {
    let mut state = GossipState::nameless();
    (state.entries, state.clock, state.is_covering) = (named(entries), clock, false);
    state
}
