use std::borrow::Cow;

use super::GossipEntry;
use super::floor::check_above;
use crate::error::Result;
use crate::names::{Name, NameMap};
use crate::replica::{Replica, check_node_id};
use crate::types::VectorClock;
use crate::value::Value;
use crate::wire::Extensions;

/// How many peers a node tells in one round unless it is told otherwise.
pub(super) const DEFAULT_FANOUT: i64 = 3;

/// Keys with values, each with a vector clock, spread from node to node.
///
/// A write that has seen another one beats it; between concurrent writes one rule decides everywhere alike. Node id and fanout
/// belong to the node that holds the state: a merge keeps them, and equality leaves them out.
///
/// ```
/// # use crdt_merge_protocol::{GossipState, Join, Value};
/// let mut here = GossipState::new("laptop")?;
/// let mut there = GossipState::new("phone")?;
/// here.update_node("laptop", "colour", Value::from("red"), None)?;
/// there.join(&here)?;
/// there.update_node("phone", "colour", Value::from("blue"), None)?;
/// here.join(&there)?;
/// assert_eq!(here.value("colour"), Some(&Value::from("blue")));
/// assert_eq!((here == there, here.node()), (true, "laptop"));
/// # Ok::<(), crdt_merge_protocol::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct GossipState {
    pub(super) node: Name,
    pub(super) fanout: i64,
    pub(crate) entries: NameMap<GossipEntry>,
    pub(crate) clock: VectorClock,
    /// Whether the clock knows all that the entries know. It always does but for states that a peer's frame made.
    pub(crate) is_covering: bool,
    /// Above 0.
    pub(crate) floor: Option<u64>,
    pub(super) extensions: Extensions,
}

/// What a write puts under its key.
enum Write {
    Value(Value),
    /// The value that is there stays, as the deleted one.
    Deletion,
}

impl GossipState {
    /// An empty state of a node, with a fanout of 3.
    ///
    /// Fails with `BAD_TEXT` on an unusable node id.
    pub fn new(node: &str) -> Result<Self> {
        check_node_id(node)?;
        Ok(GossipState {
            node: Name::new(node),
            fanout: DEFAULT_FANOUT,
            entries: NameMap::new(),
            clock: VectorClock::new(),
            is_covering: true,
            floor: None,
            extensions: Extensions::new(),
        })
    }

    /// An empty state that belongs to no node yet.
    pub(crate) fn nameless() -> Self {
        GossipState {
            node: Name::default(),
            fanout: DEFAULT_FANOUT,
            entries: NameMap::new(),
            clock: VectorClock::new(),
            is_covering: true,
            floor: None,
            extensions: Extensions::new(),
        }
    }

    /// The same state with another fanout: how many peers the node tells in one round.
    #[must_use]
    pub fn with_fanout(mut self, fanout: u32) -> Self {
        self.fanout = i64::from(fanout);
        self
    }

    /// Writes a value as an event of the line of writes that `replica` owns in this state.
    ///
    /// Fails with `OUT_OF_RANGE`, and changes nothing, when a counter would pass 2⁶⁴ − 1, and with `BAD_STAMP` when so few events
    /// are known that the write would be at or below the compaction floor.
    pub fn update(&mut self, replica: &Replica, key: &str, value: Value) -> Result<()> {
        self.write(key, Write::Value(value), None, |known| next_of_replica(known, replica))
    }

    /// Deletes a key as an event of the line of writes that `replica` owns in this state; see [`GossipState::update`].
    pub fn delete(&mut self, replica: &Replica, key: &str) -> Result<()> {
        self.write(key, Write::Deletion, None, |known| next_of_replica(known, replica))
    }

    /// Writes a value as an event of a node that the caller names and answers for, after everything in `seen`.
    ///
    /// Fails with `BAD_TEXT` on an unusable node id, with `OUT_OF_RANGE` when its counter would pass 2⁶⁴ − 1 and with `BAD_STAMP` at
    /// or below the compaction floor, and then changes nothing.
    pub fn update_node(&mut self, node: &str, key: &str, value: Value, seen: Option<&VectorClock>) -> Result<()> {
        self.write(key, Write::Value(value), seen, |known| next_of_node(known, node))
    }

