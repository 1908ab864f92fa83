//! Integer types of [`Node`](super::Node): 64 bits in states, any size in JSON documents.

use std::cmp::Ordering;
use std::fmt;
use std::hash::Hash;

use crate::error::{Code, Error, Result};

/// What a [`Node`](super::Node) needs of its integer type.
pub trait Integer: Clone + Eq + Ord + Hash + fmt::Debug + fmt::Display + From<i64> {
    /// The integer from an optional minus sign and decimal digits; `None` when it is too wide for the type.
    fn from_decimal(text: &str) -> Option<Self>;

    /// The integer in 64 bits, if it fits.
    fn as_i64(&self) -> Option<i64>;
}

impl Integer for i64 {
    fn from_decimal(text: &str) -> Option<Self> {
        text.parse().ok()
    }

    fn as_i64(&self) -> Option<i64> {
        Some(*self)
    }
}

/// An integer of a JSON document.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum JsonInteger {
    /// An integer of 64 bits.
    Small(i64),
    /// An integer outside 64 bits.
    Big(BigInteger),
}

/// An integer outside 64 bits, kept as its shortest decimal text.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct BigInteger(String);

impl BigInteger {
    /// The decimal text: an optional minus sign, then digits without leading zeros.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn parts(&self) -> (bool, &str) {
        match self.0.strip_prefix('-') {
            Some(digits) => (true, digits),
            None => (false, &self.0),
        }
    }
}

impl Ord for BigInteger {
    fn cmp(&self, other: &Self) -> Ordering {
        let (a_negative, a) = self.parts();
        let (b_negative, b) = other.parts();
        let magnitude = a.len().cmp(&b.len()).then_with(|| a.cmp(b));
        match (a_negative, b_negative) {
            (false, false) => magnitude,
            (true, true) => magnitude.reverse(),
            (a_negative, b_negative) => b_negative.cmp(&a_negative),
        }
    }
}

impl PartialOrd for BigInteger {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl JsonInteger {
    /// The integer in 64 bits, or `OUT_OF_RANGE`.
    pub fn to_i64(&self) -> Result<i64> {
        self.as_i64().ok_or_else(|| Error::new(Code::OutOfRange, "expected an integer of 64 bits").with("found", self))
    }
}

impl Integer for JsonInteger {
    fn from_decimal(text: &str) -> Option<Self> {
        let (sign, digits) = match text.strip_prefix('-') {
            Some(digits) => ("-", digits),
            None => ("", text),
        };
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        Some(match text.parse() {
            Ok(small) => JsonInteger::Small(small),
            Err(_) => JsonInteger::Big(BigInteger(format!("{sign}{}", digits.trim_start_matches('0')))),
        })
    }

    fn as_i64(&self) -> Option<i64> {
        match self {
            JsonInteger::Small(small) => Some(*small),
            JsonInteger::Big(_) => None,
        }
    }
}

impl Ord for JsonInteger {
    fn cmp(&self, other: &Self) -> Ordering {
        use JsonInteger::{Big, Small};
        match (self, other) {
            (Small(a), Small(b)) => a.cmp(b),
            (Big(a), Big(b)) => a.cmp(b),
            (Small(_), Big(b)) => {
                if b.parts().0 {
                    Ordering::Greater
                } else {
                    Ordering::Less
                }
            }
            (Big(_), Small(_)) => other.cmp(self).reverse(),
        }
    }
}

impl PartialOrd for JsonInteger {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl From<i64> for JsonInteger {
    fn from(value: i64) -> Self {
        JsonInteger::Small(value)
    }
}

impl fmt::Display for BigInteger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for JsonInteger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            JsonInteger::Small(small) => small.fmt(f),
            JsonInteger::Big(big) => big.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimal_text_is_canonical() {
        let parse = |text| JsonInteger::from_decimal(text).map(|value| value.to_string());
        assert_eq!(parse("-0").as_deref(), Some("0"));
        assert_eq!(parse("9223372036854775808").as_deref(), Some("9223372036854775808"));
        assert_eq!(parse("000000000000000000000000000000001").as_deref(), Some("1"));
        assert_eq!(parse("1x"), None);
    }

    #[test]
    fn order_is_numeric() {
        let texts = [
            "-99999999999999999999",
            "-9223372036854775809",
            "-9223372036854775808",
            "0",
            "9223372036854775807",
            "9223372036854775808",
        ];
        let values: Vec<_> = texts.iter().filter_map(|text| JsonInteger::from_decimal(text)).collect();
        assert_eq!(values.len(), texts.len());
        assert!(values.is_sorted());
    }
}
