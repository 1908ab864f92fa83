//! Merkle trees: by key the record with the greater hash. Local writes are edits: they forget what was there.

use std::collections::BTreeMap;

use crdt_merge_protocol::types::delta::Record;
use crdt_merge_protocol::types::merkle::content_hash;
use crdt_merge_protocol::value::Map;
use crdt_merge_protocol::{MerkleTree, Result, Value};

use crate::history::Action;
use crate::oracle::{Atom, Fact, Fresh, Known};
use crate::subject::{Act, Setting, Subject, key, value};

fn record(name: &str, number: u8) -> Result<Record> {
    Map::from_pairs(vec![("id".into(), name.into()), ("v".into(), value(number))])
}

impl Subject for MerkleTree {
    type Reading = BTreeMap<String, (Option<Value>, [u8; 32])>;

    fn empty() -> Self {
        MerkleTree::new()
    }

    fn act(&mut self, action: &Action, _setting: &Setting<'_>) -> Result<Act<Self>> {
        match action {
            Action::Put { key: name, value: number } => {
                let (name, record) = (key(*name), record(&key(*name), *number)?);
                self.insert_keyed(record.clone(), "id")?;
                let fact = Fact::Record(Value::Map(record.clone()), content_hash(&record, "id")?);
                let fresh = Fresh::new(Atom::Key(name.clone()), fact);
                Ok(Act { forgets: vec![Atom::Key(name)], ..Act::of(vec![fresh]) })
            }
            Action::Take { key: name } => {
                self.remove(&key(*name));
                Ok(Act { forgets: vec![Atom::Key(key(*name))], ..Act::nothing() })
            }
            _ => Ok(Act::nothing()),
        }
    }

    fn read(&self) -> Self::Reading {
        let record = |key: &str| self.record(key).cloned().map(Value::Map);
        self.keys().filter_map(|key| Some((key.to_owned(), (record(key), self.hash(key)?)))).collect()
    }

    fn holds(&self, key: &str) -> bool {
        self.contains(key)
    }

    fn reading_of(known: Known<'_>) -> Self::Reading {
        let mut shown: BTreeMap<String, (Option<Value>, [u8; 32])> = BTreeMap::new();
        for (atom, fact) in known.facts() {
            let (Atom::Key(name), Fact::Record(record, hash)) = (atom, fact) else { continue };
            let is_greater = shown.get(name).is_none_or(|(_, before)| before < hash);
            if is_greater {
                shown.insert(name.clone(), (Some(record.clone()), *hash));
            }
        }
        shown
    }
}
