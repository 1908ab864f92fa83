//! Maps of registers, and gossip states, which are maps of entries under clocks.

use crdt_merge_protocol::{AnyState, Changed, Result, Written};

use super::states::not_for;
use super::states::operations::state;
use super::writes::{At, at, stamp_members, written};
use crate::arguments::{all_words, bad_argument, member, pairs, value, words};
use crate::datum::Datum;

/// Several writes as one.
fn together(before: Written, write: Written) -> Written {
    Written {
        changed: Changed::from_bool(before.changed.is_yes() | write.changed.is_yes()),
        clock_ahead: before.clock_ahead.max(write.clock_ahead),
    }
}

const NOTHING: Written = Written { changed: Changed::No, clock_ahead: None };

/// Writes values at keys.
pub(crate) fn map_put(input: &Datum) -> Result<Datum> {
    let state = state(input)?;
    let at = at(&state, input)?;
    let entries = pairs(member(input, "entries")?)?.iter().map(|(key, held)| Ok((words(key)?, value(held)?)));
    let entries: Vec<_> = entries.collect::<Result<_>>()?;
    let mut all = NOTHING;
    let mut held = state.write();
    for (key, value) in entries {
        all = together(
            all,
            match (&mut *held, &at) {
                (AnyState::LwwMap(map), At::Now(replica)) => replica.with(|replica| map.set(replica, key, value))?,
                (AnyState::LwwMap(map), At::Stamp(stamp, node)) => {
                    Written { changed: map.write(key, value, *stamp, node)?, clock_ahead: None }
                }
                (AnyState::GossipState(gossip), At::Now(replica)) => {
                    replica.with(|replica| gossip.update(replica, key, value))?;
                    Written { changed: Changed::Yes, clock_ahead: None }
                }
                (AnyState::GossipState(_), At::Stamp(..)) => return Err(bad_argument("a gossip state has no stamps")),
                (other, _) => return Err(not_for("a map", other)),
            },
        );
    }
    Ok(written(all))
}

/// Deletes keys.
pub(crate) fn map_delete(input: &Datum) -> Result<Datum> {
    let state = state(input)?;
    let (at, keys) = (at(&state, input)?, all_words(member(input, "keys")?)?);
    let mut all = NOTHING;
    let mut held = state.write();
    for key in keys {
        all = together(
            all,
            match (&mut *held, &at) {
                (AnyState::LwwMap(map), At::Now(replica)) => replica.with(|replica| map.delete(replica, key))?,
                (AnyState::LwwMap(map), At::Stamp(stamp, _)) => {
                    Written { changed: map.delete_at(key, *stamp)?, clock_ahead: None }
                }
                (AnyState::GossipState(gossip), At::Now(replica)) => {
                    replica.with(|replica| gossip.delete(replica, key))?;
                    Written { changed: Changed::Yes, clock_ahead: None }
                }
                (AnyState::GossipState(_), At::Stamp(..)) => return Err(bad_argument("a gossip state has no stamps")),
                (other, _) => return Err(not_for("a map", other)),
            },
        );
    }
    Ok(written(all))
}

/// What is at a key, if it is live.
fn entry(state: &AnyState, key: &str) -> Result<Datum> {
    match state {
        AnyState::LwwMap(map) => {
            let live = map.value(key).and(map.register(key));
            Ok(live.map_or(Datum::Null, super::registers::entry))
        }
        AnyState::GossipState(gossip) => Ok(gossip.value(key).map_or(Datum::Null, |value| {
            Datum::map([
                ("value", Datum::from(value)),
                ("node", Datum::text("")),
                ("micros", Datum::Null),
                ("seconds", Datum::Null),
            ])
        })),
        other => Err(not_for("a map", other)),
    }
}

/// The entries at keys; null where nothing is live.
pub(crate) fn map_get(input: &Datum) -> Result<Datum> {
    let state = state(input)?;
    let held = state.read();
    let entries = all_words(member(input, "keys")?)?.into_iter().map(|key| entry(&held, key));
    Ok(Datum::List(entries.collect::<Result<_>>()?))
}

/// The live keys in order.
pub(crate) fn map_keys(input: &Datum) -> Result<Datum> {
    let state = state(input)?;
    let held = state.read();
    Ok(match &*held {
        AnyState::LwwMap(map) => Datum::texts(map.iter().map(|(key, _)| key)),
        AnyState::GossipState(gossip) => {
            Datum::texts(gossip.entries().filter(|entry| !entry.is_tombstone()).map(|entry| entry.key()))
        }
        other => return Err(not_for("a map", other)),
    })
}

/// How many keys are live.
pub(crate) fn map_len(input: &Datum) -> Result<Datum> {
    let state = state(input)?;
    let held = state.read();
    Ok(Datum::count(match &*held {
        AnyState::LwwMap(map) => map.len() as u64,
        AnyState::GossipState(gossip) => gossip.len() as u64,
        other => return Err(not_for("a map", other)),
    }))
}

/// The tombstones with their stamps.
pub(crate) fn map_tombstones(input: &Datum) -> Result<Datum> {
    let state = state(input)?;
    let held = state.read();
    let AnyState::LwwMap(map) = &*held else { return Err(not_for("lww_map", &held)) };
    Ok(Datum::Map(map.tombstones().map(|(key, stamp)| (Datum::text(key), Datum::map(stamp_members(stamp)))).collect()))
}
