//! OR-sets of version 1: elements by text and kind, add tags that are dots, the context.

use std::collections::{BTreeMap, BTreeSet};

use super::{empty_map, map_fields, retain};
use crate::value::{Value, float_text};
use crate::wire::Code;

/// Longest sequence that a dot has in a tag.
const MOST_DIGITS: usize = 20;

/// Actor and sequence.
type Dot = (String, u64);

/// What a set has seen: how far without a gap, and beyond.
#[derive(Default)]
struct Context {
    contiguous: BTreeMap<String, u64>,
    beyond: BTreeSet<Dot>,
}

/// The members of the canonical frame, made from members that have the right kinds.
pub(super) fn canonical(state: &Value) -> Result<Value, Code> {
    let member = |name: &str| state.field(name).cloned().unwrap_or_else(empty_map);
    let (elements, removed) = (member("elements"), member("removed"));
    check_elements(&elements, &removed, &member("element_types"))?;
    let live = live_tags(&elements, &removed);
    let removed = plain_tags(&removed);
    let context = seen(state)?;
    let live_dots = dots_of(&live).len() as u64;
    let mut out = vec![(Value::text("type"), Value::text("or_set")), (Value::text("elements"), live.clone())];
    let types = restored(&member("element_types"), &live, &removed);
    put(&mut out, "element_types", types);
    if context.size() > live_dots {
        put(&mut out, "context", context.written());
    }
    put(&mut out, "removed", removed);
    Ok(Value::Map(out))
}

fn put(out: &mut Vec<(Value, Value)>, name: &str, value: Value) {
    if value.as_map().is_some_and(|members| !members.is_empty()) {
        out.push((Value::text(name), value));
    }
}

/// Elements without tags do not count.
pub(super) fn equality_form(state: &Value) -> Value {
    let tagged = |value: &Value| retain(value, |_, tags| tags.as_list().is_some_and(|tags| !tags.is_empty()));
    let elements = tagged(&state.field("elements").cloned().unwrap_or_else(empty_map));
    let removed = state.field("removed").cloned().unwrap_or_else(empty_map);
    let names = |text: &Value| [&elements, &removed].iter().any(|map| has(map, text));
    map_fields(state, |name, value| match name {
        "elements" => elements.clone(),
        "element_types" => retain(value, |text, _| names(text)),
        _ => value.clone(),
    })
}

fn has(map: &Value, key: &Value) -> bool {
    map.as_map().unwrap_or(&[]).iter().any(|(known, _)| known == key)
}

fn pairs(map: &Value) -> impl Iterator<Item = (&str, &[Value])> {
    let pairs = map.as_map().unwrap_or(&[]).iter();
    pairs.map(|(text, tags)| (text.as_text().unwrap_or(""), tags.as_list().unwrap_or(&[])))
}

// Elements -----------------------------------------------------------------------------------------

/// Text that is there must be that of an element of the kind that is named for it.
fn check_elements(elements: &Value, removed: &Value, types: &Value) -> Result<(), Code> {
    let mut named = types.as_map().unwrap_or(&[]).iter().filter(|(text, _)| has(elements, text) || has(removed, text));
    named.try_for_each(|(text, name)| check_element(text.as_text().unwrap_or(""), name.as_text().unwrap_or("")))
}

fn check_element(text: &str, kind: &str) -> Result<(), Code> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let is_int =
        text == "0" || (digits.bytes().all(|b| b.is_ascii_digit()) && !digits.starts_with('0') && !digits.is_empty());
    let float = || text.parse::<f64>().is_ok_and(|number| float_text(number.to_bits()) == text);
    match kind {
        "int" if is_int && text.parse::<i64>().is_err() => Err("OUT_OF_RANGE"),
        "int" if is_int => Ok(()),
        "float" if float() => Ok(()),
        "NoneType" if text == "None" => Ok(()),
        "bytes" if parsed(text).is_some_and(|bytes| bytes_text(&bytes) == text) => Ok(()),
        "int" | "float" | "NoneType" | "bytes" => Err("BAD_SCHEMA"),
        _ => Ok(()),
    }
}

/// The kinds of elements that are written and are no text.
fn restored(types: &Value, elements: &Value, removed: &Value) -> Value {
    retain(types, |text, name| {
        let kind = name.as_text().unwrap_or("");
        matches!(kind, "int" | "float" | "bool" | "NoneType" | "bytes") && (has(elements, text) || has(removed, text))
    })
}

