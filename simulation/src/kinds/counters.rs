//! Counters: slots that add up.

use std::collections::BTreeMap;

use crdt_merge_protocol::{BoundedCounter, GCounter, PnCounter, Replica, Result, Update};

use super::{owned, sums};
use crate::history::Action;
use crate::oracle::{Atom, Fact, Fresh, Known};
use crate::subject::{Act, Setting, Subject};

type Slots = BTreeMap<(String, String), u64>;

/// What one slot of an update has gained over what is known of it.
fn gained(actor: &str, part: &str, sum: u64, known: Known<'_>) -> Fresh {
    let before = sums(known).get(&(actor, part)).copied().unwrap_or(0);
    let line = format!("{actor} {}", if part == "-" { "-" } else { "" });
    Fresh::on(&line, Atom::Slot(actor.to_owned(), part.to_owned()), Fact::Amount(sum.wrapping_sub(before)))
}

fn slots<'a>(counter: &'a GCounter, part: &'a str) -> impl Iterator<Item = ((String, String), u64)> + 'a {
    counter.slots().map(move |(actor, count)| ((actor.to_owned(), part.to_owned()), count))
}

fn of_slots<S>(update: Update<S>, slots: impl Fn(&S) -> Slots, setting: &Setting<'_>) -> Act<S> {
    let gains = slots(&update.delta).into_iter();
    let facts = gains.map(|((actor, part), sum)| gained(&actor, &part, sum, setting.known)).collect();
    Act::with(facts, update.delta)
}

impl Subject for GCounter {
    type Reading = (u128, Slots);

    fn empty() -> Self {
        GCounter::new()
    }

    fn act(&mut self, action: &Action, setting: &Setting<'_>) -> Result<Act<Self>> {
        let Action::Increase(amount) = action else { return Ok(Act::nothing()) };
        let update = self.increment_delta(setting.writer, *amount)?;
        Ok(of_slots(update, |delta| slots(delta, "").collect(), setting))
    }

    fn read(&self) -> Self::Reading {
        (self.value(), slots(self, "").collect())
    }

    fn reading_of(known: Known<'_>) -> Self::Reading {
        let slots = owned(sums(known));
        (slots.values().map(|sum| u128::from(*sum)).sum(), slots)
    }
}

fn pn_slots(counter: &PnCounter) -> Slots {
    slots(counter.positive(), "+").chain(slots(counter.negative(), "-")).collect()
}

impl Subject for PnCounter {
    type Reading = (i128, Slots);

    fn empty() -> Self {
        PnCounter::new()
    }

    fn act(&mut self, action: &Action, setting: &Setting<'_>) -> Result<Act<Self>> {
        let update = match action {
            Action::Increase(amount) => self.increment_delta(setting.writer, *amount)?,
            Action::Decrease(amount) => self.decrement_delta(setting.writer, *amount)?,
            _ => return Ok(Act::nothing()),
        };
        Ok(of_slots(update, pn_slots, setting))
    }

    fn read(&self) -> Self::Reading {
        (self.value(), pn_slots(self))
    }

    fn reading_of(known: Known<'_>) -> Self::Reading {
        let slots = owned(sums(known));
        let signed = |((_, part), sum): (&(String, String), &u64)| i128::from(*sum) * if part == "-" { -1 } else { 1 };
        (slots.iter().map(signed).sum(), slots)
    }
}

/// Slots by actor and by what the rights were for: who got them, or nobody if they were used up.
fn bounded_slots(counter: &BoundedCounter) -> Slots {
    let given = counter.transfers().map(|(from, to, amount)| ((from.to_owned(), to.to_owned()), amount));
    given.chain(counter.used().map(|(actor, amount)| ((actor.to_owned(), String::new()), amount))).collect()
}

fn balance(slots: &Slots) -> i128 {
    let share = |((actor, to), sum): (&(String, String), &u64)| match to {
        to if to == actor => i128::from(*sum),
        to if to.is_empty() => -i128::from(*sum),
        _ => 0,
    };
    slots.iter().map(share).sum()
}

impl Subject for BoundedCounter {
    type Reading = (i128, Slots);

    fn empty() -> Self {
        BoundedCounter::new()
    }

    fn act(&mut self, action: &Action, setting: &Setting<'_>) -> Result<Act<Self>> {
        let update = match (action, setting.receiver) {
            (Action::Increase(amount), _) => self.increment_delta(setting.writer, *amount)?,
            (Action::Decrease(amount), _) => self.decrement_delta(setting.writer, *amount)?,
            (Action::Hand { amount, .. }, Some(to)) => self.transfer_delta(setting.writer, to, *amount)?,
            _ => return Ok(Act::nothing()),
        };
        Ok(of_slots(update, bounded_slots, setting))
    }

    fn read(&self) -> Self::Reading {
        (self.value().cast_signed(), bounded_slots(self))
    }

    fn reading_of(known: Known<'_>) -> Self::Reading {
        let slots = owned(sums(known));
        (balance(&slots).max(0), slots)
    }

    fn receiver(&mut self, writer: &Replica) -> Option<Result<String>> {
        Some(self.actor(writer))
    }

    fn is_overdrawn(known: Known<'_>) -> bool {
        let slots = owned(sums(known));
        let mut held: BTreeMap<&str, i128> = BTreeMap::new();
        for ((actor, to), sum) in &slots {
            let sum = i128::from(*sum);
            *held.entry(actor).or_default() += if actor == to { sum } else { -sum };
            if actor != to && !to.is_empty() {
                *held.entry(to).or_default() += sum;
            }
        }
        balance(&slots) < 0 || held.values().any(|rights| *rights < 0)
    }
}
