use super::MerkleTree;
use super::store::Entry;

/// The keys in which two Merkle trees differ; every list is sorted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MerkleDiff {
    /// All keys that differ.
    pub differing_keys: Vec<String>,
    /// Keys that only the left tree has.
    pub only_in_left: Vec<String>,
    /// Keys that only the right tree has.
    pub only_in_right: Vec<String>,
    /// Keys that both have, with different content hashes.
    pub common_different: Vec<String>,
    /// What the report calls comparisons: 1 when the keyed roots are equal, else 1 and one for each common key, however few
    /// of them were looked at.
    pub comparisons_made: u64,
}

impl MerkleDiff {
    /// Whether no key differs.
    pub fn is_identical(&self) -> bool {
        self.differing_keys.is_empty()
    }

    fn note(&mut self, left: Option<&Entry>, right: Option<&Entry>) {
        let list = match (left, right) {
            (Some(left), Some(right)) if left.hash == right.hash => return,
            (Some(_), Some(_)) => &mut self.common_different,
            (Some(_), None) => &mut self.only_in_left,
            (None, _) => &mut self.only_in_right,
        };
        let Some(key) = left.or(right).map(|entry| entry.key.to_string()) else { return };
        list.push(key.clone());
        self.differing_keys.push(key);
    }
}

impl MerkleTree {
    /// The keys in which this tree, the left one, differs from another.
    ///
    /// Only stretches of keys whose digests differ are looked into, whatever records came, went or changed. Digests are kept:
    /// the first diff of a tree computes all of them, later ones those of the stretches that have changed since.
    pub fn diff(&self, other: &MerkleTree) -> MerkleDiff {
        let mut diff = MerkleDiff::default();
        self.store.compare(&other.store, &mut |left, right| diff.note(left, right));
        let common = self.len() - diff.only_in_left.len();
        let comparisons = if self.has_keyed_root_of(other, &diff) { 1 } else { 1 + common };
        diff.comparisons_made = comparisons as u64;
        diff
    }

    /// Whether the keyed roots are equal. Roots of the same records in groups of different size are equal only when there is
    /// a single group.
    fn has_keyed_root_of(&self, other: &MerkleTree, diff: &MerkleDiff) -> bool {
        let narrower = self.branching_factor.min(other.branching_factor) as usize;
        diff.is_identical() && (self.branching_factor == other.branching_factor || self.len() <= narrower)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn tree(keys: &[u32], branching_factor: u32) -> MerkleTree {
        let mut tree = MerkleTree::new().with_branching_factor(branching_factor);
        keys.iter().for_each(|key| tree.insert_hash(&key.to_string(), [*key as u8; 32]));
        tree
    }

    #[test]
    fn every_difference_is_listed_once() {
        let left = tree(&[1, 2, 3], 16);
        let mut right = tree(&[2, 3, 4], 16);
        right.insert_hash("3", [0; 32]);
        let diff = left.diff(&right);
        assert_eq!(diff.differing_keys, ["1", "3", "4"]);
        assert_eq!((&diff.only_in_left[..], &diff.only_in_right[..]), (&["1".to_owned()][..], &["4".to_owned()][..]));
        assert_eq!(diff.common_different, ["3"]);
        assert_eq!((diff.comparisons_made, diff.is_identical()), (3, false));
        assert_eq!(tree(&[], 16).diff(&right).only_in_right, ["2", "3", "4"]);
        assert_eq!(right.diff(&tree(&[], 16)).only_in_left, ["2", "3", "4"]);
    }

    #[test]
    fn many_changes_are_found_as_by_comparing_everything() {
        let mut random = 1_u64;
        let mut draw = |below: u64| {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (random >> 33) % below
        };
        let base: BTreeMap<String, u8> = (0..5_000).map(|_| (draw(20_000).to_string(), draw(3) as u8)).collect();
        for changes in [0, 1, 2, 10, 300, 6_000] {
            let mut other = base.clone();
            for _ in 0..changes {
                let key = draw(20_000).to_string();
                match draw(2) {
                    0 => other.remove(&key),
                    _ => other.insert(key, draw(3) as u8),
                };
            }
            let (left, right) = (of_map(&base), of_map(&other));
            for (a, b, (left, right)) in [(&base, &other, (&left, &right)), (&other, &base, (&right, &left))] {
                let diff = left.diff(right);
                assert_eq!(diff.only_in_left, keys_where(a, |key, _| !b.contains_key(key)));
                assert_eq!(diff.only_in_right, keys_where(b, |key, _| !a.contains_key(key)));
                assert_eq!(
                    diff.common_different,
                    keys_where(a, |key, hash| b.get(key).is_some_and(|other| other != hash))
                );
                assert_eq!(diff.is_identical(), left.keyed_root_hash() == right.keyed_root_hash());
            }
        }
    }

    /// A tree that was edited into holding these records.
    fn of_map(records: &BTreeMap<String, u8>) -> MerkleTree {
        let mut tree = tree(&(0..20_000).step_by(7).collect::<Vec<_>>(), 16);
        records.iter().for_each(|(key, hash)| tree.insert_hash(key, [*hash; 32]));
        let stray: Vec<_> = tree.keys().filter(|key| !records.contains_key(*key)).map(str::to_owned).collect();
        stray.iter().for_each(|key| assert!(tree.remove(key)));
        tree
    }

    fn keys_where(records: &BTreeMap<String, u8>, is_wanted: impl Fn(&String, &u8) -> bool) -> Vec<String> {
        records.iter().filter(|(key, hash)| is_wanted(key, hash)).map(|(key, _)| key.clone()).collect()
    }

    #[test]
    fn records_that_differ_in_the_key_alone_are_different() {
        let mut left = MerkleTree::new();
        left.insert_hash("1", [7; 32]);
        let mut right = MerkleTree::new();
        right.insert_hash("2", [7; 32]);
        assert_eq!(left.root_hash(), right.root_hash());
        assert_eq!(left.diff(&right).differing_keys, ["1", "2"]);
    }

    #[test]
    fn comparisons_are_one_exactly_when_keyed_roots_are_equal() {
        for count in 0..12 {
            let keys: Vec<_> = (0..count).collect();
            for (a, b) in [(2, 2), (2, 3), (3, 8), (8, 9), (9, 8)] {
                let (left, right) = (tree(&keys, a), tree(&keys, b));
                let is_one = left.diff(&right).comparisons_made == 1;
                assert_eq!(
                    is_one,
                    left.keyed_root_hash() == right.keyed_root_hash(),
                    "{count} records, {a} and {b} children"
                );
            }
        }
    }
}
