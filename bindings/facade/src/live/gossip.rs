//! What gossip states exchange beside whole states.

use crdt_merge_protocol::types::gossip::Digests;
use crdt_merge_protocol::{AnyState, Framed, GossipEntry, Result};

use super::states::not_for;
use super::states::operations::state;
use crate::arguments::{bytes, list, member, pairs, words};
use crate::datum::Datum;

/// The digest of each entry by key.
pub(crate) fn gossip_digests(input: &Datum) -> Result<Datum> {
    let state = state(input)?;
    let held = state.read();
    let AnyState::GossipState(gossip) = &*held else { return Err(not_for("gossip_state", &held)) };
    Ok(Datum::Map(gossip.digests().iter().map(|(key, digest)| (Datum::text(key), Datum::text(digest))).collect()))
}

/// The entries, as frames, that whoever has these digests lacks, and the keys that this state lacks.
pub(crate) fn gossip_exchange(input: &Datum) -> Result<Datum> {
    let state = state(input)?;
    let digests = pairs(member(input, "digests")?)?.iter();
    let digests: Digests =
        digests.map(|(key, digest)| Ok((words(key)?.into(), words(digest)?.into()))).collect::<Result<_>>()?;
    let held = state.read();
    let AnyState::GossipState(gossip) = &*held else { return Err(not_for("gossip_state", &held)) };
    let push = gossip.entries_to_push(&digests).into_iter().map(|entry| AnyState::from(entry).encode_v1());
    Ok(Datum::map([
        ("push", Datum::frames(push.collect::<Result<Vec<_>>>()?)),
        ("pull", Datum::texts(gossip.keys_to_pull(&digests))),
    ]))
}

/// Takes entries from frames. How many changed something.
pub(crate) fn gossip_apply(input: &Datum) -> Result<Datum> {
    let state = state(input)?;
    let entries = list(member(input, "frames")?)?.iter().map(|frame| GossipEntry::decode(bytes(frame)?));
    let entries: Vec<_> = entries.collect::<Result<_>>()?;
    let mut held = state.write();
    let AnyState::GossipState(gossip) = &mut *held else { return Err(not_for("gossip_state", &held)) };
    gossip.apply(&entries).map(|count| Datum::count(count as u64))
}
