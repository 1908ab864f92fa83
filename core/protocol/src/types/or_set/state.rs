use std::collections::{BTreeMap, BTreeSet};

use super::element::check_element;
use crate::dot::{Context, Dot};
use crate::error::{Code, Error, Result};
use crate::generated::limit;
use crate::names::Name;
use crate::replica::Replica;
use crate::types::dot_map::next_dot;
use crate::update::Update;
use crate::value::Value;
use crate::wire::Extensions;

/// A set where an add wins over a removal that had not seen it.
///
/// Elements are scalars and compared typed: `1` and `"1"` are two. Each add has a dot; a removal covers the dots that the
/// remover had seen, and the context remembers them, so that what was removed stays removed. Sets that come from version-1
/// frames may hold *plain* add tags instead of dots; removing these leaves a note in `removed`.
///
/// ```
/// # use crdt_merge_protocol::{Join, ManualClock, OrSet, Replica, TestEntropy, Value};
/// let here = Replica::new("laptop", ManualClock::default(), TestEntropy::new(1))?;
/// let there = Replica::new("phone", ManualClock::default(), TestEntropy::new(2))?;
/// let mut a = OrSet::from_iter_at(&here, ["milk", "eggs"])?;
/// let mut b = a.clone();
/// a.remove("eggs");
/// a.remove("milk");
/// b.add(&there, "milk")?;
/// a.join(&b)?;
/// assert_eq!(a.iter().collect::<Vec<_>>(), [&Value::from("milk")]);
/// # Ok::<(), crdt_merge_protocol::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct OrSet {
    /// Elements with what keeps them alive. An element without dots and tags is dead: it is kept, as the reference does, for
    /// the bytes of version 1 only.
    pub(crate) elements: BTreeMap<Value, Adds>,
    pub(crate) context: Context,
    /// Plain tags that were removed.
    pub(crate) removed: BTreeMap<Value, BTreeSet<Name>>,
    /// Whether plain tags that are neither live nor removed here are settled as removed.
    pub(crate) is_closed: bool,
    pub(super) extensions: Extensions,
}

/// What keeps an element alive.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Adds {
    pub(crate) dots: BTreeSet<Dot>,
    pub(crate) tags: BTreeSet<Name>,
}

impl Adds {
    pub(super) fn is_live(&self) -> bool {
        !self.dots.is_empty() || !self.tags.is_empty()
    }
}

impl OrSet {
    /// A set without elements.
    pub fn new() -> Self {
        OrSet::default()
    }

    /// Adds an element with a new dot of the replica, which also takes the place of the adds seen so far.
    ///
    /// Fails with `BAD_VALUE` when the element is a list, map or set.
    pub fn add(&mut self, replica: &Replica, element: impl Into<Value>) -> Result<()> {
        self.write(replica, element.into()).map(drop)
    }

    /// As [`OrSet::add`], with the delta.
    pub fn add_delta(&mut self, replica: &Replica, element: impl Into<Value>) -> Result<Update<Self>> {
        let element = element.into();
        let (dot, died) = self.write(replica, element.clone())?;
        let mut delta = OrSet { context: died.iter().chain([&dot]).collect(), ..OrSet::new() };
        delta.elements.insert(element, Adds { dots: [dot].into(), ..Adds::default() });
        Ok(Update::new(delta, true))
    }

    /// Adds an element; gives the new dot and those that died.
    fn write(&mut self, replica: &Replica, element: Value) -> Result<(Dot, BTreeSet<Dot>)> {
        check_element(&element)?;
        let dot = next_dot(&self.context, replica)?;
        self.context.add(&dot);
        let adds = self.elements.entry(element).or_default();
        // The new dot stands for the add; older dots of the element have been seen and are covered.
        let died = std::mem::replace(&mut adds.dots, [dot.clone()].into());
        Ok((dot, died))
    }

    /// A set of elements, each added with a dot of the replica.
    pub fn from_iter_at<T: Into<Value>>(replica: &Replica, elements: impl IntoIterator<Item = T>) -> Result<Self> {
        let mut set = OrSet::new();
        elements.into_iter().try_for_each(|element| set.add(replica, element))?;
        Ok(set)
    }

