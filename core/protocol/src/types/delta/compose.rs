//! Several deltas as one.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use foldhash::quality::RandomState;

use super::key::Key;
use super::{Delta, Record};

type KeyText<'a> = Cow<'a, str>;

impl Delta {
    /// One delta with the effect of several, applied in their order.
    ///
    /// `apply(compose([a, b]))` gives the records of `apply(a)` followed by `apply(b)`, and grouping does not matter, both up to the
    /// order of records and as long as a key keeps its spelling and no two keys share a text (as `1` and `"1"` do): deltas name
    /// what they remove by text, so nothing else is known here. Version and stamp are the largest of the inputs, the source
    /// is theirs if all agree, removed keys are sorted.
    pub fn compose(deltas: &[Delta], key: &str) -> Delta {
        let mut net = Net::default();
        deltas.iter().for_each(|delta| net.follow(delta, key));
        Delta {
            added: net.added.into_records(),
            modified: net.modified.into_records(),
            removed: sorted(net.removed),
            version: deltas.iter().map(|delta| delta.version).max().unwrap_or_default(),
            timestamp: deltas.iter().map(|delta| delta.timestamp).max_by(|a, b| a.cmp_total(b)).unwrap_or_default(),
            source_node: common_source(deltas),
        }
    }
}

fn common_source(deltas: &[Delta]) -> String {
    let Some(first) = deltas.first() else { return String::new() };
    let agree = deltas.iter().all(|delta| delta.source_node == first.source_node);
    if agree { first.source_node.clone() } else { String::new() }
}

fn sorted(texts: HashSet<KeyText<'_>, RandomState>) -> Vec<String> {
    let mut texts: Vec<_> = texts.into_iter().map(Cow::into_owned).collect();
    texts.sort_unstable();
    texts
}

/// The net effect so far. A key text stands in at most one of the three parts.
#[derive(Default)]
struct Net<'a> {
    added: Named<'a>,
    modified: Named<'a>,
    removed: HashSet<KeyText<'a>, RandomState>,
}

impl<'a> Net<'a> {
    fn follow(&mut self, delta: &'a Delta, field: &str) {
        let named = |record: &'a Record| Key::of(record, field).map(|key| (key.text(), record));
        delta.removed.iter().for_each(|text| self.remove(text));
        delta.modified.iter().filter_map(named).for_each(|(text, record)| self.modify(text, record));
        delta.added.iter().filter_map(named).for_each(|(text, record)| self.add(text, record));
    }

    fn remove(&mut self, text: &'a str) {
        self.added.drop(text);
        self.modified.drop(text);
        self.removed.insert(Cow::Borrowed(text));
    }

    fn modify(&mut self, text: KeyText<'a>, record: &'a Record) {
        if self.removed.remove(&text) || self.added.contains(&text) {
            self.added.put(text, record);
        } else {
            self.modified.put(text, record);
        }
    }

    fn add(&mut self, text: KeyText<'a>, record: &'a Record) {
        self.removed.remove(&text);
        self.modified.drop(&text);
        self.added.put(text, record);
    }
}

/// Records by key text, in the order in which their texts came.
#[derive(Default)]
struct Named<'a> {
    records: Vec<Option<&'a Record>>,
    places: HashMap<KeyText<'a>, usize, RandomState>,
}

impl<'a> Named<'a> {
    fn contains(&self, text: &str) -> bool {
        self.places.contains_key(text)
    }

    fn put(&mut self, text: KeyText<'a>, record: &'a Record) {
        let place = *self.places.entry(text).or_insert(self.records.len());
        match self.records.get_mut(place) {
            Some(here) => *here = Some(record),
            None => self.records.push(Some(record)),
        }
    }

    fn drop(&mut self, text: &str) {
        if let Some(here) = self.places.remove(text).and_then(|place| self.records.get_mut(place)) {
            *here = None;
        }
    }

    fn into_records(self) -> Vec<Record> {
        self.records.into_iter().flatten().cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Result;
    use crate::stamp::Stamp;
    use crate::value::Value;

    /// A small stream of numbers that is the same in every run.
    struct Dice(u64);

    impl Dice {
        fn below(&mut self, bound: u64) -> i64 {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            i64::try_from((self.0 >> 33) % bound).unwrap_or(0)
        }

        fn records(&mut self) -> Result<Vec<Record>> {
            (0..self.below(6)).map(|_| row(self.below(5), self.below(3))).collect()
        }

        /// Any delta at all, not only one between two lists.
        fn delta(&mut self) -> Result<Delta> {
            let removed = (0..self.below(4)).map(|_| self.below(5).to_string()).collect();
            let (version, timestamp) = (self.below(9), Stamp::from_micros(self.below(9)));
            let source_node = if self.below(2) == 0 { "a" } else { "b" }.to_owned();
            Ok(Delta { added: self.records()?, modified: self.records()?, removed, version, timestamp, source_node })
        }
    }

    fn row(id: i64, v: i64) -> Result<Record> {
        Record::from_pairs(vec![("id".into(), id.into()), ("v".into(), v.into())])
    }

    fn by_key(mut records: Vec<Record>) -> Vec<Record> {
        records.sort_by_key(|record| record.field("id").map(Value::py_str));
        records
    }

    fn without_order(delta: Delta) -> Delta {
        Delta { added: by_key(delta.added), modified: by_key(delta.modified), ..delta }
    }

    #[test]
    fn composing_has_the_net_effect() -> Result<()> {
        let mut dice = Dice(1);
        for _ in 0..3000 {
            let (records, one, two) = (dice.records()?, dice.delta()?, dice.delta()?);
            let step_by_step = two.apply(one.apply(records.clone(), "id"), "id");
            let at_once = Delta::compose(&[one, two], "id").apply(records, "id");
            assert_eq!(by_key(at_once), by_key(step_by_step));
        }
        Ok(())
    }

    #[test]
    fn grouping_does_not_matter() -> Result<()> {
        let mut dice = Dice(2);
        for _ in 0..3000 {
            let (one, two, three) = (dice.delta()?, dice.delta()?, dice.delta()?);
            let left = Delta::compose(&[Delta::compose(&[one.clone(), two.clone()], "id"), three.clone()], "id");
            let right = Delta::compose(&[one.clone(), Delta::compose(&[two.clone(), three.clone()], "id")], "id");
            let flat = Delta::compose(&[one, two, three], "id");
            assert_eq!(left, flat);
            assert_eq!(without_order(right), without_order(flat));
        }
        Ok(())
    }

    #[test]
    fn head_members_of_nothing_and_of_disagreement() -> Result<()> {
        assert_eq!(Delta::compose(&[], "id"), Delta::default());
        let early =
            Delta { version: -3, timestamp: Stamp::from_micros(-5), source_node: "n".into(), ..Delta::default() };
        assert_eq!(Delta::compose(std::slice::from_ref(&early), "id"), early);
        assert_eq!(Delta::compose(&[early, Delta::default()], "id").source_node, "");
        Ok(())
    }
}
