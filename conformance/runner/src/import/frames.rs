//! Values, frames and batches: lists whose entries are bytes and what they mean.

use super::notation::{Entry, float_bits, typed};
use super::{File, Place};
use crate::case::{Compare, Expect};
use crate::hex;
use crate::json::{Duplicates, Json};
use crate::schema;
use crate::value::Value;
use crate::wire;

/// The code of an integer no state can hold.
const TOO_WIDE: &str = "OUT_OF_RANGE";
/// Estimates above this pass through a branch that loses digits.
const LARGE_RANGE: f64 = 4294967296.0 / 30.0;

/// What a strict reader makes of a frame: the answer of `decode`.
pub(super) fn document(tag: u8, payload: Value) -> Value {
    let name = schema::name_of(tag).unwrap_or("");
    Value::map([("type", Value::text(name)), ("payload", payload)])
}

/// The frame of a payload our own writer can write.
pub(super) fn frame_of(tag: u8, payload: &Value) -> Result<Value, String> {
    wire::encode(tag, payload).map(Value::Bytes).ok_or_else(|| "the payload has no frame".into())
}

impl File {
    pub(super) fn value(&mut self, place: &Place, entry: &Entry) -> Result<(), String> {
        let (value, decoded) = (entry.typed("value")?, entry.typed("decoded")?);
        let bytes = entry.bytes("hex")?;
        let reencodes = entry.bool("reencodes_identically")?;
        self.confirm(place, check_value(&bytes, &decoded, reencodes));
        self.good(place, "encode", "value_encode", value, Value::Bytes(bytes.clone()));
        self.good(place, "decode", "value_decode", Value::Bytes(bytes), decoded);
        Ok(())
    }

    pub(super) fn frame(&mut self, place: &Place, entry: &Entry) -> Result<(), String> {
        let name = entry.text("type")?;
        let tag = schema::tag_of(name).ok_or_else(|| format!("no kind is called {name:?}"))?;
        let description = entry.maybe("description").and_then(Json::as_text).unwrap_or("");
        entry.bool("reference_roundtrip_identical")?;
        entry.member("wire_size")?;
        entry.member("frame_len")?;
        let build = self.sketch_request(tag, entry, description)?;
        match entry.has("hex") {
            true => self.whole_frame(place, entry, tag, build),
            false => self.digest_frame(place, entry, build),
        }
    }

    /// A frame too big to be written out: its digest, and how to build it.
    fn digest_frame(&mut self, place: &Place, entry: &Entry, build: Option<Value>) -> Result<(), String> {
        let digest = entry.text("sha256")?;
        let build = build.ok_or("only a digest, and nothing says how to build the frame")?;
        self.good(place, "build", "sketch_build", build.clone(), Value::Blob(digest.into()));
        let Some(reads) = entry.maybe("reads") else { return Ok(()) };
        for (part, name, item, out) in read_list("", reads)? {
            let compare = tolerance(&name, &out);
            let input = with_read(&build, &name, item);
            self.compared(place, &part, "sketch_build", (input, out), compare);
        }
        Ok(())
    }

    fn whole_frame(&mut self, place: &Place, entry: &Entry, tag: u8, build: Option<Value>) -> Result<(), String> {
        let bytes = entry.bytes("hex")?;
        let payload = recorded_payload(entry)?;
        let frame = Value::Bytes(bytes.clone());
        let checked = check_frame(entry, tag, &bytes, &payload);
        self.confirm(place, checked);
        if schema::check(tag, &payload) == Err(TOO_WIDE) {
            return self.frame_without_state(place, entry, (tag, payload, frame), TOO_WIDE);
        }
        let read = document(tag, payload.clone());
        self.good(place, "decode", "decode", frame.clone(), read.clone());
        self.good(place, "encode", "encode", read.clone(), frame.clone());
        self.good(place, "roundtrip", "roundtrip", frame.clone(), frame.clone());
        self.good(place, "peek", "peek", frame.clone(), wire::json_value(entry.member("wire_size")?));
        self.compression(place, entry, &frame, read)?;
        self.canonical(place, tag, &payload, &frame)?;
        if let Some(build) = build {
            self.good(place, "build", "sketch_build", build, frame.clone());
        }
        match entry.maybe("reads") {
            Some(Json::Null) | None => Ok(()),
            Some(reads) => self.reads(place, schema::name_of(tag).unwrap_or(""), &frame, reads),
        }
    }