    /// Adds an element with a plain tag, as the reference does with random ones: for exchange with it, and for tests.
    ///
    /// Tags are unique to one add everywhere; a tag that was removed before stays removed. Fails with `BAD_TEXT` on an empty
    /// tag and on one that reads as a dot, with `TOO_LARGE` on one of more than 64 bytes and with `BAD_STAMP` on a tag that is new
    /// to a closed set.
    pub fn add_with_tag(&mut self, element: impl Into<Value>, tag: &str) -> Result<()> {
        let element = element.into();
        check_element(&element)?;
        check_tag(tag)?;
        self.check_open(&element, tag)?;
        let is_removed = self.removed.get(&element).is_some_and(|tags| tags.contains(tag));
        let adds = self.elements.entry(element).or_default();
        if !is_removed {
            adds.tags.insert(Name::new(tag));
        }
        Ok(())
    }

    /// The set after one add by an actor that the caller names and answers for: for exchange, replay and tests.
    ///
    /// Fails with `BAD_VALUE` when the element is a container, and with `BAD_ARGUMENT` on an empty actor or sequence 0.
    pub fn with_dot(element: impl Into<Value>, actor: &str, sequence: u64) -> Result<Self> {
        let element = element.into();
        check_element(&element)?;
        let dot = Dot::new(actor, sequence)
            .ok_or_else(|| Error::new(Code::BadArgument, "a dot has an actor and a sequence from 1"))?;
        let mut set = OrSet::new();
        set.context.add(&dot);
        set.elements.entry(element).or_default().dots.insert(dot);
        Ok(set)
    }

    /// Removes an element as far as it has been seen; true if it was there.
    pub fn remove(&mut self, element: impl Into<Value>) -> bool {
        let element = element.into();
        let Some(adds) = self.elements.get_mut(&element) else { return false };
        let adds = std::mem::take(adds);
        let was_live = adds.is_live();
        self.note_removed(element, adds.tags);
        was_live
    }

    /// As [`OrSet::remove`], with the delta.
    pub fn remove_delta(&mut self, element: impl Into<Value>) -> Update<Self> {
        let element = element.into();
        let adds = self.elements.get_mut(&element).map(std::mem::take).unwrap_or_default();
        let was_live = adds.is_live();
        let mut delta = OrSet { context: adds.dots.iter().collect(), ..OrSet::new() };
        delta.note_removed(element.clone(), adds.tags.clone());
        self.note_removed(element, adds.tags);
        Update::new(delta, was_live)
    }

    /// Removes one add of an element, by its tag: a plain one, or that of a dot (`<actor>#<sequence>`); true if it was there.
    pub fn remove_tag(&mut self, element: impl Into<Value>, tag: &str) -> bool {
        let element = element.into();
        let Some(adds) = self.elements.get_mut(&element) else { return false };
        if let Some(dot) = Dot::from_tag(tag) {
            return adds.dots.remove(&dot);
        }
        let plain = adds.tags.take(tag);
        let was_live = plain.is_some();
        self.note_removed(element, plain.into_iter().collect());
        was_live
    }

    /// Remembers plain tags of an element as removed.
    fn note_removed(&mut self, element: Value, tags: BTreeSet<Name>) {
        if !tags.is_empty() {
            self.removed.entry(element).or_default().extend(tags);
        }
    }

    /// Whether the element is there.
    pub fn contains(&self, element: impl Into<Value>) -> bool {
        self.elements.get(&element.into()).is_some_and(Adds::is_live)
    }

    /// The elements, by kind and value.
    pub fn iter(&self) -> Elements<'_> {
        Elements(self.elements.iter())
    }

    /// Number of elements.
    pub fn len(&self) -> usize {
        self.live().count()
    }

    /// Whether there are no elements.
    pub fn is_empty(&self) -> bool {
        self.live().next().is_none()
    }

    /// The dots that the set has seen, live or removed.
    pub fn context(&self) -> &Context {
        &self.context
    }

    pub(crate) fn live(&self) -> impl Iterator<Item = (&Value, &Adds)> {
        self.elements.iter().filter(|(_, adds)| adds.is_live())
    }
}

