//! The evolution itself.

use std::cmp::Ordering;

use super::schema::Column;
use super::{ChangeKind, Schema, SchemaChange, SchemaEvolution, widen};
use crate::names::{Name, NameMap};
use crate::text::text_repr;
use crate::value::JsonValue;

/// What happens to columns that the two schemas do not agree on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum EvolutionPolicy {
    /// Columns of either schema stay; types widen.
    #[default]
    Union,
    /// Only columns of both schemas stay; types widen.
    Intersection,
    /// Columns of either schema stay; the old type wins.
    LeftPriority,
    /// Columns of either schema stay; the new type wins.
    RightPriority,
}

impl EvolutionPolicy {
    const ALL: [EvolutionPolicy; 4] = [Self::Union, Self::Intersection, Self::LeftPriority, Self::RightPriority];

    /// The name in frames.
    pub const fn name(self) -> &'static str {
        match self {
            EvolutionPolicy::Union => "union",
            EvolutionPolicy::Intersection => "intersection",
            EvolutionPolicy::LeftPriority => "left_priority",
            EvolutionPolicy::RightPriority => "right_priority",
        }
    }

    /// The policy of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|policy| policy.name() == name)
    }
}

/// Options of an evolution: by default a union without narrowing, every default null.
#[derive(Debug, Clone, Default)]
pub struct EvolutionOptions {
    policy: EvolutionPolicy,
    defaults: NameMap<JsonValue>,
    allow_narrowing: bool,
}

impl EvolutionOptions {
    /// The same options with another policy.
    #[must_use]
    pub fn with_policy(mut self, policy: EvolutionPolicy) -> Self {
        self.policy = policy;
        self
    }

    /// The same options with the value that a column gets in rows of the schema without it.
    #[must_use]
    pub fn with_default(mut self, column: &str, value: JsonValue) -> Self {
        self.defaults.insert(column, value);
        self
    }

    /// The same options; when allowed, a column whose types do not widen takes the new type instead of being incompatible.
    #[must_use]
    pub fn with_narrowing(mut self, is_allowed: bool) -> Self {
        self.allow_narrowing = is_allowed;
        self
    }
}

/// Evolves an old schema into a new one.
///
/// Under the priority policies a column of both schemas takes the type of that side. Otherwise it takes the type that both
/// [`widen`] to; failing that the new type if narrowing is allowed, and else the old one, which makes the result incompatible.
/// A column of one schema alone is kept with its default, or dropped under [`EvolutionPolicy::Intersection`].
pub fn evolve(old: &Schema, new: &Schema, options: &EvolutionOptions) -> SchemaEvolution {
    let columns = Columns::of(old, new);
    let mut evolution = empty(options.policy, columns.len());
    columns.common.iter().for_each(|(name, old, new)| evolution.push_common(name, old, new, options));
    columns.only_old.iter().for_each(|column| evolution.push_single(*column, ChangeKind::Removed, options));
    columns.only_new.iter().for_each(|column| evolution.push_single(*column, ChangeKind::Added, options));
    evolution
}

/// What stands between two schemas: a sentence about columns of one alone, and one about every column whose types do not
/// [`widen`]. The schemas are compatible when there is none.
///
/// ```
/// # use crdt_merge_protocol::types::schema_evolution::{Schema, check};
/// let old: Schema = [("a", "int")].into_iter().collect();
/// let new: Schema = [("a", "str"), ("b", "str")].into_iter().collect();
/// assert_eq!(check(&old, &new), ["Columns only in schema_b: ['b']", "Column 'a': incompatible types 'int' vs 'str'"]);
/// ```
pub fn check(a: &Schema, b: &Schema) -> Vec<String> {
    let columns = Columns::of(a, b);
    let sides = [("schema_a", &columns.only_old), ("schema_b", &columns.only_new)];
    let alone =
        sides.into_iter().filter(|(_, columns)| !columns.is_empty()).map(|(side, columns)| only_in(side, columns));
    let differ = columns.common.iter().filter(|(_, a, b)| widen(a, b).is_none());
    alone.chain(differ.map(|(name, a, b)| format!("Column '{name}': incompatible types '{a}' vs '{b}'"))).collect()
}

