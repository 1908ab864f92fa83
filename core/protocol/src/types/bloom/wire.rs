use super::{BloomSizing, CompatBloom};
use crate::error::{Code, Error, Result};
use crate::generated::Tag;
use crate::sketch::{missing, push_byte_list, read_bytes};
use crate::state::{Framed, carried_extensions};
use crate::wire::body::{BodyReader, push_bytes, push_f64, push_varint};
use crate::wire::{
    DecodeOptions, Extensions, Item, Reader, decode_compact, push_float, push_int, push_map_header, push_text,
};

impl Framed for CompatBloom {
    const TAG: Tag = Tag::Bloom;

    carried_extensions!();

    /// The count of additions is no part of the state; it is estimated from the bits, as after a merge.
    fn read_fields(reader: &mut BodyReader<'_>) -> Result<Self> {
        let capacity = i64::try_from(reader.varint()?)
            .map_err(|_| reader.fault(Code::BadSchema, "a capacity ends at 2^63 - 1").with("field", "capacity"))?;
        let fp_rate = reader.float()?;
        let (size, num_hashes) = (reader.varint()?, reader.varint32()?);
        let sizing = sizing(i64::try_from(size).unwrap_or(i64::MAX), i64::from(num_hashes))?;
        let bits = reader.bytes()?;
        if fp_rate.is_nan() {
            return Err(Error::schema("fp_rate", "expected a number"));
        }
        check_length(sizing, bits)?;
        if has_spare_bit(sizing, bits) {
            return Err(reader.not_canonical("a bit beyond the size is set"));
        }
        let mut filter =
            CompatBloom { capacity, fp_rate, sizing, bits: bits.to_vec(), count: 0, extensions: Extensions::new() };
        filter.count = filter.distinct().unwrap_or(0);
        Ok(filter)
    }

    fn write_fields(&self, out: &mut Vec<u8>) {
        // Version 1 can have a capacity below 0, which means no more than 0 does.
        push_varint(out, self.capacity.max(0).cast_unsigned());
        push_f64(out, self.fp_rate);
        push_varint(out, self.sizing.size);
        push_varint(out, u64::from(self.sizing.num_hashes));
        push_bytes(out, &self.bits);
    }

    fn read_payload(payload: &[u8], options: &DecodeOptions) -> Result<Self> {
        decode_compact(payload, options, |reader| Fields::read(reader)?.checked())
    }

    fn write_payload(&self, out: &mut Vec<u8>) -> Result<()> {
        push_map_header(out, 7);
        push_text(out, "type");
        push_text(out, Tag::Bloom.name());
        push_text(out, "capacity");
        push_int(out, self.capacity);
        push_text(out, "fp_rate");
        push_float(out, self.fp_rate);
        push_text(out, "size");
        push_int(out, self.sizing.size.cast_signed());
        push_text(out, "num_hashes");
        push_int(out, i64::from(self.sizing.num_hashes));
        push_text(out, "bits");
        push_byte_list(out, &self.bits);
        push_text(out, "count");
        push_int(out, self.count.cast_signed());
        Ok(())
    }
}

/// The fields of a payload before they are held against each other.
#[derive(Default)]
struct Fields {
    capacity: Option<i64>,
    fp_rate: Option<f64>,
    size: Option<i64>,
    num_hashes: Option<i64>,
    bits: Option<Vec<u8>>,
    count: u64,
}

impl Fields {
    fn read(reader: &mut Reader<'_>) -> Result<Self> {
        let mut fields = Fields::default();
        reader.fields("payload", |field, reader| {
            match field {
                "type" => reader.type_name(Tag::Bloom.name())?,
                "capacity" => fields.capacity = Some(reader.int(field)?),
                "fp_rate" => fields.fp_rate = Some(read_rate(reader)?),
                "size" => fields.size = Some(reader.int(field)?),
                "num_hashes" => fields.num_hashes = Some(reader.int(field)?),
                "bits" => fields.bits = Some(read_bytes(reader, field)?),
                "count" => fields.count = reader.count_value(field)?,
                _ => reader.skip()?,
            }
            Ok(())
        })?;
        Ok(fields)
    }

    fn checked(self) -> Result<CompatBloom> {
        let sizing = sizing(require(self.size, "size")?, require(self.num_hashes, "num_hashes")?)?;
        let bits = require(self.bits, "bits")?;
        check_bits(sizing, &bits)?;
        Ok(CompatBloom {
            capacity: require(self.capacity, "capacity")?,
            fp_rate: require(self.fp_rate, "fp_rate")?,
            sizing,
            bits,
            count: self.count,
            extensions: Extensions::new(),
        })
    }
}

fn require<T>(field: Option<T>, name: &str) -> Result<T> {
    field.ok_or_else(|| missing(name))
}