fn check_tag(tag: &str) -> Result<()> {
    let (code, fault) = if tag.is_empty() {
        (Code::BadText, "an add tag is not empty")
    } else if tag.len() > limit::ADD_TAG_BYTES {
        (Code::TooLarge, "an add tag has at most 64 bytes")
    } else if Dot::from_tag(tag).is_some() {
        (Code::BadText, "an add tag that reads as a dot belongs to an actor")
    } else {
        return Ok(());
    };
    Err(Error::new(code, fault).with("found", tag.len()))
}

/// The elements of an [`OrSet`], by kind and value.
#[derive(Debug, Clone)]
pub struct Elements<'a>(std::collections::btree_map::Iter<'a, Value, Adds>);

impl<'a> Iterator for Elements<'a> {
    type Item = &'a Value;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.find(|(_, adds)| adds.is_live()).map(|(element, _)| element)
    }
}

impl<'a> IntoIterator for &'a OrSet {
    type Item = &'a Value;
    type IntoIter = Elements<'a>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl PartialEq for OrSet {
    fn eq(&self, other: &Self) -> bool {
        self.live().eq(other.live())
            && self.context == other.context
            && self.removed == other.removed
            && self.is_closed == other.is_closed
            && self.extensions == other.extensions
    }
}

impl Eq for OrSet {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::join::Join;
    use crate::replica::{ManualClock, TestEntropy};

    fn replica(node: &str, seed: u64) -> Result<Replica> {
        Replica::new(node, ManualClock::default(), TestEntropy::new(seed))
    }

    #[test]
    fn an_observed_removal_does_not_come_back() -> Result<()> {
        let (here, there) = (replica("a", 1)?, replica("b", 2)?);
        let mut left = OrSet::new();
        left.add(&here, 1)?;
        let mut right = left.clone();
        right.add(&there, "1")?;
        assert!(right.remove(Value::Int(1)) && !right.remove(Value::Int(1)));
        left.join(&right)?;
        assert_eq!(left.iter().collect::<Vec<_>>(), [&Value::from("1")]);
        assert_eq!(left, right);
        Ok(())
    }

    #[test]
    fn two_copies_written_by_one_replica_never_share_a_dot() -> Result<()> {
        let here = replica("a", 1)?;
        let mut one = OrSet::new();
        one.add(&here, 0)?;
        let mut two = one.clone();
        one.add(&here, 1)?;
        two.add(&here, 2)?;
        one.join(&two)?;
        assert_eq!(one.len(), 3);
        assert_eq!(one.context().contiguous().count(), 2);
        Ok(())
    }

    #[test]
    fn one_add_of_several_is_removed_by_its_tag() -> Result<()> {
        let mut set = OrSet::with_dot("x", "a", 1)?;
        set.add_with_tag("x", "a1b2c3d4e5f6")?;
        let old = set.clone();
        assert!(set.remove_tag("x", "a1b2c3d4e5f6") && !set.remove_tag("x", "a1b2c3d4e5f6") && set.contains("x"));
        assert!(!set.remove_tag("y", "a#1") && set.remove_tag("x", "a#1") && set.is_empty());
        set.join(&old)?;
        assert!(set.is_empty());
        Ok(())
    }

    #[test]
    fn a_removed_plain_tag_stays_removed() -> Result<()> {
        let mut set = OrSet::new();
        set.add_with_tag("x", "a1b2c3d4e5f6")?;
        let old = set.clone();
        set.remove("x");
        set.join(&old)?;
        assert!(!set.contains("x"));
        set.add_with_tag("x", "a1b2c3d4e5f6")?;
        assert!(set.is_empty());
        assert_eq!(set.add_with_tag("x", "a#1").unwrap_err().code(), Code::BadText);
        Ok(())
    }
}
