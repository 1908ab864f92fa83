//! Reading the members of a JSON payload: what is missing or of the wrong kind is `BAD_SCHEMA` and names the field.

use crate::error::{Code, Error, Result};
use crate::generated::Tag;
use crate::value::{JsonInteger, JsonValue, Map};
use crate::wire::{DecodeOptions, parse_json_payload};

/// The members of one JSON object.
#[derive(Clone, Copy)]
pub(crate) struct Fields<'a> {
    members: &'a Map<JsonInteger>,
}

/// Parses a payload and reads its members with `read`; the payload has to be an object.
pub(crate) fn read_json_payload<T>(
    payload: &[u8],
    options: &DecodeOptions,
    read: impl FnOnce(Fields<'_>) -> Result<T>,
) -> Result<T> {
    read(Fields::of(&parse_json_payload(payload, options)?, "payload")?)
}

/// Appends the JSON text that `write` makes.
pub(crate) fn write_json_payload(out: &mut Vec<u8>, write: impl FnOnce(&mut String) -> Result<()>) -> Result<()> {
    let mut text = String::new();
    write(&mut text)?;
    out.extend_from_slice(text.as_bytes());
    Ok(())
}

impl<'a> Fields<'a> {
    /// The members of a value, which has to be an object; `name` is what errors call it.
    pub(crate) fn of(value: &'a JsonValue, name: &str) -> Result<Self> {
        map_of(value, name).map(|members| Fields { members })
    }

    /// The member of a name, if there is one.
    pub(crate) fn field(&self, name: &str) -> Option<&'a JsonValue> {
        self.members.field(name)
    }

    /// The member of a name.
    pub(crate) fn required(&self, name: &str) -> Result<&'a JsonValue> {
        self.field(name).ok_or_else(|| Error::schema(name, "the field is missing"))
    }

    /// Reads a member with `read`; `None` when it is missing.
    pub(crate) fn optional<T>(
        &self,
        name: &str,
        read: impl FnOnce(&'a JsonValue, &str) -> Result<T>,
    ) -> Result<Option<T>> {
        self.field(name).map(|value| read(value, name)).transpose()
    }

    /// Reads a member that may be missing or null.
    pub(crate) fn nullable<T>(
        &self,
        name: &str,
        read: impl FnOnce(&'a JsonValue, &str) -> Result<T>,
    ) -> Result<Option<T>> {
        self.field(name).filter(|value| !matches!(value, JsonValue::Null)).map(|value| read(value, name)).transpose()
    }

    /// Checks the text that names the type, in the member `name`, if there is one: it has to be `tag`'s unless reading is lenient.
    pub(crate) fn check_type(&self, name: &str, tag: Tag, options: &DecodeOptions) -> Result<()> {
        match self.optional(name, text_of)? {
            Some(found) if found != tag.name() && !options.is_lenient() => {
                Err(Error::schema(name, "the payload names another type")
                    .with("expected", tag.name())
                    .with("found", found))
            }
            _ => Ok(()),
        }
    }
}

fn mistyped(value: &JsonValue, name: &str, message: &'static str) -> Error {
    Error::schema(name, message).with("found", value.kind().name())
}

/// An object.
pub(crate) fn map_of<'a>(value: &'a JsonValue, name: &str) -> Result<&'a Map<JsonInteger>> {
    value.as_map().ok_or_else(|| mistyped(value, name, "expected a map"))
}

/// The pairs of a map that belongs to the protocol, whose keys are text.
pub(crate) fn pairs_of<'a>(
    value: &'a JsonValue,
    name: &'a str,
) -> Result<impl Iterator<Item = Result<(&'a str, &'a JsonValue)>>> {
    Ok(map_of(value, name)?.iter().map(move |(key, value)| Ok((text_of(key, name)?, value))))
}

/// A list.
pub(crate) fn list_of<'a>(value: &'a JsonValue, name: &str) -> Result<&'a [JsonValue]> {
    value.as_list().ok_or_else(|| mistyped(value, name, "expected a list"))
}

/// A list of text.
pub(crate) fn texts_of(value: &JsonValue, name: &str) -> Result<Vec<String>> {
    list_of(value, name)?.iter().map(|member| text_of(member, name).map(str::to_owned)).collect()
}

