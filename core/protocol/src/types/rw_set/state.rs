use std::collections::{BTreeMap, btree_map};
use std::sync::Arc;

use super::dots::Dots;
use crate::dot::{Context, Dot};
use crate::error::{Code, Error, Result};
use crate::replica::Replica;
use crate::types::dot_map::DotMap;
use crate::update::Update;
use crate::value::{Value, canonical_bytes};
use crate::wire::Extensions;

/// A set where a removal wins over an add that had not seen it.
///
/// Elements are scalars and compared typed: `1` and `"1"` are two. Adds and removals are writes with dots; an element is a member
/// if it has an add and no removal that no later write of it has seen. So a removal stays until somebody who has seen it adds
/// the element again, or until compaction drops it.
///
/// ```
/// # use crdt_merge_protocol::{Join, ManualClock, Replica, RwSet, TestEntropy, Value};
/// let here = Replica::new("laptop", ManualClock::default(), TestEntropy::new(1))?;
/// let there = Replica::new("phone", ManualClock::default(), TestEntropy::new(2))?;
/// let mut allowed = RwSet::from_iter_at(&here, ["ann", "bob"])?;
/// let mut copy = allowed.clone();
/// allowed.remove(&here, "bob")?;
/// copy.add(&there, "bob")?;
/// allowed.join(&copy)?;
/// assert_eq!(allowed.iter().collect::<Vec<_>>(), [&Value::from("ann")]);
/// allowed.add(&here, "bob")?;
/// assert!(allowed.contains("bob"), "this add has seen the removal");
/// # Ok::<(), crdt_merge_protocol::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct RwSet {
    pub(crate) marks: DotMap<Mark>,
    /// The same by element, ascending by their bytes: elements with at least one live dot.
    pub(super) elements: BTreeMap<Arc<[u8]>, Entry>,
    pub(super) extensions: Extensions,
}

/// What one write said about one element, which stands for itself by its version-2 bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mark {
    pub(crate) element: Arc<[u8]>,
    pub(crate) turn: Turn,
}

/// Whether a write adds or removes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Turn {
    Add,
    Remove,
}

/// The live dots of an element.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) element: Value,
    pub(super) adds: Dots,
    pub(super) removes: Dots,
}

impl Entry {
    pub(super) fn new(element: Value) -> Self {
        Entry { element, adds: Dots::None, removes: Dots::None }
    }

    pub(super) fn dots(&mut self, turn: Turn) -> &mut Dots {
        match turn {
            Turn::Add => &mut self.adds,
            Turn::Remove => &mut self.removes,
        }
    }

    fn is_member(&self) -> bool {
        !self.adds.is_empty() && self.removes.is_empty()
    }

    /// Whether an add and a removal stand side by side.
    pub(super) fn is_contested(&self) -> bool {
        !self.adds.is_empty() && !self.removes.is_empty()
    }

    fn all(&self) -> impl Iterator<Item = &Dot> {
        self.adds.iter().chain(self.removes.iter())
    }
}

impl RwSet {
    /// A set without elements.
    pub const fn new() -> Self {
        RwSet { marks: DotMap::new(), elements: BTreeMap::new(), extensions: Extensions::new() }
    }

    /// Adds an element with a new dot of the replica, which takes the place of every add and removal of it seen so far.
    ///
    /// Fails with `BAD_VALUE` when the element is a list, map or set.
    pub fn add(&mut self, replica: &Replica, element: impl Into<Value>) -> Result<()> {
        self.write(replica, element.into(), Turn::Add).map(drop)
    }

    /// As [`RwSet::add`], with the delta.
    pub fn add_delta(&mut self, replica: &Replica, element: impl Into<Value>) -> Result<Update<Self>> {
        let element = element.into();
        let written = self.write(replica, element.clone(), Turn::Add)?;
        Ok(Update::new(written.delta(element), true))
    }

    /// Removes an element with a new dot of the replica; true if it had an add. If it had none, nothing is written.
    pub fn remove(&mut self, replica: &Replica, element: impl Into<Value>) -> Result<bool> {
        let element = element.into();
        if !self.has_add(&element) {
            return Ok(false);
        }
        self.write(replica, element, Turn::Remove).map(|_| true)
    }

    /// As [`RwSet::remove`], with the delta.
    pub fn remove_delta(&mut self, replica: &Replica, element: impl Into<Value>) -> Result<Update<Self>> {
        let element = element.into();
        if !self.has_add(&element) {
            return Ok(Update::new(RwSet::new(), false));
        }
        let written = self.write(replica, element.clone(), Turn::Remove)?;
        Ok(Update::new(written.delta(element), true))
    }