    /// Deletes a key as an event of a node that the caller names and answers for; see [`GossipState::update_node`].
    pub fn delete_node(&mut self, node: &str, key: &str, seen: Option<&VectorClock>) -> Result<()> {
        self.write(key, Write::Deletion, seen, |known| next_of_node(known, node))
    }

    /// Writes under a key: the entry knows all that the state, the entry before it and `seen` know, and one event more.
    fn write<'a>(
        &mut self,
        key: &str,
        write: Write,
        seen: Option<&VectorClock>,
        event: impl FnOnce(&VectorClock) -> Result<(Cow<'a, str>, u64)>,
    ) -> Result<()> {
        let entry = self.entries.value_mut(key);
        let beyond = entry.as_deref().filter(|_| !self.is_covering).map(GossipEntry::clock);
        let grown = match known(&self.clock, beyond, seen) {
            Cow::Owned(clock) => Some(clock),
            Cow::Borrowed(_) => None,
        };
        check_above(self.floor, grown.as_ref().unwrap_or(&self.clock))?;
        let (node, counter) = event(grown.as_ref().unwrap_or(&self.clock))?;
        self.clock = grown.unwrap_or_else(|| std::mem::take(&mut self.clock));
        self.clock.raise(&node, counter);
        match entry {
            Some(entry) => entry.overwrite(write, &self.clock),
            None => self.entries.insert(key, GossipEntry::written(key, write, &self.clock)),
        }
        Ok(())
    }

    /// The value under a key, unless it is deleted.
    pub fn value(&self, key: &str) -> Option<&Value> {
        self.entry(key)?.live_value()
    }

    /// The entry of a key, which may be a tombstone.
    pub fn entry(&self, key: &str) -> Option<&GossipEntry> {
        self.entries.value(key)
    }

    /// All entries by key, tombstones among them.
    pub fn entries(&self) -> impl Iterator<Item = &GossipEntry> {
        self.entries.iter().map(|(_, entry)| entry)
    }

    /// Number of keys that are not deleted.
    pub fn len(&self) -> usize {
        self.entries.values().filter(|entry| !entry.is_tombstone).count()
    }

    /// Whether every key is deleted, or there is none.
    pub fn is_empty(&self) -> bool {
        self.entries.values().all(|entry| entry.is_tombstone)
    }

    /// Every event known to the state.
    pub fn clock(&self) -> &VectorClock {
        &self.clock
    }

    /// The node that holds this copy.
    pub fn node(&self) -> &str {
        &self.node
    }

    /// How many peers the node tells in one round, as it was given; a peer's frame may hold a negative one.
    pub fn fanout(&self) -> i64 {
        self.fanout
    }
}

fn next_of_node<'a>(known: &VectorClock, node: &'a str) -> Result<(Cow<'a, str>, u64)> {
    check_node_id(node)?;
    Ok((Cow::Borrowed(node), known.next_of(node)?))
}

fn next_of_replica<'a>(known: &VectorClock, replica: &Replica) -> Result<(Cow<'a, str>, u64)> {
    let (actor, counter) = known.next_event(replica)?;
    Ok((Cow::Owned(actor.into()), counter))
}

/// The join of the state's clock, which as a rule is all of it, and the others.
fn known<'a>(clock: &'a VectorClock, entry: Option<&VectorClock>, seen: Option<&VectorClock>) -> Cow<'a, VectorClock> {
    let mut known = Cow::Borrowed(clock);
    for other in entry.into_iter().chain(seen) {
        if !known.descends(other) {
            known.to_mut().absorb(other);
        }
    }
    known
}

impl GossipEntry {
    fn written(key: &str, write: Write, clock: &VectorClock) -> Self {
        match write {
            Write::Value(value) => GossipEntry::new(key, value, clock.snapshot()),
            Write::Deletion => GossipEntry::tombstone(key, Value::Null, clock.snapshot()),
        }
    }

    /// Replaces the content; `clock` descends from the entry's own.
    fn overwrite(&mut self, write: Write, clock: &VectorClock) {
        self.is_tombstone = matches!(write, Write::Deletion);
        if let Write::Value(value) = write {
            self.value = value;
        }
        self.clock.absorb(clock);
    }
}

impl PartialEq for GossipState {
    fn eq(&self, other: &Self) -> bool {
        self.clock == other.clock
            && self.entries.len() == other.entries.len()
            && self.entries().eq(other.entries())
            && self.floor == other.floor
            && self.extensions == other.extensions
    }
}