/// Bytes as they are quoted.
fn bytes_text(bytes: &[u8]) -> String {
    let quote = if bytes.contains(&b'\'') && !bytes.contains(&b'"') { '"' } else { '\'' };
    let mut out = format!("b{quote}");
    for byte in bytes {
        match byte {
            b'\\' => out.push_str("\\\\"),
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b'\t' => out.push_str("\\t"),
            byte if char::from(*byte) == quote => out.extend(['\\', quote]),
            0x20..=0x7e => out.push(char::from(*byte)),
            byte => out.push_str(&format!("\\x{byte:02x}")),
        }
    }
    out.push(quote);
    out
}

/// What quoted bytes stand for; more is taken than is ever written.
fn parsed(text: &str) -> Option<Vec<u8>> {
    let inner = text.strip_prefix('b')?;
    let quote = inner.chars().next().filter(|quote| matches!(quote, '\'' | '"'))?;
    let mut rest = inner.strip_prefix(quote)?.strip_suffix(quote)?.chars();
    let mut out = Vec::new();
    while let Some(character) = rest.next() {
        out.push(match character {
            '\\' => escaped(&mut rest)?,
            other => u8::try_from(other).ok()?,
        });
    }
    Some(out)
}

fn escaped(rest: &mut std::str::Chars<'_>) -> Option<u8> {
    match rest.next()? {
        'n' => Some(b'\n'),
        'r' => Some(b'\r'),
        't' => Some(b'\t'),
        'x' => u8::from_str_radix(&rest.by_ref().take(2).collect::<String>(), 16).ok(),
        other => u8::try_from(other).ok(),
    }
}

// Tags and dots ------------------------------------------------------------------------------------

/// The dot that an add tag is, if it has the form of one: the last `#`, and a sequence from 1 without leading zeros.
fn dot(tag: &str) -> Option<Dot> {
    let (actor, digits) = tag.rsplit_once('#')?;
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.starts_with('0');
    let fits = plain && !actor.is_empty() && digits.len() <= MOST_DIGITS;
    digits.parse().ok().filter(|_| fits).map(|sequence| (actor.to_string(), sequence))
}

/// Live tags by element: those that `removed` does not take away. A removed dot is dead wherever it stands.
fn live_tags(elements: &Value, removed: &Value) -> Value {
    let dead = dots_of(removed);
    let live = |text: &str, tag: &Value| match tag.as_text().and_then(dot) {
        Some(dot) => !dead.contains(&dot),
        None => !removed.field(text).and_then(Value::as_list).unwrap_or(&[]).contains(tag),
    };
    map_fields(elements, |text, tags| {
        let tags = tags.as_list().unwrap_or(&[]).iter().filter(|tag| live(text, tag));
        Value::List(tags.cloned().collect())
    })
}

/// Removed tags that are no dots.
fn plain_tags(removed: &Value) -> Value {
    let plain = map_fields(removed, |_, tags| {
        let tags =
            tags.as_list().unwrap_or(&[]).iter().filter(|tag| tag.as_text().is_none_or(|tag| dot(tag).is_none()));
        Value::List(tags.cloned().collect())
    });
    retain(&plain, |_, tags| tags.as_list().is_some_and(|tags| !tags.is_empty()))
}

fn dots_of(map: &Value) -> BTreeSet<Dot> {
    pairs(map).flat_map(|(_, tags)| tags).filter_map(|tag| tag.as_text().and_then(dot)).collect()
}

/// Every dot the frame tells of. One dot on two elements is a contradiction.
fn seen(state: &Value) -> Result<Context, Code> {
    let mut context = given(state.field("context"))?;
    let elements = state.field("elements").cloned().unwrap_or_else(empty_map);
    let dots = dots_of(&elements);
    let standing = pairs(&elements).flat_map(|(_, tags)| tags).filter(|tag| tag.as_text().and_then(dot).is_some());
    if standing.count() != dots.len() {
        return Err("DOT_CONFLICT");
    }
    context.beyond.extend(dots);
    context.beyond.extend(state.field("removed").map(dots_of).unwrap_or_default());
    context.settle();
    Ok(context)
}

/// The member `context`.
fn given(member: Option<&Value>) -> Result<Context, Code> {
    let mut context = Context::default();
    let Some(member) = member else { return Ok(context) };
    for (actor, figure) in member.field("contiguous").and_then(Value::as_map).unwrap_or(&[]) {
        let actor = actor.as_text().filter(|actor| !actor.is_empty()).ok_or("BAD_SCHEMA")?;
        let figure = figure.as_i128().and_then(|figure| u64::try_from(figure).ok()).ok_or("BAD_SCHEMA")?;
        context.contiguous.insert(actor.into(), figure);
    }
    for tag in member.field("exceptions").and_then(Value::as_list).unwrap_or(&[]) {
        context.beyond.insert(tag.as_text().and_then(dot).ok_or("BAD_SCHEMA")?);
    }
    Ok(context)
}

