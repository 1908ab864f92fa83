use super::{Delta, Record};
use crate::stamp::Stamp;

/// Turns successive versions of a list of records into deltas.
///
/// ```
/// # use crdt_merge_protocol::{types::delta::DeltaStore, value::Map, Stamp};
/// # let record = |id: i64| Map::from_pairs(vec![("id".into(), id.into())]);
/// let mut store = DeltaStore::new("id", "office");
/// assert_eq!(store.ingest(vec![record(1)?], Stamp::ZERO), None);
/// let delta = store.ingest(vec![record(1)?, record(2)?], Stamp::from_micros(5)).unwrap();
/// assert_eq!((delta.version, delta.added.len()), (1, 1));
/// # Ok::<(), crdt_merge_protocol::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct DeltaStore {
    key: String,
    node: String,
    /// `None` until the first call: an empty list is a list, and what follows it is a change.
    held: Option<Vec<Record>>,
    version: i64,
}

impl DeltaStore {
    /// A store that has seen nothing, for records with this key field, whose deltas name this source.
    pub fn new(key: impl Into<String>, node: impl Into<String>) -> Self {
        DeltaStore { key: key.into(), node: node.into(), held: None, version: 0 }
    }

    /// Keeps the records and answers what changed since the last call, also when nothing did; `None` on the first call.
    ///
    /// Every answer has the next version number, from 1.
    pub fn ingest(&mut self, records: Vec<Record>, stamp: Stamp) -> Option<Delta> {
        let before = self.held.replace(records)?;
        let after = self.held.as_deref().unwrap_or_default();
        self.version = self.version.saturating_add(1);
        let change = Delta::compute(&before, after, &self.key);
        Some(Delta { version: self.version, timestamp: stamp, source_node: self.node.clone(), ..change })
    }

    /// The records of the last call, `None` before the first.
    pub fn records(&self) -> Option<&[Record]> {
        self.held.as_deref()
    }

    /// The version of the last delta; 0 before the first.
    pub fn version(&self) -> i64 {
        self.version
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Result;

    #[test]
    fn an_empty_list_is_not_a_first_call() -> Result<()> {
        let row = Record::from_pairs(vec![("id".into(), 1.into())])?;
        let mut store = DeltaStore::new("id", "n");
        assert_eq!(store.ingest(vec![row.clone()], Stamp::ZERO), None);
        let emptied = store.ingest(vec![], Stamp::ZERO).map(|delta| (delta.version, delta.removed));
        assert_eq!(emptied, Some((1, vec!["1".to_owned()])));
        let refilled = store.ingest(vec![row.clone()], Stamp::ZERO).map(|delta| (delta.version, delta.added));
        assert_eq!(refilled, Some((2, vec![row])));
        Ok(())
    }
}