fn only_in(side: &str, columns: &[Column<'_>]) -> String {
    let names: Vec<_> = columns.iter().map(|column| text_repr(column.name)).collect();
    format!("Columns only in {side}: [{}]", names.join(", "))
}

/// The columns of two schemas by where they are, each group by name.
struct Columns<'a> {
    /// Name, type in the old schema, type in the new one.
    common: Vec<(&'a Name, &'a Name, &'a Name)>,
    only_old: Vec<Column<'a>>,
    only_new: Vec<Column<'a>>,
}

impl<'a> Columns<'a> {
    fn of(old: &'a Schema, new: &'a Schema) -> Self {
        let mut columns = Columns { common: Vec::with_capacity(old.len()), only_old: Vec::new(), only_new: Vec::new() };
        let mut new = new.sorted().into_iter().peekable();
        for column in old.sorted() {
            let before = |other: &Column<'a>| other.name.as_str().cmp(column.name) == Ordering::Less;
            while let Some(other) = new.next_if(before) {
                columns.only_new.push(other);
            }
            match new.next_if(|other| other.name == column.name) {
                Some(other) => columns.common.push((column.name, column.type_name, other.type_name)),
                None => columns.only_old.push(column),
            }
        }
        columns.only_new.extend(new);
        columns
    }

    fn len(&self) -> usize {
        self.common.len() + self.only_old.len() + self.only_new.len()
    }
}

/// Joined instead of formatted: an evolution may have one warning per column.
fn narrowed(name: &str, old: &str, new: &str) -> String {
    ["Column '", name, "': type narrowing '", old, "' -> '", new, "' (allowed by flag)"].concat()
}

fn incompatible(name: &str, old: &str, new: &str) -> String {
    ["Column '", name, "': incompatible types '", old, "' vs '", new, "', keeping old type '", old, "'"].concat()
}

fn empty(policy: EvolutionPolicy, columns: usize) -> SchemaEvolution {
    SchemaEvolution {
        resolved_schema: Schema { columns: Vec::with_capacity(columns) },
        changes: Vec::with_capacity(columns),
        defaults: Vec::new(),
        policy,
        is_compatible: true,
        warnings: Vec::new(),
        renames: Vec::new(),
    }
}

impl SchemaEvolution {
    fn push_common(&mut self, name: &Name, old: &Name, new: &Name, options: &EvolutionOptions) {
        let kind = if old == new { ChangeKind::Unchanged } else { ChangeKind::TypeChanged };
        let resolved = match options.policy {
            EvolutionPolicy::LeftPriority => old,
            EvolutionPolicy::RightPriority => new,
            EvolutionPolicy::Union | EvolutionPolicy::Intersection => {
                self.widened(name, old, new, options.allow_narrowing)
            }
        };
        self.resolved_schema.columns.push((name.clone(), resolved.clone()));
        self.changes.push(SchemaChange {
            column: name.clone(),
            kind,
            old_type: Some(old.clone()),
            new_type: Some(new.clone()),
            resolved_type: Some(resolved.clone()),
            default_value: JsonValue::Null,
        });
    }

    /// The type of a column of both schemas where neither side has priority.
    fn widened<'a>(&mut self, name: &str, old: &'a Name, new: &'a Name, allow_narrowing: bool) -> &'a Name {
        match widen(old, new) {
            Some(wide) if wide == old.as_str() => old,
            Some(_) => new,
            None if allow_narrowing => {
                self.warnings.push(narrowed(name, old, new));
                new
            }
            None => {
                self.warnings.push(incompatible(name, old, new));
                self.is_compatible = false;
                old
            }
        }
    }

    /// A column of one schema alone.
    fn push_single(&mut self, column: Column<'_>, kind: ChangeKind, options: &EvolutionOptions) {
        let is_kept = options.policy != EvolutionPolicy::Intersection;
        let given = if is_kept { options.defaults.value(column.name).cloned() } else { None };
        let default_value = given.unwrap_or(JsonValue::Null);
        if is_kept {
            self.resolved_schema.columns.push((column.name.clone(), column.type_name.clone()));
            self.defaults.push((column.name.clone(), default_value.clone()));
        }
        let side = |is_there: bool| is_there.then(|| column.type_name.clone());
        self.changes.push(SchemaChange {
            column: column.name.clone(),
            kind,
            old_type: side(kind == ChangeKind::Removed),
            new_type: side(kind == ChangeKind::Added),
            resolved_type: side(is_kept),
            default_value,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schema(columns: &[(&str, &str)]) -> Schema {
        columns.iter().copied().collect()
    }

    fn resolved(evolution: &SchemaEvolution) -> Vec<(&str, &str)> {
        evolution.resolved_schema().iter().collect()
    }

    #[test]
    fn groups_follow_each_other_sorted() {
        let (old, new) = (
            schema(&[("z", "int"), ("é", "int"), ("a", "int")]),
            schema(&[("é", "float"), ("b", "str"), ("Z", "str")]),
        );
        let options =
            EvolutionOptions::default().with_default("z", JsonValue::from(7)).with_default("é", JsonValue::from(8));
        let evolution = evolve(&old, &new, &options);
        assert_eq!(resolved(&evolution), [("é", "float"), ("a", "int"), ("z", "int"), ("Z", "str"), ("b", "str")]);
        let defaults: Vec<_> = evolution.defaults().filter(|(_, value)| **value != JsonValue::Null).collect();
        assert_eq!(defaults, [("z", &JsonValue::from(7))]);
        assert!(evolution.is_compatible() && evolution.warnings().is_empty());
    }

    #[test]
    fn intersection_drops_columns_and_their_defaults() {
        let (old, new) = (schema(&[("a", "int"), ("b", "int")]), schema(&[("b", "int"), ("c", "int")]));
        let options =
            EvolutionOptions::default().with_policy(EvolutionPolicy::Intersection).with_default("a", 1.into());
        let evolution = evolve(&old, &new, &options);
        assert_eq!(resolved(&evolution), [("b", "int")]);
        assert_eq!(evolution.defaults().count(), 0);
        let dropped: Vec<_> = evolution.changes().iter().filter(|change| change.resolved_type().is_none()).collect();
        assert_eq!(dropped.len(), 2);
        assert!(dropped.iter().all(|change| *change.default_value() == JsonValue::Null));
    }

    #[test]
    fn it_is_directed() {
        let (bools, texts) = (schema(&[("a", "bool")]), schema(&[("a", "str")]));
        let there = evolve(&bools, &texts, &EvolutionOptions::default());
        let back = evolve(&texts, &bools, &EvolutionOptions::default());
        assert_ne!(there.resolved_schema(), back.resolved_schema());
        let narrowed = evolve(&bools, &texts, &EvolutionOptions::default().with_narrowing(true));
        assert_eq!(narrowed.warnings(), ["Column 'a': type narrowing 'bool' -> 'str' (allowed by flag)"]);
        assert!(narrowed.is_compatible() && !there.is_compatible());
    }
}
