use std::collections::BTreeSet;

use super::OrSet;
use super::floor::check_known;
use super::state::Adds;
use crate::dot::{Context, Dot};
use crate::error::{Code, Error, Result};
use crate::join::{Changed, Join, Observer};
use crate::names::Name;
use crate::text::py_str;
use crate::value::Value;

/// A dot lives if both sides have it, or one has it and the other has not seen it; plain tags are the union of both sides
/// without those removed on either.
impl Join for OrSet {
    /// Fails with `DOT_CONFLICT` when one dot stands on two elements, and with `STALE_STATE` when one side has a live plain tag
    /// that the other, which is closed, has never heard of or settled as removed.
    fn join_with<O: Observer>(&mut self, other: &Self, observer: &mut O) -> Result<Changed> {
        check_joinable(self, other)?;
        let closes = other.is_closed && !self.is_closed;
        self.is_closed |= other.is_closed;
        let removed = join_removed(self, other);
        let mut changed = join_elements(self, other, observer);
        changed |= self.context.join(&other.context);
        changed |= self.extensions.join(&other.extensions);
        Ok(Changed::from_bool(changed || removed || closes))
    }
}

/// Whether two sets join at all.
pub(super) fn check_joinable(here: &OrSet, there: &OrSet) -> Result<()> {
    check_known(here, there)?;
    check_known(there, here)?;
    check_dots(here, there)
}

/// Looks for dots that are live on different elements of the two sides.
fn check_dots(here: &OrSet, there: &OrSet) -> Result<()> {
    let suspects: BTreeSet<&Dot> = there
        .live()
        .flat_map(|(element, adds)| {
            adds.dots.iter().filter(|dot| here.context.contains(dot) && !has_dot(here, element, dot))
        })
        .collect();
    if suspects.is_empty() {
        return Ok(());
    }
    let conflict = here.live().flat_map(|(_, adds)| adds.dots.iter()).find(|dot| suspects.contains(dot));
    conflict
        .map_or(Ok(()), |dot| Err(Error::new(Code::DotConflict, "one dot stands on two elements").with("found", dot)))
}

fn has_dot(set: &OrSet, element: &Value, dot: &Dot) -> bool {
    set.elements.get(element).is_some_and(|adds| adds.dots.contains(dot))
}

/// Unites the removed plain tags and takes them from the elements here.
fn join_removed(here: &mut OrSet, there: &OrSet) -> bool {
    let mut changed = false;
    for (element, tags) in &there.removed {
        let removed = here.removed.entry(element.clone()).or_default();
        let before = removed.len();
        removed.extend(tags.iter().cloned());
        changed |= removed.len() > before;
    }
    changed
}

fn join_elements<O: Observer>(here: &mut OrSet, there: &OrSet, observer: &mut O) -> bool {
    let mut changed = false;
    let nothing = Adds::default();
    for element in there.elements.keys() {
        if !here.elements.contains_key(element) {
            here.elements.insert(element.clone(), Adds::default());
        }
    }
    let (context, removed) = (&here.context, &here.removed);
    for (element, adds) in &mut here.elements {
        let theirs = there.elements.get(element).unwrap_or(&nothing);
        if join_adds(adds, context, theirs, &there.context, removed.get(element)) {
            if observer.is_listening() {
                observer.changed(&py_str(element));
            }
            changed = true;
        }
    }
    changed
}

/// Joins what keeps one element alive; true if that changed it.
fn join_adds(
    mine: &mut Adds,
    my_context: &Context,
    theirs: &Adds,
    their_context: &Context,
    removed: Option<&BTreeSet<Name>>,
) -> bool {
    let is_kept = |tag: &Name| !removed.is_some_and(|removed| removed.contains(tag));
    let before = (mine.dots.len(), mine.tags.len());
    mine.dots.retain(|dot| theirs.dots.contains(dot) || !their_context.contains(dot));
    mine.tags.retain(is_kept);
    let mut changed = (mine.dots.len(), mine.tags.len()) != before;
    for dot in theirs.dots.iter().filter(|dot| !my_context.contains(dot)) {
        changed |= mine.dots.insert(dot.clone());
    }
    for tag in theirs.tags.iter().filter(|tag| is_kept(tag)) {
        changed |= mine.tags.insert(tag.clone());
    }
    changed
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::replica::{ManualClock, Replica, TestEntropy};

    #[test]
    fn one_dot_on_two_elements_is_refused_and_changes_nothing() -> Result<()> {
        // Two replicas with one node id and the same entropy: what must never happen.
        let twin = || Replica::new("n", ManualClock::default(), TestEntropy::new(1));
        let (mut left, mut right) = (OrSet::new(), OrSet::new());
        left.add(&twin()?, "x")?;
        right.add(&twin()?, "y")?;
        let before = left.clone();
        assert_eq!(left.join(&right).unwrap_err().code(), Code::DotConflict);
        assert_eq!(left, before);
        Ok(())
    }
}
