use super::CompatHll;
use super::state::register_count;
use crate::error::{Error, Result};
use crate::generated::Tag;
use crate::sketch::{missing, push_byte_list, read_bytes};
use crate::state::{Framed, carried_extensions};
use crate::wire::body::{BodyReader, push_bytes};
use crate::wire::{DecodeOptions, Extensions, Reader, decode_compact, push_int, push_map_header, push_text};

impl Framed for CompatHll {
    const TAG: Tag = Tag::Hll;

    carried_extensions!();

    fn read_fields(reader: &mut BodyReader<'_>) -> Result<Self> {
        let precision = i64::from(reader.byte()?);
        checked(precision, reader.bytes()?.to_vec())
    }

    fn write_fields(&self, out: &mut Vec<u8>) {
        out.push(self.precision);
        push_bytes(out, &self.registers);
    }

    fn read_payload(payload: &[u8], options: &DecodeOptions) -> Result<Self> {
        decode_compact(payload, options, read_sketch)
    }

    fn write_payload(&self, out: &mut Vec<u8>) -> Result<()> {
        push_map_header(out, 3);
        push_text(out, "type");
        push_text(out, Tag::Hll.name());
        push_text(out, "precision");
        push_int(out, i64::from(self.precision));
        push_text(out, "registers");
        push_byte_list(out, &self.registers);
        Ok(())
    }
}

fn read_sketch(reader: &mut Reader<'_>) -> Result<CompatHll> {
    let (mut precision, mut registers) = (None, None);
    reader.fields("payload", |field, reader| match field {
        "type" => reader.type_name(Tag::Hll.name()),
        "precision" => {
            precision = Some(reader.int("precision")?);
            Ok(())
        }
        "registers" => {
            registers = Some(read_bytes(reader, "registers")?);
            Ok(())
        }
        _ => reader.skip(),
    })?;
    checked(precision.ok_or_else(|| missing("precision"))?, registers.ok_or_else(|| missing("registers"))?)
}

fn checked(precision: i64, registers: Vec<u8>) -> Result<CompatHll> {
    let allowed = u8::try_from(precision).ok().and_then(|precision| Some((precision, register_count(precision)?)));
    let Some((precision, count)) = allowed else {
        return Err(Error::schema("precision", "the precision is from 4 to 18").with("found", precision));
    };
    if registers.len() != count {
        let error = Error::schema("registers", "the precision asks for another number of registers");
        return Err(error.with("expected", count).with("found", registers.len()));
    }
    Ok(CompatHll { precision, registers, extensions: Extensions::new() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Code;
    use crate::wire::{Compression, write_frame};

    /// A frame with the fields that `write` puts into a map of two.
    fn frame(write: impl Fn(&mut Vec<u8>)) -> Vec<u8> {
        let mut out = Vec::new();
        let written = write_frame(&mut out, Tag::Hll, Compression::None, |out| {
            push_map_header(out, 2);
            write(out);
            Ok(())
        });
        written.unwrap();
        out
    }

    fn fields(precision: i64, registers: impl Fn(&mut Vec<u8>)) -> Vec<u8> {
        frame(|out| {
            push_text(out, "registers");
            registers(out);
            push_text(out, "precision");
            push_int(out, precision);
        })
    }

    fn fault(frame: &[u8]) -> (Code, Option<String>) {
        let error = CompatHll::decode(frame).unwrap_err();
        (error.code(), error.detail("field").map(str::to_owned))
    }

    #[test]
    fn an_example_to_the_byte() -> Result<()> {
        let mut sketch = CompatHll::new(4)?;
        sketch.add("alice")?;
        let head = b"CRDT\0\x01\x30\0\0\0\0\x59\x08\0\0\0\x03\x05\0\0\0\x04type\x05\0\0\0\x03hll\x05\0\0\0\x09precision\x09\x04";
        let registers = b"\x05\0\0\0\x09registers\x07\0\0\0\x10".iter().copied();
        let ranks = (0..16).flat_map(|index| [9, if index == 13 { 2 } else { 0 }]);
        let expected: Vec<u8> = head.iter().copied().chain(registers).chain(ranks).collect();
        assert_eq!(sketch.encode_v1()?, expected);
        Ok(())
    }

    #[test]
    fn frames_come_back() -> Result<()> {
        let mut sketch = CompatHll::new(5)?;
        sketch.add_all(0..100_i64)?;
        sketch.registers[3] = 200;
        assert_eq!(CompatHll::decode(&sketch.encode_v1()?)?, sketch);
        Ok(())
    }

    #[test]
    fn registers_may_be_bytes() {
        let frame = fields(4, |out| {
            out.extend_from_slice(&[6, 0, 0, 0, 16]);
            out.extend(0..16);
        });
        assert_eq!(CompatHll::decode(&frame).unwrap().registers(), (0..16).collect::<Vec<u8>>());
    }

    #[test]
    fn wrong_shapes_name_their_field() {
        let registers = (Code::BadSchema, Some("registers".to_owned()));
        let precision = (Code::BadSchema, Some("precision".to_owned()));
        assert_eq!(fault(&fields(4, |out| push_byte_list(out, &[0; 15]))), registers);
        assert_eq!(fault(&fields(5, |out| push_byte_list(out, &[0; 16]))), registers);
        assert_eq!(fault(&fields(4, |out| push_int(out, 0))), registers);
        assert_eq!(fault(&fields(3, |out| push_byte_list(out, &[0; 8]))), precision);
        assert_eq!(fault(&fields(260, |out| push_byte_list(out, &[0; 16]))), precision);
        let list = |last: i64| {
            fields(4, move |out| {
                out.extend_from_slice(&[7, 0, 0, 0, 16]);
                (0..15).for_each(|_| push_int(out, 0));
                push_int(out, last);
            })
        };
        assert_eq!(fault(&list(256)), registers);
        assert_eq!(fault(&list(-1)), registers);
        assert!(CompatHll::decode(&list(255)).is_ok());
        let twice = frame(|out| {
            (0..2).for_each(|_| {
                push_text(out, "precision");
                push_int(out, 4)
            })
        });
        assert_eq!(fault(&twice), registers);
    }
}
