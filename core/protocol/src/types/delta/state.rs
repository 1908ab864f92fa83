use crate::stamp::Stamp;
use crate::value::Map;

/// A record: fields by name, one of which is its key.
pub type Record = Map<i64>;

/// What changed between two lists of records: a **patch**.
///
/// A patch is applied, in order, to the records it was made for; it has no join, and two replicas that exchange patches do not
/// converge by that alone. Several patches in a row compose into one of the same effect ([`Delta::compose`]).
///
/// The records of a list are named by one of their fields, the key field. A record whose key field is missing or null has no
/// key and takes part in nothing. An integer and a float of equal value are one key; NaN equals no key, not even itself.
///
/// ```
/// # use crdt_merge_protocol::{Delta, value::Map, Value};
/// # let record = |id: i64, name: &str| Map::from_pairs(vec![("id".into(), id.into()), ("name".into(), name.into())]);
/// let monday = vec![record(1, "Ann")?, record(2, "Bob")?];
/// let tuesday = vec![record(1, "Anna")?, record(3, "Cleo")?];
/// let delta = Delta { version: 1, source_node: "office".into(), ..Delta::compute(&monday, &tuesday, "id") };
/// assert_eq!((delta.added.len(), delta.modified.len(), &delta.removed[..]), (1, 1, &["2".to_owned()][..]));
/// assert_eq!(delta.apply(monday, "id"), tuesday);
/// # Ok::<(), crdt_merge_protocol::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Delta {
    /// Records that were not there before.
    pub added: Vec<Record>,
    /// Records that were there and differ, as they are now.
    pub modified: Vec<Record>,
    /// Texts ([`crate::text::py_str`]) of the keys of records that are gone.
    pub removed: Vec<String>,
    /// Number of the change at its source.
    pub version: i64,
    /// When the change was noted; [`Stamp::ZERO`] when nobody said.
    pub timestamp: Stamp,
    /// Node id of the source, or empty.
    pub source_node: String,
}

impl Delta {
    /// Number of records that were added, modified or removed.
    pub fn len(&self) -> usize {
        self.added.len() + self.modified.len() + self.removed.len()
    }

    /// Whether nothing changed.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