    fn has_add(&self, element: &Value) -> bool {
        self.elements.get(canonical_bytes(element).as_slice()).is_some_and(|entry| !entry.adds.is_empty())
    }

    /// Writes about an element; all dots of it seen so far die.
    fn write(&mut self, replica: &Replica, element: Value, turn: Turn) -> Result<Written> {
        check_element(&element)?;
        let dot = self.marks.next_dot(replica)?;
        let bytes = canonical_bytes(&element);
        let (key, mut entry) =
            self.elements.remove_entry(bytes.as_slice()).unwrap_or_else(|| (bytes.into(), Entry::new(element)));
        let died: Vec<Dot> = entry.all().cloned().collect();
        for dot in &died {
            self.marks.kill(dot);
        }
        (entry.adds, entry.removes) = (Dots::None, Dots::None);
        entry.dots(turn).insert(dot.clone());
        self.elements.insert(key.clone(), entry);
        let mark = Mark { element: key, turn };
        self.marks.write(dot.clone(), mark.clone());
        Ok(Written { dot, mark, died })
    }

    /// A set of elements, each added with a dot of the replica.
    pub fn from_iter_at<T: Into<Value>>(replica: &Replica, elements: impl IntoIterator<Item = T>) -> Result<Self> {
        let mut set = RwSet::new();
        elements.into_iter().try_for_each(|element| set.add(replica, element))?;
        Ok(set)
    }

    /// The set after one add by an actor that the caller names and answers for: for exchange, replay and tests.
    ///
    /// Fails with `BAD_VALUE` when the element is a container, and with `BAD_ARGUMENT` on an empty actor or sequence 0.
    pub fn with_dot(element: impl Into<Value>, actor: &str, sequence: u64) -> Result<Self> {
        RwSet::with_write(element.into(), Turn::Add, actor, sequence)
    }

    /// The set after one removal by an actor that the caller names and answers for; see [`RwSet::with_dot`].
    pub fn with_removal(element: impl Into<Value>, actor: &str, sequence: u64) -> Result<Self> {
        RwSet::with_write(element.into(), Turn::Remove, actor, sequence)
    }

    fn with_write(element: Value, turn: Turn, actor: &str, sequence: u64) -> Result<Self> {
        check_element(&element)?;
        let mark = Mark { element: canonical_bytes(&element).into(), turn };
        let marks = DotMap::written(actor, sequence, mark)?;
        Ok(RwSet::of(marks, |_| element.clone()))
    }

    /// The set of some of this set's marks.
    pub(crate) fn of_some(&self, marks: DotMap<Mark>) -> Self {
        let element_of = |key: &[u8]| self.elements.get(key).map(|entry| entry.element.clone());
        RwSet::of(marks, |key| element_of(key).unwrap_or(Value::Null))
    }

    /// A set of its marks; `element_of` gives the element of each.
    pub(crate) fn of(marks: DotMap<Mark>, mut element_of: impl FnMut(&[u8]) -> Value) -> Self {
        let mut elements: BTreeMap<Arc<[u8]>, Entry> = BTreeMap::new();
        for (dot, mark) in marks.iter() {
            let entry = elements.entry(mark.element.clone()).or_insert_with_key(|key| Entry::new(element_of(key)));
            entry.dots(mark.turn).insert(dot.clone());
        }
        RwSet { marks, elements, extensions: Extensions::new() }
    }

    /// Drops the removals of elements that have no add, if all of them are settled; gives the number of such elements.
    ///
    /// A removal is settled when every peer that matters has it, and has nothing that is missing here. What is dropped stays in
    /// the context, so this is an ordinary step up.
    pub(crate) fn settle(&mut self, is_settled: impl Fn(&Dot) -> bool) -> usize {
        let before = self.elements.len();
        let marks = &mut self.marks;
        self.elements.retain(|_, entry| {
            let is_ripe = entry.adds.is_empty() && entry.removes.iter().all(&is_settled);
            if is_ripe {
                entry.removes.iter().for_each(|dot| drop(marks.kill(dot)));
            }
            !is_ripe
        });
        before - self.elements.len()
    }

    /// Whether the element is a member.
    pub fn contains(&self, element: impl Into<Value>) -> bool {
        self.elements.get(canonical_bytes(&element.into()).as_slice()).is_some_and(Entry::is_member)
    }

    /// The members, by their bytes in version 2.
    pub fn iter(&self) -> Members<'_> {
        Members(self.elements.values())
    }

    /// Number of members.
    pub fn len(&self) -> usize {
        self.iter().count()
    }

    /// Whether there are no members.
    pub fn is_empty(&self) -> bool {
        self.iter().next().is_none()
    }

    /// Number of removals that are kept to win over adds that have not seen them.
    pub fn removals(&self) -> usize {
        self.elements.values().map(|entry| entry.removes.len()).sum()
    }

    /// The writes that the set has seen.
    pub fn context(&self) -> &Context {
        self.marks.context()
    }
}

