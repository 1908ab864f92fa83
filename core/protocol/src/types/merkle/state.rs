use std::sync::OnceLock;

use crdt_merge_kernels::Sha256Batch;

use super::leaf::{Hasher, field_position, guessed_key_field, key_at};
use super::many::Entries;
use super::roots::{self, KeyedLevels};
use super::store::{Digest, Entry, Store};
use crate::error::Result;
use crate::hex::to_hex;
use crate::names::Name;
use crate::types::delta::Record;
use crate::value::Value;
use crate::wire::Extensions;

/// Children of an inner node unless said otherwise.
pub(super) const DEFAULT_BRANCHING_FACTOR: u32 = 16;
/// Leaves that are hashed at once.
const LEAVES: usize = 4 * Sha256Batch::GROUP;
/// Fewest children of an inner node.
pub(super) const LEAST_BRANCHING_FACTOR: u32 = 2;

/// Records by key with the hashes of their contents, made for finding out quickly where two sets of records differ.
///
/// A content hash covers a record without its key field; the *keyed* root covers keys as well, and everything here that asks
/// whether two trees are equal asks about keys too. The plain root is the reference's, which covers no keys.
///
/// Inserting over a record and removing one are edits, not moves up: joining with a tree that holds the greater hash, or still
/// holds the record, brings it back.
///
/// ```
/// # use crdt_merge_protocol::{MerkleTree, value::Map};
/// # let record = |id: i64, name: &str| Map::from_pairs(vec![("id".into(), id.into()), ("name".into(), name.into())]);
/// let here = MerkleTree::from_records([record(1, "Ann")?, record(2, "Bob")?], "id")?;
/// let mut there = here.clone();
/// there.insert_keyed(record(2, "Bo")?, "id")?;
/// there.insert_keyed(record(3, "Cleo")?, "id")?;
/// let diff = here.diff(&there);
/// assert_eq!(diff.common_different, ["2"]);
/// assert_eq!(diff.only_in_right, ["3"]);
/// # Ok::<(), crdt_merge_protocol::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct MerkleTree {
    pub(super) branching_factor: u32,
    pub(super) store: Store,
    pub(super) roots: Roots,
    pub(super) extensions: Extensions,
}

/// What has been computed of the roots.
#[derive(Debug, Clone, Default)]
pub(super) struct Roots {
    plain: OnceLock<Digest>,
    keyed: OnceLock<KeyedLevels>,
}

impl Default for MerkleTree {
    fn default() -> Self {
        MerkleTree::new()
    }
}

impl MerkleTree {
    /// A tree without records, whose inner nodes have 16 children.
    pub fn new() -> Self {
        MerkleTree::from_store(DEFAULT_BRANCHING_FACTOR, Store::default())
    }

    pub(super) fn from_store(branching_factor: u32, store: Store) -> Self {
        let branching_factor = branching_factor.max(LEAST_BRANCHING_FACTOR);
        MerkleTree { branching_factor, store, roots: Roots::default(), extensions: Extensions::new() }
    }

    /// A tree of entries that ascend by key.
    pub(crate) fn of_entries(branching_factor: u32, entries: impl IntoIterator<Item = Entry>) -> Self {
        MerkleTree::from_store(branching_factor, Store::from_sorted(entries))
    }

