use std::collections::{BTreeMap, BTreeSet};

use super::OrSet;
use super::element::{element_text, parse_element, type_name};
use super::state::Adds;
use crate::dot::{Context, Dot};
use crate::error::{Code, Error, Result};
use crate::generated::Tag;
use crate::names::Name;
use crate::state::{Framed, carried_extensions, describe_with_floor};
use crate::value::{JsonValue, Value};
use crate::wire::body::BodyReader;
use crate::wire::{
    DecodeOptions, Reader, Sink, decode_compact, push_int, push_list_header, push_map_header, push_text,
};

/// Tags per element text, as they stand in a payload.
type TagLists<'a> = Vec<(&'a str, Vec<&'a str>)>;

impl Framed for OrSet {
    const TAG: Tag = Tag::OrSet;

    carried_extensions!();

    fn read_fields(reader: &mut BodyReader<'_>) -> Result<Self> {
        super::body::read(reader)
    }

    fn write_fields(&self, out: &mut Vec<u8>) {
        super::body::write(self, out);
    }

    fn stream_fields<S: Sink>(&self, out: &mut S) -> bool {
        super::body::write(self, out);
        true
    }

    fn floor_field(&self) -> Option<Vec<u8>> {
        self.is_closed.then(Vec::new)
    }

    /// The field has no content: that it is there says it all.
    fn set_floor_field(&mut self, _: &mut BodyReader<'_>) -> Result<()> {
        self.is_closed = true;
        Ok(())
    }

    fn describe(&self) -> Result<JsonValue> {
        describe_with_floor(self, "closed", self.is_closed.then_some(JsonValue::Bool(true)))
    }

    fn read_payload(payload: &[u8], options: &DecodeOptions) -> Result<Self> {
        decode_compact(payload, options, |reader| Parts::read(reader)?.into_set())
    }

    /// Fails with `NOT_IN_V1` when two elements share their text, as `1` and `"1"` do.
    fn write_payload(&self, out: &mut Vec<u8>) -> Result<()> {
        let rows = rows_of(self)?;
        let removed: Vec<_> = rows.iter().filter(|(_, row)| !row.removed.is_empty()).collect();
        let typed: Vec<_> = rows.iter().filter_map(|(text, row)| Some((text, type_name(row.element)?))).collect();
        let has_context = knows_dead_dots(self);
        push_map_header(
            out,
            2 + [!typed.is_empty(), has_context, !removed.is_empty()].map(usize::from).iter().sum::<usize>(),
        );
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
        if has_context {
            write_context(out, &self.context)?;
        }
        if !removed.is_empty() {
            push_text(out, "removed");
            push_map_header(out, removed.len());
            removed.iter().for_each(|(text, row)| push_tags(out, text, row.removed.iter().map(Name::as_str)));
        }
        Ok(())
    }
}

/// Whether the context holds more than the dots that stand in `elements`, that is: whether something was removed.
fn knows_dead_dots(set: &OrSet) -> bool {
    let live: u64 = set.live().map(|(_, adds)| adds.dots.len() as u64).sum();
    let contiguous = set.context.contiguous().fold(0_u64, |sum, (_, sequence)| sum.saturating_add(sequence));
    contiguous.saturating_add(set.context.exceptions().count() as u64) > live
}

fn write_context(out: &mut Vec<u8>, context: &Context) -> Result<()> {
    push_text(out, "context");
    push_map_header(out, 2);
    push_text(out, "contiguous");
    push_map_header(out, context.contiguous().count());
    for (actor, sequence) in context.contiguous() {
        push_text(out, actor);
        push_int(
            out,
            i64::try_from(sequence).map_err(|_| Error::new(Code::NotInV1, "a sequence of version 1 has 63 bits"))?,
        );
    }
    let exceptions: Vec<String> = context.exceptions().map(Dot::to_string).collect();
    push_tags(out, "exceptions", exceptions.iter().map(String::as_str));
    Ok(())
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
        let row = Row {
            element,
            adds: set.elements.get(element),
            removed: set.removed.get(element).unwrap_or(&NONE_REMOVED),
        };
        let says_nothing = |row: &Row<'_>| row.removed.is_empty() && !row.adds.is_some_and(Adds::is_live);
        let text = element_text(element);
        match rows.get(&text) {
            Some(_) if says_nothing(&row) => {}
            Some(other) if !says_nothing(other) => {
                return Err(Error::new(Code::NotInV1, "two elements of a set share their text").with("found", text));
            }
            _ => {
                rows.insert(text, row);
            }
        }
    }
    Ok(rows)
}

