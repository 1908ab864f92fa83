//! Values of the corpus: every number is tagged text, so nothing is rounded on the way.

use crate::hex;
use crate::json::{Json, object, text};

/// A value as cases and answers spell it.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// `{"i": "-5"}`: an integer of any size, canonical decimal text.
    Int(String),
    /// `{"f": "3ff0000000000000"}`: the bits of a double, big-endian.
    Float(u64),
    /// `{"s": "é"}`.
    Text(String),
    /// `{"b": "00ff"}`.
    Bytes(Vec<u8>),
    /// `{"l": [...]}`.
    List(Vec<Value>),
    /// `{"m": [[key, value], ...]}`; the order counts.
    Map(Vec<(Value, Value)>),
    /// `{"set": [...]}`, in the order of the wire.
    Set(Vec<Value>),
    /// `{"tuple": [...]}`: a kind of the reference only, for cases that need `tuple`.
    Tuple(Vec<Value>),
    /// `{"blob": "<sha256>"}`: bytes kept beside the corpus, or only their digest.
    Blob(String),
}

impl Value {
    /// Reads the tagged form. The message names what is wrong.
    pub fn from_json(json: &Json) -> Result<Value, String> {
        match json {
            Json::Null => Ok(Value::Null),
            Json::Bool(flag) => Ok(Value::Bool(*flag)),
            Json::Object(members) => match members.as_slice() {
                [(tag, body)] => tagged(tag, body),
                _ => Err("a value has exactly one tag".into()),
            },
            _ => Err(format!("no tagged value: {}", json.to_line())),
        }
    }

    /// The tagged form.
    pub fn to_json(&self) -> Json {
        match self {
            Value::Null => Json::Null,
            Value::Bool(flag) => Json::Bool(*flag),
            Value::Int(digits) => object([("i", text(digits))]),
            Value::Float(bits) => object([("f", text(format!("{bits:016x}")))]),
            Value::Text(words) => object([("s", text(words))]),
            Value::Bytes(bytes) => object([("b", text(hex::encode(bytes)))]),
            Value::List(items) => object([("l", list_json(items))]),
            Value::Set(items) => object([("set", list_json(items))]),
            Value::Tuple(items) => object([("tuple", list_json(items))]),
            Value::Map(pairs) => object([("m", Json::Array(pairs.iter().map(pair_json).collect()))]),
            Value::Blob(digest) => object([("blob", text(digest))]),
        }
    }

    /// An integer.
    pub fn int(value: impl Into<i128>) -> Value {
        Value::Int(value.into().to_string())
    }

    /// A double.
    pub fn float(value: f64) -> Value {
        Value::Float(value.to_bits())
    }

    /// Text.
    pub fn text(value: impl Into<String>) -> Value {
        Value::Text(value.into())
    }

    /// A map whose keys are text.
    pub fn map<const N: usize>(members: [(&str, Value); N]) -> Value {
        Value::Map(members.into_iter().map(|(n, v)| (Value::text(n), v)).collect())
    }

    /// The value at a text key of a map.
    pub fn field(&self, name: &str) -> Option<&Value> {
        match self {
            Value::Map(pairs) => pairs.iter().find(|(k, _)| k.as_text() == Some(name)).map(|(_, v)| v),
            _ => None,
        }
    }

    /// The text, if this is text.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Value::Text(words) => Some(words),
            _ => None,
        }
    }

    /// The bytes, if these are bytes.
    pub fn as_bytes(&self) -> Option<&[u8]> {
        match self {
            Value::Bytes(bytes) => Some(bytes),
            _ => None,
        }
    }

    /// The items, if this is a list.
    pub fn as_list(&self) -> Option<&[Value]> {
        match self {
            Value::List(items) => Some(items),
            _ => None,
        }
    }

    /// The pairs, if this is a map.
    pub fn as_map(&self) -> Option<&[(Value, Value)]> {
        match self {
            Value::Map(pairs) => Some(pairs),
            _ => None,
        }
    }

    /// The integer, if this is one and fits.
    pub fn as_i128(&self) -> Option<i128> {
        match self {
            Value::Int(digits) => digits.parse().ok(),
            _ => None,
        }
    }

    /// This value with the members of every set in one fixed order, because their order has no meaning.
    pub fn with_sorted_sets(&self) -> Value {
        let all = |items: &[Value]| items.iter().map(Value::with_sorted_sets).collect::<Vec<_>>();
        match self {
            Value::List(items) => Value::List(all(items)),
            Value::Tuple(items) => Value::Tuple(all(items)),
            Value::Map(pairs) => Value::Map(pairs.iter().map(|(k, v)| (k.clone(), v.with_sorted_sets())).collect()),
            Value::Set(items) => {
                let mut items = all(items);
                items.sort_by_cached_key(|item| item.to_json().to_line());
                Value::Set(items)
            }
            other => other.clone(),
        }
    }

    /// Calls `visit` with this value and everything inside it.
    pub fn walk<'a>(&'a self, visit: &mut impl FnMut(&'a Value)) {
        visit(self);
        match self {
            Value::List(items) | Value::Set(items) | Value::Tuple(items) => {
                items.iter().for_each(|item| item.walk(visit));
            }
            Value::Map(pairs) => pairs.iter().for_each(|(key, value)| {
                key.walk(visit);
                value.walk(visit);
            }),
            _ => {}
        }
    }
}