    /// The entries by key.
    pub(crate) fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.store.iter()
    }

    /// The same records with another number of children of an inner node; fewer than 2 are taken as 2.
    #[must_use]
    pub fn with_branching_factor(self, branching_factor: u32) -> Self {
        MerkleTree::from_store(branching_factor, self.store)
    }

    /// A tree of records, each under the text of its key field; of records with one key the last counts.
    ///
    /// A record without the field stands under the empty key. Fails with `BAD_VALUE` when a map inside a record has bytes as a
    /// key.
    pub fn from_records(records: impl IntoIterator<Item = Record>, key_field: &str) -> Result<Self> {
        let entries = Entries::new(records.into_iter(), key_field);
        Ok(MerkleTree::from_store(DEFAULT_BRANCHING_FACTOR, Store::try_collect(entries)?))
    }

    /// Puts a record under the text of its key field; see [`MerkleTree::from_records`].
    pub fn insert_keyed(&mut self, record: Record, key_field: &str) -> Result<()> {
        let entry = Hasher::default().entry(record, key_field)?;
        self.put(entry);
        Ok(())
    }

    /// Puts a record under a key; which field holds the key is guessed by [`guessed_key_field`].
    ///
    /// Fails with `BAD_VALUE` when a map inside the record has bytes as a key.
    pub fn insert(&mut self, key: &str, record: Record) -> Result<()> {
        let left_out = field_position(&record, guessed_key_field(&record, key));
        let hash = Hasher::default().content_hash(&record, left_out)?;
        self.put(Entry { key: Name::new(key), hash, record: Some(Value::Map(record)) });
        Ok(())
    }

    /// Puts a content hash under a key, without the record it is of.
    pub fn insert_hash(&mut self, key: &str, hash: [u8; 32]) {
        self.put(Entry { key: Name::new(key), hash, record: None });
    }

    fn put(&mut self, entry: Entry) {
        self.roots.plain.take();
        let digest = self.roots.keyed.get().is_some().then(|| entry.keyed_digest(&mut Vec::new()));
        match (self.store.put(entry), self.roots.keyed.get_mut(), digest) {
            (Some(position), Some(levels), Some(digest)) => levels.replace(position, digest),
            _ => self.roots = Roots::default(),
        }
    }

    /// Takes the record of a key away; true if there was one.
    pub fn remove(&mut self, key: &str) -> bool {
        let removed = self.store.remove(key).is_some();
        if removed {
            self.roots = Roots::default();
        }
        removed
    }

    /// Number of records.
    pub fn len(&self) -> usize {
        self.store.len()
    }

    /// Whether there are no records.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether there is a record, or at least its hash, under a key.
    pub fn contains(&self, key: &str) -> bool {
        self.store.find(key).is_some()
    }

    /// The keys in order.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.store.iter().map(|entry| entry.key.as_str())
    }

    /// The content hash of the record under a key.
    pub fn hash(&self, key: &str) -> Option<[u8; 32]> {
        self.store.find(key).map(|entry| entry.hash)
    }

    /// The record under a key, if it came with its hash.
    pub fn record(&self, key: &str) -> Option<&Record> {
        self.store.find(key)?.record.as_ref()?.as_map()
    }

    /// Most children of an inner node.
    pub fn branching_factor(&self) -> u32 {
        self.branching_factor
    }

    /// Levels from the leaves to the root: 0 without records, 1 with one.
    pub fn height(&self) -> u32 {
        roots::height(self.len(), self.children())
    }

    fn children(&self) -> usize {
        usize::try_from(self.branching_factor).unwrap_or(usize::MAX)
    }

    /// The root as the reference has it, as 64 hexadecimal digits. It does not cover keys.
    ///
    /// It is computed when first asked for, in time linear in the number of records, and kept until the tree changes.
    pub fn root_hash(&self) -> String {
        let root = || roots::plain_root(self.store.iter().map(|entry| entry.hash), self.children());
        to_hex(self.roots.plain.get_or_init(root))
    }

    /// The root over keys and content hashes.
    ///
    /// A leaf is SHA-256 over the byte 0, the length of the key in four bytes, the key and the content hash; an inner node
    /// SHA-256 over the byte 1 and its children, grouped as those of the plain root. Without records it is SHA-256 of the text
    /// `empty`.
    ///
    /// All digests are computed when it is first asked for, and kept: replacing a record then costs one path to the root. A
    /// record that comes or goes shifts the groups, so that the next call computes them anew.
    pub fn keyed_root_hash(&self) -> [u8; 32] {
        self.roots.keyed.get_or_init(|| KeyedLevels::new(self.keyed_leaves(), self.children())).root()
    }

    fn keyed_leaves(&self) -> Vec<Digest> {
        let mut leaves = Vec::with_capacity(self.len());
        let mut batch = Sha256Batch::new();
        for entry in self.store.iter() {
            entry.push_keyed(&mut batch);
            if batch.len() == LEAVES {
                leaves.extend_from_slice(batch.digests());
                batch.clear();
            }
        }
        leaves.extend_from_slice(batch.digests());
        leaves
    }
}