    /// A frame the reference writes and no state of ours can hold: strict reading refuses it.
    fn frame_without_state(
        &mut self,
        place: &Place,
        entry: &Entry,
        (tag, payload, frame): (u8, Value, Value),
        code: &str,
    ) -> Result<(), String> {
        entry.maybe("reads");
        if let Some(Json::Text(packed)) = entry.maybe("compressed_hex") {
            let packed = hex::decode(packed).ok_or("compressed_hex is hexadecimal")?;
            self.bad(place, "inflate", "decode", Value::Bytes(packed), code);
        }
        self.bad(place, "decode", "decode", frame.clone(), code);
        self.bad(place, "encode", "encode", document(tag, payload), code);
        self.bad(place, "canonical", "canonicalize", frame.clone(), code);
        self.good(place, "peek", "peek", frame.clone(), wire::json_value(entry.member("wire_size")?));
        self.compat(place, "roundtrip", "roundtrip", frame.clone(), Expect::Out(frame));
        Ok(())
    }

    fn compression(&mut self, place: &Place, entry: &Entry, frame: &Value, read: Value) -> Result<(), String> {
        let packed = match entry.maybe("compressed_hex") {
            None => return Ok(()),
            Some(Json::Null) => frame.clone(),
            Some(_) => Value::Bytes(entry.bytes("compressed_hex")?),
        };
        if packed != *frame {
            self.good(place, "inflate", "decode", packed.clone(), read);
        }
        self.compared(place, "compress", "compress", (frame.clone(), packed), Compare::Inflated);
        Ok(())
    }

    fn canonical(&mut self, place: &Place, tag: u8, payload: &Value, frame: &Value) -> Result<(), String> {
        if !schema::is_state(tag) {
            return Ok(());
        }
        match schema::canonical(tag, payload) {
            Ok(state) => self.good(place, "canonical", "canonicalize", frame.clone(), frame_of(tag, &state)?),
            Err(code) => self.leave_out(place, &format!("no canonical frame: {code}")),
        }
        Ok(())
    }

    /// One case per recorded read of a frame.
    pub(super) fn reads(&mut self, place: &Place, kind: &str, frame: &Value, reads: &Json) -> Result<(), String> {
        for (part, name, item, out) in read_list(kind, reads)? {
            let mut input = vec![(Value::text("frame"), frame.clone()), (Value::text("name"), Value::text(&name))];
            input.extend(item.map(|item| (Value::text("item"), item)));
            // A register holds a user's map, whose order counts.
            let compare = if kind == "lww_register" { Compare::Exact } else { tolerance(&name, &out) };
            self.compared(place, &part, "read", (Value::Map(input), out), compare);
        }
        Ok(())
    }