/// Text.
pub(crate) fn text_of<'a>(value: &'a JsonValue, name: &str) -> Result<&'a str> {
    value.as_text().ok_or_else(|| mistyped(value, name, "expected text"))
}

/// A truth value.
pub(crate) fn bool_of(value: &JsonValue, name: &str) -> Result<bool> {
    match value {
        JsonValue::Bool(value) => Ok(*value),
        other => Err(mistyped(other, name, "expected true or false")),
    }
}

/// An integer of any size; truth values and floats are none.
pub(crate) fn integer_of<'a>(value: &'a JsonValue, name: &str) -> Result<&'a JsonInteger> {
    match value {
        JsonValue::Int(integer) => Ok(integer),
        other => Err(mistyped(other, name, "expected an integer")),
    }
}

/// An integer of 64 bits, or `OUT_OF_RANGE`.
pub(crate) fn int_of(value: &JsonValue, name: &str) -> Result<i64> {
    integer_of(value, name)?.to_i64().map_err(|error| error.with("field", name))
}

/// An integer from 0 to 2⁶⁴ − 1: negative ones are `BAD_SCHEMA`, larger ones `OUT_OF_RANGE`.
pub(crate) fn unsigned_of(value: &JsonValue, name: &str) -> Result<u64> {
    let integer = integer_of(value, name)?;
    let parsed = match integer {
        JsonInteger::Small(small) => u64::try_from(*small).ok(),
        JsonInteger::Big(big) => big.as_str().parse().ok(),
    };
    parsed.ok_or_else(|| not_unsigned(integer, name))
}

fn not_unsigned(integer: &JsonInteger, name: &str) -> Error {
    if *integer < JsonInteger::from(0) {
        return Error::schema(name, "expected an integer that is not negative").with("found", integer);
    }
    Error::new(Code::OutOfRange, "expected an integer below 2^64").with("field", name).with("found", integer)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code<T>(text: &str, read: impl FnOnce(Fields<'_>) -> Result<T>) -> Option<Code> {
        read_json_payload(text.as_bytes(), &DecodeOptions::strict(), read).err().map(|error| error.code())
    }

    #[test]
    fn members_are_read_by_kind() {
        let text = r#"{"t": "x", "n": null, "l": ["a"], "i": 1, "f": 1.0, "b": true}"#;
        assert_eq!(code(text, |fields| fields.optional("t", text_of).map(drop)), None);
        assert_eq!(code(text, |fields| fields.nullable("n", text_of).map(drop)), None);
        assert_eq!(code(text, |fields| fields.optional("n", text_of).map(drop)), Some(Code::BadSchema));
        assert_eq!(code(text, |fields| fields.required("z").map(drop)), Some(Code::BadSchema));
        assert_eq!(code(text, |fields| fields.optional("l", texts_of)), None);
        for member in ["f", "b", "t", "n"] {
            assert_eq!(code(text, |fields| fields.optional(member, int_of)), Some(Code::BadSchema), "{member}");
        }
        assert_eq!(code("[]", |_| Ok(())), Some(Code::BadSchema));
    }

    #[test]
    fn integers_know_their_range() {
        let unsigned = |text: &str| {
            code(&format!("{{\"i\": {text}}}"), |fields| fields.required("i").and_then(|i| unsigned_of(i, "i")))
        };
        assert_eq!(unsigned("18446744073709551615"), None);
        assert_eq!(unsigned("18446744073709551616"), Some(Code::OutOfRange));
        assert_eq!(unsigned("-1"), Some(Code::BadSchema));
        assert_eq!(unsigned("-99999999999999999999"), Some(Code::BadSchema));
        assert_eq!(code("{\"i\": 9223372036854775808}", |fields| fields.optional("i", int_of)), Some(Code::OutOfRange));
    }

    #[test]
    fn the_type_is_checked_when_it_is_there() {
        let strict = DecodeOptions::strict();
        let check = |text| code(text, |fields| fields.check_type("type", Tag::VectorClock, &strict));
        assert_eq!(check("{}"), None);
        assert_eq!(check(r#"{"type": "vector_clock"}"#), None);
        assert_eq!(check(r#"{"type": "gossip_state"}"#), Some(Code::BadSchema));
        assert_eq!(check(r#"{"type": null}"#), Some(Code::BadSchema));
    }
}