impl Hasher {
    pub(super) fn entry(&mut self, record: Record, key_field: &str) -> Result<Entry> {
        let position = field_position(&record, key_field);
        let hash = self.content_hash(&record, position)?;
        Ok(Entry { key: key_at(&record, position), hash, record: Some(Value::Map(record)) })
    }
}

impl PartialEq for MerkleTree {
    fn eq(&self, other: &Self) -> bool {
        self.branching_factor == other.branching_factor
            && self.len() == other.len()
            && self.store.iter().eq(other.store.iter())
            && self.extensions == other.extensions
    }
}

impl Eq for MerkleTree {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Map;

    fn record(id: i64, text: &str) -> Result<Record> {
        Map::from_pairs(vec![("id".into(), id.into()), ("v".into(), text.into())])
    }

    fn tree(count: i64) -> Result<MerkleTree> {
        let records = (0..count).map(|id| record(id, "x")).collect::<Result<Vec<_>>>()?;
        MerkleTree::from_records(records, "id")
    }

    #[test]
    fn roots_are_those_of_the_specification() -> Result<()> {
        let tree = MerkleTree::from_records([record(1, "x")?, record(2, "y")?], "id")?;
        assert_eq!(tree.root_hash(), "e26e7767c02837705515f1c29f285169cbccd75ad5f58265c739e288865439b1");
        assert_eq!(to_hex(&tree.keyed_root_hash()), "5944e613babda93d6f6297886955fec8e3f44c5f7a0c24298b83d30a90229e85");
        assert_eq!(tree.height(), 2);
        let empty = MerkleTree::new();
        assert_eq!(empty.root_hash(), to_hex(&empty.keyed_root_hash()));
        Ok(())
    }

    #[test]
    fn only_the_keyed_root_sees_keys() -> Result<()> {
        let (one, two) =
            (MerkleTree::from_records([record(1, "x")?], "id")?, MerkleTree::from_records([record(2, "x")?], "id")?);
        assert_eq!(one.root_hash(), two.root_hash());
        assert_ne!(one.keyed_root_hash(), two.keyed_root_hash());
        Ok(())
    }

    #[test]
    fn kept_roots_follow_every_edit() -> Result<()> {
        let mut kept = tree(500)?.with_branching_factor(3);
        for step in 0..60 {
            match step % 3 {
                0 => kept.insert_keyed(record(step * 7, "y")?, "id")?,
                1 => kept.insert_keyed(record(1_000 + step, "y")?, "id")?,
                _ => assert!(kept.remove(&(step * 7 + 1).to_string())),
            }
            let entries: Vec<_> = kept.store.iter().cloned().collect();
            let anew = MerkleTree::from_store(3, Store::from_sorted(entries));
            assert_eq!((kept.keyed_root_hash(), kept.root_hash()), (anew.keyed_root_hash(), anew.root_hash()));
        }
        Ok(())
    }

    #[test]
    fn inserting_guesses_or_is_told_the_key_field() -> Result<()> {
        let mut guessed = MerkleTree::new();
        guessed.insert("1", record(1, "x")?)?;
        assert_eq!(guessed, MerkleTree::from_records([record(1, "x")?], "id")?);
        let mut told = MerkleTree::new();
        told.insert_keyed(record(1, "x")?, "v")?;
        assert_eq!(told.keys().collect::<Vec<_>>(), ["x"]);
        told.insert_keyed(Map::from_pairs(vec![("v".into(), Value::Null)])?, "v")?;
        told.insert_keyed(Map::from_pairs(vec![("w".into(), Value::Null)])?, "v")?;
        assert_eq!(told.keys().collect::<Vec<_>>(), ["", "None", "x"]);
        Ok(())
    }

    #[test]
    fn a_branching_factor_is_at_least_two() -> Result<()> {
        assert_eq!(MerkleTree::new().with_branching_factor(0).branching_factor(), 2);
        let wide = tree(40)?.with_branching_factor(u32::MAX);
        assert_eq!(wide.height(), 2);
        assert_ne!(wide.keyed_root_hash(), tree(40)?.keyed_root_hash());
        Ok(())
    }
}
