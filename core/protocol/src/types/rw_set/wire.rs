use std::sync::Arc;

use super::RwSet;
use super::state::{Entry, Mark, Turn};
use crate::dot::Dot;
use crate::error::Result;
use crate::generated::Tag;
use crate::state::{Framed, carried_extensions};
use crate::types::dot_map::{DotMap, describe_context, describe_dots, object, typed_object};
use crate::value::{JsonValue, Value, canonical_bytes};
use crate::wire::body::{BodyReader, push_context, push_dot, push_varint};

impl Framed for RwSet {
    const TAG: Tag = Tag::RwSet;

    carried_extensions!();

    fn read_fields(reader: &mut BodyReader<'_>) -> Result<Self> {
        let mut marks = Vec::new();
        let mut elements = std::collections::BTreeMap::new();
        reader.value_map(|element, reader| {
            let (key, entry) = read_entry(element, reader, &mut marks)?;
            elements.insert(key, entry);
            Ok(())
        })?;
        let context = reader.context()?;
        let marks = DotMap::from_parts(marks, context, reader)?;
        Ok(RwSet { marks, elements, ..RwSet::new() })
    }

    fn write_fields(&self, out: &mut Vec<u8>) {
        push_varint(out, self.elements.len() as u64);
        for (element, entry) in &self.elements {
            out.extend_from_slice(element);
            for dots in [&entry.adds, &entry.removes] {
                push_varint(out, dots.len() as u64);
                dots.iter().for_each(|dot| push_dot(out, dot));
            }
        }
        push_context(out, self.marks.context());
    }

    fn describe(&self) -> Result<JsonValue> {
        let element = |entry: &Entry| {
            object([
                ("element", entry.element.to_json()),
                ("adds", describe_dots(entry.adds.iter())),
                ("removes", describe_dots(entry.removes.iter())),
            ])
        };
        let elements = self.elements.values().map(element).collect::<Result<_>>()?;
        let context = describe_context(self.marks.context())?;
        typed_object(Self::TAG, [("elements", JsonValue::List(elements)), ("context", context)])
    }
}

/// Reads the dots of an element and appends their marks.
fn read_entry(element: Value, reader: &mut BodyReader<'_>, marks: &mut Vec<(Dot, Mark)>) -> Result<(Arc<[u8]>, Entry)> {
    let key: Arc<[u8]> = canonical_bytes(&element).into();
    let mut entry = Entry::new(element);
    for turn in [Turn::Add, Turn::Remove] {
        for dot in reader.dots()? {
            marks.push((dot.clone(), Mark { element: key.clone(), turn }));
            entry.dots(turn).insert(dot);
        }
    }
    if entry.adds.is_empty() && entry.removes.is_empty() {
        return Err(reader.not_canonical("an element without dots is not written"));
    }
    Ok((key, entry))
}