impl Context {
    /// Moves what has no gap before it into the contiguous part.
    fn settle(&mut self) {
        for (actor, sequence) in std::mem::take(&mut self.beyond) {
            let reached = self.contiguous.entry(actor.clone()).or_default();
            if sequence > *reached {
                match sequence - *reached {
                    1 => *reached = sequence,
                    _ => drop(self.beyond.insert((actor, sequence))),
                }
            }
        }
        self.contiguous.retain(|_, reached| *reached > 0);
    }

    /// How many dots there are.
    fn size(&self) -> u64 {
        self.contiguous.values().fold(self.beyond.len() as u64, |sum, reached| sum.saturating_add(*reached))
    }

    fn written(&self) -> Value {
        let slot = |(actor, reached): (&String, &u64)| (Value::text(actor), Value::int(*reached));
        let tag = |(actor, sequence): &Dot| Value::Text(format!("{actor}#{sequence}"));
        Value::map([
            ("contiguous", Value::Map(self.contiguous.iter().map(slot).collect())),
            ("exceptions", Value::List(self.beyond.iter().map(tag).collect())),
        ])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags(tags: &[&str]) -> Value {
        Value::List(tags.iter().map(|tag| Value::text(*tag)).collect())
    }

    fn set(members: &[(&str, Value)]) -> Value {
        let members = members.iter().map(|(name, value)| (Value::text(*name), value.clone()));
        Value::Map([(Value::text("type"), Value::text("or_set"))].into_iter().chain(members).collect())
    }

    fn read(members: &[(&str, Value)]) -> Result<Value, Code> {
        super::super::canonical(0x04, &set(members))
    }

    #[test]
    fn the_context_is_written_when_it_knows_dead_dots() {
        let elements = Value::map([("x", tags(&["a#1", "a#3"]))]);
        let alone = read(&[("elements", elements.clone())]);
        let context = Value::map([("contiguous", empty_map()), ("exceptions", tags(&["a#2"]))]);
        let filled = Value::map([("contiguous", Value::map([("a", Value::int(3))])), ("exceptions", tags(&[]))]);
        assert_eq!(alone, Ok(set(&[("elements", elements.clone())])));
        let whole = read(&[("elements", elements.clone()), ("context", context)]);
        assert_eq!(whole, Ok(set(&[("elements", elements), ("context", filled)])));
    }

    #[test]
    fn removed_dots_become_context_and_removed_tags_stay() {
        let removed = Value::map([("x", tags(&["a#2", "plain"])), ("y", tags(&["a#1"]))]);
        let elements = Value::map([("x", tags(&["a#1", "b#1", "plain"]))]);
        let context = Value::map([
            ("contiguous", Value::map([("a", Value::int(2)), ("b", Value::int(1))])),
            ("exceptions", tags(&[])),
        ]);
        let expected = set(&[
            ("elements", Value::map([("x", tags(&["b#1"]))])),
            ("context", context),
            ("removed", Value::map([("x", tags(&["plain"]))])),
        ]);
        assert_eq!(read(&[("elements", elements), ("removed", removed)]), Ok(expected));
    }

    #[test]
    fn elements_are_those_of_their_kinds() {
        for (text, kind, expected) in [
            ("7", "int", Ok(())),
            ("07", "int", Err("BAD_SCHEMA")),
            ("-0", "int", Err("BAD_SCHEMA")),
            ("9223372036854775808", "int", Err("OUT_OF_RANGE")),
            ("1.0", "float", Ok(())),
            ("1", "float", Err("BAD_SCHEMA")),
            ("None", "NoneType", Ok(())),
            ("none", "NoneType", Err("BAD_SCHEMA")),
            (r"b'\x00\n\\'", "bytes", Ok(())),
            (r#"b"it's""#, "bytes", Ok(())),
            (r"b'it\'s'", "bytes", Err("BAD_SCHEMA")),
            ("b'\u{e9}'", "bytes", Err("BAD_SCHEMA")),
            ("anything", "Fraction", Ok(())),
        ] {
            assert_eq!(check_element(text, kind), expected, "{text} {kind}");
        }
    }

    #[test]
    fn contradictions_are_found() {
        let twice = Value::map([("x", tags(&["a#1"])), ("y", tags(&["a#1"]))]);
        assert_eq!(read(&[("elements", twice)]), Err("DOT_CONFLICT"));
        let context = Value::map([("exceptions", tags(&["a"]))]);
        assert_eq!(read(&[("context", context)]), Err("BAD_SCHEMA"));
        let nobody = Value::map([("contiguous", Value::map([("", Value::int(0))]))]);
        assert_eq!(read(&[("context", nobody)]), Err("BAD_SCHEMA"));
    }
}
