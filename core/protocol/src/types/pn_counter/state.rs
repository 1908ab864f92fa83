use crate::error::Result;
use crate::replica::Replica;
use crate::types::GCounter;
use crate::update::Update;
use crate::wire::Extensions;

/// A counter that goes up and down: two grow-only counters, its value is their difference.
///
/// ```
/// # use crdt_merge_protocol::{Join, ManualClock, PnCounter, Replica, TestEntropy};
/// let here = Replica::new("laptop", ManualClock::default(), TestEntropy::new(1))?;
/// let there = Replica::new("phone", ManualClock::default(), TestEntropy::new(2))?;
/// let (mut likes, mut theirs) = (PnCounter::new(), PnCounter::new());
/// likes.increment(&here, 5)?;
/// theirs.decrement(&there, 2)?;
/// likes.join(&theirs)?;
/// assert_eq!(likes.value(), 3);
/// # Ok::<(), crdt_merge_protocol::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PnCounter {
    pub(crate) positive: GCounter,
    pub(crate) negative: GCounter,
    pub(super) extensions: Extensions,
}

impl PnCounter {
    /// A counter at zero.
    pub const fn new() -> Self {
        PnCounter { positive: GCounter::new(), negative: GCounter::new(), extensions: Extensions::new() }
    }

    /// Adds to the value; see [`GCounter::increment`].
    pub fn increment(&mut self, replica: &Replica, amount: u64) -> Result<()> {
        self.positive.increment(replica, amount)
    }

    /// Subtracts from the value; see [`GCounter::increment`].
    pub fn decrement(&mut self, replica: &Replica, amount: u64) -> Result<()> {
        self.negative.increment(replica, amount)
    }

    /// As [`PnCounter::increment`], with the delta.
    pub fn increment_delta(&mut self, replica: &Replica, amount: u64) -> Result<Update<Self>> {
        let update = self.positive.increment_delta(replica, amount)?;
        Ok(update.map(|positive| PnCounter { positive, ..PnCounter::new() }))
    }

    /// As [`PnCounter::decrement`], with the delta.
    pub fn decrement_delta(&mut self, replica: &Replica, amount: u64) -> Result<Update<Self>> {
        let update = self.negative.increment_delta(replica, amount)?;
        Ok(update.map(|negative| PnCounter { negative, ..PnCounter::new() }))
    }

    /// Adds in the name of a node that the caller answers for; see [`GCounter::increment_node`].
    pub fn increment_node(&mut self, node: &str, amount: u64) -> Result<()> {
        self.positive.increment_node(node, amount)
    }

    /// Subtracts in the name of a node that the caller answers for; see [`GCounter::increment_node`].
    pub fn decrement_node(&mut self, node: &str, amount: u64) -> Result<()> {
        self.negative.increment_node(node, amount)
    }

    /// What was added minus what was subtracted.
    ///
    /// Exact as long as each side has fewer than 2⁶⁴ slots, which memory ends long before.
    pub fn value(&self) -> i128 {
        self.positive.value().cast_signed() - self.negative.value().cast_signed()
    }

    /// What was added.
    pub fn positive(&self) -> &GCounter {
        &self.positive
    }

    /// What was subtracted.
    pub fn negative(&self) -> &GCounter {
        &self.negative
    }
}
