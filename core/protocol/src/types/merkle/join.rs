use std::cmp::Ordering;

use super::MerkleTree;
use super::state::Roots;
use super::store::Entry;
use crate::error::Result;
use crate::join::{Changed, Join, Observer};
use crate::order::{compare_bytes, compare_nan_bits};

/// Record by record the greater hash, of equal hashes the greater compact bytes; the greater branching factor.
impl Join for MerkleTree {
    fn join_with<O: Observer>(&mut self, other: &Self, observer: &mut O) -> Result<Changed> {
        let mut added = Vec::new();
        let combine = |here: &mut Entry, there: &Entry| join_entry(here, there, observer);
        let moved = self.store.join(&other.store, combine, |entry| added.push(entry.key.clone()));
        added.iter().for_each(|key| observer.changed(key));
        let widened = other.branching_factor > self.branching_factor;
        self.branching_factor = self.branching_factor.max(other.branching_factor);
        if moved || widened {
            self.roots = Roots::default();
        }
        let carried = self.extensions.join(&other.extensions);
        Ok(Changed::from_bool(moved || widened || carried))
    }
}

/// Keeps the greater entry of one key; true if that is the other one.
fn join_entry<O: Observer>(here: &mut Entry, there: &Entry, observer: &mut O) -> bool {
    if here == there {
        return false;
    }
    if here.hash != there.hash || (here.record.is_some() && there.record.is_some()) {
        // Hashes say nothing about age: bytes decide every conflict.
        observer.conflict(&here.key);
        observer.tie(&here.key);
    }
    let moved = compare(there, here) == Ordering::Greater;
    if moved {
        here.clone_from(there);
        observer.changed(&here.key);
    }
    moved
}

/// Hash, then the compact bytes of the record; no record is lowest.
fn compare(a: &Entry, b: &Entry) -> Ordering {
    a.hash.cmp(&b.hash).then_with(|| match (&a.record, &b.record) {
        (Some(a), Some(b)) => compare_bytes(a, b).then_with(|| compare_nan_bits(a, b)),
        (a, b) => a.is_some().cmp(&b.is_some()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::join::MergeReport;
    use crate::value::{Map, Value};

    fn tree(entries: &[(&str, u8, Option<Value>)]) -> Result<MerkleTree> {
        let mut tree = MerkleTree::new();
        let entries = entries.iter().map(|(key, hash, value)| {
            let record =
                value.clone().map(|value| Map::from_pairs(vec![("v".into(), value)]).map(Value::Map)).transpose()?;
            Ok(Entry { key: (*key).into(), hash: [*hash; 32], record })
        });
        tree.store = super::super::store::Store::try_collect(entries)?;
        Ok(tree)
    }

    fn both_ways(a: &MerkleTree, b: &MerkleTree) -> Result<MerkleTree> {
        let joined = a.joined(b)?;
        assert_eq!(joined, b.joined(a)?);
        assert_eq!(joined.keyed_root_hash(), b.joined(a)?.keyed_root_hash());
        assert_eq!(joined.joined(b)?, joined);
        Ok(joined)
    }

    #[test]
    fn the_greater_hash_wins_and_brings_its_record() -> Result<()> {
        let joined = both_ways(&tree(&[("k", 1, Some(9.into())), ("l", 0, None)])?, &tree(&[("k", 2, None)])?)?;
        assert_eq!(joined, tree(&[("k", 2, None), ("l", 0, None)])?);
        Ok(())
    }

    #[test]
    fn of_one_hash_the_greater_record_stays() -> Result<()> {
        let values = [None, Some(Value::Int(1)), Some(Value::from("1")), Some(Value::Float(1.0)), Some(Value::Int(2))];
        for a in &values {
            for b in &values {
                let greater = std::cmp::max_by_key(a, b, |value| value.as_ref().map(crate::wire::encode_value));
                let joined = both_ways(&tree(&[("k", 1, a.clone())])?, &tree(&[("k", 1, b.clone())])?)?;
                assert_eq!(joined, tree(&[("k", 1, greater.clone())])?);
            }
        }
        Ok(())
    }

    #[test]
    fn mixed_branching_factors_take_the_greater_and_agree_on_the_root() -> Result<()> {
        let records: Vec<_> = (0..50_u8).map(|number| (format!("{number}"), number)).collect();
        let entries: Vec<_> = records.iter().map(|(key, hash)| (key.as_str(), *hash, None)).collect();
        let narrow = tree(&entries)?.with_branching_factor(2);
        let wide = tree(&entries[..20])?.with_branching_factor(7);
        let joined = both_ways(&narrow, &wide)?;
        assert_eq!(joined.branching_factor(), 7);
        assert_eq!(joined.root_hash(), wide.joined(&narrow)?.root_hash());
        Ok(())
    }

    #[test]
    fn kept_roots_are_void_after_a_join() -> Result<()> {
        let mut here = tree(&[("k", 1, None)])?;
        let there = tree(&[("k", 2, None)])?;
        assert_ne!((here.keyed_root_hash(), here.root_hash()), (there.keyed_root_hash(), there.root_hash()));
        assert!(here.join(&there)?.is_yes());
        assert_eq!((here.keyed_root_hash(), here.root_hash()), (there.keyed_root_hash(), there.root_hash()));
        Ok(())
    }

    #[test]
    fn conflicts_are_those_of_two_contents() -> Result<()> {
        let report = |a, b| MergeReport::with_keys().of(&mut tree(&[a])?, &tree(&[b])?);
        let other = report(("k", 1, None), ("k", 2, None))?;
        assert_eq!((other.changed, other.conflicts, other.ties), (true, 1, 1));
        assert_eq!(other.changed_keys.as_deref(), Some(&["k".to_owned()][..]));
        let completed = report(("k", 1, None), ("k", 1, Some(1.into())))?;
        assert_eq!((completed.changed, completed.conflicts), (true, 0));
        let new = report(("k", 1, None), ("l", 1, None))?;
        assert_eq!((new.changed, new.conflicts), (true, 0));
        assert_eq!(report(("k", 1, None), ("k", 1, None))?, MergeReport::with_keys());
        Ok(())
    }
}
