use super::conform::conform;
use super::schema;
use crate::error::{Code, Error, Result};
use crate::generated::Tag;
use crate::value::{JsonInteger, JsonValue, Map};

/// A result for people and tools: a MergeQL query, a merge plan, a MergeQL result, metadata of a merged file, the record of a
/// conflict, or a list of such records.
///
/// Its members are those that the protocol lists for its tag, in that order, whatever order they came in; those left out have
/// their defaults, and members nobody knows are dropped. Integers may be of any size. A report has no join.
///
/// ```
/// # use crdt_merge_protocol::{JsonValue, Report, Tag, json};
/// let members = json::parse(br#"{"key": 7, "origin": "merged"}"#, 8)?;
/// let record = Report::new(Tag::ConflictRecord, members.as_map().cloned().unwrap_or_default())?;
/// assert_eq!(record.member("conflict_count"), Some(&JsonValue::from(0)));
/// assert_eq!(Report::decode(&record.encode_v1()?)?, record);
/// # Ok::<(), crdt_merge_protocol::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    tag: Tag,
    members: Map<JsonInteger>,
}

impl Report {
    /// A report of the type `tag`.
    ///
    /// Keys, values and alternatives of conflicts are made fit for JSON: sets become lists, bytes and map keys become text. Fails
    /// with `BAD_ARGUMENT` when the tag is not one from 0x50 to 0x55, and with `BAD_SCHEMA` (detail `field`) when a mandatory
    /// member is missing or a member is of the wrong kind.
    pub fn new(tag: Tag, members: Map<JsonInteger>) -> Result<Self> {
        let Some(table) = schema::members(tag) else {
            return Err(Error::new(Code::BadArgument, "this type is not one of a report").with("found", tag.name()));
        };
        Ok(Report { tag, members: conform(members, table)? })
    }

    /// Whether frames of this tag hold reports.
    pub fn has_tag(tag: Tag) -> bool {
        schema::members(tag).is_some()
    }

    /// Which report it is.
    pub fn tag(&self) -> Tag {
        self.tag
    }

    /// The members in their order.
    pub fn members(&self) -> &Map<JsonInteger> {
        &self.members
    }

    /// One member by name.
    pub fn member(&self, name: &str) -> Option<&JsonValue> {
        self.members.field(name)
    }
}
