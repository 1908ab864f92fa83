//! A relay: it keeps the newest frame of every subject, merges what it can and passes on the rest as it came.

use std::collections::BTreeMap;

use crdt_merge::frames::{self, DecodeOptions, Document};
use crdt_merge::prelude::*;

/// What the relay holds, by subject.
#[derive(Default)]
struct Relay {
    frames: BTreeMap<String, Vec<u8>>,
}

impl Relay {
    /// Takes a frame in. Kinds without a join replace what was there.
    fn receive(&mut self, subject: &str, frame: &[u8]) -> Result<()> {
        let document = Document::decode(frame, &DecodeOptions::strict())?;
        let kept = match self.frames.get(subject) {
            Some(held) if document.tag().is_none_or(|tag| tag.is_join()) => frames::merge(&[held.as_slice(), frame])?,
            _ => document.encode().to_vec(),
        };
        self.frames.insert(subject.to_owned(), kept);
        Ok(())
    }
}

fn main() -> Result<()> {
    let (laptop, phone) = (Replica::new("laptop")?, Replica::new("phone")?);
    let (mut one, mut two) = (GCounter::new(), GCounter::new());
    one.increment(&laptop, 2)?;
    two.increment(&phone, 3)?;

    let mut relay = Relay::default();
    relay.receive("visits", &one.encode_v1()?)?;
    relay.receive("visits", &two.encode_v1()?)?;
    relay.receive("note", &Generic(Value::from("closed on Mondays")).encode_v1()?)?;
    let refused = relay.receive("visits", b"CRDT\0\x01");

    let batch = frames::pack(&relay.frames.values().collect::<Vec<_>>())?;
    for frame in frames::unpack(&batch, &DecodeOptions::strict())? {
        match AnyState::decode(frame)? {
            AnyState::GCounter(counter) => println!("a counter at {}", counter.value()),
            other => println!("a frame of {}", frames::inspect(&other.encode_v1()?)?.type_name),
        }
    }
    assert_eq!(GCounter::decode(&relay.frames["visits"])?.value(), 5);
    assert_eq!(refused.map_err(|error| error.code()), Err(Code::TooShort));
    Ok(())
}
