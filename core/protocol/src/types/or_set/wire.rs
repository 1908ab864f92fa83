use std::collections::{BTreeMap, BTreeSet};

use super::OrSet;
use super::element::{element_text, parse_element, type_name};
use super::state::Adds;
use crate::dot::Dot;
use crate::error::{Code, Error, Result};
use crate::generated::Tag;
use crate::names::Name;
use crate::state::Framed;
use crate::value::Value;
use crate::wire::{DecodeOptions, Reader, decode_compact, push_list_header, push_map_header, push_text};

/// Tags per element text, as they stand in a payload.
type TagLists<'a> = Vec<(&'a str, Vec<&'a str>)>;

impl Framed for OrSet {
    const TAG: Tag = Tag::OrSet;

    fn read_payload(payload: &[u8], options: &DecodeOptions) -> Result<Self> {
        decode_compact(payload, options, |reader| Parts::read(reader)?.into_set())
    }

    /// Fails with `NOT_IN_V1` when two elements share their text, as `1` and `"1"` do. The context is not written: a reader
    /// knows the dots it finds.
    fn write_payload(&self, out: &mut Vec<u8>) -> Result<()> {
        let rows = rows_of(self)?;
        let removed: Vec<_> = rows.iter().filter(|(_, row)| !row.removed.is_empty()).collect();
        let typed: Vec<_> = rows.iter().filter_map(|(text, row)| Some((text, type_name(row.element)?))).collect();
        push_map_header(out, 2 + usize::from(!typed.is_empty()) + usize::from(!removed.is_empty()));
        push_text(out, "type");
        push_text(out, Tag::OrSet.name());
        write_elements(out, &rows);
        if !typed.is_empty() {
            push_text(out, "element_types");
            push_map_header(out, typed.len());
            typed.iter().for_each(|(text, name)| {
                push_text(out, text);
                push_text(out, name);
            });
        }
        if !removed.is_empty() {
            push_text(out, "removed");
            push_map_header(out, removed.len());
            removed.iter().for_each(|(text, row)| push_tags(out, text, row.removed.iter().map(Name::as_str)));
        }
        Ok(())
    }
}

/// What version 1 writes under one element text.
struct Row<'a> {
    element: &'a Value,
    adds: Option<&'a Adds>,
    removed: &'a BTreeSet<Name>,
}

static NONE_REMOVED: BTreeSet<Name> = BTreeSet::new();

/// The elements and removals of a set by their text.
fn rows_of(set: &OrSet) -> Result<BTreeMap<String, Row<'_>>> {
    let mut rows: BTreeMap<String, Row<'_>> = BTreeMap::new();
    let elements: BTreeSet<&Value> = set.elements.keys().chain(set.removed.keys()).collect();
    for element in elements {
        let row = Row { element, adds: set.elements.get(element), removed: set.removed.get(element).unwrap_or(&NONE_REMOVED) };
        let says_nothing = |row: &Row<'_>| row.removed.is_empty() && !row.adds.is_some_and(Adds::is_live);
        let text = element_text(element);
        match rows.get(&text) {
            None => drop(rows.insert(text, row)),
            Some(_) if says_nothing(&row) => {}
            Some(other) if says_nothing(other) => drop(rows.insert(text, row)),
            Some(_) => return Err(Error::new(Code::NotInV1, "two elements of a set share their text").with("found", text)),
        }
    }
    Ok(rows)
}

fn write_elements(out: &mut Vec<u8>, rows: &BTreeMap<String, Row<'_>>) {
    let listed: Vec<_> = rows.iter().filter_map(|(text, row)| Some((text, row.adds?))).collect();
    push_text(out, "elements");
    push_map_header(out, listed.len());
    for (text, adds) in listed {
        let mut tags: Vec<String> = adds.dots.iter().map(Dot::to_string).chain(adds.tags.iter().map(Name::to_string)).collect();
        tags.sort_unstable();
        push_tags(out, text, tags.iter().map(String::as_str));
    }
}

fn push_tags<'a>(out: &mut Vec<u8>, text: &str, tags: impl ExactSizeIterator<Item = &'a str>) {
    push_text(out, text);
    push_list_header(out, tags.len());
    tags.for_each(|tag| push_text(out, tag));
}

/// A payload before texts are turned into elements, for which all fields are needed.
#[derive(Default)]
struct Parts<'a> {
    elements: TagLists<'a>,
    types: BTreeMap<&'a str, &'a str>,
    removed: TagLists<'a>,
}

