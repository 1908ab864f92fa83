//! What chunks and groups of chunks have in common, and where they are cut.

use std::hash::BuildHasher;
use std::iter::Peekable;
use std::sync::LazyLock;

use super::{Digest, Entry};
use crate::names::Name;

/// Decides where stores are cut.
static CUTS: LazyLock<CutHash> = LazyLock::new(CutHash::default);
#[cfg(not(test))]
type CutHash = foldhash::quality::RandomState;
/// Tests cut alike in every run.
#[cfg(test)]
type CutHash = foldhash::quality::FixedState;
/// One key in 2⁶ begins a chunk.
const CHUNK_MASK: u64 = (1 << 6) - 1;
/// One key in 2¹² begins a group.
const GROUP_MASK: u64 = (1 << 12) - 1;

/// The level of a key that no part begins with.
pub(super) const INSIDE: u8 = 0;
/// The level of chunks.
pub(super) const CHUNK: u8 = 1;
/// The level of groups of chunks.
pub(super) const GROUP: u8 = 2;

/// The largest part that begins with a key.
pub(super) fn cut_at(key: &str) -> u8 {
    let hash = CUTS.hash_one(key);
    match (hash & CHUNK_MASK, hash & GROUP_MASK) {
        (_, 0) => GROUP,
        (0, _) => CHUNK,
        _ => INSIDE,
    }
}

/// What putting an entry into a part did to it.
pub(super) enum Put<P> {
    /// There was an entry of this key at this position in the part.
    Replaced(usize),
    /// The entry is new.
    Added,
    /// The entry is new, and this part now follows.
    Split(P),
}

/// A part of a store that begins at a cut and ends before the next one.
pub(super) trait Part: Sized {
    /// The part that it is.
    const LEVEL: u8;

    fn first(&self) -> Option<&Name>;
    fn len(&self) -> usize;
    /// A digest of all keys and hashes inside.
    fn digest(&self) -> &Digest;
    fn of(entry: Entry) -> Self;
    fn put(&mut self, entry: Entry) -> Put<Self>;
    fn remove(&mut self, key: &str) -> Option<Entry>;
    fn find(&self, key: &str) -> Option<&Entry>;
    /// Appends a part that follows this one but is not cut from it any more.
    fn append(&mut self, next: Self);
    /// Visits the entries of parts that cover the same stretch of keys side by side, leaving out what is the same.
    fn compare(here: &[&Self], there: &[&Self], visit: &mut impl FnMut(Option<&Entry>, Option<&Entry>));
    /// Joins entries that are on both sides with `combine`, which tells whether it changed this side's, and collects copies of
    /// those that are missing here, as far as they come before the end of this part.
    fn join<'a>(
        &mut self,
        other: &mut Peekable<impl Iterator<Item = &'a Entry>>,
        combine: &mut impl FnMut(&mut Entry, &Entry) -> bool,
        missing: &mut Vec<Entry>,
    ) -> bool;
}
