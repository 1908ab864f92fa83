//! Records in the order of their keys, kept in chunks and groups of chunks, so that two stores are compared without looking at
//! what they share and a record comes or goes without moving the others.

mod build;
mod chunk;
mod part;
mod run;

use std::iter::Peekable;

use crdt_merge_kernels::Sha256Batch;

use self::chunk::Chunk;
use self::part::{Part, Put};
use self::run::{Run, compare_parts};
use super::short;
use crate::names::Name;
use crate::value::Value;

/// Bytes of a SHA-256.
pub(in crate::types::merkle) type Digest = [u8; 32];

/// A record under its key.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) key: Name,
    pub(crate) hash: Digest,
    /// A map, always.
    pub(crate) record: Option<Value>,
}

/// Entries by key.
///
/// A key alone decides whether a chunk or a group begins with it, so two stores are cut alike wherever their keys agree,
/// whatever came or went elsewhere. The cuts are those of this process: its hash seed keeps anybody from choosing keys that
/// are never cut. Nothing that leaves the store depends on them.
#[derive(Debug, Clone, Default)]
pub(in crate::types::merkle) struct Store {
    groups: Run<Group>,
}

type Group = Run<Chunk>;

/// A join that brings in fewer than one entry in this many adds them one by one.
const FEW: usize = 64;

impl Entry {
    fn feed(&self, message: &mut Vec<u8>) {
        message.extend_from_slice(&leaf_head(&self.key));
        message.extend_from_slice(self.key.as_bytes());
        message.extend_from_slice(&self.hash);
    }

    /// SHA-256 over the byte 0, the length of the key, the key and the content hash, made in an empty buffer.
    pub(in crate::types::merkle) fn keyed_digest(&self, buffer: &mut Vec<u8>) -> Digest {
        self.feed(buffer);
        short::digest(buffer)
    }

    /// Adds the message of [`Entry::keyed_digest`] to a batch.
    pub(in crate::types::merkle) fn push_keyed(&self, batch: &mut Sha256Batch) {
        batch.push([&leaf_head(&self.key), self.key.as_bytes(), &self.hash]);
    }
}

/// The byte 0 and the length of a key, which sets this hash apart from every other.
fn leaf_head(key: &str) -> [u8; 5] {
    // Names are far shorter than 4 GiB: they come out of frames, or of memory that holds records beside them.
    let [a, b, c, d] = u32::try_from(key.len()).unwrap_or(u32::MAX).to_be_bytes();
    [0, a, b, c, d]
}

impl Store {
    pub(in crate::types::merkle) fn len(&self) -> usize {
        self.groups.len
    }

    /// The entries by key.
    pub(in crate::types::merkle) fn iter(&self) -> impl Iterator<Item = &Entry> {
        self.groups.parts.iter().flat_map(|group| &group.parts).flat_map(|chunk| &chunk.entries)
    }

    pub(in crate::types::merkle) fn find(&self, key: &str) -> Option<&Entry> {
        self.groups.find(key)
    }

    /// Puts an entry in place of the one of its key, whose position is returned, or adds it.
    pub(in crate::types::merkle) fn put(&mut self, entry: Entry) -> Option<usize> {
        match self.groups.put(entry) {
            Put::Replaced(position) => Some(position),
            // The whole is never split: no cut is above a group's.
            Put::Added | Put::Split(_) => None,
        }
    }

    pub(in crate::types::merkle) fn remove(&mut self, key: &str) -> Option<Entry> {
        self.groups.remove(key)
    }

    /// Visits the entries of both stores side by side, but for stretches that are the same.
    pub(in crate::types::merkle) fn compare(
        &self,
        other: &Store,
        visit: &mut impl FnMut(Option<&Entry>, Option<&Entry>),
    ) {
        compare_parts(&[&self.groups], &[&other.groups], visit);
    }

    /// Joins another store into this one: `combine` for keys on both sides tells whether it changed this side's entry; `added`
    /// gets the entries that were missing here.
    pub(in crate::types::merkle) fn join(
        &mut self,
        other: &Store,
        mut combine: impl FnMut(&mut Entry, &Entry) -> bool,
        added: impl FnMut(&Entry),
    ) -> bool {
        let mut rest = other.iter().peekable();
        let mut missing = Vec::new();
        let changed = self.groups.join(&mut rest, &mut combine, &mut missing);
        missing.extend(rest.cloned());
        missing.iter().for_each(added);
        let grown = !missing.is_empty();
        self.add_sorted(missing);
        changed || grown
    }

    /// Adds entries of new keys: a few one by one, many by building the store anew.
    fn add_sorted(&mut self, missing: Vec<Entry>) {
        if missing.len() < self.len() / FEW {
            missing.into_iter().for_each(|entry| {
                self.put(entry);
            });
        } else if !missing.is_empty() {
            let mine = std::mem::take(self).into_entries();
            *self = Store::from_sorted(merged(mine, missing.into_iter().peekable()));
        }
    }
}

/// Entries of two sorted sources without common keys, sorted.
fn merged(
    mine: impl Iterator<Item = Entry>,
    mut missing: Peekable<impl Iterator<Item = Entry>>,
) -> impl Iterator<Item = Entry> {
    let mut mine = mine.peekable();
    std::iter::from_fn(move || match (mine.peek(), missing.peek()) {
        (Some(here), Some(new)) if new.key < here.key => missing.next(),
        (None, _) => missing.next(),
        _ => mine.next(),
    })
}

