//! Messages of a session, tag 0x48.

use std::collections::BTreeMap;

use super::item::Item;
use super::reconcile::Profile;
use super::symbol::Symbol;
use crate::error::{Code, Result};
use crate::generated::Tag;
use crate::state::{Framed, relayed_kind};
use crate::value::{Integer, JsonInteger, JsonValue, Map};
use crate::wire::StateId;
use crate::wire::body::{BodyReader, push_bytes, push_option, push_str, push_varint, push_zigzag};

const SUMMARY: u8 = 0;
const MORE: u8 = 1;
const DELTA: u8 = 2;
const DONE: u8 = 3;
const REFUSE: u8 = 4;

/// Codes that a peer can be refused with.
const REFUSALS: [Code; 7] = [
    Code::TypeMismatch,
    Code::ParameterMismatch,
    Code::SchemaMismatch,
    Code::SpecMismatch,
    Code::StaleState,
    Code::UnsupportedSchema,
    Code::TooLarge,
];

/// What one replica tells another about its state. A message is no state and has no join.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyncMessage {
    /// What every message tells of its sender.
    pub head: Head,
    /// The rest.
    pub content: Content,
}

/// What every message tells of its sender.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// The type tag of the state.
    pub tag: u8,
    /// The parameters of the state.
    pub profile: Profile,
    /// The id of the state when the message was made.
    pub id: StateId,
    /// The content of its compaction floor.
    pub floor: Option<Vec<u8>>,
}

/// The kinds of messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// What the sender has.
    Summary(Symbols),
    /// A request for further symbols of a state.
    More {
        /// The id of the state asked about.
        base: StateId,
        /// The salt of the symbols.
        salt: u64,
        /// The first symbol asked for.
        first: u64,
        /// The symbol before which to end.
        to: u64,
    },
    /// What the receiver lacks.
    Delta {
        /// The id of the receiver's state that this was made for.
        base: StateId,
        /// The exact part of the sender's summary.
        exact: Vec<u8>,
        /// Whether the state is the sender's, whole.
        full: bool,
        /// Items of the receiver that the sender wants, ascending.
        want: Vec<Item>,
        /// A frame without trailer, or nothing.
        state: Vec<u8>,
    },
    /// Both have the same state.
    Done,
    /// The sender will not go on.
    Refuse {
        /// Why.
        code: Code,
        /// Members of the error.
        detail: BTreeMap<String, String>,
    },
}

/// The members of a summary, or of a piece of one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Symbols {
    /// The clock of the sender's replica in microseconds, if it tells.
    pub last: Option<i64>,
    /// The exact part.
    pub exact: Vec<u8>,
    /// The number of items, as the sender says.
    pub count: u64,
    /// The salt of the symbols.
    pub salt: u64,
    /// The index of the first symbol.
    pub first: u64,
    /// The symbols.
    pub symbols: Vec<Symbol>,
}

impl SyncMessage {
    /// The name of the kind of message: `summary`, `more`, `delta`, `done` or `refuse`.
    pub fn name(&self) -> &'static str {
        match &self.content {
            Content::Summary(_) => "summary",
            Content::More { .. } => "more",
            Content::Delta { .. } => "delta",
            Content::Done => "done",
            Content::Refuse { .. } => "refuse",
        }
    }
}

/// Whether a peer can be told this code.
pub(super) fn is_refusal(code: Code) -> bool {
    REFUSALS.contains(&code)
}

impl Framed for SyncMessage {
    const TAG: Tag = Tag::SyncMessage;

    fn read_fields(reader: &mut BodyReader<'_>) -> Result<Self> {
        let kind = reader.byte()?;
        if kind > REFUSE {
            return Err(reader.fault(Code::BadSchema, "no message has this kind").with("found", kind));
        }
        Ok(SyncMessage { head: Head::read(reader)?, content: Content::read(kind, reader)? })
    }

    fn write_fields(&self, out: &mut Vec<u8>) {
        out.push(self.content.kind());
        self.head.write(out);
        self.content.write(out);
    }

    /// Who says what about which state, with sizes in place of what is for machines.
    fn describe(&self) -> Result<JsonValue> {
        let mut members = vec![
            ("message", JsonValue::from(self.name())),
            ("type", JsonValue::from(&*crate::wire::tag_name(self.head.tag))),
            ("id", id_text(&self.head.id)),
            ("has_floor", JsonValue::Bool(self.head.floor.is_some())),
        ];
        self.content.describe(&mut members);
        let pairs = members.into_iter().map(|(name, value)| (JsonValue::from(name), value)).collect();
        Map::from_pairs(pairs).map(JsonValue::Map)
    }
}

fn id_text(id: &StateId) -> JsonValue {
    JsonValue::from(id.to_string().as_str())
}

fn number(number: u64) -> JsonValue {
    JsonInteger::from_decimal(&number.to_string()).map_or(JsonValue::Null, JsonValue::Int)
}

relayed_kind!(SyncMessage);

impl Head {
    fn read(reader: &mut BodyReader<'_>) -> Result<Self> {
        let (tag, profile, id) = (reader.byte()?, reader.array()?, read_id(reader)?);
        let floor = reader.option(|reader| reader.bytes().map(<[u8]>::to_vec))?;
        Ok(Head { tag, profile, id, floor })
    }

