//! Merkle trees of records.

use crdt_merge_protocol::{AnyState, MerkleTree, Result, Value};

use super::states::not_for;
use super::states::operations::state;
use crate::arguments::{all_words, bad_argument, int, member, optional, pairs, text, value, words};
use crate::datum::Datum;
use crate::handles;

/// Puts records under their keys; the member `key_field` names a field that hashes leave out.
pub(crate) fn tree_put(input: &Datum) -> Result<Datum> {
    let state = state(input)?;
    let records = pairs(member(input, "records")?)?.iter().map(|(key, record)| match value(record)? {
        Value::Map(record) => Ok((words(key)?, record)),
        _ => Err(bad_argument("a record is a map")),
    });
    let records: Vec<_> = records.collect::<Result<_>>()?;
    let mut held = state.write();
    let AnyState::MerkleTree(tree) = &mut *held else { return Err(not_for("merkle_tree", &held)) };
    for (key, record) in records {
        match optional(input, "key_field") {
            Some(_) => tree.insert_keyed(record, text(input, "key_field")?)?,
            None => tree.insert(key, record)?,
        }
    }
    Ok(Datum::Null)
}

/// Removes keys. How many were there.
pub(crate) fn tree_remove(input: &Datum) -> Result<Datum> {
    let state = state(input)?;
    let keys = all_words(member(input, "keys")?)?;
    let mut held = state.write();
    let AnyState::MerkleTree(tree) = &mut *held else { return Err(not_for("merkle_tree", &held)) };
    Ok(Datum::count(keys.into_iter().filter(|key| tree.remove(key)).count() as u64))
}

fn with_tree<T>(input: &Datum, look: impl FnOnce(&MerkleTree) -> T) -> Result<T> {
    let state = state(input)?;
    let held = state.read();
    match &*held {
        AnyState::MerkleTree(tree) => Ok(look(tree)),
        other => Err(not_for("merkle_tree", other)),
    }
}

/// Roots and sizes.
pub(crate) fn tree_info(input: &Datum) -> Result<Datum> {
    with_tree(input, |tree| {
        Datum::map([
            ("root", Datum::Text(tree.root_hash())),
            ("keyed_root", Datum::Bytes(tree.keyed_root_hash().to_vec())),
            ("height", Datum::int(tree.height())),
            ("len", Datum::count(tree.len() as u64)),
            ("branching_factor", Datum::int(tree.branching_factor())),
        ])
    })
}

/// The keys in order.
pub(crate) fn tree_keys(input: &Datum) -> Result<Datum> {
    with_tree(input, |tree| Datum::texts(tree.keys()))
}

/// The hash and, where it is known, the record at each of some keys; null for a key that is not there.
pub(crate) fn tree_get(input: &Datum) -> Result<Datum> {
    let keys = all_words(member(input, "keys")?)?;
    with_tree(input, |tree| {
        let entry = |key: &str| {
            let hash = tree.hash(key)?;
            let record = tree.record(key).map_or(Datum::Null, |record| Datum::from(&Value::Map(record.clone())));
            Some(Datum::map([("hash", Datum::Bytes(hash.to_vec())), ("record", record)]))
        };
        Datum::List(keys.iter().map(|key| entry(key).unwrap_or(Datum::Null)).collect())
    })
}

/// The keys that differ between two trees.
pub(crate) fn tree_diff(input: &Datum) -> Result<Datum> {
    let other = handles::state(int(input, "other")?)?;
    state(input)?.with_both(&other, |here, there| match (here, there) {
        (AnyState::MerkleTree(here), AnyState::MerkleTree(there)) => Ok(crate::operations::differing(here.diff(there))),
        (AnyState::MerkleTree(_), other) | (other, _) => Err(not_for("merkle_tree", other)),
    })
}