    pub(super) fn batch(&mut self, place: &Place, entry: &Entry) -> Result<(), String> {
        let batch = entry.bytes("hex")?;
        let packed = entry.bytes("compressed_hex")?;
        let items: Vec<Vec<u8>> = entry
            .array("items")?
            .iter()
            .map(|item| item.as_text().and_then(hex::decode).ok_or("an item is hexadecimal"))
            .collect::<Result<_, _>>()?;
        let count = entry.member("count")?.as_usize();
        if count != Some(items.len()) || wire::batch_unpack(&batch).as_ref() != Ok(&items) {
            self.confirm(place, Err("the batch does not hold its items".into()));
        }
        let small = wire::batch_unpack(&packed).map_err(|code| format!("the compressed batch: {code}"))?;
        let list = |items: &[Vec<u8>]| Value::List(items.iter().cloned().map(Value::Bytes).collect());
        let request = |compress: bool| Value::map([("items", list(&items)), ("compress", Value::Bool(compress))]);
        self.good(place, "pack", "batch_pack", request(false), Value::Bytes(batch.clone()));
        self.compared(
            place,
            "pack-compressed",
            "batch_pack",
            (request(true), Value::Bytes(packed.clone())),
            Compare::Inflated,
        );
        self.good(place, "unpack", "batch_unpack", Value::Bytes(batch), list(&items));
        self.good(place, "unpack-compressed", "batch_unpack", Value::Bytes(packed), list(&small));
        Ok(())
    }

    pub(super) fn malformed_peek(&mut self, place: &Place, entry: &Entry, bytes: &[u8]) -> Result<(), String> {
        let (kind, size) = (entry.member("peek_type")?, entry.member("wire_size")?);
        let frame = Value::Bytes(bytes.to_vec());
        match (kind, size) {
            (Json::Text(kind), Json::Object(_)) => {
                if size.member("type_name").and_then(Json::as_text) != Some(kind) {
                    return Err("peek_type and wire_size disagree".into());
                }
                self.good(place, "peek", "peek", frame, wire::json_value(size));
            }
            (Json::Null, _) if bytes.len() < 12 => self.bad(place, "peek", "peek", frame, "TOO_SHORT"),
            (Json::Null, _) if !bytes.starts_with(b"CRDT") => self.bad(place, "peek", "peek", frame, "BAD_MAGIC"),
            _ => return Err("peek_type and the bytes disagree".into()),
        }
        Ok(())
    }
}

fn check_value(bytes: &[u8], decoded: &Value, reencodes: bool) -> Result<(), String> {
    if wire::value_decode(bytes).as_ref() != Ok(decoded) {
        return Err("the bytes do not hold the value".into());
    }
    if reencodes && wire::value_encode(decoded).as_deref() != Some(bytes) {
        return Err("the value does not give the bytes".into());
    }
    Ok(())
}

fn recorded_payload(entry: &Entry) -> Result<Value, String> {
    match entry.maybe("payload_json") {
        Some(text) => {
            let text = text.as_text().ok_or("payload_json is text")?;
            let json = Json::parse_with(text, Duplicates::Refuse, wire::MAX_DEPTH);
            json.map(|json| wire::json_value(&json)).map_err(|error| format!("payload_json: {error}"))
        }
        None => entry.typed("payload"),
    }
}

/// The members of an entry must tell one story before cases are made of them.
fn check_frame(entry: &Entry, tag: u8, bytes: &[u8], payload: &Value) -> Result<(), String> {
    match wire::decode(bytes) {
        Ok(read) if read.tag == tag && read.payload == *payload => {}
        Err(TOO_WIDE) => {}
        Ok(_) => return Err("hex does not hold the payload".into()),
        Err(code) => return Err(format!("hex: {code}")),
    }
    if wire::encode(tag, payload).as_deref() != Some(bytes) {
        return Err("the payload does not give hex".into());
    }
    if entry.member("frame_len")?.as_usize() != Some(bytes.len()) {
        return Err("frame_len is not the length of hex".into());
    }
    match entry.maybe("state") {
        None | Some(Json::Null) => Ok(()),
        Some(state) if plain_equal(&wire::json_value(state), payload) => Ok(()),
        Some(_) => Err("state and payload differ".into()),
    }
}

/// Equality of a plain state and a payload; the members `type` and `__type` may be missing in one.
fn plain_equal(state: &Value, payload: &Value) -> bool {
    let bare = |value: &Value| match value {
        Value::Map(pairs) => {
            Value::Map(pairs.iter().filter(|(k, _)| !matches!(k.as_text(), Some("type" | "__type"))).cloned().collect())
        }
        other => other.clone(),
    };
    bare(state) == bare(payload)
}

