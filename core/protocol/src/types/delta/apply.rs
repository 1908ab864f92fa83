//! Applying a delta to records.

use std::collections::HashSet;

use super::key::{Index, Key, Places};
use super::{Delta, Record};

/// Where a record of the result comes from.
#[derive(Clone, Copy)]
enum Source<'a> {
    /// The record at this position of the input.
    Kept(usize),
    Put(&'a Record),
}

impl Delta {
    /// The records after this change: removals first, then modified and added records.
    ///
    /// A removal takes every record whose key has its text, so `"1"` removes the integer and the text. A modified or added record
    /// takes the place of the record with its key, or goes to the end. Records without a key are left out, and of records
    /// with equal keys the last one stays, at the place of the first.
    ///
    /// A modified record replaces the old one as a whole; merging column by column is what tables do.
    pub fn apply(&self, records: Vec<Record>, key: &str) -> Vec<Record> {
        let plan = self.plan(&records, key);
        let mut records: Vec<_> = records.into_iter().map(Some).collect();
        let source = |source| match source {
            Source::Kept(position) => records.get_mut(position).and_then(Option::take),
            Source::Put(record) => Some(record.clone()),
        };
        plan.into_iter().filter_map(source).collect()
    }

    fn plan(&self, records: &[Record], field: &str) -> Vec<Source<'_>> {
        let removed: HashSet<&str> = self.removed.iter().map(String::as_str).collect();
        let stays = |key: Key<'_>| removed.is_empty() || !removed.contains(&*key.text());
        let mut plan = Plan::default();
        for (key, position) in Index::of(records, field).entries.into_iter().filter(|(key, _)| stays(*key)) {
            plan.put(key, Source::Kept(position));
        }
        for record in self.modified.iter().chain(&self.added) {
            if let Some(key) = Key::of(record, field) {
                plan.put(key, Source::Put(record));
            }
        }
        plan.sources
    }
}

#[derive(Default)]
struct Plan<'delta, 'keys> {
    sources: Vec<Source<'delta>>,
    places: Places<'keys>,
}

impl<'delta, 'keys> Plan<'delta, 'keys> {
    /// Puts a source under its key: in place if the key is there, else at the end.
    fn put(&mut self, key: Key<'keys>, source: Source<'delta>) {
        match self.places.claim(key, self.sources.len()).and_then(|place| self.sources.get_mut(place)) {
            Some(here) => *here = source,
            None => self.sources.push(source),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Result;
    use crate::value::Value;

    fn row(id: impl Into<Value>, v: i32) -> Result<Record> {
        Record::from_pairs(vec![("id".into(), id.into()), ("v".into(), v.into())])
    }

    #[test]
    fn removals_go_by_the_text_of_any_key() -> Result<()> {
        let records = vec![row(1, 0)?, row("1", 0)?, row(1.5, 0)?, row(true, 0)?, row(f64::NAN, 0)?, row(2, 0)?];
        let removed = ["1", "1.5", "True", "nan"].map(str::to_owned).to_vec();
        let delta = Delta { removed, ..Delta::default() };
        assert_eq!(delta.apply(records, "id"), [row(2, 0)?]);
        Ok(())
    }

    #[test]
    fn what_is_put_takes_the_place_of_its_key() -> Result<()> {
        let delta = Delta {
            modified: vec![row(2.0, 9)?],
            added: vec![row(3, 1)?, row(1, 8)?],
            removed: vec!["1".into()],
            ..Delta::default()
        };
        let records = vec![row(1, 0)?, row(2, 0)?, Record::new(), row(4, 0)?, row(4, 7)?];
        assert_eq!(delta.apply(records, "id"), [row(2.0, 9)?, row(4, 7)?, row(3, 1)?, row(1, 8)?]);
        Ok(())
    }
}
