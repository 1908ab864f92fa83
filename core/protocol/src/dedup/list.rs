use std::str::FromStr;

use super::DedupIndex;
use crate::error::{Code, Error, Result};
use crate::text::py_str;
use crate::types::delta::Record;
use crate::value::Value;

/// What makes two texts duplicates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Method {
    /// They are equal, their case aside.
    Exact,
    /// They are equal, case and white space aside, or their Dice coefficient reaches a threshold.
    Fuzzy,
}

impl FromStr for Method {
    type Err = Error;

    /// The method named `exact` or `fuzzy`; fails with `BAD_ARGUMENT` on any other name.
    fn from_str(name: &str) -> Result<Self> {
        match name {
            "exact" => Ok(Method::Exact),
            "fuzzy" => Ok(Method::Fuzzy),
            _ => Err(Error::new(Code::BadArgument, "the methods are exact and fuzzy").with("found", name)),
        }
    }
}

/// Which items of a list to keep, by index from 0, both in ascending order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Deduplicated {
    /// The first of each group of duplicates.
    pub unique: Vec<usize>,
    /// All others.
    pub duplicates: Vec<usize>,
}

/// Finds the duplicates in a list of texts; an item is compared with the kept ones before it.
///
/// The threshold counts for [`Method::Fuzzy`] only, whose time grows with the square of the number of different items.
///
/// ```
/// # use crdt_merge_protocol::dedup::{DEFAULT_THRESHOLD, Method, dedup_list};
/// let found = dedup_list(&["lazy dog", "x", "LAZY DOG"], Method::Exact, DEFAULT_THRESHOLD);
/// assert_eq!((found.unique, found.duplicates), (vec![0, 1], vec![2]));
/// ```
pub fn dedup_list(items: &[impl AsRef<str>], method: Method, threshold: f64) -> Deduplicated {
    split(items.iter().map(AsRef::as_ref), method, threshold)
}

/// Finds the duplicates in a list of records by their text.
///
/// The text is made of the values of the columns named, in their order, or without names of `field=value` for all fields in
/// the order of their names.
pub fn dedup_records(records: &[Record], columns: Option<&[&str]>, method: Method, threshold: f64) -> Deduplicated {
    split(records.iter().map(|record| record_text(record, columns)), method, threshold)
}

fn split(texts: impl Iterator<Item = impl AsRef<str>>, method: Method, threshold: f64) -> Deduplicated {
    let (mut index, mut found) = (DedupIndex::new(), Deduplicated::default());
    for (place, text) in texts.enumerate() {
        let is_new = match method {
            Method::Exact => index.add_exact(text.as_ref()),
            Method::Fuzzy => index.add_fuzzy(text.as_ref(), threshold),
        };
        if is_new { found.unique.push(place) } else { found.duplicates.push(place) }
    }
    found
}

fn record_text(record: &Record, columns: Option<&[&str]>) -> String {
    let parts: Vec<String> = match columns {
        Some(columns) => columns.iter().map(|column| record.field(column).map(py_str).unwrap_or_default()).collect(),
        None => {
            let mut fields: Vec<(String, &Value)> = record.iter().map(|(name, value)| (py_str(name), value)).collect();
            fields.sort_by(|(a, _), (b, _)| a.cmp(b));
            fields.into_iter().map(|(name, value)| format!("{name}={}", py_str(value))).collect()
        }
    };
    parts.join(" | ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(fields: &[(&str, Value)]) -> Record {
        let pairs = fields.iter().map(|(name, value)| (Value::from(*name), value.clone())).collect();
        Record::from_pairs(pairs).unwrap()
    }

    #[test]
    fn records_read_as_text() {
        let one = record(&[("b", Value::Int(1)), ("a", Value::from("X"))]);
        assert_eq!(record_text(&one, None), "a=X | b=1");
        assert_eq!(record_text(&one, Some(&["b", "missing", "a"])), "1 |  | X");
        let float = record(&[("a", Value::from("x")), ("b", Value::Float(1.0))]);
        let null = record(&[("a", Value::Null)]);
        let none = record(&[("a", Value::from("none"))]);
        let records = [one, float, null, none];
        assert_eq!(dedup_records(&records, None, Method::Exact, 1.0).duplicates, [3]);
        assert_eq!(dedup_records(&records, Some(&["a"]), Method::Exact, 1.0).duplicates, [1, 3]);
    }

    #[test]
    fn likeness_goes_by_the_threshold() {
        let items = ["The quick  brown fox", "LAZY DOG", "x", "the quick brown fix", "lazy dogs", "x"];
        assert_eq!(dedup_list(&items, Method::Fuzzy, 0.5).duplicates, [3, 4, 5]);
        assert_eq!(dedup_list(&items, Method::Fuzzy, 1.0).duplicates, [5]);
        assert_eq!("soundex".parse::<Method>().unwrap_err().code(), Code::BadArgument);
    }
}
