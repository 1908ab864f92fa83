//! From many records to their entries, hashed together.

use std::collections::VecDeque;

use crdt_merge_kernels::Sha256Batch;

use super::leaf::{Hasher, field_position, key_at};
use super::store::Entry;
use crate::error::Result;
use crate::types::delta::Record;
use crate::value::Value;

/// Records that are hashed at once.
const RECORDS: usize = Sha256Batch::GROUP;

/// Makes entries of records; a record that fails comes before those that were taken in with it.
pub(super) struct Entries<'a, I> {
    records: I,
    key_field: &'a str,
    hasher: Hasher,
    batch: Sha256Batch,
    /// Entries with their hashes.
    ready: VecDeque<Entry>,
}

impl<'a, I: Iterator<Item = Record>> Entries<'a, I> {
    pub(super) fn new(records: I, key_field: &'a str) -> Self {
        Entries { records, key_field, hasher: Hasher::default(), batch: Sha256Batch::new(), ready: VecDeque::new() }
    }

    /// Takes in and hashes the next records.
    fn refill(&mut self) -> Result<()> {
        self.batch.clear();
        while self.ready.len() < RECORDS
            && let Some(record) = self.records.next()
        {
            self.take(record)?;
        }
        for (entry, hash) in self.ready.iter_mut().zip(self.batch.digests()) {
            entry.hash = *hash;
        }
        Ok(())
    }

    /// Takes in a record; its hash follows.
    fn take(&mut self, record: Record) -> Result<()> {
        let position = field_position(&record, self.key_field);
        self.batch.push([self.hasher.text(&record, position)?.as_bytes()]);
        self.ready.push_back(Entry { key: key_at(&record, position), hash: [0; 32], record: Some(Value::Map(record)) });
        Ok(())
    }
}

impl<I: Iterator<Item = Record>> Iterator for Entries<'_, I> {
    type Item = Result<Entry>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ready.is_empty()
            && let Err(error) = self.refill()
        {
            self.ready.clear();
            return Some(Err(error));
        }
        self.ready.pop_front().map(Ok)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let (least, most) = self.records.size_hint();
        let ready = self.ready.len();
        (least.saturating_add(ready), most.and_then(|most| most.checked_add(ready)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Map;

    fn record(id: usize) -> Result<Record> {
        let text = "x".repeat(id * 37 % 300);
        Map::from_pairs(vec![("id".into(), (id as i64).into()), ("text".into(), text.into())])
    }

    #[test]
    fn entries_are_those_of_one_record_at_a_time() -> Result<()> {
        for count in [0, 1, RECORDS - 1, RECORDS, RECORDS + 1, 5 * RECORDS + 7] {
            let records = (0..count).map(record).collect::<Result<Vec<_>>>()?;
            let mut hasher = Hasher::default();
            let expected: Result<Vec<_>> = records.iter().map(|record| hasher.entry(record.clone(), "id")).collect();
            let entries = Entries::new(records.into_iter(), "id");
            assert_eq!(entries.size_hint(), (count, Some(count)));
            assert_eq!(entries.collect::<Result<Vec<_>>>()?, expected?);
        }
        Ok(())
    }

    #[test]
    fn a_record_without_text_fails_and_the_next_ones_follow() -> Result<()> {
        let inner = Map::from_pairs(vec![(Value::Bytes(vec![1]), Value::Null)])?;
        let bad = Map::from_pairs(vec![("inner".into(), Value::Map(inner))])?;
        let mut entries = Entries::new([record(0)?, bad, record(2)?].into_iter(), "id");
        assert!(entries.next().is_some_and(|entry| entry.is_err()));
        assert_eq!(entries.next().transpose()?.map(|entry| entry.key), Some("2".into()));
        assert!(entries.next().is_none());
        Ok(())
    }
}
