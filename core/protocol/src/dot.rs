//! Dots and contexts: which writes exist, and which ones a replica has seen.

use std::collections::BTreeSet;
use std::fmt;

use crate::names::{Name, NameMap};

/// One write: an actor and its place in the actor's sequence, counted from 1.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Dot {
    /// The line of writes (see [`crate::Replica`]).
    actor: Name,
    sequence: u64,
}

impl Dot {
    /// The dot of an actor's `sequence`-th write; sequences start at 1, and actors are not empty.
    pub fn new(actor: &str, sequence: u64) -> Option<Self> {
        (sequence > 0 && !actor.is_empty()).then(|| Dot { actor: Name::new(actor), sequence })
    }

    /// The dot in an add tag `<actor>#<sequence>`; every other tag is a plain one.
    ///
    /// ```
    /// # use crdt_merge_protocol::Dot;
    /// assert_eq!(Dot::from_tag("a#b#12"), Dot::new("a#b", 12));
    /// assert_eq!(Dot::from_tag("a#01"), None);
    /// ```
    pub fn from_tag(tag: &str) -> Option<Self> {
        let (actor, digits) = tag.rsplit_once('#')?;
        if digits.starts_with('0') || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        Dot::new(actor, digits.parse().ok()?)
    }

    /// The actor.
    pub fn actor(&self) -> &str {
        &self.actor
    }

    /// The place in the actor's sequence.
    pub fn sequence(&self) -> u64 {
        self.sequence
    }
}

/// The add tag of the dot.
impl fmt::Display for Dot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}#{}", self.actor, self.sequence)
    }
}

/// The set of dots that a state has seen, live or not: a contiguous start per actor, and exceptions beyond it.
#[derive(Debug, Clone, Default)]
pub struct Context {
    contiguous: NameMap<u64>,
    exceptions: BTreeSet<Dot>,
}

impl Context {
    /// A context that has seen nothing.
    pub const fn new() -> Self {
        Context { contiguous: NameMap::new(), exceptions: BTreeSet::new() }
    }

    /// A context of its canonical parts: contiguous starts by actor, and exceptions ascending, none of which is contiguous.
    pub(crate) fn from_parts(contiguous: Vec<(Name, u64)>, exceptions: Vec<Dot>) -> Option<Self> {
        let contiguous = NameMap::from_ascending(contiguous);
        let is_beyond = |dot: &Dot| contiguous.value(&dot.actor).copied().unwrap_or(0) < dot.sequence - 1;
        if !exceptions.iter().all(is_beyond) {
            return None;
        }
        Some(Context { contiguous, exceptions: exceptions.into_iter().collect() })
    }

    /// Whether the dot has been seen.
    pub fn contains(&self, dot: &Dot) -> bool {
        self.contiguous_of(&dot.actor) >= dot.sequence || self.exceptions.contains(dot)
    }

    /// Adds a dot; true if it is new.
    pub fn add(&mut self, dot: &Dot) -> bool {
        let contiguous = self.contiguous_of(&dot.actor);
        if dot.sequence <= contiguous {
            return false;
        }
        if dot.sequence > contiguous + 1 {
            return self.exceptions.insert(dot.clone());
        }
        self.contiguous.insert(&dot.actor, dot.sequence);
        self.contiguous.tidy();
        self.absorb(&dot.actor);
        true
    }

    /// Adds all dots of an actor up to a sequence; true if one of them is new.
    pub fn raise(&mut self, actor: &str, sequence: u64) -> bool {
        let grows = self.contiguous_of(actor) < sequence;
        if grows {
            self.contiguous.insert(actor, sequence);
            self.contiguous.tidy();
            self.absorb(actor);
        }
        grows
    }

    /// Adds everything another context has seen; true if something was new.
    pub fn join(&mut self, other: &Context) -> bool {
        let raised =
            other.contiguous.iter().fold(false, |grown, (actor, sequence)| self.raise(actor, *sequence) | grown);
        other.exceptions.iter().fold(raised, |grown, dot| self.add(dot) | grown)
    }

    /// The highest sequence seen of an actor, 0 for none.
    pub fn last(&self, actor: &str) -> u64 {
        self.beyond(actor).last().map_or_else(|| self.contiguous_of(actor), |dot| dot.sequence)
    }

    /// Whether nothing has been seen.
    pub fn is_empty(&self) -> bool {
        self.contiguous.is_empty() && self.exceptions.is_empty()
    }

    /// The contiguous starts, by actor.
    pub fn contiguous(&self) -> impl Iterator<Item = (&str, u64)> {
        self.contiguous.iter().map(|(actor, sequence)| (actor.as_str(), *sequence))
    }

    /// The dots beyond the contiguous starts, ascending.
    pub fn exceptions(&self) -> impl ExactSizeIterator<Item = &Dot> {
        self.exceptions.iter()
    }