/// A local write that has been made.
struct Written {
    dot: Dot,
    mark: Mark,
    died: Vec<Dot>,
}

impl Written {
    fn delta(self, element: Value) -> RwSet {
        let mut entry = Entry::new(element);
        entry.dots(self.mark.turn).insert(self.dot.clone());
        RwSet {
            elements: [(self.mark.element.clone(), entry)].into(),
            marks: DotMap::delta(Some((self.dot, self.mark)), self.died),
            extensions: Extensions::new(),
        }
    }
}

fn check_element(element: &Value) -> Result<()> {
    if element.kind().is_scalar() {
        return Ok(());
    }
    Err(Error::new(Code::BadValue, "an element is null, bool, int, float, text or bytes")
        .with("found", element.kind().name()))
}

/// The members of an [`RwSet`], by their bytes in version 2.
#[derive(Debug, Clone)]
pub struct Members<'a>(btree_map::Values<'a, Arc<[u8]>, Entry>);

impl<'a> Iterator for Members<'a> {
    type Item = &'a Value;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.find(|entry| entry.is_member()).map(|entry| &entry.element)
    }
}

impl<'a> IntoIterator for &'a RwSet {
    type Item = &'a Value;
    type IntoIter = Members<'a>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl PartialEq for RwSet {
    fn eq(&self, other: &Self) -> bool {
        self.marks == other.marks && self.extensions == other.extensions
    }
}

impl Eq for RwSet {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::join::{Join, MergeReport};
    use crate::replica::{ManualClock, TestEntropy};

    fn replica(node: &str, seed: u64) -> Result<Replica> {
        Replica::new(node, ManualClock::default(), TestEntropy::new(seed))
    }

    #[test]
    fn a_removal_is_written_only_where_there_is_an_add() -> Result<()> {
        let here = replica("a", 1)?;
        let mut set = RwSet::new();
        assert!(!set.remove(&here, "x")? && set.context().is_empty());
        assert_eq!(set.add(&here, Value::List(vec![])).unwrap_err().code(), Code::BadValue);
        set.add(&here, 1)?;
        set.add(&here, "1")?;
        assert!(set.remove(&here, 1)? && !set.remove(&here, 1)?);
        assert_eq!((set.len(), set.removals(), set.contains("1"), set.contains(1)), (1, 1, true, false));
        Ok(())
    }

    #[test]
    fn a_join_tells_which_adds_lost() -> Result<()> {
        let (here, there) = (replica("a", 1)?, replica("b", 2)?);
        let mut set = RwSet::from_iter_at(&here, ["x", "y"])?;
        let mut other = set.clone();
        set.add(&here, "x")?;
        other.remove(&there, "x")?;
        other.add(&there, "z")?;
        let report = MergeReport::with_keys().of(&mut set, &other)?;
        assert_eq!((report.conflicts, report.changed_keys), (1, Some(vec!["x".to_owned(), "z".to_owned()])));
        assert_eq!(set.iter().collect::<Vec<_>>(), [&Value::from("y"), &Value::from("z")]);
        assert!(!MergeReport::default().of(&mut set, &other)?.changed);
        Ok(())
    }

    #[test]
    fn settled_removals_are_dropped_and_what_was_removed_stays_so() -> Result<()> {
        let here = replica("a", 1)?;
        let mut set = RwSet::from_iter_at(&here, ["x", "y"])?;
        let old = set.clone();
        set.remove(&here, "x")?;
        set.remove(&here, "y")?;
        let before = set.clone();
        let first = set.elements[canonical_bytes(&"x".into()).as_slice()].removes.iter().next().cloned();
        assert_eq!(set.settle(|dot| Some(dot) == first.as_ref()), 1);
        assert_eq!((set.removals(), set.settle(|_| true), set.settle(|_| true)), (1, 1, 0));
        assert_eq!(before.joined(&set)?, set);
        set.join(&old)?;
        assert!(set.is_empty());
        Ok(())
    }

    #[test]
    fn one_dot_for_two_elements_changes_nothing() -> Result<()> {
        let mut set = RwSet::with_dot("x", "a", 1)?;
        set.join(&RwSet::with_dot("y", "b", 1)?)?;
        let before = set.clone();
        for other in [RwSet::with_dot("z", "a", 1)?, RwSet::with_removal("x", "a", 1)?] {
            assert_eq!(set.join(&other.joined(&RwSet::with_dot("w", "c", 1)?)?).unwrap_err().code(), Code::DotConflict);
            assert_eq!(set, before);
        }
        Ok(())
    }
}
