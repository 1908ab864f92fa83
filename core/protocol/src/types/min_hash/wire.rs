use super::MinHash;
use super::state::is_length;
use crate::error::{Error, Result};
use crate::generated::Tag;
use crate::sketch::{described, integer};
use crate::state::{Framed, carried_extensions};
use crate::value::JsonValue;
use crate::wire::Extensions;
use crate::wire::body::{BodyReader, push_varint};

impl Framed for MinHash {
    const TAG: Tag = Tag::Minhash;

    carried_extensions!();

    fn read_fields(reader: &mut BodyReader<'_>) -> Result<Self> {
        let (seed, count) = (reader.varint()?, reader.count(1)?);
        if !is_length(count) {
            return Err(Error::schema("signature", "a signature has 1 to 65,536 figures").with("found", count));
        }
        let signature = (0..count).map(|_| reader.varint32()).collect::<Result<_>>()?;
        Ok(MinHash { seed, signature, extensions: Extensions::new() })
    }

    fn write_fields(&self, out: &mut Vec<u8>) {
        push_varint(out, self.seed);
        push_varint(out, self.signature.len() as u64);
        self.signature.iter().for_each(|figure| push_varint(out, u64::from(*figure)));
    }

    /// Parameters, and whether anything was added.
    fn describe(&self) -> Result<JsonValue> {
        described([
            ("seed", integer(self.seed)),
            ("length", integer(self.signature.len() as u64)),
            ("is_empty", self.is_empty().into()),
        ])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_those_of_the_specification() -> Result<()> {
        let mut signature = MinHash::new(4)?;
        signature.add("alice");
        let hex: String = signature.encode().iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, "435244540002360000000018010004d1c9f2980ef9a2a1de0dcfe79ca20ad5cbccaa0700");
        assert_eq!(MinHash::decode(&signature.encode())?, signature);
        let text = crate::json::to_text(&signature.describe()?, crate::json::JsonStyle::WIRE)?;
        assert_eq!(text, r#"{"seed": 0, "length": 4, "is_empty": false}"#);
        Ok(())
    }
}
