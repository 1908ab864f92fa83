//! The typed notation of the peer, read as values of the protocol.

use anyhow::{Context, Result, bail};
use crdt_merge_protocol::Value;
use crdt_merge_protocol::value::{Map, Set};
use serde_json::Value as Json;

use crate::hex;

/// The value that a spelling stands for.
pub fn parse(spelling: &Json) -> Result<Value> {
    match spelling {
        Json::Null => Ok(Value::Null),
        Json::Bool(truth) => Ok(Value::Bool(*truth)),
        Json::Object(members) => {
            let (kind, body) = members.iter().next().context("an empty spelling")?;
            tagged(kind, body)
        }
        other => bail!("no typed spelling: {other}"),
    }
}

fn tagged(kind: &str, body: &Json) -> Result<Value> {
    Ok(match kind {
        "i" => Value::Int(text(body)?.parse()?),
        "f" => Value::Float(f64::from_bits(u64::from_str_radix(text(body)?, 16)?)),
        "s" => Value::Text(text(body)?.into()),
        "b" => Value::Bytes(hex::decode(text(body)?)?),
        "l" => Value::List(list(body)?.iter().map(parse).collect::<Result<_>>()?),
        "m" => Value::Map(Map::from_pairs(list(body)?.iter().map(pair).collect::<Result<_>>()?)?),
        "set" => Value::Set(list(body)?.iter().map(parse).collect::<Result<Vec<_>>>().and_then(set)?),
        other => bail!("no kind of the typed notation: {other}"),
    })
}

fn text(body: &Json) -> Result<&str> {
    body.as_str().context("expected text")
}

fn list(body: &Json) -> Result<&Vec<Json>> {
    body.as_array().context("expected a list")
}

fn pair(body: &Json) -> Result<(Value, Value)> {
    match list(body)?.as_slice() {
        [key, value] => Ok((parse(key)?, parse(value)?)),
        _ => bail!("expected a pair"),
    }
}

fn set(members: Vec<Value>) -> Result<Set<i64>> {
    Ok(Set::from_members(members)?)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_kind_is_read() {
        let spelled = json!({"l": [null, true, {"i": "-5"}, {"f": "7ff8000000000001"}, {"s": "é"}, {"b": "00ff"},
            {"m": [[{"i": "1"}, {"l": []}]]}, {"set": [{"i": "1"}, {"s": "1"}]}]});
        let Value::List(values) = parse(&spelled).unwrap() else { panic!("a list was spelled") };
        let kinds: Vec<_> = values.iter().map(|value| value.kind().name()).collect();
        assert_eq!(kinds, ["null", "bool", "int", "float", "text", "bytes", "map", "set"]);
        assert!(matches!(values[3], Value::Float(number) if number.to_bits() == 0x7ff8_0000_0000_0001));
    }

    #[test]
    fn other_json_is_refused() {
        for spelled in [json!(5), json!({}), json!({"x": "1"}), json!({"i": "1.0"}), json!({"m": [[null]]})] {
            assert!(parse(&spelled).is_err(), "{spelled}");
        }
    }
}
