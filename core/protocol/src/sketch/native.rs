//! Small things that the native sketches share: parameters that have to agree, and descriptions.

use std::fmt;

use super::Estimate;
use crate::error::{Code, Error, Result};
use crate::value::{Integer, JsonInteger, JsonValue, Map};

/// Fails with `PARAMETER_MISMATCH` unless both sketches have the same parameter.
pub(crate) fn same_parameters<T: PartialEq + fmt::Display>(name: &'static str, here: T, there: T) -> Result<()> {
    if here == there {
        return Ok(());
    }
    let error = Error::new(Code::ParameterMismatch, "sketches of different parameters cannot be joined");
    Err(error.with("field", name).with("expected", here).with("found", there))
}

/// Members by name.
pub(crate) fn described<const N: usize>(members: [(&str, JsonValue); N]) -> Result<JsonValue> {
    let pairs = members.into_iter().map(|(name, value)| (JsonValue::from(name), value)).collect();
    Map::from_pairs(pairs).map(JsonValue::Map)
}

/// A number without a sign, however large.
pub(crate) fn integer(number: impl Into<u128>) -> JsonValue {
    // Decimal digits are an integer.
    JsonInteger::from_decimal(&number.into().to_string()).map_or(JsonValue::Null, JsonValue::Int)
}

/// An estimate with its bounds.
pub(crate) fn estimate_members(estimate: Estimate) -> Result<JsonValue> {
    described([("value", estimate.value.into()), ("low", estimate.low.into()), ("high", estimate.high.into())])
}
