use super::LwwRegister;
use crate::error::{Code, Error, Result};
use crate::generated::Tag;
use crate::names::Name;
use crate::stamp::Stamp;
use crate::state::{Framed, carried_extensions};
use crate::wire::body::{BodyReader, push_node, push_str, push_time};
use crate::wire::{
    DecodeOptions, Extensions, Item, Reader, Sink, decode_compact, push_map_header, push_stamp, push_text, push_value,
};

impl Framed for LwwRegister {
    const TAG: Tag = Tag::LwwRegister;

    carried_extensions!();

    fn each_stamp(&self, visit: &mut dyn FnMut(Stamp, &str)) {
        visit(self.stamp, &self.node);
    }

    fn read_fields(reader: &mut BodyReader<'_>) -> Result<Self> {
        read_write(reader)
    }

    fn write_fields(&self, out: &mut Vec<u8>) {
        push_write(out, self);
    }

    fn read_payload(payload: &[u8], options: &DecodeOptions) -> Result<Self> {
        decode_compact(payload, options, |reader| read_register(reader, "payload"))
    }

    fn write_payload(&self, out: &mut Vec<u8>) -> Result<()> {
        write_register(out, self);
        Ok(())
    }
}

/// Reads `{type, value, timestamp, node_id}`; a missing node id is the empty one, a null timestamp is zero.
pub(crate) fn read_register(reader: &mut Reader<'_>, name: &str) -> Result<LwwRegister> {
    let (mut value, mut stamp, mut node) = (None, None, Name::default());
    reader.fields(name, |field, reader| {
        match field {
            "type" => reader.type_name(Tag::LwwRegister.name())?,
            "value" => value = Some(reader.value()?),
            "timestamp" => stamp = Some(read_timestamp(reader)?),
            "node_id" => node = Name::new(reader.text("node_id")?),
            _ => reader.skip()?,
        }
        Ok(())
    })?;
    let missing = |field| Error::schema(field, "the field is missing");
    Ok(LwwRegister {
        value: value.ok_or_else(|| missing("value"))?,
        stamp: stamp.ok_or_else(|| missing("timestamp"))?,
        node,
        extensions: Extensions::new(),
    })
}

/// Reads a write as version 2 has it: value, stamp, node.
pub(crate) fn read_write(reader: &mut BodyReader<'_>) -> Result<LwwRegister> {
    let value = reader.value()?;
    let start = reader.offset();
    let stamp = reader.stamp()?;
    if stamp == Stamp::from_whole_seconds(0) {
        return Err(Error::at(Code::NotCanonical, start, "a register has one spelling of the time 0"));
    }
    Ok(LwwRegister { value, stamp, node: reader.name()?, extensions: Extensions::new() })
}

/// Appends a write as version 2 has it.
pub(crate) fn push_write<S: Sink>(out: &mut S, register: &LwwRegister) {
    push_node(out, &register.value);
    push_time(out, register.stamp);
    push_str(out, &register.node);
}

fn read_timestamp(reader: &mut Reader<'_>) -> Result<Stamp> {
    match reader.item()? {
        // The integer 0 is, as in the reference, no timestamp.
        Item::Null | Item::Int(0) => Ok(Stamp::ZERO),
        item => reader.stamp_of(item, "timestamp"),
    }
}

pub(crate) fn write_register(out: &mut Vec<u8>, register: &LwwRegister) {
    push_map_header(out, 4);
    push_text(out, "type");
    push_text(out, Tag::LwwRegister.name());
    push_text(out, "value");
    push_value(out, &register.value);
    push_text(out, "timestamp");
    push_stamp(out, register.stamp);
    push_text(out, "node_id");
    push_text(out, &register.node);
}
