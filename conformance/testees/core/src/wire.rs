//! Frames, documents and batches.

use crdt_conform::value::Value as Tagged;
use crdt_merge_protocol::wire::{Body, Compression, DecodeOptions, Document, Limits, inspect, pack, unpack};
use crdt_merge_protocol::{AnyState, Code, Error, PayloadForm, Result, Tag};

use crate::Operation;
use crate::arguments::{bad_argument, bytes, flag, int, json_value, list, member, state, tagged, text, value};

pub const OPERATIONS: &[(&str, Operation)] = &[
    ("decode", |input| described(&read(input, &DecodeOptions::strict())?)),
    ("decode_prefix", decode_prefix),
    ("decode_within", decode_within),
    ("decode_lenient", decode_lenient),
    ("encode", encode),
    ("roundtrip", |input| Ok(Tagged::Bytes(read(input, &DecodeOptions::strict())?.encode().to_vec()))),
    ("compress", |input| compressed(bytes(input)?).map(Tagged::Bytes)),
    ("peek", peek),
    ("canonicalize", |input| state(input)?.encode_v1().map(Tagged::Bytes)),
    ("batch_pack", batch_pack),
    ("batch_unpack", batch_unpack),
];

fn read(input: &Tagged, options: &DecodeOptions) -> Result<Document> {
    Document::decode(bytes(input)?, options)
}

fn described(document: &Document) -> Result<Tagged> {
    let payload = match document.body() {
        Body::Compact(value) => tagged(value),
        Body::Json(value) => tagged(value),
        Body::State(state) => tagged(&understood(state)?.describe()?),
    };
    Ok(Tagged::map([("type", Tagged::text(document.type_name())), ("payload", payload)]))
}

/// A state that says what it holds.
fn understood(state: &AnyState) -> Result<&AnyState> {
    let AnyState::Opaque(opaque) = state else { return Ok(state) };
    let (code, message) = match Tag::from_byte(opaque.tag()) {
        Some(_) => (Code::UnsupportedSchema, "the body is written in a newer schema"),
        None => (Code::UnknownType, "no kind has this tag"),
    };
    Err(Error::new(code, message))
}

fn decode_prefix(input: &Tagged) -> Result<Tagged> {
    let (document, consumed) = Document::decode_prefix(bytes(input)?, &DecodeOptions::strict())?;
    Ok(with(described(&document)?, "consumed", Tagged::int(consumed as u64)))
}

fn with(map: Tagged, name: &str, value: Tagged) -> Tagged {
    let mut pairs = map.as_map().unwrap_or(&[]).to_vec();
    pairs.push((Tagged::text(name), value));
    Tagged::Map(pairs)
}

fn decode_within(input: &Tagged) -> Result<Tagged> {
    let mut limits = Limits::default();
    if input.field("max_inflated").is_some() {
        limits = limits.with_inflated_bytes(int(input, "max_inflated")?);
    }
    if input.field("max_depth").is_some() {
        limits = limits.with_depth(int(input, "max_depth")?);
    }
    let options = DecodeOptions::strict().with_limits(limits);
    described(&read(member(input, "frame")?, &options)?)
}

/// What a lenient reader makes of a frame, as it would write it again.
fn decode_lenient(input: &Tagged) -> Result<Tagged> {
    let document = read(input, &DecodeOptions::lenient())?;
    if document.tag() == Some(Tag::Generic) {
        return described(&document);
    }
    let written = AnyState::from_document(&document, &DecodeOptions::lenient())?.encode_v1()?;
    described(&Document::decode(&written, &DecodeOptions::lenient())?)
}

fn encode(input: &Tagged) -> Result<Tagged> {
    let name = text(input, "type")?;
    let tag = (0..=u8::MAX).filter_map(Tag::from_byte).find(|tag| tag.name() == name);
    let tag = tag.ok_or_else(|| bad_argument("no kind has this name"))?;
    let payload = member(input, "payload")?;
    let body = match tag.form() {
        PayloadForm::Json => Body::Json(json_value(payload)?),
        PayloadForm::Compact => Body::Compact(value(payload)?),
        PayloadForm::None => return Err(bad_argument("version 1 has no frames of this kind")),
    };
    let frame = Document::new(tag, body, Compression::None)?.encode().to_vec();
    // A document is free to say anything; what is sent must be readable.
    Document::decode(&frame, &DecodeOptions::strict())?;
    Ok(Tagged::Bytes(frame))
}

fn compressed(frame: &[u8]) -> Result<Vec<u8>> {
    let options = DecodeOptions::strict();
    Document::decode(frame, &options)?.repackaged(Compression::Zlib, &options)
}

fn peek(input: &Tagged) -> Result<Tagged> {
    let info = inspect(bytes(input)?)?;
    Ok(Tagged::map([
        ("total_bytes", Tagged::int(info.total_bytes as u64)),
        ("header_bytes", Tagged::int(crdt_merge_protocol::wire::HEADER_BYTES as u64)),
        ("payload_bytes", Tagged::int(info.payload_bytes)),
        ("compressed", Tagged::Bool(info.is_compressed)),
        ("protocol_version", Tagged::int(info.version)),
        ("type_name", Tagged::text(info.type_name)),
    ]))
}

fn batch_pack(input: &Tagged) -> Result<Tagged> {
    let compress = flag(input, "compress")?;
    let item = |item| {
        let frame = bytes(item)?;
        Document::decode(frame, &DecodeOptions::strict())?;
        if compress { compressed(frame) } else { Ok(frame.to_vec()) }
    };
    let items: Vec<Vec<u8>> = list(member(input, "items")?)?.iter().map(item).collect::<Result<_>>()?;
    pack(&items).map(Tagged::Bytes)
}

fn batch_unpack(input: &Tagged) -> Result<Tagged> {
    let options = DecodeOptions::strict();
    let items = unpack(bytes(input)?, &options)?;
    items.iter().try_for_each(|item| Document::decode(item, &options).map(drop))?;
    Ok(Tagged::List(items.into_iter().map(|item| Tagged::Bytes(item.to_vec())).collect()))
}
