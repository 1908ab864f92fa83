//! The set in version 2: elements by their bytes, with dots and plain tags, under a causal context.

use std::collections::{BTreeMap, BTreeSet};

use super::OrSet;
use super::state::Adds;
use crate::dot::{Context, Dot};
use crate::error::{Code, Error, Result};
use crate::names::Name;
use crate::value::{Value, canonical_bytes};
use crate::wire::body::{BodyReader, push_context, push_dots, push_str, push_varint};
use crate::wire::{Extensions, Sink};

pub(super) fn read(reader: &mut BodyReader<'_>) -> Result<OrSet> {
    let mut elements = BTreeMap::new();
    reader.value_map(|element, reader| {
        elements.insert(element, read_adds(reader)?);
        Ok(())
    })?;
    let context = reader.context()?;
    let mut removed = BTreeMap::new();
    reader.value_map(|element, reader| {
        removed.insert(element, read_removed(reader)?);
        Ok(())
    })?;
    check_dots(&elements, &context, reader)?;
    check_removed(&elements, &removed, reader)?;
    Ok(OrSet { elements, context, removed, is_closed: false, extensions: Extensions::new() })
}

fn read_adds(reader: &mut BodyReader<'_>) -> Result<Adds> {
    let adds = Adds { dots: reader.dots()?.into_iter().collect(), tags: read_tags(reader)? };
    if adds.is_live() { Ok(adds) } else { Err(reader.not_canonical("an element without additions is not written")) }
}

fn read_tags(reader: &mut BodyReader<'_>) -> Result<BTreeSet<Name>> {
    let tags = reader.sorted_texts()?;
    for tag in &tags {
        if Dot::from_tag(tag).is_some() {
            return Err(reader.not_canonical("a dot is not written as a tag"));
        }
    }
    Ok(tags.into_iter().map(Name::new).collect())
}

fn read_removed(reader: &mut BodyReader<'_>) -> Result<BTreeSet<Name>> {
    let tags = read_tags(reader)?;
    if tags.is_empty() { Err(reader.not_canonical("an element without removed tags is not written")) } else { Ok(tags) }
}

/// Every dot stands on one element, and the context covers it.
fn check_dots(elements: &BTreeMap<Value, Adds>, context: &Context, reader: &BodyReader<'_>) -> Result<()> {
    let mut dots: Vec<&Dot> = elements.values().flat_map(|adds| &adds.dots).collect();
    dots.sort_unstable();
    if let Some([dot, _]) = dots.array_windows().find(|[one, next]| one == next) {
        return Err(Error::at(Code::DotConflict, reader.offset(), "one dot stands on two elements").with("found", dot));
    }
    match dots.into_iter().find(|dot| !context.contains(dot)) {
        Some(dot) => Err(reader.not_canonical("the context covers every dot").with("found", dot)),
        None => Ok(()),
    }
}

fn check_removed(
    elements: &BTreeMap<Value, Adds>,
    removed: &BTreeMap<Value, BTreeSet<Name>>,
    reader: &BodyReader<'_>,
) -> Result<()> {
    let is_live = |element, tags| elements.get(element).is_some_and(|adds| !adds.tags.is_disjoint(tags));
    if removed.iter().any(|(element, tags)| is_live(element, tags)) {
        return Err(reader.not_canonical("a tag is live or removed, not both"));
    }
    Ok(())
}

pub(super) fn write<S: Sink>(set: &OrSet, out: &mut S) {
    let elements = by_bytes(set.live());
    push_varint(out, elements.len() as u64);
    for (element, adds) in elements {
        out.extend_from_slice(&element);
        push_dots(out, adds.dots.iter());
        push_tags(out, &adds.tags);
    }
    push_context(out, &set.context);
    let removed = by_bytes(set.removed.iter().filter(|(_, tags)| !tags.is_empty()));
    push_varint(out, removed.len() as u64);
    for (element, tags) in removed {
        out.extend_from_slice(&element);
        push_tags(out, tags);
    }
}

fn push_tags<S: Sink>(out: &mut S, tags: &BTreeSet<Name>) {
    push_varint(out, tags.len() as u64);
    tags.iter().for_each(|tag| push_str(out, tag));
}

/// Entries sorted by the bytes of their elements, which is not the order of the values.
fn by_bytes<'a, T>(entries: impl Iterator<Item = (&'a Value, T)>) -> Vec<(Vec<u8>, T)> {
    let mut entries: Vec<_> = entries.map(|(element, entry)| (canonical_bytes(element), entry)).collect();
    entries.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
    entries
}
