//! The entries between two cuts.

use std::iter::Peekable;
use std::sync::OnceLock;

use super::part::{CHUNK, Part, Put, cut_at};
use super::{Digest, Entry};
use crate::names::Name;
use crate::types::merkle::short;

/// The entries between two cuts.
#[derive(Debug, Clone, Default)]
pub(super) struct Chunk {
    pub(super) entries: Vec<Entry>,
    digest: OnceLock<Digest>,
}

impl Chunk {
    fn search(&self, key: &str) -> Result<usize, usize> {
        self.entries.binary_search_by(|entry| entry.key.as_str().cmp(key))
    }

    pub(super) fn new(entries: Vec<Entry>) -> Self {
        Chunk { entries, digest: OnceLock::new() }
    }

    /// Adds an entry of a new key where it belongs.
    fn add(&mut self, position: usize, entry: Entry) -> Put<Self> {
        if position == 0 && self.first().is_some_and(|key| cut_at(key) >= CHUNK) {
            return Put::Split(std::mem::replace(self, Chunk::of(entry)));
        }
        if position == 0 || cut_at(&entry.key) < CHUNK {
            self.entries.insert(position, entry);
            return Put::Added;
        }
        let mut tail = self.entries.split_off(position);
        tail.insert(0, entry);
        Put::Split(Chunk::new(tail))
    }
}

impl Part for Chunk {
    const LEVEL: u8 = CHUNK;

    fn first(&self) -> Option<&Name> {
        self.entries.first().map(|entry| &entry.key)
    }

    fn len(&self) -> usize {
        self.entries.len()
    }

    fn digest(&self) -> &Digest {
        self.digest.get_or_init(|| {
            let mut message = Vec::new();
            self.entries.iter().for_each(|entry| entry.feed(&mut message));
            short::digest(&mut message)
        })
    }

    fn of(entry: Entry) -> Self {
        Chunk::new(vec![entry])
    }

    fn put(&mut self, entry: Entry) -> Put<Self> {
        self.digest.take();
        match self.search(&entry.key) {
            Ok(position) => {
                if let Some(slot) = self.entries.get_mut(position) {
                    *slot = entry;
                }
                Put::Replaced(position)
            }
            Err(position) => self.add(position, entry),
        }
    }

    fn remove(&mut self, key: &str) -> Option<Entry> {
        let position = self.search(key).ok()?;
        self.digest.take();
        Some(self.entries.remove(position))
    }

    fn find(&self, key: &str) -> Option<&Entry> {
        self.search(key).ok().and_then(|position| self.entries.get(position))
    }

    fn append(&mut self, mut next: Self) {
        self.digest.take();
        self.entries.append(&mut next.entries);
    }

    fn compare(here: &[&Self], there: &[&Self], visit: &mut impl FnMut(Option<&Entry>, Option<&Entry>)) {
        let here = here.iter().flat_map(|chunk| &chunk.entries);
        pair_up(here, there.iter().flat_map(|chunk| &chunk.entries), visit);
    }

    fn join<'a>(
        &mut self,
        other: &mut Peekable<impl Iterator<Item = &'a Entry>>,
        combine: &mut impl FnMut(&mut Entry, &Entry) -> bool,
        missing: &mut Vec<Entry>,
    ) -> bool {
        let mut changed = false;
        for entry in &mut self.entries {
            missing.extend(std::iter::from_fn(|| other.next_if(|new| new.key < entry.key)).cloned());
            changed |= other.next_if(|same| same.key == entry.key).is_some_and(|same| combine(entry, same));
        }
        if changed {
            self.digest.take();
        }
        changed
    }
}

/// Visits the entries of two stretches side by side, by key.
fn pair_up<'a>(
    here: impl Iterator<Item = &'a Entry>,
    there: impl Iterator<Item = &'a Entry>,
    visit: &mut impl FnMut(Option<&Entry>, Option<&Entry>),
) {
    let mut there = there.peekable();
    for entry in here {
        while let Some(other) = there.next_if(|other| other.key < entry.key) {
            visit(None, Some(other));
        }
        visit(Some(entry), there.next_if(|other| other.key == entry.key));
    }
    there.for_each(|other| visit(None, Some(other)));
}
