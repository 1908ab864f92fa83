use std::collections::BTreeSet;

use crate::error::Result;
use crate::names::{Name, NameMap};
use crate::replica::{add_to_slot, check_node_id};
use crate::wire::Extensions;

/// A counter that never falls below zero, without asking anybody before a decrement.
///
/// An increment gives its actor *rights*, a decrement uses some up, and a transfer hands some on. A replica spends only the
/// rights that it holds in the copy at hand, so no two decrements anywhere spend the same one. Who has none left asks somebody
/// who has some for a transfer: rights go to an *actor* ([`BoundedCounter::actor`]), not to a node, because only one line of
/// copies may spend them. All rights of actors of one replica that this copy continues count together.
///
/// Rights are lost for good when nobody continues their actor: after a crash without a saved replica, or when the copy that
/// spent last is gone. The value stays right; those rights just cannot be spent any more.
///
/// ```
/// # use crdt_merge_protocol::{BoundedCounter, Code, Join, ManualClock, Replica, TestEntropy};
/// let here = Replica::new("shop", ManualClock::default(), TestEntropy::new(1))?;
/// let there = Replica::new("stall", ManualClock::default(), TestEntropy::new(2))?;
/// let mut stock = BoundedCounter::new();
/// stock.increment(&here, 10)?;
/// let mut copy = stock.clone();
/// assert_eq!(copy.decrement(&there, 1).unwrap_err().code(), Code::OutOfRange);
/// let stall = copy.actor(&there)?;
/// stock.transfer(&here, &stall, 4)?;
/// copy.join(&stock)?;
/// copy.decrement(&there, 3)?;
/// stock.decrement(&here, 6)?;
/// stock.join(&copy)?;
/// assert_eq!((stock.value(), stock.available(&here), stock.rights(&stall)), (1, 0, 1));
/// # Ok::<(), crdt_merge_protocol::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct BoundedCounter {
    /// From whom to whom: what an actor created stands under its own name twice. No slot is 0, no inner map empty.
    pub(crate) rights: NameMap<NameMap<u64>>,
    /// What each actor has used up. No slot is 0.
    pub(crate) used: NameMap<u64>,
    pub(super) extensions: Extensions,
    /// Actors that were told to somebody before they had a slot: known to this copy only, no part of the state.
    pub(super) announced: BTreeSet<Name>,
}

/// A slot of the counter.
#[derive(Debug, Clone, Copy)]
pub(super) enum Slot<'a> {
    /// What the first actor handed to the second one; what it created, if both are the same.
    Rights(&'a str, &'a str),
    /// What the actor has used up.
    Used(&'a str),
}

impl BoundedCounter {
    /// A counter at zero, without rights.
    pub const fn new() -> Self {
        BoundedCounter {
            rights: NameMap::new(),
            used: NameMap::new(),
            extensions: Extensions::new(),
            announced: BTreeSet::new(),
        }
    }

    /// Creates rights in the name of a node that the caller answers for; see [`crate::GCounter::increment_node`].
    pub fn increment_node(&mut self, node: &str, amount: u64) -> Result<()> {
        check_node_id(node)?;
        self.add(Slot::Rights(node, node), amount)
    }

    /// Uses rights up in the name of a node that the caller answers for.
    ///
    /// Fails with `OUT_OF_RANGE` (detail `available`), and changes nothing, when the node has fewer rights.
    pub fn decrement_node(&mut self, node: &str, amount: u64) -> Result<()> {
        check_node_id(node)?;
        self.check_rights(self.rights(node), amount)?;
        self.add(Slot::Used(node), amount)
    }

    /// Hands rights on in the name of a node that the caller answers for; see [`BoundedCounter::decrement_node`].
    pub fn transfer_node(&mut self, from: &str, to: &str, amount: u64) -> Result<()> {
        check_node_id(from)?;
        super::spend::check_receiver(to, from == to)?;
        self.check_rights(self.rights(from), amount)?;
        self.add(Slot::Rights(from, to), amount)
    }

    /// What was created minus what was used up.
    ///
    /// Never below zero. In a copy that received deltas before those that they rest on, what was used may outweigh what was
    /// created for a while: the value is 0 until the rest is there.
    pub fn value(&self) -> u128 {
        u128::try_from(self.balance()).unwrap_or(0)
    }

    /// What was created minus what was used up, as far as it is known here.
    pub(super) fn balance(&self) -> i128 {
        let created: i128 = self.rights.iter().map(|(actor, row)| i128::from(count(row, actor))).sum();
        created - self.used.values().map(|used| i128::from(*used)).sum::<i128>()
    }

    /// The rights that an actor holds, as far as it is known here: created and received, without handed on and used up.
    pub fn rights(&self, actor: &str) -> u128 {
        u128::try_from(self.holding(actor)).unwrap_or(0)
    }

    /// As [`BoundedCounter::rights`], below zero where deltas that brought rights are missing.
    pub(super) fn holding(&self, actor: &str) -> i128 {
        let received =
            self.rights.iter().filter(|(from, _)| *from != actor).map(|(_, row)| i128::from(count(row, actor)));
        let row = self.rights.value(actor);
        let created = row.map_or(0, |row| i128::from(count(row, actor)));
        let handed: i128 = row.map_or(0, |row| row.values().map(|amount| i128::from(*amount)).sum::<i128>() - created);
        created + received.sum::<i128>() - handed - i128::from(count(&self.used, actor))
    }

    /// What each actor created (to itself) and handed to others: from whom, to whom, how much; by the bytes of the names.
    pub fn transfers(&self) -> impl Iterator<Item = (&str, &str, u64)> {
        self.rights.iter().flat_map(|(from, row)| row.iter().map(|(to, amount)| (from.as_str(), to.as_str(), *amount)))
    }

    /// What each actor used up, by the bytes of the names.
    pub fn used(&self) -> impl Iterator<Item = (&str, u64)> {
        self.used.iter().map(|(actor, amount)| (actor.as_str(), *amount))
    }

    pub(super) fn slot(&self, slot: Slot<'_>) -> u64 {
        match slot {
            Slot::Rights(from, to) => self.rights.value(from).map_or(0, |row| count(row, to)),
            Slot::Used(actor) => count(&self.used, actor),
        }
    }

    /// Adds to a slot. Fails with `OUT_OF_RANGE`, and changes nothing, past 2⁶³ − 1.
    pub(super) fn add(&mut self, slot: Slot<'_>, amount: u64) -> Result<()> {
        let sum = add_to_slot(self.slot(slot), amount)?;
        if amount > 0 {
            self.put(slot, sum);
        }
        Ok(())
    }

    /// Sets a slot to a count above 0.
    pub(super) fn put(&mut self, slot: Slot<'_>, sum: u64) {
        match slot {
            Slot::Rights(from, to) => self.rights.entry(from, NameMap::new).insert(to, sum),
            Slot::Used(actor) => self.used.insert(actor, sum),
        }
    }
}

pub(super) fn count(counts: &NameMap<u64>, name: &str) -> u64 {
    counts.value(name).copied().unwrap_or(0)
}

impl PartialEq for BoundedCounter {
    fn eq(&self, other: &Self) -> bool {
        self.transfers().eq(other.transfers()) && self.used().eq(other.used()) && self.extensions == other.extensions
    }
}

impl Eq for BoundedCounter {}
