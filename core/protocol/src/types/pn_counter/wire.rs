use super::PnCounter;
use crate::error::{Error, Result};
use crate::generated::Tag;
use crate::state::{Framed, carried_extensions};
use crate::types::g_counter::{read_counter, read_slots, write_counter};
use crate::wire::body::BodyReader;
use crate::wire::{DecodeOptions, Extensions, Reader, decode_compact, push_map_header, push_text};

impl Framed for PnCounter {
    const TAG: Tag = Tag::PnCounter;

    carried_extensions!();

    fn read_fields(reader: &mut BodyReader<'_>) -> Result<Self> {
        let (positive, negative) = (read_slots(reader)?, read_slots(reader)?);
        Ok(PnCounter { positive, negative, extensions: Extensions::new() })
    }

    fn write_fields(&self, out: &mut Vec<u8>) {
        self.positive.write_slots(out);
        self.negative.write_slots(out);
    }

    fn read_payload(payload: &[u8], options: &DecodeOptions) -> Result<Self> {
        decode_compact(payload, options, read)
    }

    fn write_payload(&self, out: &mut Vec<u8>) -> Result<()> {
        push_map_header(out, 3);
        push_text(out, "type");
        push_text(out, Tag::PnCounter.name());
        push_text(out, "pos");
        write_counter(out, &self.positive);
        push_text(out, "neg");
        write_counter(out, &self.negative);
        Ok(())
    }
}

/// Reads `{type, pos, neg}`; both halves have to be there.
fn read(reader: &mut Reader<'_>) -> Result<PnCounter> {
    let (mut positive, mut negative) = (None, None);
    reader.fields("payload", |field, reader| {
        match field {
            "type" => reader.type_name(Tag::PnCounter.name())?,
            "pos" => positive = Some(read_counter(reader, "pos")?),
            "neg" => negative = Some(read_counter(reader, "neg")?),
            _ => reader.skip()?,
        }
        Ok(())
    })?;
    let missing = |field| Error::schema(field, "the field is missing");
    Ok(PnCounter {
        positive: positive.ok_or_else(|| missing("pos"))?,
        negative: negative.ok_or_else(|| missing("neg"))?,
        extensions: Extensions::new(),
    })
}