    /// Actors whose name starts with `prefix`, with the highest sequence seen of each.
    pub(crate) fn lasts_with_prefix<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = (Name, u64)> + Clone + 'a {
        let contiguous = self.contiguous.with_prefix(prefix).map(|(actor, _)| actor.clone());
        let start = Dot { actor: Name::new(prefix), sequence: 0 };
        let beyond = self
            .exceptions
            .range(start..)
            .map(|dot| dot.actor.clone())
            .take_while(move |actor| actor.starts_with(prefix));
        contiguous.chain(beyond).map(|actor| {
            let last = self.last(&actor);
            (actor, last)
        })
    }

    /// What has been seen as spans of dots, from the first to the last one of each.
    pub(crate) fn spans(&self) -> impl Iterator<Item = (Dot, Dot)> {
        let contiguous = self.contiguous.iter().map(|(actor, sequence)| {
            let dot = |sequence| Dot { actor: actor.clone(), sequence };
            (dot(1), dot(*sequence))
        });
        contiguous.chain(self.exceptions.iter().map(|dot| (dot.clone(), dot.clone())))
    }

    /// The highest sequence up to which all of an actor's dots have been seen.
    pub(crate) fn contiguous_of(&self, actor: &str) -> u64 {
        self.contiguous.value(actor).copied().unwrap_or(0)
    }

    /// The exceptions of one actor.
    fn beyond(&self, actor: &str) -> impl DoubleEndedIterator<Item = &Dot> {
        let (first, last) =
            (Dot { actor: Name::new(actor), sequence: 0 }, Dot { actor: Name::new(actor), sequence: u64::MAX });
        self.exceptions.range(first..=last)
    }

    /// Drops the exceptions of an actor that its contiguous start has reached, growing the start over those that follow it.
    fn absorb(&mut self, actor: &str) {
        let mut contiguous = self.contiguous_of(actor);
        let reached: Vec<Dot> = self
            .beyond(actor)
            .take_while(|dot| {
                let follows = dot.sequence <= contiguous.saturating_add(1);
                contiguous = if follows { contiguous.max(dot.sequence) } else { contiguous };
                follows
            })
            .cloned()
            .collect();
        if !reached.is_empty() {
            for dot in &reached {
                self.exceptions.remove(dot);
            }
            self.contiguous.insert(actor, contiguous);
        }
    }
}

impl PartialEq for Context {
    fn eq(&self, other: &Self) -> bool {
        self.exceptions == other.exceptions && self.contiguous.iter().eq(other.contiguous.iter())
    }
}

impl Eq for Context {}

impl<'a> FromIterator<&'a Dot> for Context {
    fn from_iter<I: IntoIterator<Item = &'a Dot>>(dots: I) -> Self {
        let mut context = Context::new();
        dots.into_iter().for_each(|dot| {
            context.add(dot);
        });
        context
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dot(actor: &str, sequence: u64) -> Dot {
        Dot { actor: actor.into(), sequence }
    }

    #[test]
    fn gaps_close_whatever_the_order() {
        let mut context = Context::new();
        for sequence in [3, 5, 1, 2] {
            assert!(context.add(&dot("a", sequence)));
        }
        assert_eq!(context.contiguous().collect::<Vec<_>>(), [("a", 3)]);
        assert_eq!(context.exceptions().collect::<Vec<_>>(), [&dot("a", 5)]);
        assert_eq!((context.last("a"), context.last("b")), (5, 0));
        assert!(!context.add(&dot("a", 2)) && context.add(&dot("a", 4)) && context.contains(&dot("a", 5)));
        assert_eq!(context.exceptions().count(), 0);
    }

    #[test]
    fn join_is_union() {
        let left: Context = [dot("a", 1), dot("b", 3)].iter().collect();
        let right: Context = [dot("a", 2), dot("b", 1), dot("b", 2)].iter().collect();
        let (mut one, mut other) = (left.clone(), right.clone());
        assert!(one.join(&right) && other.join(&left));
        assert_eq!(one, other);
        assert_eq!(one.contiguous().collect::<Vec<_>>(), [("a", 2), ("b", 3)]);
        assert!(!one.join(&right));
    }

    #[test]
    fn tags_are_dots_only_in_one_spelling() {
        for plain in ["a1b2c3d4e5f6", "#1", "a#", "a#0", "a#01", "a#+1", "a#1x", "a#18446744073709551616"] {
            assert_eq!(Dot::from_tag(plain), None, "{plain}");
        }
        assert_eq!(
            Dot::from_tag("n~0123456789#18446744073709551615").map(|dot| dot.to_string()).as_deref(),
            Some("n~0123456789#18446744073709551615")
        );
    }
}
