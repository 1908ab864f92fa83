use crate::names::Name;
use crate::value::JsonValue;

/// What happened to a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ChangeKind {
    /// Only the new schema has it.
    Added,
    /// Only the old schema has it.
    Removed,
    /// Both have it, with different types.
    TypeChanged,
    /// Both have it, with one type.
    Unchanged,
    /// It has another name now. Evolutions made here do not say so; release 0.11.0 of the reference does.
    Renamed,
}

impl ChangeKind {
    const ALL: [ChangeKind; 5] = [Self::Added, Self::Removed, Self::TypeChanged, Self::Unchanged, Self::Renamed];

    /// The name in frames.
    pub const fn name(self) -> &'static str {
        match self {
            ChangeKind::Added => "added",
            ChangeKind::Removed => "removed",
            ChangeKind::TypeChanged => "type_changed",
            ChangeKind::Unchanged => "unchanged",
            ChangeKind::Renamed => "rename",
        }
    }

    /// The kind of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// What happened to one column: tag 0x46, and an entry of a [`super::SchemaEvolution`].
///
/// ```
/// # use crdt_merge_protocol::{Framed, types::schema_evolution::{ChangeKind, SchemaChange}};
/// let change = SchemaChange::new("age", ChangeKind::Added).with_types(None, Some("int"), Some("int"));
/// assert_eq!(SchemaChange::decode(&change.encode_v1()?)?, change);
/// # Ok::<(), crdt_merge_protocol::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchemaChange {
    pub(super) column: Name,
    pub(super) kind: ChangeKind,
    pub(super) old_type: Option<Name>,
    pub(super) new_type: Option<Name>,
    pub(super) resolved_type: Option<Name>,
    pub(super) default_value: JsonValue,
}

impl SchemaChange {
    /// A change without types and with a null default.
    pub fn new(column: &str, kind: ChangeKind) -> Self {
        SchemaChange {
            column: Name::new(column),
            kind,
            old_type: None,
            new_type: None,
            resolved_type: None,
            default_value: JsonValue::Null,
        }
    }

    /// The same change with its types: before, after, and as resolved.
    #[must_use]
    pub fn with_types(mut self, old: Option<&str>, new: Option<&str>, resolved: Option<&str>) -> Self {
        self.old_type = old.map(Name::new);
        self.new_type = new.map(Name::new);
        self.resolved_type = resolved.map(Name::new);
        self
    }

    /// The same change with the value that rows without the column get.
    #[must_use]
    pub fn with_default(mut self, value: JsonValue) -> Self {
        self.default_value = value;
        self
    }

    /// The column.
    pub fn column(&self) -> &str {
        &self.column
    }

    /// What happened to it.
    pub fn kind(&self) -> ChangeKind {
        self.kind
    }

    /// Its type in the old schema, if it was there.
    pub fn old_type(&self) -> Option<&str> {
        self.old_type.as_deref()
    }

    /// Its type in the new schema, if it is there.
    pub fn new_type(&self) -> Option<&str> {
        self.new_type.as_deref()
    }

    /// Its type in the resolved schema; `None` when the column was dropped.
    pub fn resolved_type(&self) -> Option<&str> {
        self.resolved_type.as_deref()
    }

    /// The value of rows that come from a table without the column; null unless one was given.
    pub fn default_value(&self) -> &JsonValue {
        &self.default_value
    }
}
