use crdt_merge_kernels::bloom::{Block, WORDS};

use super::BloomFilter;
use super::state::block_count;
use crate::error::{Error, Result};
use crate::generated::Tag;
use crate::sketch::{described, estimate_members, integer};
use crate::state::{Framed, carried_extensions};
use crate::value::JsonValue;
use crate::wire::Extensions;
use crate::wire::body::{BodyReader, push_varint};

/// Bytes of a word.
const WORD_BYTES: usize = 4;
/// Bytes of a block.
const BLOCK_BYTES: usize = WORDS * WORD_BYTES;

impl Framed for BloomFilter {
    const TAG: Tag = Tag::BloomNative;

    carried_extensions!();

    fn read_fields(reader: &mut BodyReader<'_>) -> Result<Self> {
        let (seed, blocks) = (reader.varint()?, reader.varint32()?);
        let count = block_count(blocks)
            .ok_or_else(|| Error::schema("blocks", "a filter has 1 to 2^24 blocks").with("found", blocks))?;
        let bits = reader.bytes()?;
        if bits.len() != count * BLOCK_BYTES {
            let error = Error::schema("bits", "there are 32 bytes for each block");
            return Err(error.with("expected", count * BLOCK_BYTES).with("found", bits.len()));
        }
        let blocks = bits.as_chunks::<BLOCK_BYTES>().0.iter().map(read_block).collect();
        Ok(BloomFilter { seed, blocks, extensions: Extensions::new() })
    }

    fn write_fields(&self, out: &mut Vec<u8>) {
        push_varint(out, self.seed);
        push_varint(out, self.blocks.len() as u64);
        let length = self.blocks.len() * BLOCK_BYTES;
        push_varint(out, length as u64);
        out.reserve(length + 1);
        self.blocks.iter().flat_map(|block| block.0).for_each(|word| out.extend_from_slice(&word.to_le_bytes()));
    }

    /// Parameters, the share of bits that are set, and the number of items that it speaks for.
    fn describe(&self) -> Result<JsonValue> {
        described([
            ("seed", integer(self.seed)),
            ("blocks", integer(self.block_count())),
            ("fill", self.fill().into()),
            ("estimate", estimate_members(self.estimate())?),
        ])
    }
}

fn read_block(bytes: &[u8; BLOCK_BYTES]) -> Block {
    let mut block = Block::default();
    for (word, bytes) in block.0.iter_mut().zip(bytes.as_chunks::<WORD_BYTES>().0) {
        *word = u32::from_le_bytes(*bytes);
    }
    block
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_those_of_the_specification() -> Result<()> {
        let mut filter = BloomFilter::new(1)?;
        filter.add("alice");
        let hex: String = filter.encode().iter().map(|byte| format!("{byte:02x}")).collect();
        let expected = "43524454000234000000002501000120\
                        800000000000004000000020000080001000000000000001800000000800000000";
        assert_eq!(hex, expected);
        let mut filter = BloomFilter::with_seed(57, 300)?;
        filter.add_all(0..1_000_i64);
        assert_eq!(BloomFilter::decode(&filter.encode())?, filter);
        Ok(())
    }

    #[test]
    fn a_description_has_fill_and_estimate() -> Result<()> {
        let mut filter = BloomFilter::new(1)?;
        filter.add("alice");
        let text = crate::json::to_text(&filter.describe()?, crate::json::JsonStyle::WIRE)?;
        let start = r#"{"seed": 0, "blocks": 1, "fill": 0.03125, "estimate": {"value": 1.01"#;
        assert!(text.starts_with(start), "{text}");
        Ok(())
    }
}
