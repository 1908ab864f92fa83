//! What a kind says about itself so that two states of it can be brought together by exchanging what differs.

use std::cmp::Ordering;

use sha2::{Digest, Sha256};

use super::compact::Peers;
use super::item::{Chosen, Item, ItemSink, start_of};
use super::summary::{Summary, SyncOptions, items_of};
use super::symbol::Difference;
use crate::error::Result;
use crate::join::Join;
use crate::state::State;
use crate::types::Causality;
use crate::wire::DecodeOptions;
use crate::wire::body::BodyReader;

/// The first bytes of a digest over the parameters without which two states do not join.
pub type Profile = [u8; 16];

const PROFILE_LABEL: &[u8] = b"crdt-merge/sync-profile/1\0";

/// How much of a state its summary holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Form {
    /// Slots: the summary is the state.
    Slots,
    /// A causal context, exactly, and an item for each live dot.
    Causal,
    /// An item for each key.
    Keys,
    /// Nothing but the state id: the state is sent whole, or not at all.
    Atomic,
}

/// The parts of a state of one kind.
///
/// `items` tells the parts in one order, and the other functions meet [`Chosen`] parts in that same order. What is called
/// `peer` is a state made from the exact part of a peer's summary: all of its slots, its context, its clock, and no entries.
pub(crate) trait Parts: State {
    /// How its summary looks.
    const FORM: Form;

    /// Appends the parameters without which a join fails, as the body spells them.
    fn push_profile(&self, _out: &mut Vec<u8>) {}

    /// Appends the exact part of the summary.
    fn push_exact(&self, _out: &mut Vec<u8>) {}

