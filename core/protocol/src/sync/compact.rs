//! Dropping what removals have left behind, once every peer that matters is known to have them.

use std::collections::BTreeSet;

use super::item::{Chosen, Item};
use super::reconcile::{Form, Reconcile, positions};
use super::summary::Summary;
use crate::error::Result;
use crate::wire::DecodeOptions;

/// What is known of some peers together.
pub struct Peers<S> {
    lacking: Vec<usize>,
    others: Vec<Other<S>>,
    last: Option<i64>,
}

/// What is known of one peer.
pub(crate) struct Other<S> {
    /// Items that only the peer has.
    pub(crate) theirs: Vec<Item>,
    /// The exact part of its summary.
    pub(crate) exact: S,
}

impl<S> Peers<S> {
    /// The parts of this state that some peer lacks.
    pub(crate) fn lacking(&self) -> Chosen<'_> {
        Chosen::new(&self.lacking)
    }

    /// Each peer.
    pub(crate) fn others(&self) -> &[Other<S>] {
        &self.others
    }

    /// Whether this state has all items of all peers.
    pub(crate) fn are_merged(&self) -> bool {
        self.others.iter().all(|other| other.theirs.is_empty())
    }

    /// The same peers with states of another type.
    pub(super) fn map<T>(&self, to: impl Fn(&S) -> Option<T>) -> Option<Peers<T>> {
        let other = |other: &Other<S>| Some(Other { theirs: other.theirs.clone(), exact: to(&other.exact)? });
        let others = self.others.iter().map(other).collect::<Option<_>>()?;
        Some(Peers { lacking: self.lacking.clone(), others, last: self.last })
    }

    /// The clock that is furthest behind, this replica's among them; `None` if one is not known.
    pub(crate) fn last(&self) -> Option<i64> {
        self.last
    }
}

/// What the summaries say about the peers; `None` if one of them does not say enough.
fn peers_of<S: Reconcile>(state: &S, summaries: &[Summary], last: Option<i64>) -> Result<Option<Peers<S>>> {
    let items = state.items();
    let (mut lacking, mut others) = (BTreeSet::new(), Vec::new());
    for summary in summaries {
        let known = summary.check(state).ok().and_then(|()| summary.difference_from(&items));
        let Some(difference) = known else { return Ok(None) };
        let exact = summary.peer_of(state, &DecodeOptions::strict())?;
        if state.compare_floors(&exact).is_lt() {
            return Ok(None);
        }
        lacking.extend(positions(&items, &difference.ours));
        others.push(Other { theirs: difference.theirs, exact });
    }
    let lasts = summaries.iter().map(Summary::last).chain([last]);
    let last = lasts.reduce(|a, b| Some(a?.min(b?))).flatten();
    Ok(Some(Peers { lacking: lacking.into_iter().collect(), others, last }))
}

/// See [`Reconcile::compact`].
pub(super) fn compact<S: Reconcile>(state: &mut S, summaries: &[Summary], last: Option<i64>) -> Result<usize> {
    if matches!(state.form(), Form::Slots | Form::Atomic) {
        return Ok(0);
    }
    let Some(peers) = peers_of(state, summaries, last)? else { return Ok(0) };
    let Some((compacted, dropped)) = state.compacted_for(&peers) else { return Ok(0) };
    if dropped > 0 {
        *state = compacted;
    }
    Ok(dropped)
}