fn list_json(items: &[Value]) -> Json {
    Json::Array(items.iter().map(Value::to_json).collect())
}

fn pair_json((key, value): &(Value, Value)) -> Json {
    Json::Array(vec![key.to_json(), value.to_json()])
}

fn tagged(tag: &str, body: &Json) -> Result<Value, String> {
    match tag {
        "i" => integer(words(body)?),
        "f" => float_bits(words(body)?),
        "s" => Ok(Value::Text(words(body)?.to_string())),
        "b" => bytes(words(body)?),
        "l" => items(body).map(Value::List),
        "set" => items(body).map(Value::Set),
        "tuple" => items(body).map(Value::Tuple),
        "m" => pairs(body).map(Value::Map),
        "blob" => Ok(Value::Blob(words(body)?.to_string())),
        _ => Err(format!("no value has the tag {tag:?}")),
    }
}

fn words(body: &Json) -> Result<&str, String> {
    body.as_text().ok_or_else(|| "the body of a tagged value is text".to_string())
}

/// Canonical decimal text only: no plus, no leading zero, no minus zero.
fn integer(digits: &str) -> Result<Value, String> {
    let magnitude = digits.strip_prefix('-').unwrap_or(digits);
    let canonical = !magnitude.is_empty()
        && magnitude.bytes().all(|b| b.is_ascii_digit())
        && (magnitude == "0" || !magnitude.starts_with('0'))
        && digits != "-0";
    match canonical {
        true => Ok(Value::Int(digits.to_string())),
        false => Err(format!("{digits:?} is no canonical decimal integer")),
    }
}

fn float_bits(digits: &str) -> Result<Value, String> {
    match hex::decode(digits) {
        Some(bytes) if bytes.len() == 8 => {
            Ok(Value::Float(bytes.iter().fold(0, |bits, byte| bits << 8 | u64::from(*byte))))
        }
        _ => Err(format!("{digits:?} are no 16 hexadecimal digits")),
    }
}

fn bytes(digits: &str) -> Result<Value, String> {
    hex::decode(digits).map(Value::Bytes).ok_or_else(|| "bytes are lower-case hexadecimal".into())
}

fn items(body: &Json) -> Result<Vec<Value>, String> {
    body.as_array().ok_or("a list was expected")?.iter().map(Value::from_json).collect()
}

fn pairs(body: &Json) -> Result<Vec<(Value, Value)>, String> {
    body.as_array().ok_or("a list of pairs was expected")?.iter().map(pair).collect()
}

fn pair(json: &Json) -> Result<(Value, Value), String> {
    match json.as_array() {
        Some([key, value]) => Ok((Value::from_json(key)?, Value::from_json(value)?)),
        _ => Err("a pair has two members".into()),
    }
}

/// Text of a double as Python writes it: shortest digits that read back to the same double.
pub fn float_text(bits: u64) -> String {
    let value = f64::from_bits(bits);
    if value.is_nan() {
        return "nan".into();
    }
    if value.is_infinite() {
        return if value < 0.0 { "-inf".into() } else { "inf".into() };
    }
    let scientific = format!("{value:e}");
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let power: i32 = exponent.parse().unwrap_or(0);
    if (-4..16).contains(&power) {
        let plain = format!("{value}");
        return if plain.contains('.') { plain } else { plain + ".0" };
    }
    let sign = if power < 0 { '-' } else { '+' };
    format!("{mantissa}e{sign}{:02}", power.abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_tag_survives_a_round_trip() {
        let text = r#"{"m": [[{"i": "-5"}, {"f": "7ff8000000000001"}], [{"b": "00ff"}, {"l": [null, true, {"s": "é"}]}], [{"s": "k"}, {"set": [{"i": "100000000000000000000"}]}]]}"#;
        let json = Json::parse(text).unwrap();
        assert_eq!(Value::from_json(&json).unwrap().to_json(), json);
    }

    #[test]
    fn a_bare_number_is_no_value() {
        for bad in ["1", r#"{"i": 1}"#, r#"{"i": "01"}"#, r#"{"i": "-0"}"#, r#"{"f": "1.0"}"#, r#"{"x": "1"}"#, "{}"] {
            assert!(Value::from_json(&Json::parse(bad).unwrap()).is_err(), "{bad}");
        }
    }

    #[test]
    fn float_text_follows_python() {
        for (value, expected) in [
            (1.0, "1.0"),
            (-0.0, "-0.0"),
            (1e16, "1e+16"),
            (1e15, "1000000000000000.0"),
            (1e-4, "0.0001"),
            (1e-5, "1e-05"),
            (5e-324, "5e-324"),
            (1.5e300, "1.5e+300"),
            (f64::INFINITY, "inf"),
            (0.1, "0.1"),
            (123456789.125, "123456789.125"),
        ] {
            assert_eq!(float_text(f64::to_bits(value)), expected);
        }
    }
}
