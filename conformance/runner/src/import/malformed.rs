//! Bytes that are wrong in one way, and bytes that only look wrong.

use super::frames::{frame_of, strict};
use super::notation::{Entry, typed};
use super::{File, Place};
use crate::case::Expect;
use crate::hex;
use crate::json::Json;
use crate::schema;
use crate::value::Value;
use crate::wire;

/// A frame of this tag is a value nobody interprets: decoding says all there is to say.
const GENERIC: u8 = 0x20;

/// What an entry asks of a strict reader.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Required {
    Reject,
    /// Refused by a strict reader, read by one that expects more bytes to follow.
    Stream,
    Accept,
}

fn required(words: &str) -> Result<Required, String> {
    match words {
        "reject" | "reject, no stack overflow" | "reject (type field disagrees)" => Ok(Required::Reject),
        "implementation limit >= 128" => Ok(Required::Reject),
        "reject-strict/accept-stream" => Ok(Required::Stream),
        "accept"
        | "accept-empty"
        | "accept-last-wins"
        | "accept-dedup"
        | "accept as 0.0"
        | "accept as text"
        | "accept, ignore field"
        | "accept (msgpack reader)"
        | "accept (NaN literal)" => Ok(Required::Accept),
        _ => Err(format!("nobody knows the requirement {words:?}")),
    }
}

impl File {
    pub(super) fn malformed(&mut self, place: &Place, entry: &Entry) -> Result<(), String> {
        let bytes = recipe_bytes(entry)?;
        let frame = Value::Bytes(bytes.clone());
        let asked = required(entry.text("required")?)?;
        match (asked, strict(&bytes)) {
            (Required::Accept, Expect::Out(out)) => {
                self.good(place, "decode", "decode", frame.clone(), out);
                self.meaning(place, entry, &bytes)?;
            }
            (Required::Reject, Expect::Error(code)) => self.refuse(place, &frame, &code),
            (Required::Stream, Expect::Error(code)) if code == "TRAILING_BYTES" => {
                self.refuse(place, &frame, &code);
                self.prefix(place, &bytes)?;
            }
            (Required::Accept | Required::Stream, Expect::Error(code)) => {
                self.confirm(place, Err(format!("the rules refuse with {code} what has to be read; left out")));
            }
            _ => {
                self.confirm(place, Err("the rules read what has to be refused; any code will do".into()));
                self.push(self.case(place, "reject", "decode", frame.clone(), Expect::AnyError));
            }
        }
        self.malformed_peek(place, entry, &bytes)?;
        self.lenient(place, entry, &bytes)
    }

    fn refuse(&mut self, place: &Place, frame: &Value, code: &str) {
        let mut case = self.case(place, "reject", "decode", frame.clone(), Expect::Error(code.to_string()));
        // A reader that also knows version 2 answers frames of version 2 in another way.
        let version_2 = frame.as_bytes().is_some_and(|bytes| bytes.get(4..6) == Some(&[0, 2]));
        if code == "BAD_VERSION" && version_2 {
            case.needs = vec!["version_1_only".into()];
        }
        self.push(case);
    }

    fn prefix(&mut self, place: &Place, bytes: &[u8]) -> Result<(), String> {
        let read = wire::decode_prefix(bytes).map_err(|code| format!("as a prefix: {code}"))?;
        let name = schema::name_of(read.tag).unwrap_or("");
        let out = Value::map([
            ("type", Value::text(name)),
            ("payload", read.payload),
            ("consumed", Value::int(read.length as u64)),
        ]);
        self.good(place, "prefix", "decode_prefix", Value::Bytes(bytes.to_vec()), out);
        Ok(())
    }

    /// What an odd but accepted frame means: its canonical frame.
    fn meaning(&mut self, place: &Place, entry: &Entry, bytes: &[u8]) -> Result<(), String> {
        let read = wire::decode(bytes).map_err(|code| code.to_string())?;
        let state = schema::canonical(read.tag, &read.payload).map_err(|code| format!("meaning: {code}"))?;
        let checked = check_meaning(entry, read.tag, &state);
        self.confirm(place, checked);
        if read.tag == GENERIC {
            return Ok(());
        }
        let out = frame_of(read.tag, &state)?;
        self.good(place, "meaning", "canonicalize", Value::Bytes(bytes.to_vec()), out);
        Ok(())
    }

