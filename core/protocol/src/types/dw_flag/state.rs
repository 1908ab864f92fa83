use crate::dot::{Context, Dot};
use crate::error::Result;
use crate::join::Changed;
use crate::replica::Replica;
use crate::types::dot_map::DotMap;
use crate::update::Update;
use crate::wire::Extensions;

/// A flag that is off at first; switching it off wins over switching it on that had not seen it.
///
/// ```
/// # use crdt_merge_protocol::{DwFlag, Join, ManualClock, Replica, TestEntropy};
/// let here = Replica::new("laptop", ManualClock::default(), TestEntropy::new(1))?;
/// let there = Replica::new("phone", ManualClock::default(), TestEntropy::new(2))?;
/// let mut shared = DwFlag::new();
/// shared.enable(&here)?;
/// let mut copy = shared.clone();
/// shared.enable(&here)?;
/// copy.disable(&there)?;
/// shared.join(&copy)?;
/// assert!(!shared.is_on());
/// shared.enable(&here)?;
/// assert!(shared.is_on(), "this time the disabling has been seen");
/// # Ok::<(), crdt_merge_protocol::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DwFlag {
    pub(crate) turns: DotMap<Turn>,
    pub(super) extensions: Extensions,
}

/// What a write turned the flag to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Turn {
    On,
    Off,
}

impl DwFlag {
    /// A flag that is off.
    pub const fn new() -> Self {
        DwFlag { turns: DotMap::new(), extensions: Extensions::new() }
    }

    /// Switches the flag on with a new dot of the replica, which takes the place of every write seen so far.
    pub fn enable(&mut self, replica: &Replica) -> Result<()> {
        self.turn(replica, Turn::On).map(drop)
    }

    /// As [`DwFlag::enable`], with the delta.
    pub fn enable_delta(&mut self, replica: &Replica) -> Result<Update<Self>> {
        let (dot, died) = self.turn(replica, Turn::On)?;
        Ok(Update::new(DwFlag::of(DotMap::delta(Some((dot, Turn::On)), died)), true))
    }

    /// Switches the flag off with a new dot of the replica; tells whether it was on. If it was off, nothing is written.
    pub fn disable(&mut self, replica: &Replica) -> Result<Changed> {
        if !self.is_on() {
            return Ok(Changed::No);
        }
        self.turn(replica, Turn::Off).map(|_| Changed::Yes)
    }

    /// As [`DwFlag::disable`], with the delta.
    pub fn disable_delta(&mut self, replica: &Replica) -> Result<Update<Self>> {
        if !self.is_on() {
            return Ok(Update::new(DwFlag::new(), false));
        }
        let (dot, died) = self.turn(replica, Turn::Off)?;
        Ok(Update::new(DwFlag::of(DotMap::delta(Some((dot, Turn::Off)), died)), true))
    }

    fn turn(&mut self, replica: &Replica, turn: Turn) -> Result<(Dot, impl Iterator<Item = Dot> + use<>)> {
        let dot = self.turns.next_dot(replica)?;
        let died = self.turns.kill_all();
        self.turns.write(dot.clone(), turn);
        Ok((dot, died))
    }

    /// The flag after one write by an actor that the caller names and answers for: for exchange, replay and tests.
    ///
    /// Fails with `BAD_ARGUMENT` on an empty actor or sequence 0.
    pub fn with_dot(is_on: bool, actor: &str, sequence: u64) -> Result<Self> {
        DotMap::written(actor, sequence, if is_on { Turn::On } else { Turn::Off }).map(DwFlag::of)
    }

    pub(crate) fn of(turns: DotMap<Turn>) -> Self {
        DwFlag { turns, extensions: Extensions::new() }
    }

    /// Drops the disablings if no enabling stands beside them and each one is settled; true if it did.
    ///
    /// A disabling is settled when every peer that matters has it, and has nothing that is missing here. What is dropped stays
    /// in the context, so this is an ordinary step up.
    pub(crate) fn settle(&mut self, is_settled: impl Fn(&Dot) -> bool) -> bool {
        let is_ripe =
            !self.turns.is_empty() && self.turns.iter().all(|(dot, turn)| *turn == Turn::Off && is_settled(dot));
        is_ripe && self.turns.kill_all().next().is_some()
    }

    /// Whether the flag is on.
    pub fn is_on(&self) -> bool {
        self.has(Turn::On) && !self.has(Turn::Off)
    }

    /// Whether an enabling and a disabling stand side by side, neither of which had seen the other.
    pub fn is_contested(&self) -> bool {
        self.has(Turn::On) && self.has(Turn::Off)
    }

    fn has(&self, turn: Turn) -> bool {
        self.turns.iter().any(|(_, live)| *live == turn)
    }

    /// The dots of live enablings (`true`) or disablings (`false`), ascending.
    pub(super) fn dots(&self, turn: Turn) -> impl Iterator<Item = &Dot> {
        self.turns.iter().filter(move |(_, live)| **live == turn).map(|(dot, _)| dot)
    }

    /// The writes that the flag has seen.
    pub fn context(&self) -> &Context {
        self.turns.context()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::join::{Join, MergeReport};
    use crate::replica::{ManualClock, TestEntropy};

    #[test]
    fn a_disabling_wins_until_it_is_seen_or_settled() -> Result<()> {
        let here = Replica::new("a", ManualClock::default(), TestEntropy::new(1))?;
        let mut flag = DwFlag::new();
        assert!(!flag.disable(&here)?.is_yes() && flag.context().is_empty());
        flag.enable(&here)?;
        let mut other = flag.clone();
        assert!(flag.disable(&here)?.is_yes());
        other.join(&DwFlag::with_dot(true, "b", 1)?)?;
        let report = MergeReport::with_keys().of(&mut flag, &other)?;
        assert!(!flag.is_on() && flag.is_contested());
        assert_eq!((report.conflicts, report.changed_keys), (1, Some(vec![])));
        assert!(!flag.settle(|_| true), "an enabling stands beside it");
        Ok(())
    }

    #[test]
    fn settling_moves_up_and_lets_nothing_return() -> Result<()> {
        let here = Replica::new("a", ManualClock::default(), TestEntropy::new(1))?;
        let mut flag = DwFlag::new();
        flag.enable(&here)?;
        let enabled = flag.clone();
        flag.disable(&here)?;
        let before = flag.clone();
        assert!(!flag.settle(|_| false) && flag.settle(|_| true) && !flag.settle(|_| true));
        assert_eq!(before.joined(&flag)?, flag);
        flag.join(&enabled)?;
        assert!(!flag.is_on());
        flag.join(&DwFlag::with_dot(true, "b", 1)?)?;
        assert!(flag.is_on(), "nothing is left that an enabling not listed could lose against");
        Ok(())
    }
}