impl<'a> Parts<'a> {
    /// Reads `{type, elements, element_types, removed}`; all but the type may be missing.
    fn read(reader: &mut Reader<'a>) -> Result<Self> {
        let mut parts = Parts::default();
        reader.fields("payload", |field, reader| {
            match field {
                "type" => reader.type_name(Tag::OrSet.name())?,
                "elements" => parts.elements = read_tag_lists(reader, "elements")?,
                "element_types" => parts.types = read_types(reader)?,
                "removed" => parts.removed = read_tag_lists(reader, "removed")?,
                _ => reader.skip()?,
            }
            Ok(())
        })?;
        Ok(parts)
    }

    fn into_set(self) -> Result<OrSet> {
        let mut set = OrSet::new();
        let mut owners = BTreeMap::new();
        for (text, tags) in &self.removed {
            add_removed(&mut set, self.element(text)?, tags);
        }
        for (text, tags) in &self.elements {
            add_element(&mut set, &mut owners, self.element(text)?, tags)?;
        }
        Ok(set)
    }

    fn element(&self, text: &str) -> Result<Value> {
        parse_element(text, self.types.get(text).copied())
    }
}

/// Removed plain tags are kept; a removed dot is one that the context has seen.
fn add_removed(set: &mut OrSet, element: Value, tags: &[&str]) {
    for tag in tags {
        match Dot::from_tag(tag) {
            Some(dot) => drop(set.context.add(&dot)),
            None => drop(set.removed.entry(element.clone()).or_default().insert(Name::new(tag))),
        }
    }
}

/// Adds what is not removed: plain tags that are not in `removed`, and dots that are not in the context of removed ones.
fn add_element<'a>(set: &mut OrSet, owners: &mut BTreeMap<&'a str, Value>, element: Value, tags: &[&'a str]) -> Result<()> {
    let mut adds = set.elements.remove(&element).unwrap_or_default();
    let removed = set.removed.get(&element);
    for tag in tags {
        let Some(dot) = Dot::from_tag(tag) else {
            if !removed.is_some_and(|removed| removed.contains(*tag)) {
                adds.tags.insert(Name::new(tag));
            }
            continue;
        };
        if *owners.entry(tag).or_insert_with(|| element.clone()) != element {
            return Err(Error::new(Code::DotConflict, "one dot stands on two elements").with("found", tag).with("field", "elements"));
        }
        if set.context.add(&dot) || adds.dots.contains(&dot) {
            adds.dots.insert(dot);
        }
    }
    set.elements.insert(element, adds);
    Ok(())
}

fn read_tag_lists<'a>(reader: &mut Reader<'a>, name: &'static str) -> Result<TagLists<'a>> {
    let mut lists: BTreeMap<&'a str, Vec<&'a str>> = BTreeMap::new();
    reader.fields(name, |text, reader| {
        let mut tags = Vec::new();
        reader.list(name, |reader| {
            tags.push(reader.text(name)?);
            Ok(())
        })?;
        lists.insert(text, tags);
        Ok(())
    })?;
    Ok(lists.into_iter().collect())
}

fn read_types<'a>(reader: &mut Reader<'a>) -> Result<BTreeMap<&'a str, &'a str>> {
    let mut types = BTreeMap::new();
    reader.fields("element_types", |text, reader| {
        types.insert(text, reader.text("element_types")?);
        Ok(())
    })?;
    Ok(types)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::replica::{ManualClock, Replica, TestEntropy};

    #[test]
    fn dots_and_types_survive_version_1() -> Result<()> {
        let here = Replica::new("n", ManualClock::default(), TestEntropy::new(1))?;
        let mut set = OrSet::new();
        for element in [Value::Null, Value::Int(7), Value::Float(0.5), Value::Bytes(b"\xff".to_vec()), Value::from("t"), Value::Bool(true)] {
            set.add(&here, element)?;
        }
        set.add_with_tag("plain", "a1b2c3d4e5f6")?;
        set.remove(&"plain".into());
        assert_eq!(OrSet::decode(&set.encode_v1()?)?, set);
        Ok(())
    }

    #[test]
    fn elements_with_one_text_are_not_in_version_1() -> Result<()> {
        let mut set = OrSet::new();
        set.add_with_tag(1, "a1")?;
        set.add_with_tag("1", "a2")?;
        assert_eq!(set.encode_v1().unwrap_err().code(), Code::NotInV1);
        set.remove(&Value::Int(1));
        assert_eq!(set.encode_v1().unwrap_err().code(), Code::NotInV1, "the removed tag needs its element's type");
        Ok(())
    }
}
