//! What each report holds: the one table of members, their order, kinds and defaults.

use crate::generated::Tag;
use crate::value::{JsonInteger, JsonValue, Map};

/// A member of a report, or of an object inside one.
pub(super) struct Member {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    pub(super) presence: Presence,
}

/// What a member holds.
pub(super) enum Kind {
    /// Any JSON value, as it is.
    Json,
    /// Any value, made fit for JSON: sets become lists, bytes and map keys become text.
    Fitted,
    Text,
    Bool,
    /// An integer of any size.
    Int,
    /// An integer or a float.
    Number,
    List(&'static Kind),
    /// An object with values of one kind.
    MapOf(&'static Kind),
    /// An object with the members of a table.
    Object(&'static [Member]),
    /// Null or the kind.
    Nullable(&'static Kind),
}

/// Where the value of a member comes from.
pub(super) enum Presence {
    /// It has to be there.
    Required,
    /// It may be missing and then reads as this.
    Optional(Missing),
    /// It follows from the others, is ignored on reading and always written.
    Derived(Derived),
}

/// What a missing member reads as.
#[derive(Clone, Copy)]
pub(super) enum Missing {
    Null,
    False,
    True,
    Zero,
    ZeroFloat,
    EmptyList,
    EmptyMap,
    Text(&'static str),
}

impl Missing {
    pub(super) fn value(self) -> JsonValue {
        match self {
            Missing::Null => JsonValue::Null,
            Missing::False => JsonValue::Bool(false),
            Missing::True => JsonValue::Bool(true),
            Missing::Zero => JsonValue::Int(JsonInteger::Small(0)),
            Missing::ZeroFloat => JsonValue::Float(0.0),
            Missing::EmptyList => JsonValue::List(Vec::new()),
            Missing::EmptyMap => JsonValue::Map(Map::new()),
            Missing::Text(text) => JsonValue::from(text),
        }
    }
}

/// The number of objects in a list whose member has a text.
pub(super) struct Derived {
    pub(super) list: &'static str,
    pub(super) member: &'static str,
    pub(super) text: &'static str,
}

/// The members of a report in order; `None` when the tag is not one of a report.
pub(super) fn members(tag: Tag) -> Option<&'static [Member]> {
    Some(match tag {
        Tag::MergeqlQuery => &MERGEQL_QUERY,
        Tag::MergePlan => &MERGE_PLAN,
        Tag::MergeqlResult => &MERGEQL_RESULT,
        Tag::ParquetMergeMetadata => &PARQUET_MERGE_METADATA,
        Tag::ConflictRecord => &CONFLICT_RECORD,
        Tag::ConflictTopology => &CONFLICT_TOPOLOGY,
        _ => return None,
    })
}

const TEXTS: Kind = Kind::List(&Kind::Text);
const TEXT_MAP: Kind = Kind::MapOf(&Kind::Text);
const TEXT_OR_NULL: Kind = Kind::Nullable(&Kind::Text);

static MERGEQL_QUERY: [Member; 7] = [
    required("sources", TEXTS),
    required("on_key", Kind::Text),
    optional("strategies", TEXT_MAP, Missing::EmptyMap),
    optional("where_clause", TEXT_OR_NULL, Missing::Null),
    optional("explain", Kind::Bool, Missing::False),
    optional("schema_mapping", Kind::Nullable(&Kind::MapOf(&Kind::Json)), Missing::Null),
    optional("limit", Kind::Nullable(&Kind::Int), Missing::Null),
];

static MERGE_PLAN: [Member; 8] = [
    required("sources", TEXTS),
    required("source_sizes", Kind::MapOf(&Kind::Int)),
    required("merge_key", Kind::Text),
    required("strategies", TEXT_MAP),
    required("estimated_output_rows", Kind::Int),
    required("schema_evolution_needed", Kind::Bool),
    required("arrow_backend", Kind::Bool),
    required("steps", TEXTS),
];

static MERGEQL_RESULT: [Member; 6] = [
    required("data", Kind::List(&Kind::MapOf(&Kind::Json))),
    required("plan", Kind::Object(&MERGE_PLAN)),
    required("conflicts", Kind::Int),
    optional("provenance", Kind::Nullable(&Kind::List(&Kind::Json)), Missing::Null),
    optional("merge_time_ms", Kind::Number, Missing::ZeroFloat),
    optional("sources_merged", Kind::Int, Missing::Zero),
];

static PARQUET_MERGE_METADATA: [Member; 7] = [
    required("key_column", Kind::Text),
    optional("strategies", TEXT_MAP, Missing::EmptyMap),
    optional("provenance_enabled", Kind::Bool, Missing::True),
    optional("schema_version", Kind::Text, Missing::Text("1.0")),
    optional("created_at", TEXT_OR_NULL, Missing::Null),
    optional("source_count", Kind::Int, Missing::Zero),
    optional("merge_count", Kind::Int, Missing::Zero),
];

static CONFLICT_RECORD: [Member; 4] = [
    required("key", Kind::Fitted),
    required("origin", Kind::Text),
    Member {
        name: "conflict_count",
        kind: Kind::Int,
        presence: Presence::Derived(Derived { list: "decisions", member: "source", text: "conflict_resolved" }),
    },
    optional("decisions", Kind::List(&Kind::Object(&DECISION)), Missing::EmptyList),
];

static DECISION: [Member; 5] = [
    required("field", Kind::Text),
    required("source", Kind::Text),
    required("strategy", Kind::Text),
    required("value", Kind::Fitted),
    optional("alternative", Kind::Fitted, Missing::Null),
];

static CONFLICT_TOPOLOGY: [Member; 7] = [
    optional("total_rows", Kind::Int, Missing::Zero),
    optional("merged_rows", Kind::Int, Missing::Zero),
    optional("unique_a_rows", Kind::Int, Missing::Zero),
    optional("unique_b_rows", Kind::Int, Missing::Zero),
    optional("total_conflicts", Kind::Int, Missing::Zero),
    optional("duration_ms", Kind::Number, Missing::ZeroFloat),
    optional("records", Kind::List(&Kind::Object(&CONFLICT_RECORD)), Missing::EmptyList),
];

const fn required(name: &'static str, kind: Kind) -> Member {
    Member { name, kind, presence: Presence::Required }
}

const fn optional(name: &'static str, kind: Kind, missing: Missing) -> Member {
    Member { name, kind, presence: Presence::Optional(missing) }
}
