//! Local updates of a replica: which of its actors write, and with what figure it remembers them.
//!
//! The figure of an actor is 1 plus everything in its row: what it created, handed on and used up. It grows with every write and
//! is never 0, so that an actor that has nothing but rights received from others is remembered, and saved, like any other.

use super::BoundedCounter;
use super::state::{Slot, count};
use crate::error::{Code, Error, Result};
use crate::names::{Name, NameMap};
use crate::replica::{Replica, add_to_slot, check_node_id};
use crate::update::Update;

/// The figure of an actor that has written nothing.
const FIRST_FIGURE: u64 = 1;

/// By how much one actor's slot grows.
type Share = (Name, u64);

impl BoundedCounter {
    /// Adds to the value, and creates as many rights of this replica; 0 changes nothing.
    ///
    /// Fails with `OUT_OF_RANGE`, and changes nothing, when a slot would pass 2⁶³ − 1.
    pub fn increment(&mut self, replica: &Replica, amount: u64) -> Result<()> {
        self.increment_delta(replica, amount).map(drop)
    }

    /// As [`BoundedCounter::increment`], with the delta.
    pub fn increment_delta(&mut self, replica: &Replica, amount: u64) -> Result<Update<Self>> {
        if amount == 0 {
            return Ok(Update::new(BoundedCounter::new(), false));
        }
        let mut shares = self.advance(replica, |counter, current| {
            let share = |(actor, figure): &(Name, u64)| {
                add_to_slot(counter.slot(Slot::Rights(actor, actor)), amount).map(|_| (actor.clone(), *figure, amount))
            };
            current.first().map(share).into_iter().collect()
        })?;
        if shares.is_empty() {
            shares.push((self.first_increment(replica, amount)?, amount));
        }
        Ok(self.grow(&shares, |actor| Slot::Rights(actor, actor)))
    }

    /// A new actor that has created so many rights.
    fn first_increment(&self, replica: &Replica, amount: u64) -> Result<Name> {
        // Figures that nobody remembers: none of these actors goes on, and the new one has another name.
        let known = self.figures(replica.actor_prefix()).map(|(actor, _)| (actor, 0)).collect::<Vec<_>>();
        let (actor, _) = replica.advance(known.into_iter(), |_| Ok(FIRST_FIGURE + add_to_slot(0, amount)?))?;
        Ok(actor)
    }

    /// Subtracts from the value, using up rights of this replica; 0 changes nothing.
    ///
    /// Fails with `OUT_OF_RANGE` (detail `available`), and changes nothing, when this copy does not hold as many.
    pub fn decrement(&mut self, replica: &Replica, amount: u64) -> Result<()> {
        self.decrement_delta(replica, amount).map(drop)
    }

    /// As [`BoundedCounter::decrement`], with the delta.
    pub fn decrement_delta(&mut self, replica: &Replica, amount: u64) -> Result<Update<Self>> {
        let shares = self.advance(replica, |counter, current| counter.shares(current, amount, Slot::Used))?;
        Ok(self.grow(&shares, Slot::Used))
    }

    /// Hands rights of this replica to an actor, see [`BoundedCounter::actor`]; 0 changes nothing.
    ///
    /// Rights that are handed to a name that is nobody's actor in this counter are lost. Fails with `OUT_OF_RANGE` (detail
    /// `available`) when this copy does not hold as many, with `BAD_ARGUMENT` when the actor is this replica's own one here and
    /// with `BAD_TEXT` on an unusable name; nothing is changed then.
    pub fn transfer(&mut self, replica: &Replica, to: &str, amount: u64) -> Result<()> {
        self.transfer_delta(replica, to, amount).map(drop)
    }

    /// As [`BoundedCounter::transfer`], with the delta.
    pub fn transfer_delta(&mut self, replica: &Replica, to: &str, amount: u64) -> Result<Update<Self>> {
        let shares = self.advance(replica, |counter, current| {
            check_receiver(to, current.iter().any(|(actor, _)| actor == to))?;
            counter.shares(current, amount, |actor| Slot::Rights(actor, to))
        })?;
        Ok(self.grow(&shares, |actor| Slot::Rights(actor, to)))
    }

    /// The actor of a replica in this counter, for others to hand rights to; a new one if no actor is continued by this copy.
    ///
    /// A new actor is no part of the state before it has a slot: only this copy, and clones of it, know that it is theirs.
    pub fn actor(&mut self, replica: &Replica) -> Result<String> {
        let (actor, _) = replica.advance(self.figures(replica.actor_prefix()), |last| Ok(last.max(FIRST_FIGURE)))?;
        if !self.has_slot(&actor) {
            self.announced.insert(actor.clone());
        }
        Ok(actor.to_string())
    }