    /// A state with the parameters of this one, of an exact part.
    fn read_exact(&self, reader: &mut BodyReader<'_>) -> Result<Self>;

    /// Tells the parts.
    fn items(&self, _sink: &mut ItemSink) {}

    /// The chosen parts, and all that is above `peer` in what the exact part describes, without floor and extension fields.
    ///
    /// `theirs` are items that only the peer has. `None` when such a state would be larger than this one whole.
    fn above(&self, chosen: Chosen<'_>, theirs: &[Item], peer: &Self) -> Option<Self>;

    /// A state whose join takes out of this one what the peer has seen and no longer has; `None` when there is nothing.
    ///
    /// The chosen parts are those that the peer lacks.
    fn buried(&self, _chosen: Chosen<'_>, _peer: &Self) -> Option<Self> {
        None
    }

    /// How the floors of two states compare.
    fn compare_floors(&self, _other: &Self) -> Ordering {
        Ordering::Equal
    }

    /// This state as it looks from the floor of another one.
    fn lifted(&self, _to: &Self) -> Self {
        self.clone()
    }

    /// The peer's state: this one, lifted, without the chosen parts, which the peer lacks, with what `delta` adds; exact part
    /// and floor are those of `peer`.
    fn rebuilt(&self, _chosen: Chosen<'_>, _delta: Option<&Self>, _peer: &Self) -> Self {
        self.clone()
    }

    /// This state without the leftovers of removals that all peers have, and how many there were.
    fn compacted(&self, _peers: &Peers<Self>) -> Option<(Self, usize)> {
        None
    }
}

/// A state that two replicas can bring together by exchanging what differs; every mergeable kind, and [`crate::AnyState`].
pub trait Reconcile: Join {
    /// The type tag of its frames.
    fn tag_byte(&self) -> u8;

    /// The canonical frame. Fails with `NOT_MERGEABLE` for what is no state.
    fn canonical_frame(&self) -> Result<Vec<u8>>;

    /// Reads a frame of a state of the same kind.
    fn read_frame(&self, frame: &[u8], options: &DecodeOptions) -> Result<Self>;

    /// How its summary looks.
    fn form(&self) -> Form;

    /// The parameters without which a join fails.
    fn profile(&self) -> Profile;

    /// The exact part of its summary.
    fn exact_part(&self) -> Vec<u8>;

    /// The content of its compaction floor, if it has one.
    fn floor_content(&self) -> Option<Vec<u8>>;

    /// Its items, in an order that depends on the state alone.
    fn items(&self) -> Vec<Item>;

    /// A state of the same parameters made from an exact part and a floor.
    fn read_exact_part(&self, exact: &[u8], floor: Option<&[u8]>, options: &DecodeOptions) -> Result<Self>;

    /// The part of this state that is above the peer's: a restriction without floor. `None` when the whole state is to be sent.
    ///
    /// `items` are those of this state; `peer` is made from the exact part of the peer's summary.
    fn part_above(&self, items: &[Item], difference: &Difference, peer: &Self) -> Option<Self>;

    /// A state whose join takes out what the peer has seen and lacks; `None` when there is nothing.
    fn buried_by(&self, items: &[Item], ours: &[Item], peer: &Self) -> Option<Self>;

    /// How the floors of two states compare.
    fn compare_floors(&self, other: &Self) -> Ordering;

    /// This state as it looks from the floor of another one.
    fn lifted_to(&self, other: &Self) -> Self;

    /// The peer's state, made from this one; see the rules of sessions.
    fn rebuilt_with(&self, items: &[Item], ours: &[Item], delta: Option<&Self>, peer: &Self) -> Self;

    /// This state without the leftovers of removals that all peers have, and how many there were; `None` when nothing can be
    /// said.
    fn compacted_for(&self, peers: &Peers<Self>) -> Option<(Self, usize)>;

    /// Drops what removals have left behind, as far as every peer has them, and tells how much that was.
    ///
    /// The caller names the peers by their summaries; `last` is the clock of this replica in microseconds. A peer that is left out
    /// is forgotten: when it comes back it merges, or is told `STALE_STATE`. Where something has to be remembered of what is
    /// dropped, the state keeps a floor, from which on older writes are refused. Nothing is dropped, and the state is as it was,
    /// when a summary does not suffice, a peer has something that is missing here (merge first), or, for maps, a clock is not
    /// known.
    ///
    /// Fails with the fault of a summary that makes no sense.
    fn compact(&mut self, peers: &[Summary], last: Option<i64>) -> Result<usize> {
        super::compact::compact(self, peers, last)
    }

    /// What this replica has, in few bytes: with salt 0, 16 symbols and no clock.
    ///
    /// Fails with `NOT_MERGEABLE` for what is no state.
    fn summary(&self) -> Result<Summary> {
        Summary::of(self, &SyncOptions::default())
    }

    /// What the replica behind a summary lacks of this one, and nothing it has if the summary tells that much: merging it there
    /// does what merging this state does.
    ///
    /// It carries no floor, and may come late, twice or at the wrong replica without harm. Where the summary does not suffice, or
    /// this state has the higher floor, it is this state whole. Fails with `TYPE_MISMATCH` or `PARAMETER_MISMATCH` on the
    /// summary of a state that does not join with this one, and with the fault of a summary that makes no sense.
    fn delta_for(&self, summary: &Summary) -> Result<Self> {
        super::summary::delta_for(self, summary)
    }

    /// What this state has and another one, which is at hand, lacks.
    ///
    /// It is as [`Reconcile::delta_for`] makes it from a summary that tells everything.
    fn difference_from(&self, other: &Self) -> Result<Self> {
        if self.compare_floors(other) == Ordering::Greater {
            return Ok(self.clone());
        }
        let part = super::summary::part_missing(self, &items_of(self), other);
        Ok(part.unwrap_or_else(|| self.clone()))
    }

    /// How this state relates to another one in the order of what has been merged.
    ///
    /// Fails as the join of the two does.
    fn compare_states(&self, other: &Self) -> Result<Causality> {
        let joined = self.joined(other)?;
        Ok(match (joined == *other, joined == *self) {
            (true, true) => Causality::Equal,
            (true, false) => Causality::Before,
            (false, true) => Causality::After,
            (false, false) => Causality::Concurrent,
        })
    }
}

/// The positions of some items, which ascend, among the items of a state.
pub(super) fn positions(items: &[Item], some: &[Item]) -> Vec<usize> {
    let is_one = |item: &Item| some.binary_search(item).is_ok();
    items.iter().enumerate().filter(|(_, item)| is_one(item)).map(|(position, _)| position).collect()
}

impl<S: Parts> Reconcile for S {
    fn tag_byte(&self) -> u8 {
        S::TAG.byte()
    }

    fn canonical_frame(&self) -> Result<Vec<u8>> {
        Ok(self.encode())
    }

    fn read_frame(&self, frame: &[u8], options: &DecodeOptions) -> Result<Self> {
        S::decode_with(frame, options)
    }

    fn form(&self) -> Form {
        S::FORM
    }

    fn profile(&self) -> Profile {
        let mut parameters = Vec::new();
        self.push_profile(&mut parameters);
        profile_of(S::TAG.byte(), &parameters)
    }

    fn exact_part(&self) -> Vec<u8> {
        let mut exact = Vec::new();
        self.push_exact(&mut exact);
        exact
    }

    fn floor_content(&self) -> Option<Vec<u8>> {
        self.floor_field()
    }

    fn items(&self) -> Vec<Item> {
        let mut sink = ItemSink::new(S::TAG.byte());
        Parts::items(self, &mut sink);
        sink.finish()
    }

    fn read_exact_part(&self, exact: &[u8], floor: Option<&[u8]>, options: &DecodeOptions) -> Result<Self> {
        let mut reader = BodyReader::new(exact, 0, options);
        let mut peer = Parts::read_exact(self, &mut reader)?;
        reader.finish()?;
        if let Some(floor) = floor {
            let mut reader = BodyReader::new(floor, 0, options);
            peer.set_floor_field(&mut reader)?;
            reader.finish()?;
        }
        Ok(peer)
    }

    fn part_above(&self, items: &[Item], difference: &Difference, peer: &Self) -> Option<Self> {
        let chosen = positions(items, &difference.ours);
        let mut part = Parts::above(self, Chosen::new(&chosen), &difference.theirs, peer)?;
        // What extension fields the peer has is not known: all of them go along.
        if let Some(extensions) = part.extensions_mut() {
            extensions.clone_from(self.extensions());
        }
        Some(part)
    }

    fn buried_by(&self, items: &[Item], ours: &[Item], peer: &Self) -> Option<Self> {
        Parts::buried(self, Chosen::new(&positions(items, ours)), peer)
    }

    fn compare_floors(&self, other: &Self) -> Ordering {
        Parts::compare_floors(self, other)
    }

    fn lifted_to(&self, other: &Self) -> Self {
        Parts::lifted(self, other)
    }

    fn compacted_for(&self, peers: &Peers<Self>) -> Option<(Self, usize)> {
        Parts::compacted(self, peers)
    }

    fn rebuilt_with(&self, items: &[Item], ours: &[Item], delta: Option<&Self>, peer: &Self) -> Self {
        let mut rebuilt = Parts::rebuilt(self, Chosen::new(&positions(items, ours)), delta, peer);
        if let (Some(extensions), Some(delta)) = (rebuilt.extensions_mut(), delta) {
            extensions.clone_from(delta.extensions());
        }
        rebuilt
    }
}

/// The profile of a kind with these parameters.
pub(super) fn profile_of(tag: u8, parameters: &[u8]) -> Profile {
    let hash = Sha256::new().chain_update(PROFILE_LABEL).chain_update([tag]).chain_update(parameters);
    start_of(hash.finalize())
}
