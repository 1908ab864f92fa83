//! Elements: scalars, and their text and type name in version 1.

use crate::error::{Code, Error, Result};
use crate::text::{parse_bytes_repr, py_str};
use crate::value::Value;

/// Refuses containers.
pub(super) fn check_element(element: &Value) -> Result<()> {
    if element.kind().is_scalar() {
        return Ok(());
    }
    Err(Error::new(Code::BadValue, "an element is null, bool, int, float, text or bytes")
        .with("found", element.kind().name()))
}

/// The name that version 1 writes beside an element that is not text.
pub(super) fn type_name(element: &Value) -> Option<&'static str> {
    match element {
        Value::Null => Some("NoneType"),
        Value::Bool(_) => Some("bool"),
        Value::Int(_) => Some("int"),
        Value::Float(_) => Some("float"),
        Value::Bytes(_) => Some("bytes"),
        Value::Text(_) | Value::List(_) | Value::Map(_) | Value::Set(_) => None,
    }
}

/// The key of an element in version 1.
pub(super) fn element_text(element: &Value) -> String {
    py_str(element)
}

/// The element with this key and type name. Names that mean nothing here leave text.
///
/// Fails with `BAD_SCHEMA` when the text is not how an element of the type is spelled, and with `OUT_OF_RANGE` when an integer is
/// too wide. Only truth values are read as the reference reads them: everything that is not `true` in some case is false.
pub(super) fn parse_element(text: &str, type_name: Option<&str>) -> Result<Value> {
    let element = match type_name {
        Some("int") => Some(Value::Int(parse_int(text)?)),
        Some("float") => text.parse().ok().map(Value::Float),
        Some("bool") => return Ok(Value::Bool(text.eq_ignore_ascii_case("true"))),
        Some("NoneType") => Some(Value::Null),
        Some("bytes") => parse_bytes_repr(text).map(Value::Bytes),
        _ => return Ok(Value::from(text)),
    };
    element.filter(|element| element_text(element) == text).ok_or_else(|| bad_element(text, type_name.unwrap_or("str")))
}

fn parse_int(text: &str) -> Result<i64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(bad_element(text, "int"));
    }
    text.parse().map_err(|_| Error::new(Code::OutOfRange, "an integer element has 64 bits").with("found", text))
}

fn bad_element(text: &str, expected: &str) -> Error {
    Error::schema("elements", "the element's text does not fit its type").with("expected", expected).with("found", text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scalar_comes_back_from_its_text() -> Result<()> {
        let scalars = [
            Value::Null,
            Value::Bool(true),
            Value::Bool(false),
            Value::Int(i64::MIN),
            Value::Float(-0.0),
            Value::Float(f64::NAN),
            Value::Float(1e16),
            Value::Float(f64::NEG_INFINITY),
            Value::from("None"),
            Value::from(""),
            Value::Bytes(b"\x00'\xff".to_vec()),
        ];
        for scalar in scalars {
            assert_eq!(parse_element(&element_text(&scalar), type_name(&scalar))?, scalar);
        }
        Ok(())
    }

    #[test]
    fn numbers_are_checked() {
        for (text, name) in
            [("x", "int"), ("007", "int"), ("1.50", "float"), (" 1.5", "float"), ("null", "NoneType"), ("ab", "bytes")]
        {
            assert_eq!(parse_element(text, Some(name)).unwrap_err().code(), Code::BadSchema, "{text} {name}");
        }
        assert_eq!(parse_element("9223372036854775808", Some("int")).unwrap_err().code(), Code::OutOfRange);
        assert_eq!(parse_element("(1, 2)", Some("tuple")), Ok(Value::from("(1, 2)")));
    }
}
