//! Finding out by digests what two nodes have to send each other.

use std::collections::BTreeMap;

use super::{GossipEntry, GossipState};

/// The digest of each entry by key, tombstones among them.
pub type Digests = BTreeMap<String, String>;

/// What two digest maps differ in; every list is sorted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AntiEntropy {
    /// Keys that only the remote side has.
    pub missing_local: Vec<String>,
    /// Keys that only the local side has.
    pub missing_remote: Vec<String>,
    /// Keys that both sides have with different digests.
    pub different: Vec<String>,
}

/// Compares the digests of two nodes.
///
/// Entries with one digest can still differ, see [`GossipEntry::digest`]; nodes that exchange whole states need no digests.
pub fn anti_entropy(local: &Digests, remote: &Digests) -> AntiEntropy {
    AntiEntropy {
        missing_local: keys_without(remote, local),
        missing_remote: keys_without(local, remote),
        different: local
            .iter()
            .filter(|(key, digest)| remote.get(*key).is_some_and(|other| other != *digest))
            .map(|(key, _)| key.clone())
            .collect(),
    }
}

/// Keys of one side that the other lacks.
fn keys_without(side: &Digests, other: &Digests) -> Vec<String> {
    side.keys().filter(|key| !other.contains_key(*key)).cloned().collect()
}

impl GossipState {
    /// The digest of each entry.
    pub fn digests(&self) -> Digests {
        self.entries().map(|entry| (entry.key().to_owned(), entry.digest())).collect()
    }

    /// The entries that a node with these digests lacks or has differently, by key.
    pub fn entries_to_push(&self, remote: &Digests) -> Vec<GossipEntry> {
        self.entries().filter(|entry| remote.get(entry.key()) != Some(&entry.digest())).cloned().collect()
    }

    /// The keys that a node with these digests has and this one lacks or has differently, sorted.
    pub fn keys_to_pull(&self, remote: &Digests) -> Vec<String> {
        let differs = |key: &str, digest: &str| self.entry(key).is_none_or(|entry| entry.digest() != digest);
        remote.iter().filter(|(key, digest)| differs(key, digest)).map(|(key, _)| key.clone()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Result;
    use crate::value::Value;

    #[test]
    fn each_side_learns_what_to_send() -> Result<()> {
        let mut here = GossipState::new("a")?;
        for key in ["same", "other", "mine"] {
            here.update_node("a", key, Value::Int(1), None)?;
        }
        let mut there = GossipState::new("b")?;
        let copies: Vec<_> = here.entries().filter(|entry| entry.key() != "mine").cloned().collect();
        there.apply(&copies)?;
        there.update_node("b", "other", Value::Int(2), None)?;
        there.update_node("b", "theirs", Value::Int(2), None)?;
        let found = anti_entropy(&here.digests(), &there.digests());
        assert_eq!(found.missing_local, ["theirs"]);
        assert_eq!(found.missing_remote, ["mine"]);
        assert_eq!(found.different, ["other"]);
        let pushed = here.entries_to_push(&there.digests());
        assert_eq!(pushed.iter().map(GossipEntry::key).collect::<Vec<_>>(), ["mine", "other"]);
        assert_eq!(here.keys_to_pull(&there.digests()), ["other", "theirs"]);
        let pulled = there.entries_to_push(&here.digests());
        there.apply(&pushed)?;
        here.apply(&pulled)?;
        assert_eq!(here, there);
        assert_eq!(anti_entropy(&here.digests(), &there.digests()), AntiEntropy::default());
        Ok(())
    }
}