type Read = (String, String, Option<Value>, Value);

/// Part of the id, name of the read, its argument and the answer.
fn read_list(kind: &str, reads: &Json) -> Result<Vec<Read>, String> {
    let mut out = Vec::new();
    for (name, value) in reads.as_object().ok_or("reads is an object")? {
        match (name.as_str(), value) {
            ("contains", Json::Object(items)) => each(&mut out, "contains", items),
            ("estimates", Json::Object(items)) => each(&mut out, "estimate", items),
            ("elements", Json::Array(items)) => out.push(single("elements", elements(items)?)),
            ("value", Json::Text(digits)) if kind.ends_with("_counter") => {
                out.push(single("value", Value::Int(digits.clone())));
            }
            ("value", json) if matches!(kind, "dotted_version_vector" | "vector_clock") => {
                out.push(single("value", wire::json_value(json)));
            }
            ("value" | "timestamp" | "node_id" | "cardinality", json) => out.push(single(name, typed(json)?)),
            ("estimated_fp_rate" | "standard_error", json) => {
                out.push(single(name, float_bits(json).ok_or("bits of a double were expected")?));
            }
            ("size" | "num_hashes" | "count" | "total" | "height" | "root_hash" | "is_empty" | "digest", json) => {
                out.push(single(name, wire::json_value(json)));
            }
            _ => return Err(format!("nobody knows the read {name:?}")),
        }
    }
    Ok(out)
}

fn single(name: &str, out: Value) -> Read {
    (format!("read-{name}"), name.to_string(), None, out)
}

fn each(out: &mut Vec<Read>, name: &str, items: &[(String, Json)]) {
    for (index, (item, answer)) in items.iter().enumerate() {
        let part = format!("read-{name}-{index}");
        out.push((part, name.to_string(), Some(Value::text(item)), wire::json_value(answer)));
    }
}

/// Elements are recorded as the name of a type and the text of the element.
fn elements(items: &[Json]) -> Result<Value, String> {
    let element = |item: &Json| match item.as_array() {
        Some([Json::Text(kind), Json::Text(text)]) => match kind.as_str() {
            "str" => Ok(Value::text(text)),
            "int" => Ok(Value::Int(text.clone())),
            "bool" => Ok(Value::Bool(text.eq_ignore_ascii_case("true"))),
            "float" => text.parse().map(Value::float).map_err(|_| format!("{text:?} is no float")),
            _ => Err(format!("no element has the type {kind:?}")),
        },
        _ => Err("an element is a type and a text".into()),
    };
    items.iter().map(element).collect::<Result<_, _>>().map(Value::List)
}

/// Estimates go through logarithms and powers that differ in the last digits between libraries.
fn tolerance(name: &str, out: &Value) -> Compare {
    match (name, out) {
        ("cardinality", Value::Float(bits)) if f64::from_bits(*bits) > LARGE_RANGE => Compare::Rel(1e-3),
        ("cardinality" | "estimated_fp_rate" | "standard_error", _) => Compare::Rel(1e-12),
        ("elements", _) | ("value" | "digest", Value::Map(_)) => Compare::AnyOrder,
        _ => Compare::Exact,
    }
}

fn with_read(build: &Value, name: &str, item: Option<Value>) -> Value {
    let mut pairs = build.as_map().unwrap_or(&[]).to_vec();
    pairs.push((Value::text("read"), Value::text(name)));
    pairs.extend(item.map(|item| (Value::text("item"), item)));
    Value::Map(pairs)
}

/// The expectation of a strict reader for some bytes, by our own reader.
pub(super) fn strict(bytes: &[u8]) -> Expect {
    match wire::decode(bytes) {
        Ok(read) => Expect::Out(document(read.tag, read.payload)),
        Err(code) => Expect::Error(code.into()),
    }
}
