//! Live dots with marks under a causal context: the kernel of multi-value registers, remove-wins sets and flags.
//!
//! Every write is a dot. A dot that the context covers and that is not live is dead, and stays dead: so a write takes away
//! exactly the writes it has seen, and nothing has to be kept of them.

use std::collections::{BTreeMap, btree_map};

use crate::dot::{Context, Dot};
use crate::error::{Code, Error, Result};
use crate::generated::Tag;
use crate::replica::Replica;
use crate::value::{Integer, JsonInteger, JsonValue, Map};
use crate::wire::body::BodyReader;

/// A map from live dots to marks, and the dots that have been seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DotMap<M> {
    live: BTreeMap<Dot, M>,
    /// Covers every live dot.
    context: Context,
}

/// What a join is about to change.
pub(crate) struct Plan<'a, M> {
    /// Dots that are live here and dead there, ascending.
    pub(crate) dying: Vec<Dot>,
    /// Dots that are live there and unseen here, ascending.
    pub(crate) rising: Vec<(&'a Dot, &'a M)>,
}

impl<M> DotMap<M> {
    pub(crate) const fn new() -> Self {
        DotMap { live: BTreeMap::new(), context: Context::new() }
    }

    /// A map of its canonical parts as a frame has them, which ends where `reader` stands.
    ///
    /// Fails with `DOT_CONFLICT` when a dot stands twice and with `NOT_CANONICAL` when the context does not cover one.
    pub(crate) fn from_parts(mut live: Vec<(Dot, M)>, context: Context, reader: &BodyReader<'_>) -> Result<Self> {
        live.sort_by(|(a, _), (b, _)| a.cmp(b));
        if let Some([(dot, _), _]) = live.array_windows().find(|[(a, _), (b, _)]| a == b) {
            return Err(conflict(dot).with("offset", reader.offset()));
        }
        if let Some((dot, _)) = live.iter().find(|(dot, _)| !context.contains(dot)) {
            return Err(reader.not_canonical("the context covers every dot").with("found", dot));
        }
        Ok(DotMap { live: live.into_iter().collect(), context })
    }

    /// A map of live dots, all of which the context covers.
    pub(crate) fn of(live: impl IntoIterator<Item = (Dot, M)>, context: Context) -> Self {
        DotMap { live: live.into_iter().collect(), context }
    }

    /// The map in which one dot has been written: for replay, exchange and tests.
    ///
    /// Fails with `BAD_ARGUMENT` on an empty actor or sequence 0.
    pub(crate) fn written(actor: &str, sequence: u64, mark: M) -> Result<Self> {
        let dot = Dot::new(actor, sequence)
            .ok_or_else(|| Error::new(Code::BadArgument, "a dot has an actor and a sequence from 1"))?;
        Ok(DotMap::delta(Some((dot, mark)), []))
    }

    /// The part of a state that a write changes: a dot that lives from now on, and dots that died.
    pub(crate) fn delta(born: Option<(Dot, M)>, died: impl IntoIterator<Item = Dot>) -> Self {
        let mut delta = DotMap::new();
        born.into_iter().for_each(|(dot, mark)| delta.write(dot, mark));
        for dot in died {
            delta.context.add(&dot);
        }
        delta
    }

    /// The next dot of the replica's actor in this state.
    pub(crate) fn next_dot(&self, replica: &Replica) -> Result<Dot> {
        next_dot(&self.context, replica)
    }

    /// Makes a new dot live.
    pub(crate) fn write(&mut self, dot: Dot, mark: M) {
        self.context.add(&dot);
        self.live.insert(dot, mark);
    }

    /// Lets a live dot die; the context keeps it.
    pub(crate) fn kill(&mut self, dot: &Dot) -> Option<M> {
        self.live.remove(dot)
    }

    /// Lets all live dots die; gives them ascending.
    pub(crate) fn kill_all(&mut self) -> impl Iterator<Item = Dot> + use<M> {
        std::mem::take(&mut self.live).into_keys()
    }

    /// The live dots with their marks, ascending.
    pub(crate) fn iter(&self) -> btree_map::Iter<'_, Dot, M> {
        self.live.iter()
    }

    /// The mark of a live dot.
    pub(crate) fn mark(&self, dot: &Dot) -> Option<&M> {
        self.live.get(dot)
    }

    pub(crate) fn len(&self) -> usize {
        self.live.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.live.is_empty()
    }

    pub(crate) fn context(&self) -> &Context {
        &self.context
    }
}

