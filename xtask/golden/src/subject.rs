//! What this project makes of a pair that the reference wrote, through the library.

use std::collections::BTreeMap;

use anyhow::{Result, bail};
use crdt_merge_protocol::wire::{Compression, DecodeOptions, Document};
use crdt_merge_protocol::{AnyState, Code, CompatBloom, CompatCountMin, CompatHll, Error, Join, Value};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::peer::Kind;
use crate::touch::touch;
use crate::{hex, reads, typed};

const STRICT: DecodeOptions = DecodeOptions::strict();

/// A pair of frames from the reference.
#[derive(Debug, Deserialize)]
pub struct Item {
    /// Names the pair, together with seed and type.
    pub index: u64,
    /// The two states.
    frames: [String; 2],
    /// The same with a compressed payload, where that is smaller.
    packed: [Option<String>; 2],
    /// What was put into the two sketches, in the typed notation.
    items: Option<[Json; 2]>,
    /// What the reference answers when it is asked about the pair.
    reads: Option<BTreeMap<String, Json>>,
}

/// What goes back to the reference for judgement; all frames in hexadecimal.
#[derive(Debug, Default, Serialize)]
pub struct Answer {
    index: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    canonical: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    canonical_b: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ab: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ba: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    touched: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refused: Option<String>,
}