impl Eq for GossipState {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Code;
    use crate::join::Join;
    use crate::replica::{ManualClock, TestEntropy};
    use crate::types::Causality;

    impl GossipState {
        /// Puts an entry in as a peer's frame may hold it: knowing more than the state.
        fn put_uncovered(&mut self, entry: GossipEntry) {
            self.entries.insert("k", entry);
            self.is_covering = false;
        }
    }

    #[test]
    fn a_write_knows_the_entry_the_state_and_what_it_is_told() -> Result<()> {
        let mut state = GossipState::new("a")?;
        state.clock = VectorClock::from_iter([("c", 2)]);
        state.put_uncovered(GossipEntry::new("k", Value::Null, VectorClock::from_iter([("a", 4), ("b", 1)])));
        state.update_node("a", "k", Value::Int(1), Some(&VectorClock::from_iter([("d", 9)])))?;
        let expected = VectorClock::from_iter([("a", 5), ("b", 1), ("c", 2), ("d", 9)]);
        assert_eq!(state.entry("k").map(GossipEntry::clock), Some(&expected));
        assert_eq!(state.clock, expected);
        Ok(())
    }

    #[test]
    fn a_deletion_keeps_the_value_it_hides() -> Result<()> {
        let mut state = GossipState::new("a")?;
        state.update_node("a", "k", Value::Int(1), None)?;
        state.delete_node("a", "k", None)?;
        state.delete_node("a", "unknown", None)?;
        assert_eq!(state.value("k"), None);
        assert_eq!(state.entry("k").map(GossipEntry::value), Some(&Value::Int(1)));
        assert_eq!(state.entry("unknown").map(GossipEntry::value), Some(&Value::Null));
        assert_eq!((state.len(), state.is_empty(), state.entries().count()), (0, true, 2));
        state.update_node("a", "k", Value::Int(2), None)?;
        assert_eq!((state.len(), state.value("k")), (1, Some(&Value::Int(2))));
        Ok(())
    }

    #[test]
    fn local_writes_only_move_up() -> Result<()> {
        let mut state = GossipState::new("a")?;
        state.put_uncovered(GossipEntry::tombstone("k", Value::Null, VectorClock::from_iter([("z", 7)])));
        for node in ["a", "b", "a"] {
            let before = state.clone();
            state.update_node(node, "k", Value::Null, None)?;
            assert_eq!(before.joined(&state)?, state);
            let before = state.clone();
            state.delete_node(node, "k", None)?;
            assert_eq!(before.joined(&state)?, state);
        }
        Ok(())
    }

    #[test]
    fn a_failed_write_changes_nothing() -> Result<()> {
        let mut state = GossipState::new("a")?;
        state.put_uncovered(GossipEntry::new("k", Value::Null, VectorClock::from_iter([("a", u64::MAX)])));
        let before = state.clone();
        assert_eq!(state.update_node("a", "k", Value::Int(1), None).unwrap_err().code(), Code::OutOfRange);
        assert_eq!(state.delete_node("", "k", None).unwrap_err().code(), Code::BadText);
        assert_eq!(state, before);
        Ok(())
    }

    #[test]
    fn copies_written_by_one_replica_are_concurrent() -> Result<()> {
        let replica = Replica::new("n", ManualClock::default(), TestEntropy::new(1))?;
        let mut one = GossipState::new("n")?;
        one.update(&replica, "k", Value::Int(1))?;
        let mut two = one.clone();
        one.update(&replica, "k", Value::Int(2))?;
        two.delete(&replica, "k")?;
        let relation = one.entry("k").zip(two.entry("k")).map(|(one, two)| one.clock.compare(&two.clock));
        assert_eq!(relation, Some(Causality::Concurrent));
        assert_eq!(one.joined(&two)?, two.joined(&one)?);
        Ok(())
    }

    #[test]
    fn node_and_fanout_are_no_part_of_the_state() -> Result<()> {
        let here = GossipState::new("a")?.with_fanout(9);
        let there = GossipState::new("b")?;
        assert_eq!(here, there);
        let joined = here.joined(&there)?;
        assert_eq!((joined.node(), joined.fanout()), ("a", 9));
        Ok(())
    }
}