fn read_rate(reader: &mut Reader<'_>) -> Result<f64> {
    match reader.item()? {
        Item::Float(rate) if !rate.is_nan() => Ok(rate),
        Item::Int(rate) => Ok(rate as f64),
        _ => Err(reader.mistyped("fp_rate", "expected a number")),
    }
}

fn sizing(size: i64, num_hashes: i64) -> Result<BloomSizing> {
    // What does not fit the types is far outside the limits, as 0 is.
    let size_ok = u64::try_from(size).ok().and_then(|size| BloomSizing::new(size, 1).ok());
    let size = size_ok.ok_or_else(|| Error::schema("size", "a filter has 1 to 2^32 bits").with("found", size))?.size;
    let hashes = u32::try_from(num_hashes).ok().and_then(|hashes| BloomSizing::new(size, hashes).ok());
    hashes.ok_or_else(|| Error::schema("num_hashes", "a filter has 1 to 1024 hashes").with("found", num_hashes))
}

fn check_bits(sizing: BloomSizing, bits: &[u8]) -> Result<()> {
    check_length(sizing, bits)?;
    if has_spare_bit(sizing, bits) {
        return Err(Error::schema("bits", "a bit beyond the size is set"));
    }
    Ok(())
}

fn has_spare_bit(sizing: BloomSizing, bits: &[u8]) -> bool {
    let used = sizing.size % 8;
    used > 0 && bits.last().is_some_and(|last| last >> used != 0)
}

fn check_length(sizing: BloomSizing, bits: &[u8]) -> Result<()> {
    if bits.len() != sizing.bytes() {
        let error = Error::schema("bits", "the size asks for another number of bytes");
        return Err(error.with("expected", sizing.bytes()).with("found", bits.len()));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filter() -> Result<CompatBloom> {
        let mut filter = CompatBloom::with_capacity(7, 0.003)?;
        filter.add_all(["alice", "bob"])?;
        Ok(filter)
    }

    /// The field that is named when a frame of the filter is refused.
    fn fault(change: impl FnOnce(&mut CompatBloom)) -> Option<String> {
        let mut filter = filter().unwrap();
        change(&mut filter);
        let error = CompatBloom::decode(&filter.encode_v1().unwrap()).err()?;
        assert_eq!(error.code(), Code::BadSchema);
        error.detail("field").map(str::to_owned)
    }

    #[test]
    fn an_example_to_the_byte() -> Result<()> {
        let mut filter = CompatBloom::with_capacity(3, 0.1)?;
        filter.add("alice")?;
        let expected = b"CRDT\0\x01\x31\0\0\0\0\x82\x08\0\0\0\x07\x05\0\0\0\x04type\x05\0\0\0\x05bloom\
            \x05\0\0\0\x08capacity\x09\x03\x05\0\0\0\x07fp_rate\x04\x3f\xb9\x99\x99\x99\x99\x99\x9a\x05\0\0\0\x04size\x09\x40\
            \x05\0\0\0\x0anum_hashes\x09\x0f\x05\0\0\0\x04bits\x07\0\0\0\x08\x09\x10\x09\x11\x09\x11\x09\x11\x09\x11\x09\x11\x09\x11\x09\x11\
            \x05\0\0\0\x05count\x09\x01";
        assert_eq!(filter.encode_v1()?, expected);
        Ok(())
    }

    #[test]
    fn frames_come_back_with_their_count() -> Result<()> {
        let filter = filter()?;
        assert_ne!(filter.sizing().size() % 8, 0, "the last byte is not full");
        let back = CompatBloom::decode(&filter.encode_v1()?)?;
        assert_eq!((&back, back.count()), (&filter, 2));
        Ok(())
    }

    #[test]
    fn wrong_shapes_name_their_field() {
        assert_eq!(fault(|_| {}), None);
        assert_eq!(fault(|filter| filter.sizing.size = 0).as_deref(), Some("size"));
        assert_eq!(fault(|filter| filter.sizing.size = (1 << 32) + 1).as_deref(), Some("size"));
        assert_eq!(fault(|filter| filter.sizing.size = u64::MAX).as_deref(), Some("size"));
        assert_eq!(fault(|filter| filter.sizing.num_hashes = 0).as_deref(), Some("num_hashes"));
        assert_eq!(fault(|filter| filter.sizing.num_hashes = 1025).as_deref(), Some("num_hashes"));
        assert_eq!(fault(|filter| filter.bits.push(0)).as_deref(), Some("bits"));
        assert_eq!(fault(|filter| *filter.bits.last_mut().unwrap() |= 0x80).as_deref(), Some("bits"));
        assert_eq!(fault(|filter| filter.count = u64::MAX).as_deref(), Some("count"));
        assert_eq!(fault(|filter| filter.fp_rate = f64::NAN).as_deref(), Some("fp_rate"));
    }
}
