//! Finding what changed.

use sha2::{Digest, Sha256};

use super::key::Index;
use super::{Delta, Record};
use crate::text;
use crate::value::Value;

impl Delta {
    /// What has to be done to `old` to get `new`: version 0, no stamp, no source.
    ///
    /// Of records with one key the last one counts, at the place of the first. Added and modified records stand in the order of
    /// `new`, removed keys in the order of `old`. Two records are the same when they have the same fields with equal values
    /// ([`Value`] equality: `1` and `1.0` differ, null is not a missing field), whatever the order of the fields.
    pub fn compute(old: &[Record], new: &[Record], key: &str) -> Delta {
        let (before, after) = (Index::of(old, key), Index::of(new, key));
        let mut delta = Delta::default();
        for (key, position) in &after.entries {
            let Some(record) = new.get(*position) else { continue };
            match before.position(*key).and_then(|position| old.get(position)) {
                None => delta.added.push(record.clone()),
                Some(earlier) if !is_same(earlier, record) => delta.modified.push(record.clone()),
                Some(_) => {}
            }
        }
        let gone = before.entries.iter().filter(|(key, _)| after.position(*key).is_none());
        delta.removed = gone.map(|(key, _)| key.text().into_owned()).collect();
        delta
    }
}

/// Whether two records have the same fields with equal values.
fn is_same(a: &Record, b: &Record) -> bool {
    a == b || (a.len() == b.len() && by_name(a) == by_name(b))
}

fn by_name(record: &Record) -> Vec<&(Value, Value)> {
    let mut fields: Vec<_> = record.iter().collect();
    fields.sort_unstable();
    fields
}

/// The short hash of a record that the reference shows: the first 16 hexadecimal digits of SHA-256 over `name=text` of every
/// field but the key, sorted by name and joined by `|`.
///
/// Different records can share it (`1` and `"1"` do), so nothing here decides by it.
///
/// ```
/// # use crdt_merge_protocol::{types::delta::record_hash, value::Map};
/// let record = Map::from_pairs(vec![("id".into(), 1.into()), ("v".into(), "a".into())])?;
/// assert_eq!(record_hash(&record, "id"), "0bc7267796a2fa98");
/// # Ok::<(), crdt_merge_protocol::Error>(())
/// ```
pub fn record_hash(record: &Record, key: &str) -> String {
    let others = record.iter().filter(|(name, _)| name.as_text() != Some(key));
    let mut fields: Vec<_> = others.map(|(name, value)| (text::py_str(name), value)).collect();
    fields.sort_by(|(a, _), (b, _)| a.cmp(b));
    let mut hash = Sha256::new();
    for (index, (name, value)) in fields.iter().enumerate() {
        hash.update(if index > 0 { "|" } else { "" });
        hash.update(name);
        hash.update("=");
        hash.update(text::py_str(*value));
    }
    hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Result;

    fn record(fields: &[(&str, Value)]) -> Result<Record> {
        Record::from_pairs(fields.iter().map(|(name, value)| (Value::from(*name), value.clone())).collect())
    }

    #[test]
    fn changes_are_found_by_value_where_the_hash_is_blind() -> Result<()> {
        let old = [record(&[("id", 1.into()), ("v", 1.into())])?];
        let new = [record(&[("id", 1.into()), ("v", "1".into())])?];
        assert_eq!(record_hash(&old[0], "id"), record_hash(&new[0], "id"));
        assert_eq!(Delta::compute(&old, &new, "id").modified, new);
        Ok(())
    }

    #[test]
    fn order_of_fields_is_no_change_but_null_is() -> Result<()> {
        let one = record(&[("id", 1.into()), ("a", 2.into())])?;
        let other = record(&[("a", 2.into()), ("id", 1.into())])?;
        let with_null = record(&[("id", 1.into()), ("a", 2.into()), ("b", Value::Null)])?;
        assert!(Delta::compute(std::slice::from_ref(&one), &[other], "id").is_empty());
        assert_eq!(Delta::compute(&[one], &[with_null], "id").modified.len(), 1);
        Ok(())
    }

    #[test]
    fn the_last_of_equal_keys_counts_at_the_place_of_the_first() -> Result<()> {
        let row = |id: Value, v: i32| record(&[("id", id), ("v", v.into())]);
        let new =
            [row(1.into(), 1)?, row(2.into(), 2)?, row(1.0.into(), 3)?, row(Value::Null, 4)?, row(f64::NAN.into(), 5)?];
        let delta = Delta::compute(&[], &new, "id");
        assert_eq!(delta.added, [new[2].clone(), new[1].clone(), new[4].clone()]);
        assert_eq!(Delta::compute(&new, &new, "id").removed, ["nan"], "NaN equals no key");
        Ok(())
    }
}
