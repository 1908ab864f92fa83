use super::GCounter;
use crate::error::Result;
use crate::generated::{Tag, limit};
use crate::names::NameMap;
use crate::state::{Framed, carried_extensions};
use crate::wire::body::{BodyReader, push_counts};
use crate::wire::{DecodeOptions, Extensions, Reader, Sink, decode_compact, push_int, push_map_header, push_text};

impl Framed for GCounter {
    const TAG: Tag = Tag::GCounter;

    carried_extensions!();

    fn read_fields(reader: &mut BodyReader<'_>) -> Result<Self> {
        read_slots(reader)
    }

    fn write_fields(&self, out: &mut Vec<u8>) {
        self.write_slots(out);
    }

    fn stream_fields<S: Sink>(&self, out: &mut S) -> bool {
        self.write_slots(out);
        true
    }

    fn read_payload(payload: &[u8], options: &DecodeOptions) -> Result<Self> {
        decode_compact(payload, options, |reader| read_counter(reader, "payload"))
    }

    fn write_payload(&self, out: &mut Vec<u8>) -> Result<()> {
        write_counter(out, self);
        Ok(())
    }
}

impl GCounter {
    /// Appends the slots as version 2 has them.
    pub(crate) fn write_slots<S: Sink>(&self, out: &mut S) {
        push_counts(out, &self.counts);
    }
}

/// Reads the slots as version 2 has them.
pub(crate) fn read_slots(reader: &mut BodyReader<'_>) -> Result<GCounter> {
    let counts = NameMap::from_ascending(reader.counts(limit::COUNTER_SLOT)?);
    Ok(GCounter { counts, extensions: Extensions::new() })
}

/// Reads `{type, counts}`; without `counts` the counter is empty.
pub(crate) fn read_counter(reader: &mut Reader<'_>, name: &str) -> Result<GCounter> {
    let mut counter = GCounter::new();
    reader.fields(name, |field, reader| match field {
        "type" => reader.type_name(Tag::GCounter.name()),
        "counts" => {
            counter.counts = read_counts(reader)?;
            Ok(())
        }
        _ => reader.skip(),
    })?;
    Ok(counter)
}

fn read_counts(reader: &mut Reader<'_>) -> Result<NameMap<u64>> {
    reader.named("counts", |reader| reader.count_value("counts")).map(NameMap::from_pairs)
}

pub(crate) fn write_counter(out: &mut Vec<u8>, counter: &GCounter) {
    push_map_header(out, 2);
    push_text(out, "type");
    push_text(out, Tag::GCounter.name());
    push_text(out, "counts");
    push_map_header(out, counter.counts.len());
    for (node, count) in counter.slots() {
        push_text(out, node);
        // Slots hold at most 2^63 - 1.
        push_int(out, count.cast_signed());
    }
}