/// An answer, and what was found wrong without asking the reference.
#[derive(Debug, Default)]
pub struct Examination {
    /// For the reference to judge.
    pub answer: Answer,
    /// Checks that failed, each with its detail.
    pub failures: Vec<(&'static str, String)>,
}

impl Examination {
    fn check(&mut self, name: &'static str, outcome: Result<()>) {
        if let Err(error) = outcome {
            self.failures.push((name, format!("{error:#}")));
        }
    }
}

/// Reads, re-encodes and merges a pair.
pub fn examine(kind: &Kind, messagepack: bool, item: &Item) -> Examination {
    let mut found = Examination { answer: Answer { index: item.index, ..Answer::default() }, ..Examination::default() };
    let outcome = examine_into(kind, messagepack, item, &mut found);
    found.check("decode", outcome);
    found
}

fn examine_into(kind: &Kind, messagepack: bool, item: &Item, found: &mut Examination) -> Result<()> {
    let frames = [hex::decode(&item.frames[0])?, hex::decode(&item.frames[1])?];
    let respells = !(messagepack && kind.json);
    for (frame, packed) in frames.iter().zip(&item.packed) {
        found.check("document", document(frame, frame, respells));
        if let Some(packed) = packed {
            let packed = hex::decode(packed)?;
            found.check("compressed document", document(&packed, frame, respells));
            found.check("compressed state", same_state(&packed, frame));
        }
    }
    let [a, b] = [AnyState::decode(&frames[0])?, AnyState::decode(&frames[1])?];
    found.answer.canonical = Some(hex::encode(&canonical(&a)?));
    found.answer.canonical_b = Some(hex::encode(&canonical(&b)?));
    if kind.join {
        merges(kind, &a, &b, found)
    } else {
        found.check("relay", no_join(&a, &b))
    }
    if let Some(expected) = &item.reads {
        found.check("reads", reads::compare(&a, &b, expected));
    }
    if let Some(items) = &item.items {
        found.check("sketch a", rebuilt(&a, &frames[0], &items[0]));
        found.check("sketch b", rebuilt(&b, &frames[1], &items[1]));
    }
    Ok(())
}

/// A document gives back its bytes, and its content spelled anew is the reference's own spelling.
fn document(frame: &[u8], plain: &[u8], respells: bool) -> Result<()> {
    let document = Document::decode(frame, &STRICT)?;
    expect(document.encode() == frame, "other bytes than were read")?;
    if respells {
        let respelled = document.respell(Compression::None)?;
        expect(respelled == plain, &format!("spelled anew: {}", hex::encode(&respelled)))?;
    }
    let packed = document.respell(Compression::Zlib)?;
    let inflated = Document::decode(&packed, &STRICT)?;
    expect(inflated.body() == document.body(), "compressing changed the content")
}

fn same_state(packed: &[u8], plain: &[u8]) -> Result<()> {
    let same = canonical(&AnyState::decode(packed)?)? == canonical(&AnyState::decode(plain)?)?;
    expect(same, "compression changes the state")
}

/// The canonical frame, which has to be one that encodes to itself.
fn canonical(state: &AnyState) -> Result<Vec<u8>> {
    let frame = state.encode_v1()?;
    let again = AnyState::decode(&frame)?.encode_v1()?;
    expect(again == frame, &format!("canonical bytes are not a fixed point: {}", hex::encode(&again)))?;
    Ok(frame)
}

fn expect(holds: bool, otherwise: &str) -> Result<()> {
    if !holds {
        bail!("{otherwise}");
    }
    Ok(())
}

fn merges(kind: &Kind, a: &AnyState, b: &AnyState, found: &mut Examination) {
    let merged = joined(a, b).and_then(|ab| Ok((ab, joined(b, a)?)));
    match merged {
        Ok((ab, ba)) => {
            found.check("laws", laws(kind, a, b, [&ab, &ba]));
            found.answer.ab = encoded(&ab, found);
            found.answer.ba = encoded(&ba, found);
            if found.answer.refused.is_none() {
                let touched = touch(&ab).map(|frame| found.answer.touched = frame.map(|frame| hex::encode(&frame)));
                found.check("touched", touched);
            }
        }
        Err(error) => found.answer.refused = Some(code(&error)),
    }
}

fn joined(left: &AnyState, right: &AnyState) -> Result<AnyState, Error> {
    let mut state = left.clone();
    state.join(right)?;
    Ok(state)
}

/// The frame of a merged state; a refusal to write it is an answer too.
fn encoded(state: &AnyState, found: &mut Examination) -> Option<String> {
    match state.encode_v1() {
        Ok(frame) => Some(hex::encode(&frame)),
        Err(error) => {
            found.answer.refused = Some(code(&error));
            None
        }
    }
}

fn code(error: &Error) -> String {
    error.code().as_str().to_owned()
}

/// Merging commutes, byte for byte where the state holds nothing local; again changes nothing.
fn laws(kind: &Kind, a: &AnyState, b: &AnyState, [ab, ba]: [&AnyState; 2]) -> Result<()> {
    expect(ab == ba, "merging does not commute")?;
    if kind.name != "gossip_state" {
        expect(bytes(ab) == bytes(ba), "merging in another order gives other bytes")?;
    }
    for state in [a, b] {
        expect(&joined(state, state)? == state, "merging with itself changes a state")?;
        expect(&joined(ab, state)? == ab, "merging again changes the result")?;
    }
    [a, b].into_iter().try_for_each(|state| absorbed(ab, state))
}

/// A merge that went through a frame still holds what was merged into it.
fn absorbed(merged: &AnyState, state: &AnyState) -> Result<()> {
    let Ok(frame) = merged.encode_v1() else { return Ok(()) };
    let read = AnyState::decode(&frame)?;
    expect(joined(&read, state)? == read, "merging an input again into the merged frame changes it")
}

/// Canonical bytes, or the code of the refusal to write them.
fn bytes(state: &AnyState) -> Result<Vec<u8>, Code> {
    state.encode_v1().map_err(|error| error.code())
}

/// A kind without a join says so.
fn no_join(a: &AnyState, b: &AnyState) -> Result<()> {
    match joined(a, b) {
        Ok(_) => bail!("a kind without a join was merged"),
        Err(error) => expect(error.code() == Code::NotMergeable, &format!("refused with {}", code(&error))),
    }
}

/// A sketch filled here with the same items, one by one and many at once, is the same sketch.
fn rebuilt(read: &AnyState, frame: &[u8], items: &Json) -> Result<()> {
    let Value::List(items) = typed::parse(items)? else { bail!("items are a list") };
    let built = fill(read, items.split_at(items.len() / 2))?;
    expect(built.encode_v1()? == frame, "a sketch of the same items has other bytes")
}

/// A new sketch of the same parameters with all items: the first ones by `add`, the others by `add_all`.
fn fill(read: &AnyState, (first, others): (&[Value], &[Value])) -> Result<AnyState> {
    Ok(match read {
        AnyState::CompatHll(read) => {
            let mut sketch = CompatHll::new(read.precision())?;
            first.iter().try_for_each(|item| sketch.add(item))?;
            sketch.add_all(others)?;
            sketch.into()
        }
        AnyState::CompatBloom(read) => {
            let mut sketch = CompatBloom::with_capacity(read.capacity(), read.fp_rate())?;
            first.iter().try_for_each(|item| sketch.add(item))?;
            sketch.add_all(others)?;
            sketch.into()
        }
        AnyState::CompatCountMin(read) => {
            let mut sketch = CompatCountMin::new(read.width(), read.depth())?;
            first.iter().try_for_each(|item| sketch.add(item, 1))?;
            sketch.add_all(others.iter().map(|item| (item, 1)))?;
            sketch.into()
        }
        other => bail!("{} is no sketch", other.type_name()),
    })
}

/// The code with which a frame is refused, if it is.
pub fn refusal(frame: &[u8]) -> Option<String> {
    AnyState::decode(frame).err().map(|error| code(&error))
}
