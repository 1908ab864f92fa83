use super::HyperLogLog;
use super::state::{MOST_RANK, register_count};
use crate::error::{Error, Result};
use crate::generated::Tag;
use crate::sketch::{described, estimate_members, integer};
use crate::state::{Framed, carried_extensions};
use crate::value::JsonValue;
use crate::wire::Extensions;
use crate::wire::body::{BodyReader, push_bytes, push_varint};

impl Framed for HyperLogLog {
    const TAG: Tag = Tag::HllNative;

    carried_extensions!();

    fn read_fields(reader: &mut BodyReader<'_>) -> Result<Self> {
        let (seed, precision) = (reader.varint()?, reader.byte()?);
        let expected = register_count(precision)
            .ok_or_else(|| Error::schema("precision", "the precision is from 4 to 18").with("found", precision))?;
        let registers = reader.bytes()?;
        if registers.len() != expected {
            let error = Error::schema("registers", "there are 2^precision registers");
            return Err(error.with("expected", expected).with("found", registers.len()));
        }
        if let Some(rank) = registers.iter().find(|rank| **rank > MOST_RANK) {
            return Err(Error::schema("registers", "a register is at most 65").with("found", rank));
        }
        Ok(HyperLogLog { seed, precision, registers: registers.to_vec(), extensions: Extensions::new() })
    }

    fn write_fields(&self, out: &mut Vec<u8>) {
        push_varint(out, self.seed);
        out.push(self.precision);
        push_bytes(out, &self.registers);
    }

    /// Parameters, the estimate with its bounds, and how many registers hold something.
    fn describe(&self) -> Result<JsonValue> {
        let taken = self.registers.iter().filter(|rank| **rank > 0).count();
        described([
            ("seed", integer(self.seed)),
            ("precision", integer(self.precision)),
            ("registers", integer(self.registers.len() as u64)),
            ("registers_taken", integer(taken as u64)),
            ("estimate", estimate_members(self.estimate())?),
        ])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::EncodeOptions;

    #[test]
    fn frames_are_those_of_the_specification() -> Result<()> {
        let mut sketch = HyperLogLog::new(4)?;
        sketch.add("alice");
        let frame = b"CRDT\0\x02\x33\0\0\0\0\x15\x01\0\x04\x10\0\0\0\x02\0\0\0\0\0\0\0\0\0\0\0\0\0";
        assert_eq!(sketch.encode(), frame);
        assert_eq!(HyperLogLog::decode(frame)?, sketch);
        Ok(())
    }

    /// Registers as so many different items leave them: no item is added, the largest of the ranks is drawn.
    fn filled(items: f64, random: &mut crate::laws::Random) -> HyperLogLog {
        let mut sketch = HyperLogLog::default();
        let each = items / sketch.registers.len() as f64;
        for register in &mut sketch.registers {
            // P(rank ≤ r) = e^(−each · 2^−r), for r = 0 too.
            let drawn = (random.below(1 << 30) as f64 + 0.5) / (1_u64 << 30) as f64;
            let at_most = |rank: i32| (-each * 2.0_f64.powi(-rank)).exp();
            *register = (0..=MOST_RANK).find(|rank| drawn <= at_most(i32::from(*rank))).unwrap_or(MOST_RANK);
        }
        sketch
    }

    #[test]
    fn compressed_frames_are_small_at_any_fill() -> Result<()> {
        let mut random = crate::laws::Random::new(14);
        let mut sizes = Vec::new();
        for items in [0.0, 1.0, 100.0, 1e3, 1e4, 3e4, 1e5, 1e6, 1e7, 1e8, 1e9] {
            let sketch = filled(items, &mut random);
            let estimate = sketch.estimate().value;
            assert!((estimate - items).abs() <= 4.0 * sketch.standard_error() * items + 5.0, "{items}: {estimate}");
            let compressed = sketch.encode_as(&EncodeOptions::V2.compressed())?;
            assert_eq!(HyperLogLog::decode(&compressed)?, sketch);
            assert_eq!(sketch.encode().len(), 12 + 1 + 2 + 3 + (1 << 14) + 1);
            sizes.push((items, compressed.len()));
        }
        println!("{sizes:?}");
        assert!(sizes.iter().all(|(_, bytes)| *bytes <= 12_400), "{sizes:?}");
        Ok(())
    }

    #[test]
    fn a_description_has_the_estimate() -> Result<()> {
        let mut sketch = HyperLogLog::with_seed(4, u64::MAX)?;
        sketch.add("alice");
        let text = crate::json::to_text(&sketch.describe()?, crate::json::JsonStyle::WIRE)?;
        let start = r#"{"seed": 18446744073709551615, "precision": 4, "registers": 16, "registers_taken": 1, "estimate": {"value": 1.0341606718466263, "low": 1.0, "#;
        assert!(text.starts_with(start), "{text}");
        Ok(())
    }
}
