use super::{EvolutionPolicy, Schema, SchemaChange};
use crate::names::Name;
use crate::value::JsonValue;

/// The result of an evolution: tag 0x45. Made by [`super::evolve`] or read from a frame; it has no join.
///
/// Columns stand in the order in which they were processed: those of both schemas, then those of the old one alone, then those
/// of the new one alone, each group by name.
///
/// ```
/// # use crdt_merge_protocol::{Framed, types::schema_evolution::{EvolutionOptions, Schema, evolve}};
/// let old: Schema = [("a", "int32"), ("b", "bool")].into_iter().collect();
/// let new: Schema = [("a", "int64"), ("b", "str")].into_iter().collect();
/// let evolution = evolve(&old, &new, &EvolutionOptions::default());
/// assert!(!evolution.is_compatible());
/// assert_eq!(evolution.warnings(), ["Column 'b': incompatible types 'bool' vs 'str', keeping old type 'bool'"]);
/// assert_eq!(evolution.resolved_schema().iter().collect::<Vec<_>>(), [("a", "int64"), ("b", "bool")]);
/// # Ok::<(), crdt_merge_protocol::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchemaEvolution {
    pub(super) resolved_schema: Schema,
    pub(super) changes: Vec<SchemaChange>,
    pub(super) defaults: Vec<(Name, JsonValue)>,
    pub(super) policy: EvolutionPolicy,
    pub(super) is_compatible: bool,
    pub(super) warnings: Vec<String>,
    pub(super) renames: Vec<ColumnRename>,
}

/// A column that was given another name after an evolution. Release 0.11.0 of the reference notes it; it is kept and passed on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnRename {
    pub(super) old_name: Name,
    pub(super) new_name: Name,
    pub(super) version: Option<Name>,
}

impl ColumnRename {
    /// The name before.
    pub fn old_name(&self) -> &str {
        &self.old_name
    }

    /// The name after.
    pub fn new_name(&self) -> &str {
        &self.new_name
    }

    /// The version of the schema that the new name came with.
    pub fn version(&self) -> Option<&str> {
        self.version.as_deref()
    }
}

impl SchemaEvolution {
    /// The schema that serves both.
    pub fn resolved_schema(&self) -> &Schema {
        &self.resolved_schema
    }

    /// One entry per column of either schema.
    pub fn changes(&self) -> &[SchemaChange] {
        &self.changes
    }

    /// Columns that only one schema has and that were kept, with the value for rows of the other one.
    pub fn defaults(&self) -> impl Iterator<Item = (&str, &JsonValue)> {
        self.defaults.iter().map(|(column, value)| (column.as_str(), value))
    }

    /// The policy that was asked for.
    pub fn policy(&self) -> EvolutionPolicy {
        self.policy
    }

    /// Whether every column found a type that the policy and the options allow.
    pub fn is_compatible(&self) -> bool {
        self.is_compatible
    }

    /// One sentence per column that was narrowed or found no type. Peers compare these texts, so their wording is fixed.
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// Columns that were given another name afterwards.
    pub fn renames(&self) -> &[ColumnRename] {
        &self.renames
    }
}
