//! Clocks: slots that count events.

use std::collections::BTreeMap;

use crdt_merge_protocol::{DottedVersionVector, Result, VectorClock};

use super::{owned, sums};
use crate::history::Action;
use crate::oracle::{Atom, Fact, Fresh, Known};
use crate::subject::{Act, Setting, Subject};

/// The events of a clock that are new, each one on the line of its actor.
pub fn events(before: &VectorClock, after: &VectorClock) -> Vec<Fresh> {
    let grown = after.slots().filter(|(actor, count)| before.counter(actor) < *count);
    let fresh =
        |(actor, count): (&str, u64)| Fresh::on(actor, slot(actor), Fact::Amount(count - before.counter(actor)));
    grown.map(fresh).collect()
}

/// The slots of `after` that have grown by events which were written before, with their counts without newer events.
pub fn heard(before: &VectorClock, after: &VectorClock, known: Known<'_>) -> VectorClock {
    let grown = after.slots().filter(|(actor, count)| before.counter(actor) < *count);
    let written = grown.map(|(actor, count)| (actor, count.min(known.written(&slot(actor)))));
    written.filter(|(actor, count)| before.counter(actor) < *count).collect()
}

/// The fact that a slot has grown.
pub fn slot(actor: &str) -> Atom {
    Atom::Slot(actor.to_owned(), String::new())
}

/// The slots of a clock.
pub fn counts(clock: &VectorClock) -> BTreeMap<(String, String), u64> {
    clock.slots().map(|(actor, count)| ((actor.to_owned(), String::new()), count)).collect()
}

/// The slots that are known.
pub fn known_counts(known: Known<'_>) -> BTreeMap<(String, String), u64> {
    owned(sums(known))
}

impl Subject for VectorClock {
    type Reading = BTreeMap<(String, String), u64>;

    fn empty() -> Self {
        VectorClock::new()
    }

    fn act(&mut self, action: &Action, setting: &Setting<'_>) -> Result<Act<Self>> {
        let Action::Increase(_) = action else { return Ok(Act::nothing()) };
        let before = self.clone();
        self.increment(setting.writer)?;
        Ok(Act::of(events(&before, self)))
    }

    fn read(&self) -> Self::Reading {
        counts(self)
    }

    fn reading_of(known: Known<'_>) -> Self::Reading {
        known_counts(known)
    }
}

impl Subject for DottedVersionVector {
    type Reading = BTreeMap<(String, String), u64>;

    fn empty() -> Self {
        DottedVersionVector::new()
    }

    fn act(&mut self, action: &Action, setting: &Setting<'_>) -> Result<Act<Self>> {
        let Action::Increase(_) = action else { return Ok(Act::nothing()) };
        let before = self.effective().into_owned();
        self.advance(setting.writer)?;
        Ok(Act::of(events(&before, &self.effective())))
    }

    fn read(&self) -> Self::Reading {
        counts(&self.effective())
    }

    fn reading_of(known: Known<'_>) -> Self::Reading {
        known_counts(known)
    }
}
