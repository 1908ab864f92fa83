//! Frames, documents and batches.

use crate::datum::Datum;
use crdt_merge_protocol::wire::{Body, Compression, DecodeOptions, Document, Limits, inspect, pack, unpack};
use crdt_merge_protocol::{AnyState, Code, Error, PayloadForm, Result, Tag};

use crate::arguments::{bad_argument, bytes, flag, int, json_value, list, member, state, tagged, text, value};

pub(crate) fn decode(input: &Datum) -> Result<Datum> {
    described(&read(input, &DecodeOptions::strict())?)
}

pub(crate) fn roundtrip(input: &Datum) -> Result<Datum> {
    Ok(Datum::Bytes(read(input, &DecodeOptions::strict())?.encode().to_vec()))
}

pub(crate) fn compress(input: &Datum) -> Result<Datum> {
    compressed(bytes(input)?).map(Datum::Bytes)
}

pub(crate) fn canonicalize(input: &Datum) -> Result<Datum> {
    state(input)?.encode_v1().map(Datum::Bytes)
}

fn read(input: &Datum, options: &DecodeOptions) -> Result<Document> {
    Document::decode(bytes(input)?, options)
}

fn described(document: &Document) -> Result<Datum> {
    let payload = match document.body() {
        Body::Compact(value) => tagged(value),
        Body::Json(value) => tagged(value),
        Body::State(state) => tagged(&understood(state)?.describe()?),
    };
    Ok(Datum::map([("type", Datum::text(document.type_name())), ("payload", payload)]))
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

pub(crate) fn decode_prefix(input: &Datum) -> Result<Datum> {
    let (document, consumed) = Document::decode_prefix(bytes(input)?, &DecodeOptions::strict())?;
    Ok(with(described(&document)?, "consumed", Datum::int(consumed as u64)))
}

fn with(map: Datum, name: &str, value: Datum) -> Datum {
    let mut pairs = map.as_map().unwrap_or(&[]).to_vec();
    pairs.push((Datum::text(name), value));
    Datum::Map(pairs)
}

pub(crate) fn decode_within(input: &Datum) -> Result<Datum> {
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
pub(crate) fn decode_lenient(input: &Datum) -> Result<Datum> {
    let document = read(input, &DecodeOptions::lenient())?;
    if document.tag() == Some(Tag::Generic) {
        return described(&document);
    }
    let written = AnyState::from_document(&document, &DecodeOptions::lenient())?.encode_v1()?;
    described(&Document::decode(&written, &DecodeOptions::lenient())?)
}

pub(crate) fn encode(input: &Datum) -> Result<Datum> {
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
    Ok(Datum::Bytes(frame))
}

fn compressed(frame: &[u8]) -> Result<Vec<u8>> {
    let options = DecodeOptions::strict();
    Document::decode(frame, &options)?.repackaged(Compression::Zlib, &options)
}

pub(crate) fn peek(input: &Datum) -> Result<Datum> {
    let info = inspect(bytes(input)?)?;
    Ok(Datum::map([
        ("total_bytes", Datum::int(info.total_bytes as u64)),
        ("header_bytes", Datum::int(crdt_merge_protocol::wire::HEADER_BYTES as u64)),
        ("payload_bytes", Datum::int(info.payload_bytes)),
        ("compressed", Datum::Bool(info.is_compressed)),
        ("protocol_version", Datum::int(info.version)),
        ("type_name", Datum::text(info.type_name)),
    ]))
}

pub(crate) fn batch_pack(input: &Datum) -> Result<Datum> {
    let compress = flag(input, "compress")?;
    let item = |item| {
        let frame = bytes(item)?;
        Document::decode(frame, &DecodeOptions::strict())?;
        if compress { compressed(frame) } else { Ok(frame.to_vec()) }
    };
    let items: Vec<Vec<u8>> = list(member(input, "items")?)?.iter().map(item).collect::<Result<_>>()?;
    pack(&items).map(Datum::Bytes)
}

pub(crate) fn batch_unpack(input: &Datum) -> Result<Datum> {
    let options = DecodeOptions::strict();
    let items = unpack(bytes(input)?, &options)?;
    items.iter().try_for_each(|item| Document::decode(item, &options).map(drop))?;
    Ok(Datum::List(items.into_iter().map(|item| Datum::Bytes(item.to_vec())).collect()))
}