fn write_elements(out: &mut Vec<u8>, rows: &BTreeMap<String, Row<'_>>) {
    let listed: Vec<_> = rows.iter().filter_map(|(text, row)| Some((text, row.adds?))).collect();
    push_text(out, "elements");
    push_map_header(out, listed.len());
    for (text, adds) in listed {
        let mut tags: Vec<String> =
            adds.dots.iter().map(Dot::to_string).chain(adds.tags.iter().map(Name::to_string)).collect();
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
    context: Context,
    removed: TagLists<'a>,
}

impl<'a> Parts<'a> {
    /// Reads `{type, elements, element_types, context, removed}`; every member may be missing.
    fn read(reader: &mut Reader<'a>) -> Result<Self> {
        let mut parts = Parts::default();
        reader.fields("payload", |field, reader| {
            match field {
                "type" => reader.type_name(Tag::OrSet.name())?,
                "elements" => parts.elements = read_tag_lists(reader, "elements")?,
                "element_types" => parts.types = read_types(reader)?,
                "context" => parts.context = read_context(reader)?,
                "removed" => parts.removed = read_tag_lists(reader, "removed")?,
                _ => reader.skip()?,
            }
            Ok(())
        })?;
        Ok(parts)
    }

    fn into_set(self) -> Result<OrSet> {
        let mut set = OrSet { context: self.context.clone(), ..OrSet::new() };
        let mut dead = BTreeSet::new();
        for (text, tags) in &self.removed {
            add_removed(&mut set, &mut dead, self.element(text)?, tags);
        }
        let mut owners = BTreeMap::new();
        for (text, tags) in &self.elements {
            let element = self.element(text)?;
            check_owners(&mut owners, text, tags, |other| Ok(self.element(other)? == element))?;
            add_element(&mut set, &dead, element, tags);
        }
        Ok(set)
    }

    fn element(&self, text: &str) -> Result<Value> {
        parse_element(text, self.types.get(text).copied())
    }
}

/// Removed plain tags are kept; a removed dot is one that has been seen and is dead.
fn add_removed(set: &mut OrSet, dead: &mut BTreeSet<Dot>, element: Value, tags: &[&str]) {
    let mut plain = BTreeSet::new();
    for tag in tags {
        match Dot::from_tag(tag) {
            Some(dot) => {
                set.context.add(&dot);
                dead.insert(dot);
            }
            None => {
                plain.insert(Name::new(tag));
            }
        }
    }
    if !plain.is_empty() {
        set.removed.entry(element).or_default().extend(plain);
    }
}

/// Finds a dot that stands on two elements. `owners` has the texts of the elements; different texts may be one element.
fn check_owners<'a>(
    owners: &mut BTreeMap<Dot, &'a str>,
    text: &'a str,
    tags: &[&str],
    is_same: impl Fn(&str) -> Result<bool>,
) -> Result<()> {
    for tag in tags {
        let Some(dot) = Dot::from_tag(tag) else { continue };
        let owner = *owners.entry(dot).or_insert(text);
        if owner != text && !is_same(owner)? {
            return Err(Error::new(Code::DotConflict, "one dot stands on two elements")
                .with("found", tag)
                .with("field", "elements"));
        }
    }
    Ok(())
}

/// Adds what is not removed.
fn add_element(set: &mut OrSet, dead: &BTreeSet<Dot>, element: Value, tags: &[&str]) {
    let mut adds = set.elements.remove(&element).unwrap_or_default();
    let removed = set.removed.get(&element);
    for tag in tags {
        let Some(dot) = Dot::from_tag(tag) else {
            if !removed.is_some_and(|removed| removed.contains(*tag)) {
                adds.tags.insert(Name::new(tag));
            }
            continue;
        };
        set.context.add(&dot);
        if !dead.contains(&dot) {
            adds.dots.insert(dot);
        }
    }
    set.elements.insert(element, adds);
}

/// Reads `{contiguous: {actor: sequence}, exceptions: [dot]}`.
fn read_context(reader: &mut Reader<'_>) -> Result<Context> {
    let mut context = Context::new();
    reader.fields("context", |field, reader| match field {
        "contiguous" => reader.entries("context", |actor, reader| {
            let sequence = reader.count_value("context")?;
            if actor.is_empty() {
                return Err(reader.mistyped("context", "an actor is not empty"));
            }
            context.raise(actor, sequence);
            Ok(())
        }),
        "exceptions" => reader.list("context", |reader| {
            let dot =
                Dot::from_tag(reader.text("context")?).ok_or_else(|| reader.mistyped("context", "expected dots"))?;
            context.add(&dot);
            Ok(())
        }),
        _ => reader.skip(),
    })?;
    Ok(context)
}

fn read_tag_lists<'a>(reader: &mut Reader<'a>, name: &'static str) -> Result<TagLists<'a>> {
    let mut lists: BTreeMap<&'a str, Vec<&'a str>> = BTreeMap::new();
    reader.entries(name, |text, reader| {
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
    reader.entries("element_types", |text, reader| {
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
        for element in [
            Value::Null,
            Value::Int(7),
            Value::Float(0.5),
            Value::Bytes(b"\xff".to_vec()),
            Value::from("t"),
            Value::Bool(true),
        ] {
            set.add(&here, element)?;
        }
        set.add_with_tag("plain", "a1b2c3d4e5f6")?;
        set.remove("plain");
        assert_eq!(OrSet::decode(&set.encode_v1()?)?, set);
        Ok(())
    }

    #[test]
    fn a_removed_dot_stays_removed_through_version_1() -> Result<()> {
        use crate::join::Join;
        let here = Replica::new("n", ManualClock::default(), TestEntropy::new(1))?;
        let mut set = OrSet::new();
        set.add(&here, "x")?;
        set.add(&here, "y")?;
        let mut old = OrSet::decode(&set.encode_v1()?)?;
        assert_eq!(old, set);
        set.remove("x");
        old.join(&OrSet::decode(&set.encode_v1()?)?)?;
        assert_eq!(old.iter().collect::<Vec<_>>(), [&Value::from("y")]);
        assert_eq!(old, set);
        Ok(())
    }

    #[test]
    fn elements_with_one_text_are_not_in_version_1() -> Result<()> {
        let mut set = OrSet::new();
        set.add_with_tag(1, "a1")?;
        set.add_with_tag("1", "a2")?;
        assert_eq!(set.encode_v1().unwrap_err().code(), Code::NotInV1);
        set.remove(Value::Int(1));
        assert_eq!(set.encode_v1().unwrap_err().code(), Code::NotInV1, "the removed tag needs its element's type");
        Ok(())
    }
}
