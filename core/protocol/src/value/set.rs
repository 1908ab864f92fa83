//! Sets of distinct scalar values.

use super::{Integer, Node};
use crate::error::{Code, Error, Result};

/// Distinct scalar members, held in one internal order whatever order they came in.
#[derive(Debug, Clone)]
pub struct Set<I>(Vec<Node<I>>);

impl<I: Integer> Set<I> {
    /// A set without members.
    pub const fn new() -> Self {
        Set(Vec::new())
    }

    /// A set of members; equal ones are kept once.
    ///
    /// Fails with `BAD_KEY` when a member is a list, map or set.
    pub fn from_members(mut members: Vec<Node<I>>) -> Result<Self> {
        if let Some(member) = members.iter().find(|member| !member.kind().is_scalar()) {
            return Err(Error::new(Code::BadKey, "a set member must be null, bool, int, float, text or bytes")
                .with("found", member.kind().name()));
        }
        members.sort_unstable();
        members.dedup();
        Ok(Set(members))
    }

    /// Whether the value is a member.
    pub fn contains(&self, member: &Node<I>) -> bool {
        self.0.binary_search(member).is_ok()
    }

    /// Number of members.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are no members.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The members in the internal order: by kind, then by value.
    pub fn iter(&self) -> std::slice::Iter<'_, Node<I>> {
        self.0.iter()
    }

    /// The members, owned.
    pub fn into_members(self) -> Vec<Node<I>> {
        self.0
    }
}

impl<I: Integer> PartialEq for Set<I> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl<I: Integer> Eq for Set<I> {}

impl<I: Integer> Default for Set<I> {
    fn default() -> Self {
        Set::new()
    }
}

impl<'a, I: Integer> IntoIterator for &'a Set<I> {
    type Item = &'a Node<I>;
    type IntoIter = std::slice::Iter<'a, Node<I>>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}
