//! Values as the protocol spells them, and as the facade takes them.

use crdt_conform::value::Value as Tagged;
use crdt_merge_facade::Datum;

/// What the facade takes. A blob is replaced by its bytes before a testee sees it.
pub fn datum(tagged: &Tagged) -> Result<Datum, String> {
    Ok(match tagged {
        Tagged::Null => Datum::Null,
        Tagged::Bool(flag) => Datum::Bool(*flag),
        Tagged::Int(digits) => digits.parse().map_or_else(|_| Datum::Big(digits.clone()), Datum::Int),
        Tagged::Float(bits) => Datum::Float(f64::from_bits(*bits)),
        Tagged::Text(words) => Datum::text(words),
        Tagged::Bytes(bytes) => Datum::Bytes(bytes.clone()),
        Tagged::List(items) => Datum::List(data(items)?),
        Tagged::Set(items) => Datum::Set(data(items)?),
        Tagged::Tuple(items) => Datum::Tuple(data(items)?),
        Tagged::Map(pairs) => {
            let pair = |(key, value): &(Tagged, Tagged)| Ok((datum(key)?, datum(value)?));
            Datum::Map(pairs.iter().map(pair).collect::<Result<_, String>>()?)
        }
        Tagged::Blob(_) => return Err("a blob is not an argument".to_owned()),
    })
}

fn data(items: &[Tagged]) -> Result<Vec<Datum>, String> {
    items.iter().map(datum).collect()
}

/// The spelling of a result.
pub fn tagged(datum: &Datum) -> Tagged {
    let all = |items: &[Datum]| items.iter().map(tagged).collect();
    match datum {
        Datum::Null => Tagged::Null,
        Datum::Bool(flag) => Tagged::Bool(*flag),
        Datum::Int(integer) => Tagged::int(*integer),
        Datum::Big(digits) => Tagged::Int(digits.clone()),
        Datum::Float(float) => Tagged::float(*float),
        Datum::Text(words) => Tagged::text(words),
        Datum::Bytes(bytes) => Tagged::Bytes(bytes.clone()),
        Datum::List(items) => Tagged::List(all(items)),
        Datum::Set(items) => Tagged::Set(all(items)),
        Datum::Tuple(items) => Tagged::Tuple(all(items)),
        Datum::Map(pairs) => Tagged::Map(pairs.iter().map(|(key, value)| (tagged(key), tagged(value))).collect()),
        Datum::Ints(column) => Tagged::List(column.iter().map(|cell| Tagged::int(*cell)).collect()),
        Datum::Floats(column) => Tagged::List(column.iter().map(|cell| Tagged::float(*cell)).collect()),
        Datum::Texts(column) => Tagged::List(column.iter().map(Tagged::text).collect()),
    }
}
