//! The list of places where our answer may differ from the reference's.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use serde::Deserialize;

const LIST: &str = include_str!("../deviations.toml");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    deviation: Vec<Deviation>,
}

/// One entry of the list.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deviation {
    /// As in the judgements.
    pub id: String,
    /// Lines of `spec/deviations.md` that say the same.
    pub spec: Vec<String>,
    /// Types it is allowed for.
    pub kinds: Vec<String>,
    /// Releases of the reference it applies to.
    pub releases: Vec<String>,
    /// The function that decides whether a difference has this reason.
    pub predicate: String,
    /// Why our answer differs.
    pub reason: String,
}

/// All entries by id.
pub fn list() -> Result<BTreeMap<String, Deviation>> {
    let list: List = toml::from_str(LIST).context("reading deviations.toml")?;
    Ok(list.deviation.into_iter().map(|entry| (entry.id.clone(), entry)).collect())
}

impl Deviation {
    /// Whether a difference of this type with this release may have this reason.
    pub fn allows(&self, kind: &str, release: &str) -> bool {
        self.kinds.iter().any(|known| known == kind) && self.releases.iter().any(|known| known == release)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_entry_says_what_it_must() {
        let list = list().unwrap();
        assert!(!list.is_empty());
        let specified = include_str!("../../../spec/deviations.md");
        for entry in list.values() {
            assert!(!entry.kinds.is_empty() && !entry.releases.is_empty(), "{}", entry.id);
            assert!(entry.spec.iter().all(|id| specified.contains(&format!("| {id} |"))), "{}", entry.id);
            assert!(
                !entry.spec.is_empty() && entry.reason.ends_with('.') && entry.predicate.contains('.'),
                "{}",
                entry.id
            );
        }
    }
}