    fn lenient(&mut self, place: &Place, entry: &Entry, bytes: &[u8]) -> Result<(), String> {
        let reference = Reference::read(entry.member("reference")?)?;
        let frame = Value::Bytes(bytes.to_vec());
        match (reference.accepted, reference.state) {
            (false, _) => self.lenient_case(place, frame, Expect::AnyError),
            (true, None) => self.leave_out(place, "the reference accepts it, what it reads is not recorded"),
            (true, Some(state)) if bytes[6] == 0x10 && state.field("timestamp").is_none() => {
                self.leave_out(place, "the reference puts its clock into the state");
            }
            (true, Some(state)) => {
                let out = super::frames::document(bytes[6], with_type(bytes[6], state));
                self.lenient_case(place, frame, Expect::Out(out));
            }
        }
        Ok(())
    }

    pub(super) fn malformed_batch(&mut self, place: &Place, entry: &Entry) -> Result<(), String> {
        let bytes = entry.bytes("hex")?;
        let reference = entry.member("reference")?;
        crate::case::known_members(reference, &["outcome", "exception", "is_wire_error", "count"])?;
        match (required(entry.text("required")?)?, wire::batch_unpack(&bytes)) {
            (Required::Reject, Err(code)) => self.bad(place, "reject", "batch_unpack", Value::Bytes(bytes), code),
            (_, read) => {
                let read = read.map_or_else(|code| code.to_string(), |items| format!("{} items", items.len()));
                self.confirm(place, Err(format!("required is not what the rules say: {read}; left out")));
            }
        }
        Ok(())
    }
}

/// The bytes of an entry: written out, or header + repeat × times + tail.
fn recipe_bytes(entry: &Entry) -> Result<Vec<u8>, String> {
    let Some(recipe) = entry.maybe("hex_recipe") else { return entry.bytes("hex") };
    crate::case::known_members(recipe, &["header_hex", "repeat_hex", "times", "tail_hex"])?;
    let part = |name: &str| {
        let digits = recipe.member(name).and_then(Json::as_text);
        digits.and_then(hex::decode).ok_or_else(|| format!("the recipe has no {name:?}"))
    };
    let times = recipe.member("times").and_then(Json::as_usize).ok_or("the recipe has no times")?;
    Ok([part("header_hex")?, part("repeat_hex")?.repeat(times), part("tail_hex")?].concat())
}

struct Reference {
    accepted: bool,
    state: Option<Value>,
}

impl Reference {
    fn read(json: &Json) -> Result<Reference, String> {
        crate::case::known_members(json, &["outcome", "exception", "is_wire_error", "class", "state"])?;
        let accepted = match json.member("outcome").and_then(Json::as_text) {
            Some("accepted") => true,
            Some("error") => false,
            _ => return Err("nobody knows the outcome".into()),
        };
        let class = json.member("class").and_then(Json::as_text);
        let state = match json.member("state") {
            // No state was recorded, unless the value really is null.
            Some(Json::Null) if class != Some("NoneType") => None,
            Some(state) => Some(typed(state)?),
            None => None,
        };
        Ok(Reference { accepted, state })
    }
}

/// Reports are written with their type as the last member, which a recorded state leaves out.
fn with_type(tag: u8, state: Value) -> Value {
    match (tag, state) {
        (0x50..=0x55, Value::Map(mut members)) => {
            members.push((Value::text("__type"), Value::text(schema::name_of(tag).unwrap_or(""))));
            Value::Map(members)
        }
        (_, state) => state,
    }
}

/// Where the reference reads the frame too, it must have read what the rules give.
fn check_meaning(entry: &Entry, tag: u8, state: &Value) -> Result<(), String> {
    let reference = Reference::read(entry.member("reference")?)?;
    let Some(theirs) = reference.state else { return Ok(()) };
    // What a generic frame holds is in the answer of `decode`. Where a delta has no stamp the reference
    // takes its clock; the rule is 0.0.
    if tag == GENERIC || (tag == 0x10 && theirs.field("timestamp").is_none()) {
        return Ok(());
    }
    let ours = schema::canonical(tag, &theirs).map_err(|code| format!("the reference's state: {code}"))?;
    match ours == without_extension(tag, state) {
        true => Ok(()),
        false => Err("the reference and the rules give different states".into()),
    }
}

/// The reference drops the removals of an OR-set, which we keep.
fn without_extension(tag: u8, state: &Value) -> Value {
    match (tag, state) {
        (0x04, Value::Map(members)) => {
            Value::Map(members.iter().filter(|(name, _)| name.as_text() != Some("removed")).cloned().collect())
        }
        _ => state.clone(),
    }
}