    fn write(&self, out: &mut Vec<u8>) {
        out.push(self.tag);
        out.extend_from_slice(&self.profile);
        out.extend_from_slice(self.id.as_bytes());
        push_option(out, self.floor.as_deref(), push_bytes);
    }
}

fn read_id(reader: &mut BodyReader<'_>) -> Result<StateId> {
    reader.array().map(StateId::from_bytes)
}

impl Content {
    const fn kind(&self) -> u8 {
        match self {
            Content::Summary(_) => SUMMARY,
            Content::More { .. } => MORE,
            Content::Delta { .. } => DELTA,
            Content::Done => DONE,
            Content::Refuse { .. } => REFUSE,
        }
    }

    fn read(kind: u8, reader: &mut BodyReader<'_>) -> Result<Self> {
        match kind {
            SUMMARY => Symbols::read(reader).map(Content::Summary),
            MORE => Ok(Content::More {
                base: read_id(reader)?,
                salt: reader.varint()?,
                first: reader.varint()?,
                to: reader.varint()?,
            }),
            DELTA => read_delta(reader),
            DONE => Ok(Content::Done),
            _ => Ok(Content::Refuse { code: read_code(reader)?, detail: read_detail(reader)? }),
        }
    }

    fn write(&self, out: &mut Vec<u8>) {
        match self {
            Content::Summary(symbols) => symbols.write(out),
            Content::More { base, salt, first, to } => {
                out.extend_from_slice(base.as_bytes());
                [salt, first, to].into_iter().for_each(|number| push_varint(out, *number));
            }
            Content::Delta { base, exact, full, want, state } => {
                out.extend_from_slice(base.as_bytes());
                push_bytes(out, exact);
                out.push(u8::from(*full));
                push_varint(out, want.len() as u64);
                want.iter().for_each(|item| out.extend_from_slice(item));
                push_bytes(out, state);
            }
            Content::Done => {}
            Content::Refuse { code, detail } => {
                push_str(out, code.as_str());
                push_varint(out, detail.len() as u64);
                for (key, text) in detail {
                    push_str(out, key);
                    push_str(out, text);
                }
            }
        }
    }
}

impl Content {
    fn describe(&self, members: &mut Vec<(&'static str, JsonValue)>) {
        let size = |length: usize| number(length as u64);
        match self {
            Content::Summary(symbols) => members.extend([
                ("items", number(symbols.count)),
                ("exact_bytes", size(symbols.exact.len())),
                ("first", number(symbols.first)),
                ("symbols", size(symbols.symbols.len())),
            ]),
            Content::More { base, first, to, .. } => {
                members.extend([("base", id_text(base)), ("first", number(*first)), ("to", number(*to))]);
            }
            Content::Delta { base, full, want, state, .. } => members.extend([
                ("base", id_text(base)),
                ("full", JsonValue::Bool(*full)),
                ("wanted", size(want.len())),
                ("state_bytes", size(state.len())),
            ]),
            Content::Done => {}
            Content::Refuse { code, .. } => members.push(("code", JsonValue::from(code.as_str()))),
        }
    }
}

impl Symbols {
    fn read(reader: &mut BodyReader<'_>) -> Result<Self> {
        Ok(Symbols {
            last: reader.option(BodyReader::zigzag)?,
            exact: reader.bytes()?.to_vec(),
            count: reader.varint()?,
            salt: reader.varint()?,
            first: reader.varint()?,
            symbols: Symbol::read(reader)?,
        })
    }

    fn write(&self, out: &mut Vec<u8>) {
        push_option(out, self.last, push_zigzag);
        push_bytes(out, &self.exact);
        [self.count, self.salt, self.first].into_iter().for_each(|number| push_varint(out, number));
        Symbol::write(&self.symbols, out);
    }
}

fn read_delta(reader: &mut BodyReader<'_>) -> Result<Content> {
    Ok(Content::Delta {
        base: read_id(reader)?,
        exact: reader.bytes()?.to_vec(),
        full: reader.bool()?,
        want: read_want(reader)?,
        state: reader.bytes()?.to_vec(),
    })
}

fn read_want(reader: &mut BodyReader<'_>) -> Result<Vec<Item>> {
    let mut last: Option<Item> = None;
    reader.list(1, |reader| {
        let item = reader.array()?;
        if last.replace(item).is_some_and(|last| last >= item) {
            return Err(reader.not_canonical("items ascend and stand once"));
        }
        Ok(item)
    })
}

fn read_code(reader: &mut BodyReader<'_>) -> Result<Code> {
    let text = reader.text()?;
    let known = REFUSALS.into_iter().find(|code| code.as_str() == text);
    known.ok_or_else(|| reader.fault(Code::BadSchema, "no peer is refused with this code").with("found", text))
}

fn read_detail(reader: &mut BodyReader<'_>) -> Result<BTreeMap<String, String>> {
    let mut detail = BTreeMap::new();
    reader.text_map(|key, reader| {
        detail.insert(key.to_owned(), reader.text()?.to_owned());
        Ok(())
    })?;
    Ok(detail)
}