#[cfg(test)]
mod tests {
    use super::part::{CHUNK, GROUP, INSIDE, cut_at};
    use super::*;

    fn entry(key: &str, version: u8) -> Entry {
        Entry { key: key.into(), hash: [version; 32], record: None }
    }

    fn key(number: u64) -> String {
        format!("key-{number:05}")
    }

    fn store(numbers: impl Iterator<Item = u64>) -> Store {
        Store::from_sorted(numbers.map(|number| entry(&key(number), 0)))
    }

    /// Numbers that look random but are the same in every run.
    fn scattered(count: u64) -> impl Iterator<Item = u64> {
        (0..count).map(move |number| number * 7919 % count)
    }

    /// Keys of each side that the comparison visits with a difference, and how many pairs it visits.
    fn differences(a: &Store, b: &Store) -> (Vec<String>, usize) {
        let (mut found, mut visited) = (Vec::new(), 0);
        a.compare(b, &mut |here, there| {
            visited += 1;
            if here != there {
                found.extend(here.or(there).map(|entry| entry.key.to_string()));
            }
        });
        (found, visited)
    }

    /// Every part but the first begins at a cut of its level, and lengths add up.
    fn is_cut_right(store: &Store) -> bool {
        let chunks = || store.groups.parts.iter().flat_map(|group| &group.parts);
        let begins = |first: Option<&Name>, level| first.is_some_and(|key| cut_at(key) >= level);
        let inside = |chunk: &Chunk| chunk.entries.iter().skip(1).all(|entry| cut_at(&entry.key) == INSIDE);
        store.groups.parts.iter().skip(1).all(|group| begins(group.first(), GROUP))
            && store
                .groups
                .parts
                .iter()
                .flat_map(|group| group.parts.iter().skip(1))
                .all(|chunk| cut_at(&chunk.entries[0].key) == CHUNK)
            && chunks().all(|chunk| !chunk.entries.is_empty() && inside(chunk))
            && store.len() == store.iter().count()
            && store.groups.parts.iter().all(|group| group.len == group.parts.iter().map(Chunk::len).sum::<usize>())
            && store.iter().is_sorted_by(|a, b| a.key < b.key)
    }

    #[test]
    fn a_store_is_cut_alike_however_it_came_about() {
        let built = store(0..20_000);
        let mut grown = Store::default();
        for number in scattered(20_000) {
            grown.put(entry(&key(number), 0));
        }
        let mut shrunk = store(0..30_000);
        scattered(30_000)
            .filter(|number| *number >= 20_000)
            .for_each(|number| assert!(shrunk.remove(&key(number)).is_some()));
        for other in [&built, &grown, &shrunk] {
            assert!(is_cut_right(other));
            assert!(other.groups.parts.len() > 1, "the test has to see cuts of both levels");
            assert_eq!(differences(&built, other), (vec![], 0));
        }
    }

    #[test]
    fn every_kind_of_change_is_found_with_little_looking() {
        let base = store((0..20_000).map(|number| number * 2));
        for number in [0, 1, 19_999, 20_000, 39_998, 39_999, 50_000] {
            let mut put = base.clone();
            put.put(entry(&key(number), 1));
            let mut removed = base.clone();
            let was_there = removed.remove(&key(number)).is_some();
            for (changed, differs) in [(put, true), (removed, was_there)] {
                assert!(is_cut_right(&changed));
                for (a, b) in [(&base, &changed), (&changed, &base)] {
                    let (found, visited) = differences(a, b);
                    assert_eq!(found, if differs { vec![key(number)] } else { vec![] });
                    assert!(visited < 6_000, "{visited} of 20000 entries visited for {number}");
                }
            }
        }
    }

    #[test]
    fn positions_are_ranks() {
        let mut store = store(0..3_000);
        assert_eq!(store.put(entry(&key(1_234), 1)), Some(1_234));
        assert_eq!(store.put(entry("", 1)), None);
        assert_eq!(store.put(entry(&key(2_999), 1)), Some(3_000));
        assert_eq!(store.find(&key(1_234)).map(|entry| entry.hash[0]), Some(1));
        assert_eq!(store.find("nobody"), None);
    }

    #[test]
    fn removing_everything_leaves_nothing() {
        let mut store = store(0..2_000);
        for number in scattered(2_000) {
            assert!(store.remove(&key(number)).is_some() && store.remove(&key(number)).is_none());
        }
        assert!(store.len() == 0 && store.groups.parts.is_empty());
    }

    #[test]
    fn joining_few_or_many_gives_the_union() {
        for step in [1_000, 3] {
            let mut joined = store(0..5_000);
            let other = store((0..10_000).step_by(step));
            let mut added = 0;
            assert!(joined.join(&other, |_, _| false, |_| added += 1));
            assert_eq!(
                differences(&joined, &store((0..5_000).chain((5_000..10_000).filter(|n| n % step as u64 == 0)))),
                (vec![], 0)
            );
            assert_eq!(joined.len(), 5_000 + added);
            assert!(is_cut_right(&joined) && !joined.join(&other, |_, _| false, |_| added += 1));
        }
    }
}
