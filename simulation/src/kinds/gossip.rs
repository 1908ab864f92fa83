//! Gossip state: entries whose winner is the one that knows of more events.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use crdt_merge_protocol::wire::encode_value;
use crdt_merge_protocol::{GossipState, Join, Result, Value};

use super::clocks::{counts, events, heard, known_counts, slot};
use crate::history::Action;
use crate::oracle::{Atom, Fact, Fresh, Known};
use crate::subject::{Act, Setting, Subject, key, value};

type Clock = Vec<(String, u64)>;

fn total(clock: &[(String, u64)]) -> i128 {
    clock.iter().map(|(_, count)| i128::from(*count)).sum()
}

fn compare(a: &(&Value, &Clock, bool), b: &(&Value, &Clock, bool)) -> Ordering {
    let by_clock = total(a.1).cmp(&total(b.1)).then_with(|| a.1.cmp(b.1));
    by_clock.then_with(|| a.2.cmp(&b.2)).then_with(|| encode_value(a.0).cmp(&encode_value(b.0)))
}

fn winner<'a>(facts: impl Iterator<Item = &'a Fact>) -> Option<(&'a Value, &'a Clock, bool)> {
    let entries = facts.filter_map(|fact| match fact {
        Fact::Entry(value, clock, is_tombstone) => Some((value, clock, *is_tombstone)),
        _ => None,
    });
    entries.max_by(compare)
}

impl Subject for GossipState {
    type Reading = (BTreeMap<String, (Value, Clock)>, BTreeMap<(String, String), u64>);

    fn empty() -> Self {
        // The name is a good one.
        GossipState::new("here").unwrap_or_else(|_| unreachable!("a node id of four letters"))
    }

    fn act(&mut self, action: &Action, setting: &Setting<'_>) -> Result<Act<Self>> {
        let before = self.clock().clone();
        let name = match action {
            Action::Put { key: name, value: written } => {
                self.update(setting.writer, &key(*name), value(*written))?;
                key(*name)
            }
            Action::Take { key: name } => {
                self.delete(setting.writer, &key(*name))?;
                key(*name)
            }
            _ => return Ok(Act::nothing()),
        };
        // What the entry before knew and the state did not is no event of this write, even on the line it goes on with.
        let heard = heard(&before, self.clock(), setting.known);
        let mut facts = events(&before.joined(&heard)?, self.clock());
        let hears = heard.slots().map(|(actor, count)| (slot(actor), count)).collect();
        facts.extend(self.entry(&name).map(|entry| {
            let clock = entry.clock().slots().map(|(actor, count)| (actor.to_owned(), count)).collect();
            Fresh::new(Atom::Key(name), Fact::Entry(entry.value().clone(), clock, entry.is_tombstone()))
        }));
        Ok(Act { hears, ..Act::of(facts) })
    }

    fn read(&self) -> Self::Reading {
        let clock = |entry: &crdt_merge_protocol::GossipEntry| {
            entry.clock().slots().map(|(actor, count)| (actor.to_owned(), count)).collect()
        };
        let live = self.entries().filter_map(|entry| Some((entry, entry.live_value()?.clone())));
        let shown = live.map(|(entry, value)| (entry.key().to_owned(), (value, clock(entry))));
        (shown.collect(), counts(self.clock()))
    }

    fn reading_of(known: Known<'_>) -> Self::Reading {
        let mut shown = BTreeMap::new();
        for (atom, facts) in known.by_atom() {
            let Atom::Key(name) = atom else { continue };
            if let Some((value, clock, false)) = winner(facts.into_iter()) {
                shown.insert(name.clone(), (value.clone(), clock.clone()));
            }
        }
        (shown, known_counts(known))
    }

    fn differs(ours: Known<'_>, theirs: Known<'_>) -> bool {
        winner(ours.facts().map(|(_, fact)| fact)) != winner(theirs.facts().map(|(_, fact)| fact))
    }

    fn floor(&self) -> Option<i128> {
        GossipState::floor(self).map(i128::from)
    }

    fn is_above(fact: &Fact, floor: i128) -> bool {
        match fact {
            Fact::Entry(_, clock, _) => total(clock) > floor,
            _ => true,
        }
    }

    fn holds(&self, key: &str) -> bool {
        self.entry(key).is_some()
    }

    fn is_left_over(known: Known<'_>, floor: i128) -> bool {
        winner(known.facts().map(|(_, fact)| fact)).is_some_and(|(_, clock, gone)| gone && total(clock) <= floor)
    }

    fn salvaged_at(&self, floor: i128) -> Self {
        self.salvage(u64::try_from(floor.max(0)).unwrap_or(u64::MAX)).0
    }
}
