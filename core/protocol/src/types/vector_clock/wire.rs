use super::VectorClock;
use crate::error::Result;
use crate::generated::Tag;
use crate::json::{push_integer, push_key};
use crate::names::{Name, NameMap};
use crate::state::{Framed, carried_extensions};
use crate::types::fields::{Fields, pairs_of, read_json_payload, unsigned_of, write_json_payload};
use crate::value::JsonValue;
use crate::wire::body::{BodyReader, push_counts};
use crate::wire::{DecodeOptions, Extensions};

impl Framed for VectorClock {
    const TAG: Tag = Tag::VectorClock;

    carried_extensions!();

    fn read_fields(reader: &mut BodyReader<'_>) -> Result<Self> {
        read_counters(reader)
    }

    fn write_fields(&self, out: &mut Vec<u8>) {
        self.write_counters(out);
    }

    fn read_payload(payload: &[u8], options: &DecodeOptions) -> Result<Self> {
        read_json_payload(payload, options, |fields| read_clock(fields, options))
    }

    fn write_payload(&self, out: &mut Vec<u8>) -> Result<()> {
        write_json_payload(out, |text| {
            push_clock(text, self);
            Ok(())
        })
    }
}

impl VectorClock {
    /// Appends the counters as version 2 has them.
    pub(crate) fn write_counters(&self, out: &mut Vec<u8>) {
        push_counts(out, &self.clocks);
    }
}

/// Reads the counters as version 2 has them.
pub(crate) fn read_counters(reader: &mut BodyReader<'_>) -> Result<VectorClock> {
    reader.counts(u64::MAX).map(VectorClock::from_pairs)
}

/// The clock in an object `{type, clocks}`; without `clocks` it is empty.
pub(crate) fn clock_of(value: &JsonValue, name: &str, options: &DecodeOptions) -> Result<VectorClock> {
    read_clock(Fields::of(value, name)?, options)
}

fn read_clock(fields: Fields<'_>, options: &DecodeOptions) -> Result<VectorClock> {
    fields.check_type("type", Tag::VectorClock, options)?;
    let clocks = fields.nullable("clocks", counters_of)?;
    Ok(VectorClock { clocks: clocks.unwrap_or_default(), extensions: Extensions::new() })
}

fn counters_of(value: &JsonValue, name: &str) -> Result<NameMap<u64>> {
    let mut counters = Vec::new();
    for pair in pairs_of(value, name)? {
        let (node, counter) = pair?;
        counters.push((Name::new(node), unsigned_of(counter, name)?));
    }
    counters.retain(|(_, counter)| *counter > 0);
    Ok(NameMap::from_pairs(counters))
}

/// Appends the object of a clock.
pub(crate) fn push_clock(out: &mut String, clock: &VectorClock) {
    out.push_str("{\"type\": \"vector_clock\", \"clocks\": ");
    push_counters(out, clock);
    out.push('}');
}

/// Appends the object of a clock with its members sorted by name, which digests are made of.
pub(crate) fn push_sorted_clock(out: &mut String, clock: &VectorClock) {
    out.push_str("{\"clocks\": ");
    push_counters(out, clock);
    out.push_str(", \"type\": \"vector_clock\"}");
}

fn push_counters(out: &mut String, clock: &VectorClock) {
    out.push('{');
    let mut separator = "";
    for (node, counter) in clock.slots() {
        out.push_str(separator);
        push_key(out, node);
        push_integer(out, counter);
        separator = ", ";
    }
    out.push('}');
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Code;

    fn read(text: &str) -> Result<VectorClock> {
        VectorClock::read_payload(text.as_bytes(), &DecodeOptions::strict())
    }

    #[test]
    fn canonical_text_is_sorted_and_without_zeros() -> Result<()> {
        let clock = read(r#"{"clocks": {"é": 1, "b": 18446744073709551615, "z": 0, "b\"": 2}}"#)?;
        let mut out = Vec::new();
        clock.write_payload(&mut out)?;
        let text = r#"{"type": "vector_clock", "clocks": {"b": 18446744073709551615, "b\"": 2, "\u00e9": 1}}"#;
        assert_eq!(String::from_utf8(out).as_deref(), Ok(text));
        assert_eq!(read(text)?, clock);
        Ok(())
    }

    #[test]
    fn nothing_reads_as_empty() -> Result<()> {
        for text in ["{}", r#"{"clocks": null}"#, r#"{"clocks": {}, "more": 1}"#] {
            assert!(read(text)?.is_empty(), "{text}");
        }
        Ok(())
    }

    #[test]
    fn what_is_no_counter_is_refused() {
        for counter in ["-1", "true", "1.0", "\"1\"", "null", "[]"] {
            let error = read(&format!("{{\"clocks\": {{\"a\": {counter}}}}}")).unwrap_err();
            assert_eq!((error.code(), error.detail("field")), (Code::BadSchema, Some("clocks")), "{counter}");
        }
        let wide = read(r#"{"clocks": {"a": 10000000000000000000000000}}"#).unwrap_err();
        assert_eq!(wide.code(), Code::OutOfRange);
        assert_eq!(read("[]").unwrap_err().code(), Code::BadSchema);
    }
}
