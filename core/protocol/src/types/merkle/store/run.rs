//! Parts in a row: the chunks of a group, the groups of a store.

use std::cmp::Ordering;
use std::iter::Peekable;
use std::sync::OnceLock;

use sha2::{Digest as _, Sha256};

use super::part::{Part, Put, cut_at};
use super::{Digest, Entry};
use crate::names::Name;

/// Parts in order: the chunks of a group, or the groups of a store.
#[derive(Debug, Clone)]
pub(super) struct Run<P> {
    pub(super) parts: Vec<P>,
    pub(super) len: usize,
    digest: OnceLock<Digest>,
}

impl<P> Default for Run<P> {
    fn default() -> Self {
        Run { parts: Vec::new(), len: 0, digest: OnceLock::new() }
    }
}

impl<P: Part> Run<P> {
    pub(super) fn new(parts: Vec<P>) -> Self {
        let len = parts.iter().map(P::len).sum();
        Run { parts, len, digest: OnceLock::new() }
    }

    /// The part that has a key or would take it; 0 for keys before all others.
    fn part_of(&self, key: &str) -> usize {
        let after = self.parts.partition_point(|part| part.first().is_some_and(|first| first.as_str() <= key));
        after.saturating_sub(1)
    }

    /// Takes in a part that was split off the one at `position`.
    fn take_split(&mut self, position: usize, tail: P) -> Put<Self> {
        if tail.first().is_none_or(|key| cut_at(key) <= P::LEVEL) {
            self.parts.insert(position + 1, tail);
            self.len += 1;
            return Put::Added;
        }
        let mut parts = vec![tail];
        parts.extend(self.parts.drain(position + 1..));
        let next = Run::new(parts);
        self.len = self.parts.iter().map(P::len).sum();
        Put::Split(next)
    }

    /// Puts a part that has lost its first entry where it now belongs.
    fn mend(&mut self, position: usize) {
        let Some(part) = self.parts.get(position) else { return };
        match part.first() {
            None => {
                self.parts.remove(position);
            }
            Some(first) if position > 0 && cut_at(first) < P::LEVEL => {
                let part = self.parts.remove(position);
                if let Some(before) = self.parts.get_mut(position - 1) {
                    before.append(part);
                }
            }
            Some(_) => {}
        }
    }
}

impl<P: Part> Part for Run<P> {
    const LEVEL: u8 = P::LEVEL + 1;

    fn first(&self) -> Option<&Name> {
        self.parts.first().and_then(P::first)
    }

    fn len(&self) -> usize {
        self.len
    }

    fn digest(&self) -> &Digest {
        self.digest.get_or_init(|| {
            let mut hash = Sha256::new_with_prefix([Self::LEVEL]);
            self.parts.iter().for_each(|part| hash.update(part.digest()));
            hash.finalize().into()
        })
    }

    fn of(entry: Entry) -> Self {
        Run::new(vec![P::of(entry)])
    }

    fn put(&mut self, entry: Entry) -> Put<Self> {
        self.digest.take();
        let position = self.part_of(&entry.key);
        let Some(part) = self.parts.get_mut(position) else {
            *self = Run::of(entry);
            return Put::Added;
        };
        match part.put(entry) {
            Put::Replaced(inside) => {
                Put::Replaced(self.parts.iter().take(position).map(P::len).sum::<usize>() + inside)
            }
            Put::Added => {
                self.len += 1;
                Put::Added
            }
            Put::Split(tail) => self.take_split(position, tail),
        }
    }

    fn remove(&mut self, key: &str) -> Option<Entry> {
        let position = self.part_of(key);
        let removed = self.parts.get_mut(position)?.remove(key)?;
        self.digest.take();
        self.len -= 1;
        self.mend(position);
        Some(removed)
    }

    fn find(&self, key: &str) -> Option<&Entry> {
        self.parts.get(self.part_of(key))?.find(key)
    }

    fn append(&mut self, next: Self) {
        self.digest.take();
        self.len += next.len;
        let boundary = self.parts.len();
        self.parts.extend(next.parts);
        self.mend(boundary);
    }

    fn compare(here: &[&Self], there: &[&Self], visit: &mut impl FnMut(Option<&Entry>, Option<&Entry>)) {
        compare_parts(&inside(here), &inside(there), visit);
    }

    fn join<'a>(
        &mut self,
        other: &mut Peekable<impl Iterator<Item = &'a Entry>>,
        combine: &mut impl FnMut(&mut Entry, &Entry) -> bool,
        missing: &mut Vec<Entry>,
    ) -> bool {
        let mut changed = false;
        for part in &mut self.parts {
            changed |= part.join(other, combine, missing);
        }
        if changed {
            self.digest.take();
        }
        changed
    }
}

/// The parts of some runs in a row.
fn inside<'a, P>(runs: &[&'a Run<P>]) -> Vec<&'a P> {
    runs.iter().flat_map(|run| &run.parts).collect()
}

/// Compares two rows of parts stretch by stretch: equal parts at the front are left out by their digests alone, and a stretch
/// that differs ends where both rows have a cut.
pub(super) fn compare_parts<P: Part>(
    mut here: &[&P],
    mut there: &[&P],
    visit: &mut impl FnMut(Option<&Entry>, Option<&Entry>),
) {
    while !here.is_empty() || !there.is_empty() {
        let same = here.iter().zip(there).take_while(|(a, b)| is_same(**a, **b)).count();
        let ((_, rest_here), (_, rest_there)) = (here.split_at(same), there.split_at(same));
        let (mine, theirs) = stretch(rest_here, rest_there);
        let (stretch_here, after_here) = rest_here.split_at(mine);
        let (stretch_there, after_there) = rest_there.split_at(theirs);
        P::compare(stretch_here, stretch_there, visit);
        (here, there) = (after_here, after_there);
    }
}

/// How many parts of each row lie before the next cut that both have.
fn stretch<P: Part>(here: &[&P], there: &[&P]) -> (usize, usize) {
    let (mut mine, mut theirs) = (1, 1);
    while let (Some(a), Some(b)) = (here.get(mine), there.get(theirs)) {
        match a.first().cmp(&b.first()) {
            Ordering::Equal => return (mine, theirs),
            Ordering::Less => mine += 1,
            Ordering::Greater => theirs += 1,
        }
    }
    (here.len(), there.len())
}

fn is_same<P: Part>(here: &P, there: &P) -> bool {
    here.len() == there.len() && here.digest() == there.digest()
}
