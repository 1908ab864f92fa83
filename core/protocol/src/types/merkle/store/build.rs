//! Stores from many entries at once.

use super::chunk::Chunk;
use super::part::{CHUNK, GROUP, cut_at};
use super::run::Run;
use super::{Entry, Group, Store};
use crate::error::Result;

/// A store in the making, from entries that ascend by key.
#[derive(Default)]
struct Builder {
    groups: Vec<Group>,
    chunks: Vec<Chunk>,
    /// The entries of the next chunk; its memory serves one chunk after the other.
    entries: Vec<Entry>,
}

impl Builder {
    /// Whether the key of an entry comes after all others.
    fn is_next(&self, entry: &Entry) -> bool {
        self.entries.last().is_none_or(|last| last.key < entry.key)
    }

    /// Adds an entry behind all others; one of the last one's key takes its place.
    fn push(&mut self, entry: Entry) {
        match self.entries.last_mut().filter(|last| last.key == entry.key) {
            Some(last) => *last = entry,
            None => self.push_new(entry),
        }
    }

    /// Adds an entry whose key comes after all others.
    fn push_new(&mut self, entry: Entry) {
        let cut = cut_at(&entry.key);
        if cut >= CHUNK {
            self.close_chunk();
        }
        if cut >= GROUP {
            self.close_group();
        }
        self.entries.push(entry);
    }

    fn close_chunk(&mut self) {
        if !self.entries.is_empty() {
            self.chunks.push(Chunk::new(self.entries.drain(..).collect()));
        }
    }

    fn close_group(&mut self) {
        if !self.chunks.is_empty() {
            self.groups.push(Group::new(std::mem::take(&mut self.chunks)));
        }
    }

    fn finish(mut self) -> Store {
        self.close_chunk();
        self.close_group();
        Store { groups: Run::new(self.groups) }
    }
}

impl Store {
    /// A store of entries that ascend by key; of equal keys the last one counts.
    pub(in crate::types::merkle) fn from_sorted(entries: impl IntoIterator<Item = Entry>) -> Self {
        let mut builder = Builder::default();
        entries.into_iter().for_each(|entry| builder.push(entry));
        builder.finish()
    }

    /// A store of entries in any order; of equal keys the last one counts. Fails with the first entry that fails.
    pub(in crate::types::merkle) fn try_collect(mut entries: impl Iterator<Item = Result<Entry>>) -> Result<Self> {
        let mut builder = Builder::default();
        while let Some(entry) = entries.next() {
            let entry = entry?;
            if builder.is_next(&entry) {
                builder.push_new(entry);
            } else {
                return Store::with_stray(builder.finish(), entry, entries);
            }
        }
        Ok(builder.finish())
    }

    /// A store of entries that ascended, of the first one that did not, and of those after it.
    fn with_stray(ascending: Store, stray: Entry, entries: impl Iterator<Item = Result<Entry>>) -> Result<Self> {
        let mut all = Vec::with_capacity(ascending.len() + 1 + entries.size_hint().0);
        all.extend(ascending.into_entries());
        all.push(stray);
        for entry in entries {
            all.push(entry?);
        }
        Ok(Store::from_unsorted(all))
    }

    /// A store of entries in any order; of equal keys the last one counts.
    fn from_unsorted(mut entries: Vec<Entry>) -> Self {
        let order = sorted_positions(&entries);
        Store::from_sorted(order.into_iter().filter_map(|position| entries.get_mut(position).map(std::mem::take)))
    }

    /// The entries by key.
    pub(super) fn into_entries(self) -> impl Iterator<Item = Entry> {
        self.groups.parts.into_iter().flat_map(|group| group.parts).flat_map(|chunk| chunk.entries)
    }
}

/// Positions of entries by key, of equal keys in their order.
///
/// Eight bytes behind what all keys begin with decide most comparisons without a look at the entries.
fn sorted_positions(entries: &[Entry]) -> Vec<usize> {
    let shared = shared_prefix(entries);
    let word = |entry: &Entry| word_at(entry.key.as_bytes(), shared);
    let mut order: Vec<_> = entries.iter().enumerate().map(|(position, entry)| (word(entry), position)).collect();
    let key = |position: usize| entries.get(position).map(|entry| &entry.key);
    order.sort_unstable_by(|(a_word, a), (b_word, b)| {
        a_word.cmp(b_word).then_with(|| key(*a).cmp(&key(*b))).then_with(|| a.cmp(b))
    });
    order.into_iter().map(|(_, position)| position).collect()
}

/// How many bytes all keys begin with alike.
fn shared_prefix(entries: &[Entry]) -> usize {
    let Some((first, rest)) = entries.split_first() else { return 0 };
    let first = first.key.as_bytes();
    rest.iter().fold(first.len(), |shared, entry| {
        let pairs = first.iter().zip(entry.key.as_bytes()).take(shared);
        pairs.take_while(|(a, b)| a == b).count()
    })
}

/// The eight bytes from a position, as a number that sorts as they do; zeros where there are none.
fn word_at(bytes: &[u8], position: usize) -> u64 {
    let rest = bytes.get(position..).unwrap_or(&[]);
    if let Some(word) = rest.first_chunk::<8>() {
        return u64::from_be_bytes(*word);
    }
    let word = rest.iter().fold(0, |word, byte| word << 8 | u64::from(*byte));
    word.checked_shl(8 * (8 - rest.len() as u32)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn collect(keys: &[&str]) -> Result<Vec<(String, u8)>> {
        let entry =
            |(version, key): (usize, &&str)| Ok(Entry { key: (*key).into(), hash: [version as u8; 32], record: None });
        let store = Store::try_collect(keys.iter().enumerate().map(entry))?;
        Ok(store.iter().map(|entry| (entry.key.to_string(), entry.hash[0])).collect())
    }

    #[test]
    fn entries_in_any_order_are_sorted_by_all_their_bytes() -> Result<()> {
        let keys = [
            "b",
            "a",
            "",
            "a\0",
            "a\0\0",
            "prefix-0123456789",
            "prefix-01234567",
            "é",
            "prefix-0123456788",
            "b\0",
            "aé",
        ];
        let mut expected: Vec<_> = keys.iter().map(|key| key.to_string()).collect();
        expected.sort_unstable();
        assert_eq!(collect(&keys)?.into_iter().map(|(key, _)| key).collect::<Vec<_>>(), expected);
        let shared: Vec<_> = keys.iter().map(|key| format!("shared {key}")).collect();
        let found = collect(&shared.iter().map(String::as_str).collect::<Vec<_>>())?;
        assert!(found.is_sorted() && found.len() == keys.len());
        Ok(())
    }

    #[test]
    fn of_equal_keys_the_last_entry_counts() -> Result<()> {
        let found = [("a", 1), ("b", 3), ("c", 4)].map(|(key, version)| (key.to_owned(), version));
        assert_eq!(collect(&["b", "a", "b", "b", "c"])?, found);
        assert_eq!(collect(&["a", "a"])?, [("a".to_owned(), 1)]);
        assert_eq!(collect(&[])?, []);
        Ok(())
    }

    #[test]
    fn the_first_failure_ends_it() {
        let failed = Err(crate::Error::new(crate::Code::BadValue, "no"));
        assert!(Store::try_collect([Ok(Entry::default()), failed].into_iter()).is_err());
    }
}