impl<M: Clone + PartialEq> DotMap<M> {
    /// Finds out what joining `other` changes, without changing anything: the work is linear in what the other side has seen
    /// of this one, and in its live dots.
    ///
    /// Fails with `DOT_CONFLICT` when a dot has one mark here and another there.
    pub(crate) fn plan<'a>(&self, other: &'a Self) -> Result<Plan<'a, M>> {
        let mut dying = Vec::new();
        for (first, last) in other.context.spans() {
            let mut theirs = other.live.range(&first..=&last).peekable();
            for (dot, mark) in self.live.range(&first..=&last) {
                while theirs.next_if(|(their, _)| *their < dot).is_some() {}
                match theirs.next_if(|(their, _)| *their == dot) {
                    Some((_, their_mark)) if their_mark != mark => return Err(conflict(dot)),
                    Some(_) => {}
                    None => dying.push(dot.clone()),
                }
            }
        }
        let rising = other.live.iter().filter(|(dot, _)| !self.context.contains(dot)).collect();
        Ok(Plan { dying, rising })
    }

    /// Carries out the plan of a join with `other`; true if something changed.
    pub(crate) fn carry_out(&mut self, plan: &Plan<'_, M>, other: &Self) -> bool {
        for dot in &plan.dying {
            self.live.remove(dot);
        }
        let rising = plan.rising.iter().map(|(dot, mark)| ((*dot).clone(), (*mark).clone()));
        if self.live.is_empty() {
            // Built at once, which is much faster than one by one.
            self.live = rising.collect();
        } else {
            self.live.extend(rising);
        }
        self.context.join(&other.context) || !plan.is_empty()
    }

    /// A dot lives in the join if it lives on both sides, or on one side and the other has not seen it.
    pub(crate) fn join(&mut self, other: &Self) -> Result<bool> {
        let plan = self.plan(other)?;
        Ok(self.carry_out(&plan, other))
    }
}

impl<M> Plan<'_, M> {
    /// Whether every live dot stays as it is.
    pub(crate) fn is_empty(&self) -> bool {
        self.dying.is_empty() && self.rising.is_empty()
    }
}

impl<M> Default for DotMap<M> {
    fn default() -> Self {
        DotMap::new()
    }
}

#[cold]
fn conflict(dot: &Dot) -> Error {
    Error::new(Code::DotConflict, "one dot stands for two writes").with("found", dot)
}

/// The next dot of the replica's actor in a state that has seen `context`.
pub(crate) fn next_dot(context: &Context, replica: &Replica) -> Result<Dot> {
    let prefix = replica.actor_prefix();
    let (actor, sequence) = replica.advance(context.lasts_with_prefix(prefix), |last| {
        last.checked_add(1).ok_or_else(|| Error::new(Code::OutOfRange, "the actor's sequence is at its end"))
    })?;
    // Sequences start at 1 and actors are not empty.
    Dot::new(&actor, sequence).ok_or_else(|| Error::new(Code::Internal, "a dot needs an actor"))
}

/// An object for [`crate::Framed::describe`].
pub(crate) fn object<const N: usize>(members: [(&str, JsonValue); N]) -> Result<JsonValue> {
    let pairs = members.into_iter().map(|(name, value)| (JsonValue::from(name), value)).collect();
    Map::from_pairs(pairs).map(JsonValue::Map)
}

/// An object that begins with the type's name, as the payloads of version 1 do.
pub(crate) fn typed_object<const N: usize>(tag: Tag, members: [(&str, JsonValue); N]) -> Result<JsonValue> {
    let kind = (JsonValue::from("type"), JsonValue::from(tag.name()));
    let members = members.into_iter().map(|(name, value)| (JsonValue::from(name), value));
    Map::from_pairs([kind].into_iter().chain(members).collect()).map(JsonValue::Map)
}

/// Counts by name as JSON.
pub(crate) fn describe_counts<'a>(counts: impl Iterator<Item = (&'a str, u64)>) -> Result<JsonValue> {
    let number = |count: u64| JsonInteger::from_decimal(&count.to_string()).map_or(JsonValue::Null, JsonValue::Int);
    Map::from_pairs(counts.map(|(name, count)| (JsonValue::from(name), number(count))).collect()).map(JsonValue::Map)
}

/// A context as version 1 writes it.
pub(crate) fn describe_context(context: &Context) -> Result<JsonValue> {
    object([
        ("contiguous", describe_counts(context.contiguous())?),
        ("exceptions", describe_dots(context.exceptions())),
    ])
}

/// Dots as version 1 writes them.
pub(crate) fn describe_dots<'a>(dots: impl Iterator<Item = &'a Dot>) -> JsonValue {
    JsonValue::List(dots.map(|dot| JsonValue::from(dot.to_string())).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(actor: &str, sequence: u64, mark: char) -> Result<DotMap<char>> {
        DotMap::written(actor, sequence, mark)
    }

    #[test]
    fn a_dot_with_two_marks_changes_nothing() -> Result<()> {
        let mut here = written("a", 1, 'x')?;
        here.join(&written("b", 1, 'y')?)?;
        let mut there = written("b", 1, 'z')?;
        there.join(&written("c", 1, 'w')?)?;
        there.write(Dot::new("a", 2).unwrap(), 'v');
        let before = here.clone();
        assert_eq!(here.join(&there).unwrap_err().code(), Code::DotConflict);
        assert_eq!(here, before);
        Ok(())
    }

    #[test]
    fn what_the_other_side_has_seen_die_dies_beyond_gaps_too() -> Result<()> {
        let mut here = written("a", 1, 'x')?;
        for (actor, sequence) in [("a", 4), ("a", 5), ("b", 2)] {
            here.join(&written(actor, sequence, 'x')?)?;
        }
        let dead = DotMap::delta(None, [Dot::new("a", 1), Dot::new("a", 4), Dot::new("b", 1)].into_iter().flatten());
        assert!(here.join(&dead)? && !here.join(&dead)?);
        assert_eq!(here.iter().map(|(dot, _)| dot.to_string()).collect::<Vec<_>>(), ["a#5", "b#2"]);
        assert_eq!(here.context().contiguous().collect::<Vec<_>>(), [("a", 1), ("b", 2)]);
        Ok(())
    }
}