    /// The rights that a replica can spend in this copy.
    pub fn available(&self, replica: &Replica) -> u128 {
        let mut available = 0;
        // Nothing is given out, so nothing can fail.
        let _ = self.advance(replica, |counter, current| {
            available = counter.held_by(current);
            Ok(Vec::new())
        });
        available
    }

    fn held_by(&self, actors: &[(Name, u64)]) -> u128 {
        actors.iter().map(|(actor, _)| self.rights(actor)).sum()
    }

    /// Lets `plan` choose by how much current actors of the replica go on, and gives that out.
    fn advance(
        &self,
        replica: &Replica,
        plan: impl FnOnce(&Self, &[(Name, u64)]) -> Result<Vec<(Name, u64, u64)>>,
    ) -> Result<Vec<Share>> {
        let mut shares = Vec::new();
        replica.advance_current(self.figures(replica.actor_prefix()), |current| {
            let next = |(actor, figure, amount): (Name, u64, u64)| {
                shares.push((actor.clone(), amount));
                let next = figure.checked_add(amount);
                Ok((
                    actor,
                    next.ok_or_else(|| Error::new(Code::OutOfRange, "the figures of an actor end at 2^64 - 1"))?,
                ))
            };
            plan(self, current)?.into_iter().map(next).collect()
        })?;
        Ok(shares)
    }

    /// Divides an amount among actors, each up to what it holds; their slots take it.
    fn shares<'a>(
        &self,
        actors: &'a [(Name, u64)],
        amount: u64,
        slot: impl Fn(&'a str) -> Slot<'a>,
    ) -> Result<Vec<(Name, u64, u64)>> {
        self.check_rights(self.held_by(actors), amount)?;
        let mut left = amount;
        let mut shares = Vec::new();
        for (actor, figure) in actors {
            let share = u64::try_from(self.rights(actor)).unwrap_or(u64::MAX).min(left);
            if share > 0 {
                add_to_slot(self.slot(slot(actor)), share)?;
                shares.push((actor.clone(), *figure, share));
                left -= share;
            }
        }
        Ok(shares)
    }

    pub(super) fn check_rights(&self, available: u128, amount: u64) -> Result<()> {
        if u128::from(amount) <= available {
            return Ok(());
        }
        Err(Error::new(Code::OutOfRange, "there are not enough rights here")
            .with("available", available)
            .with("found", amount))
    }

    /// Adds the shares, whose slots were checked, and gives what was written.
    fn grow<'a>(&mut self, shares: &'a [Share], slot: impl Fn(&'a str) -> Slot<'a>) -> Update<Self> {
        let mut delta = BoundedCounter::new();
        for (actor, share) in shares {
            let slot = slot(actor);
            let sum = self.slot(slot) + share;
            self.put(slot, sum);
            delta.put(slot, sum);
        }
        Update::new(delta, !shares.is_empty())
    }

    /// The actors whose names begin so with their figures.
    fn figures<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = (Name, u64)> + Clone + 'a {
        let rows = self.rights.with_prefix(prefix).map(|(actor, _)| actor);
        let receivers = self.rights.values().flat_map(move |row| row.with_prefix(prefix).map(|(actor, _)| actor));
        let used = self.used.with_prefix(prefix).map(|(actor, _)| actor);
        let announced = self.announced.iter().filter(move |actor| actor.starts_with(prefix));
        let actors: std::collections::BTreeSet<_> = rows.chain(receivers).chain(used).chain(announced).collect();
        // An actor whose figures do not fit was never written by a replica: it has nothing to go on with.
        let figures = actors.into_iter().filter_map(|actor| Some((actor.clone(), self.figure(actor)?)));
        figures.collect::<Vec<_>>().into_iter()
    }

    fn figure(&self, actor: &str) -> Option<u64> {
        let row = self.rights.value(actor).into_iter().flat_map(NameMap::values);
        let written = row.copied().chain([count(&self.used, actor)]);
        written.into_iter().try_fold(FIRST_FIGURE, u64::checked_add)
    }

    fn has_slot(&self, actor: &str) -> bool {
        self.used.value(actor).is_some()
            || self.rights.value(actor).is_some()
            || self.rights.values().any(|row| row.value(actor).is_some())
    }
}

/// Rights go to another actor.
pub(super) fn check_receiver(to: &str, is_own: bool) -> Result<()> {
    check_node_id(to)?;
    if is_own {
        return Err(Error::new(Code::BadArgument, "rights are handed to another actor").with("found", to));
    }
    Ok(())
}
