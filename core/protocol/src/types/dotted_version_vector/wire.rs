use super::DottedVersionVector;
use crate::error::{Error, Result};
use crate::generated::Tag;
use crate::json::{push_integer, push_text};
use crate::names::Name;
use crate::state::{Framed, carried_extensions};
use crate::types::fields::{list_of, read_json_payload, text_of, unsigned_of, write_json_payload};
use crate::types::vector_clock::{clock_of, push_clock, read_counters};
use crate::value::JsonValue;
use crate::wire::body::BodyReader;
use crate::wire::{DecodeOptions, Extensions};

impl Framed for DottedVersionVector {
    const TAG: Tag = Tag::DottedVersionVector;

    carried_extensions!();

    /// The dot is folded in.
    fn read_fields(reader: &mut BodyReader<'_>) -> Result<Self> {
        read_counters(reader).map(DottedVersionVector::from_clock)
    }

    fn write_fields(&self, out: &mut Vec<u8>) {
        self.effective().write_counters(out);
    }

    fn read_payload(payload: &[u8], options: &DecodeOptions) -> Result<Self> {
        read_json_payload(payload, options, |fields| {
            fields.check_type("type", Self::TAG, options)?;
            let base = fields.nullable("base", |value, name| clock_of(value, name, options))?;
            let dot = fields.nullable("dot", dot_of)?;
            // A dot with counter 0 is no event.
            let dot = dot.filter(|(_, counter)| *counter > 0);
            Ok(DottedVersionVector { base: base.unwrap_or_default(), dot, extensions: Extensions::new() })
        })
    }

    fn write_payload(&self, out: &mut Vec<u8>) -> Result<()> {
        write_json_payload(out, |text| {
            text.push_str("{\"type\": \"dotted_version_vector\", \"base\": ");
            push_clock(text, &self.base);
            if let Some((node, counter)) = self.dot() {
                push_dot(text, node, counter);
            }
            text.push('}');
            Ok(())
        })
    }
}

/// A list of exactly a node and a counter.
fn dot_of(value: &JsonValue, name: &str) -> Result<(Name, u64)> {
    match list_of(value, name)? {
        [node, counter] => Ok((Name::new(text_of(node, name)?), unsigned_of(counter, name)?)),
        other => Err(Error::schema(name, "expected a node and a counter").with("found", other.len())),
    }
}

fn push_dot(out: &mut String, node: &str, counter: u64) {
    out.push_str(", \"dot\": [");
    push_text(out, node);
    out.push_str(", ");
    push_integer(out, counter);
    out.push(']');
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Code;

    fn read(text: &str) -> Result<DottedVersionVector> {
        DottedVersionVector::read_payload(text.as_bytes(), &DecodeOptions::strict())
    }

    #[test]
    fn the_dot_is_written_only_when_there_is_one() -> Result<()> {
        let base = r#"{"type": "dotted_version_vector", "base": {"type": "vector_clock", "clocks": {"a": 2}}"#;
        for text in [format!("{base}}}"), format!("{base}, \"dot\": [\"\\u00e9\", 18446744073709551615]}}")] {
            let mut out = Vec::new();
            read(&text)?.write_payload(&mut out)?;
            assert_eq!(String::from_utf8(out).as_ref(), Ok(&text));
        }
        assert_eq!(read("{}")?, read(r#"{"base": null, "dot": null}"#)?);
        assert_eq!(read(r#"{"dot": ["a", 0]}"#)?.dot(), None);
        Ok(())
    }

    #[test]
    fn a_dot_has_one_shape() {
        for dot in [
            "[]",
            "[\"a\"]",
            "[\"a\", 1, 2]",
            "[1, \"a\"]",
            "[\"a\", true]",
            "[\"a\", -1]",
            "[\"a\", 1.0]",
            "\"a\"",
            "{}",
        ] {
            let error = read(&format!("{{\"dot\": {dot}}}")).unwrap_err();
            assert_eq!((error.code(), error.detail("field")), (Code::BadSchema, Some("dot")), "{dot}");
        }
        assert_eq!(read(r#"{"dot": ["a", 18446744073709551616]}"#).unwrap_err().code(), Code::OutOfRange);
        assert_eq!(read(r#"{"base": {"type": "g_counter"}}"#).unwrap_err().code(), Code::BadSchema);
    }
}
