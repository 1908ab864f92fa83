//! What a mergeable thing is.

use crate::error::Result;

/// Whether an operation changed its receiver.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Changed {
    /// The receiver is as it was.
    #[default]
    No,
    /// The receiver moved up.
    Yes,
}

impl Changed {
    /// `Yes` for true.
    pub const fn from_bool(changed: bool) -> Self {
        if changed { Changed::Yes } else { Changed::No }
    }

    /// Whether the receiver moved.
    pub const fn is_yes(self) -> bool {
        matches!(self, Changed::Yes)
    }
}

/// A state that merges: joining is commutative, associative and idempotent, and local operations only move a state up.
///
/// Equality ([`PartialEq`]) is equality of replicated state: what the protocol leaves out of a state's identity does not count.
pub trait Join: Clone + PartialEq {
    /// Joins another state into this one, telling `observer` what happened.
    ///
    /// When it fails (different sketch parameters, one dot on two elements) the receiver is as it was.
    fn join_with<O: Observer>(&mut self, other: &Self, observer: &mut O) -> Result<Changed>;

    /// Joins another state into this one.
    fn join(&mut self, other: &Self) -> Result<Changed> {
        self.join_with(other, &mut ())
    }

    /// The join of two states as a new one.
    #[must_use = "the join is a new state; the operands are as they were"]
    fn joined(&self, other: &Self) -> Result<Self> {
        let mut joined = self.clone();
        joined.join(other)?;
        Ok(joined)
    }
}

/// What is told of a join while it runs. All methods do nothing unless overridden; `()` is the observer that looks away, and
/// joins observed by it allocate nothing on its behalf.
pub trait Observer {
    /// Whether anything is done with what is told; if not, joins spare themselves the names.
    fn is_listening(&self) -> bool {
        true
    }

    /// The part of the state under this key changed.
    fn changed(&mut self, _key: &str) {}

    /// Both sides had written under this key, and one of two different values was dropped.
    fn conflict(&mut self, _key: &str) {}

    /// A conflict that stamp and node id left open: the bytes of the values decided.
    fn tie(&mut self, _key: &str) {}
}

impl Observer for () {
    fn is_listening(&self) -> bool {
        false
    }
}

/// The result of merging for people and programs.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct MergeReport {
    /// Whether the receiver changed.
    pub changed: bool,
    /// How many values were dropped in favour of another one.
    pub conflicts: u64,
    /// How many of these conflicts neither stamp nor node id decided.
    pub ties: u64,
    /// Keys of the parts that changed, in the order of the merge, when they were asked for.
    pub changed_keys: Option<Vec<String>>,
}

impl MergeReport {
    /// A report that also collects the keys that change.
    pub fn with_keys() -> Self {
        MergeReport { changed_keys: Some(Vec::new()), ..MergeReport::default() }
    }

    /// Joins `other` into `state` and reports what happened.
    pub fn of<S: Join>(mut self, state: &mut S, other: &S) -> Result<Self> {
        let changed = state.join_with(other, &mut self)?;
        self.changed = changed.is_yes();
        Ok(self)
    }
}

impl Observer for MergeReport {
    fn changed(&mut self, key: &str) {
        if let Some(keys) = &mut self.changed_keys {
            keys.push(key.to_owned());
        }
    }

    fn conflict(&mut self, _key: &str) {
        self.conflicts += 1;
    }

    fn tie(&mut self, _key: &str) {
        self.ties += 1;
    }
}
