use super::LwwMap;
use crate::error::Result;
use crate::generated::Tag;
use crate::names::NameMap;
use crate::stamp::Stamp;
use crate::state::{Framed, carried_extensions, describe_with_floor};
use crate::types::LwwRegister;
use crate::types::lww_register::{push_write, read_register, read_write, write_register};
use crate::value::JsonValue;
use crate::wire::body::{BodyReader, push_str, push_time, push_varint};
use crate::wire::{DecodeOptions, Extensions, Reader, Sink, decode_compact, push_map_header, push_stamp, push_text};

impl Framed for LwwMap {
    const TAG: Tag = Tag::LwwMap;

    carried_extensions!();

    fn each_stamp(&self, visit: &mut dyn FnMut(Stamp, &str)) {
        self.registers.values().for_each(|register| visit(register.stamp(), register.node()));
        self.tombstones.values().chain(&self.floor).for_each(|stamp| visit(*stamp, ""));
    }

    fn read_fields(reader: &mut BodyReader<'_>) -> Result<Self> {
        let registers = NameMap::from_ascending(reader.entries(read_write)?);
        let tombstones = NameMap::from_ascending(reader.entries(BodyReader::stamp)?);
        let map = LwwMap { registers, tombstones, floor: None, extensions: Extensions::new() };
        if map.tombstones().any(|(key, stamp)| map.is_dominated(key, &stamp)) {
            return Err(reader.not_canonical("a tombstone older than its register is not written"));
        }
        Ok(map)
    }

    fn write_fields(&self, out: &mut Vec<u8>) {
        self.stream_fields(out);
    }

    fn stream_fields<S: Sink>(&self, out: &mut S) -> bool {
        push_varint(out, self.registers.len() as u64);
        for (key, register) in self.registers.iter() {
            push_str(out, key);
            push_write(out, register);
        }
        push_varint(out, self.standing().count() as u64);
        for (key, stamp) in self.standing() {
            push_str(out, key);
            push_time(out, stamp);
        }
        true
    }

    fn floor_field(&self) -> Option<Vec<u8>> {
        let mut content = Vec::new();
        push_time(&mut content, self.floor?);
        Some(content)
    }

    fn set_floor_field(&mut self, content: &mut BodyReader<'_>) -> Result<()> {
        let floor = content.stamp()?;
        if !self.is_normal(floor) {
            return Err(content.not_canonical("what a floor has settled is not written"));
        }
        self.floor = Some(floor);
        Ok(())
    }

    fn describe(&self) -> Result<JsonValue> {
        describe_with_floor(self, "floor", self.floor.map(|floor| floor.to_wire().to_json()))
    }

    fn read_payload(payload: &[u8], options: &DecodeOptions) -> Result<Self> {
        decode_compact(payload, options, read)
    }

    fn write_payload(&self, out: &mut Vec<u8>) -> Result<()> {
        push_map_header(out, 3);
        push_text(out, "type");
        push_text(out, Tag::LwwMap.name());
        push_text(out, "registers");
        push_map_header(out, self.registers.len());
        for (key, register) in self.registers.iter() {
            push_text(out, key);
            write_register(out, register);
        }
        push_text(out, "tombstones");
        push_map_header(out, self.tombstones.len());
        for (key, stamp) in self.tombstones() {
            push_text(out, key);
            push_stamp(out, stamp);
        }
        Ok(())
    }
}

/// Reads `{type, registers, tombstones}`; each of the two may be missing.
fn read(reader: &mut Reader<'_>) -> Result<LwwMap> {
    let mut map = LwwMap::new();
    reader.fields("payload", |field, reader| {
        match field {
            "type" => reader.type_name(Tag::LwwMap.name())?,
            "registers" => map.registers = read_registers(reader)?,
            "tombstones" => map.tombstones = read_tombstones(reader)?,
            _ => reader.skip()?,
        }
        Ok(())
    })?;
    Ok(map)
}

fn read_registers(reader: &mut Reader<'_>) -> Result<NameMap<LwwRegister>> {
    reader.named("registers", |reader| read_register(reader, "registers")).map(NameMap::from_pairs)
}

fn read_tombstones(reader: &mut Reader<'_>) -> Result<NameMap<Stamp>> {
    let stamp = |reader: &mut Reader<'_>| {
        let item = reader.item()?;
        reader.stamp_of(item, "tombstones")
    };
    reader.named("tombstones", stamp).map(NameMap::from_pairs)
}
