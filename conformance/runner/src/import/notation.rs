//! The recorded notation: typed values, plain JSON and entries whose members must all be used.

use std::cell::RefCell;
use std::collections::BTreeSet;

use crate::hex;
use crate::json::Json;
use crate::value::Value;
use crate::wire;

/// One entry of a list. Every member has to be asked for before the entry is finished.
pub(super) struct Entry<'a> {
    json: &'a Json,
    used: RefCell<BTreeSet<String>>,
}

impl<'a> Entry<'a> {
    pub fn new(json: &'a Json) -> Result<Entry<'a>, String> {
        json.as_object().ok_or("an entry is an object")?;
        Ok(Entry { json, used: RefCell::default() })
    }

    pub fn has(&self, name: &str) -> bool {
        self.json.member(name).is_some()
    }

    /// The text of a member without marking it as used.
    pub fn peek_text(&self, name: &str) -> Option<&'a str> {
        self.json.member(name).and_then(Json::as_text)
    }

    /// A member that may be missing.
    pub fn maybe(&self, name: &str) -> Option<&'a Json> {
        self.used.borrow_mut().insert(name.to_string());
        self.json.member(name)
    }

    pub fn member(&self, name: &str) -> Result<&'a Json, String> {
        self.maybe(name).ok_or_else(|| format!("the member {name:?} is missing"))
    }

    pub fn text(&self, name: &str) -> Result<&'a str, String> {
        self.member(name)?.as_text().ok_or_else(|| format!("{name:?} is text"))
    }

    pub fn bool(&self, name: &str) -> Result<bool, String> {
        self.member(name)?.as_bool().ok_or_else(|| format!("{name:?} is true or false"))
    }

    pub fn bytes(&self, name: &str) -> Result<Vec<u8>, String> {
        hex::decode(self.text(name)?).ok_or_else(|| format!("{name:?} is hexadecimal"))
    }

    /// Hexadecimal bits of a double.
    pub fn bits(&self, name: &str) -> Result<Value, String> {
        float_bits(self.member(name)?).ok_or_else(|| format!("{name:?} are 16 hexadecimal digits"))
    }

    pub fn array(&self, name: &str) -> Result<&'a [Json], String> {
        self.member(name)?.as_array().ok_or_else(|| format!("{name:?} is a list"))
    }

    /// A value in the typed notation.
    pub fn typed(&self, name: &str) -> Result<Value, String> {
        typed(self.member(name)?).map_err(|fault| format!("{name}: {fault}"))
    }

    /// A value in plain JSON, ints and floats told apart by their text.
    pub fn plain(&self, name: &str) -> Result<Value, String> {
        self.member(name).map(wire::json_value)
    }

    /// Refuses the entry if a member was never asked for.
    pub fn finish(&self) -> Result<(), String> {
        let used = self.used.borrow();
        let members = self.json.as_object().unwrap_or(&[]);
        match members.iter().find(|(name, _)| !used.contains(name) && name != "name") {
            Some((name, _)) => Err(format!("nobody knows the member {name:?}")),
            None => Ok(()),
        }
    }
}

/// Bits of a double from 16 hexadecimal digits.
pub(super) fn float_bits(json: &Json) -> Option<Value> {
    let digits = json.as_text().filter(|digits| digits.len() == 16)?;
    u64::from_str_radix(digits, 16).ok().map(Value::Float)
}

/// A value in the typed notation.
pub(super) fn typed(json: &Json) -> Result<Value, String> {
    match json {
        Json::Null => Ok(Value::Null),
        Json::Bool(flag) => Ok(Value::Bool(*flag)),
        Json::Text(words) => Ok(Value::text(words)),
        Json::Array(items) => all(items).map(Value::List),
        Json::Number(digits) => Err(format!("a bare number {digits} in a typed place")),
        Json::Object(members) => match members.as_slice() {
            [(tag, body)] => tagged(tag, body),
            [(f, Json::Text(_)), (bits, body)] if f == "f" && bits == "bits" => {
                float_bits(body).ok_or_else(|| "bits are 16 hexadecimal digits".into())
            }
            _ => Err("an object with other members in a typed place".into()),
        },
    }
}

fn all(items: &[Json]) -> Result<Vec<Value>, String> {
    items.iter().map(typed).collect()
}

fn tagged(tag: &str, body: &Json) -> Result<Value, String> {
    match (tag, body) {
        ("i" | "b", Json::Text(_)) => Value::from_json(&Json::Object(vec![(tag.into(), body.clone())])),
        ("s", Json::Array(items)) => all(items).map(Value::Set),
        ("t", Json::Array(items)) => all(items).map(Value::Tuple),
        ("d", Json::Array(pairs)) => pairs.iter().map(pair).collect::<Result<_, _>>().map(Value::Map),
        _ => Err(format!("no typed value has the member {tag:?}")),
    }
}

fn pair(json: &Json) -> Result<(Value, Value), String> {
    match json.as_array() {
        Some([key, value]) => Ok((typed(key)?, typed(value)?)),
        _ => Err("a pair has two members".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_decide_over_the_text_of_a_float() {
        let json = Json::parse(r#"{"f": "1.0", "bits": "4000000000000000"}"#).unwrap();
        assert_eq!(typed(&json), Ok(Value::float(2.0)));
    }

    #[test]
    fn bare_numbers_and_foreign_objects_are_refused() {
        for bad in ["1", "[1.5]", r#"{"i": 1}"#, r#"{"a": "b"}"#, r#"{"f": "1.0"}"#, "{}"] {
            assert!(typed(&Json::parse(bad).unwrap()).is_err(), "{bad}");
        }
    }
}
