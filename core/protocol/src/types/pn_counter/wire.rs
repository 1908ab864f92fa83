use super::PnCounter;
use crate::error::{Error, Result};
use crate::generated::Tag;
use crate::state::Framed;
use crate::types::g_counter::{read_counter, write_counter};
use crate::wire::{DecodeOptions, Reader, decode_compact, push_map_header, push_text};

impl Framed for PnCounter {
    const TAG: Tag = Tag::PnCounter;

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
    })
}
