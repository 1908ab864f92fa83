//! From any object to the members of a table, in its order, with defaults filled in.

use std::fmt;

use super::schema::{Derived, Kind, Member, Presence};
use crate::error::{Error, Result};
use crate::text::{bytes_repr, py_str};
use crate::value::{JsonInteger, JsonValue, Map, Set};
use crate::wire::encode_value;

/// The members of a table as they stand in `given`; what the table does not know is left out.
///
/// Fails with `BAD_SCHEMA` on the first member, in the order of the table, that is missing or of the wrong kind.
pub(super) fn conform(given: Map<JsonInteger>, members: &[Member]) -> Result<Map<JsonInteger>> {
    object(given, members, None)
}

/// Where a value stands in a report: `plan.sources`.
#[derive(Clone, Copy)]
struct Path<'a> {
    parent: Option<&'a Path<'a>>,
    name: &'a str,
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.parent {
            Some(parent) => write!(f, "{parent}.{}", self.name),
            None => f.write_str(self.name),
        }
    }
}

fn object(given: Map<JsonInteger>, members: &[Member], parent: Option<&Path<'_>>) -> Result<Map<JsonInteger>> {
    let mut given = Given(given.into_pairs());
    let mut object = Vec::with_capacity(members.len());
    for member in members {
        let path = Path { parent, name: member.name };
        let value = match &member.presence {
            Presence::Derived(derived) => given.derived(derived),
            presence => match (given.take(member.name), presence) {
                (Some(value), _) => conforming(value, &member.kind, &path)?,
                (None, Presence::Optional(missing)) => missing.value(),
                (None, _) => return Err(Error::schema(path, "the field is missing")),
            },
        };
        object.push((JsonValue::from(member.name), value));
    }
    Map::from_pairs(object)
}

struct Given(Vec<(JsonValue, JsonValue)>);

impl Given {
    fn take(&mut self, name: &str) -> Option<JsonValue> {
        let (_, value) = self.0.iter_mut().find(|(key, _)| key.as_text() == Some(name))?;
        Some(std::mem::replace(value, JsonValue::Null))
    }

    fn derived(&self, derived: &Derived) -> JsonValue {
        let list = self.0.iter().find(|(key, _)| key.as_text() == Some(derived.list));
        let members = list.and_then(|(_, list)| list.as_list()).unwrap_or_default();
        let has_text = |member: &&JsonValue| {
            member.as_map().and_then(|map| map.field(derived.member)).and_then(JsonValue::as_text) == Some(derived.text)
        };
        JsonValue::from(members.iter().filter(has_text).count() as i64)
    }
}

/// The value, if it is of the kind.
fn conforming(value: JsonValue, kind: &Kind, path: &Path<'_>) -> Result<JsonValue> {
    Ok(match (kind, value) {
        (Kind::Json, value) => value,
        (Kind::Fitted, value) => fitted(value)?,
        (Kind::Nullable(_), JsonValue::Null) => JsonValue::Null,
        (Kind::Nullable(kind), value) => conforming(value, kind, path)?,
        (Kind::Text, value @ JsonValue::Text(_)) => value,
        (Kind::Bool, value @ JsonValue::Bool(_)) => value,
        (Kind::Int, value @ JsonValue::Int(_)) => value,
        (Kind::Number, value @ (JsonValue::Int(_) | JsonValue::Float(_))) => value,
        (Kind::List(kind), JsonValue::List(list)) => {
            JsonValue::List(list.into_iter().map(|member| conforming(member, kind, path)).collect::<Result<_>>()?)
        }
        (Kind::MapOf(kind), JsonValue::Map(map)) => JsonValue::Map(values(map, |value| conforming(value, kind, path))?),
        (Kind::Object(members), JsonValue::Map(map)) => JsonValue::Map(object(map, members, Some(path))?),
        (kind, value) => return Err(Error::schema(path, expected(kind)).with("found", value.kind().name())),
    })
}

fn expected(kind: &Kind) -> &'static str {
    match kind {
        Kind::Json | Kind::Fitted => "expected a value",
        Kind::Text => "expected text",
        Kind::Bool => "expected true or false",
        Kind::Int => "expected an integer",
        Kind::Number => "expected a number",
        Kind::List(_) => "expected a list",
        Kind::MapOf(_) | Kind::Object(_) => "expected a map",
        Kind::Nullable(kind) => expected(kind),
    }
}

/// The map with its values changed.
fn values(map: Map<JsonInteger>, change: impl Fn(JsonValue) -> Result<JsonValue>) -> Result<Map<JsonInteger>> {
    Map::from_pairs(map.into_pairs().into_iter().map(|(key, value)| Ok((key, change(value)?))).collect::<Result<_>>()?)
}

/// The value with everything that JSON cannot hold replaced: sets by lists in wire order, bytes by their literal, keys of maps
/// by their text.
fn fitted(value: JsonValue) -> Result<JsonValue> {
    Ok(match value {
        JsonValue::Bytes(bytes) => JsonValue::Text(bytes_repr(&bytes)),
        JsonValue::Set(set) => JsonValue::List(in_wire_order(set).into_iter().map(fitted).collect::<Result<_>>()?),
        JsonValue::List(list) => JsonValue::List(list.into_iter().map(fitted).collect::<Result<_>>()?),
        JsonValue::Map(map) => {
            let pair = |(key, value)| Ok((JsonValue::Text(py_str(&key)), fitted(value)?));
            JsonValue::Map(Map::from_pairs(map.into_pairs().into_iter().map(pair).collect::<Result<_>>()?)?)
        }
        other => other,
    })
}

fn in_wire_order(set: Set<JsonInteger>) -> Vec<JsonValue> {
    let mut members = set.into_members();
    // An integer too wide for the wire has the bytes of none: it goes before a text of the same digits, as integers that wide do.
    members.sort_by_cached_key(|member| (py_str(member), member.to_value().map(|value| encode_value(&value)).ok()));
    members
}
