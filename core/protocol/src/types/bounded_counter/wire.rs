use super::BoundedCounter;
use crate::error::Result;
use crate::generated::{Tag, limit};
use crate::names::NameMap;
use crate::state::{Framed, carried_extensions};
use crate::types::dot_map::{describe_counts, typed_object};
use crate::value::{JsonValue, Map};
use crate::wire::body::{BodyReader, push_counts, push_str, push_varint};

impl Framed for BoundedCounter {
    const TAG: Tag = Tag::BoundedCounter;

    carried_extensions!();

    fn read_fields(reader: &mut BodyReader<'_>) -> Result<Self> {
        let rights = reader.entries(|reader| {
            let row = reader.counts(limit::COUNTER_SLOT)?;
            if row.is_empty() {
                return Err(reader.not_canonical("an actor without rights given is not written"));
            }
            Ok(NameMap::from_ascending(row))
        })?;
        let used = NameMap::from_ascending(reader.counts(limit::COUNTER_SLOT)?);
        Ok(BoundedCounter { rights: NameMap::from_ascending(rights), used, ..BoundedCounter::new() })
    }

    fn write_fields(&self, out: &mut Vec<u8>) {
        push_varint(out, self.rights.len() as u64);
        for (from, row) in self.rights.iter() {
            push_str(out, from);
            push_counts(out, row);
        }
        push_counts(out, &self.used);
    }

    fn describe(&self) -> Result<JsonValue> {
        let row = |row: &NameMap<u64>| describe_counts(row.iter().map(|(to, amount)| (to.as_str(), *amount)));
        let rows = self.rights.iter().map(|(from, to)| Ok((JsonValue::from(from.as_str()), row(to)?)));
        let rights = Map::from_pairs(rows.collect::<Result<_>>()?)?;
        typed_object(Self::TAG, [("rights", JsonValue::Map(rights)), ("used", describe_counts(self.used())?)])
    }
}
