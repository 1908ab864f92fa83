//! What a session says.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Own, Step, SyncSession};
use crate::error::{Code, Error, Result};
use crate::state::Framed;
use crate::sync::item::Item;
use crate::sync::message::{Content, Head, SyncMessage};
use crate::sync::reconcile::Reconcile;
use crate::sync::summary::{head_of, items_of, symbols_of};
use crate::wire::{ChunkOptions, HEADER_BYTES, MAGIC, StateId, VERSION_2, split_frame};

/// Bytes of a chunk beside its slice, and some to spare.
const CHUNK_HEAD: usize = 128;
/// Where a header has its version, and the flag of chunks.
const VERSION_AT: std::ops::Range<usize> = 4..6;
const FLAGS_AT: usize = 7;
const FLAG_CHUNK: u8 = 4;

impl SyncSession {
    pub(super) fn id(&self) -> Option<StateId> {
        self.own.as_ref().map(|own| own.id)
    }

    /// Notes the id of the own state; what is known of it stays as long as the id does.
    pub(super) fn look<S: Reconcile>(&mut self, state: &S) -> Result<()> {
        let frame = state.canonical_frame()?;
        let id = StateId::of_frame(&frame);
        if self.id() != Some(id) {
            self.own = Some(Own { id, frame_bytes: frame.len(), items: None });
        }
        Ok(())
    }

    /// The items of the own state.
    pub(super) fn items<S: Reconcile>(&mut self, state: &S) -> Arc<[Item]> {
        let known = self.own.as_mut().map(|own| own.items.get_or_insert_with(|| items_of(state).into()));
        known.map_or_else(|| items_of(state).into(), |items| Arc::clone(items))
    }

    pub(super) fn message<S: Reconcile>(&self, state: &S, content: Content) -> SyncMessage {
        // Every way here has looked at the state.
        let id = self.id().unwrap_or(StateId::from_bytes([0; 32]));
        SyncMessage { head: head_of(state, id), content }
    }

    /// A summary with the first symbols of the present state.
    pub(super) fn fresh<S: Reconcile>(&mut self, state: &S) -> SyncMessage {
        let end = u64::try_from(self.options.symbols).unwrap_or(u64::MAX);
        self.summary(state, self.options.salt, 0, end)
    }

    /// A summary with some symbols.
    pub(super) fn summary<S: Reconcile>(&mut self, state: &S, salt: u64, first: u64, end: u64) -> SyncMessage {
        let items = self.items(state);
        let symbols = symbols_of(state, &items, &self.options, salt, first, end);
        self.message(state, Content::Summary(symbols))
    }

    /// The state whole.
    pub(super) fn full<S: Reconcile>(&self, state: &S, base: StateId) -> Step<SyncMessage> {
        let frame = state.canonical_frame()?;
        Ok(self.message(
            state,
            Content::Delta { base, exact: state.exact_part(), full: true, want: Vec::new(), state: frame },
        ))
    }

    /// A part of the state; without one, the state whole.
    pub(super) fn delta<S: Reconcile>(
        &self,
        state: &S,
        base: StateId,
        part: Option<S>,
        want: Vec<Item>,
    ) -> Step<SyncMessage> {
        let Some(part) = part else { return self.full(state, base) };
        let frame = part.canonical_frame()?;
        Ok(self.message(state, Content::Delta { base, exact: state.exact_part(), full: false, want, state: frame }))
    }

    /// The frames of a message: one, or as many chunks as it takes.
    pub(super) fn frames(&self, message: &SyncMessage) -> Result<Vec<Vec<u8>>> {
        let frame = message.encode();
        let most = self.options.max_message();
        if frame.len() <= most {
            return Ok(vec![frame]);
        }
        split_frame(&frame, &ChunkOptions { slice_bytes: most - CHUNK_HEAD, ..ChunkOptions::default() })
    }
}

/// Whether the bytes are a chunk of a message.
///
/// Fails with `UNSUPPORTED_SCHEMA` on a frame of another version; every other fault is found by who reads the frame.
pub(super) fn is_chunk(bytes: &[u8]) -> Result<bool> {
    if bytes.len() < HEADER_BYTES || !bytes.starts_with(&MAGIC) {
        return Ok(false);
    }
    if bytes.get(VERSION_AT) != Some(&VERSION_2.to_be_bytes()) {
        return Err(Error::new(Code::UnsupportedSchema, "messages are frames of version 2"));
    }
    Ok(bytes.get(FLAGS_AT).is_some_and(|flags| flags & FLAG_CHUNK != 0))
}

pub(super) fn refusal(head: Head, error: &Error) -> SyncMessage {
    let detail = error.details().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    SyncMessage { head, content: Content::Refuse { code: error.code(), detail } }
}

/// The error that a refusal of the peer stands for.
pub(super) fn refused(code: Code, detail: &BTreeMap<String, String>) -> Error {
    let members = detail.iter().map(|(name, text)| format!("{name} {text}")).collect::<Vec<_>>().join(", ");
    let error = Error::new(code, "the peer refuses to go on");
    if members.is_empty() { error } else { error.with("peer", members) }
}

pub(super) fn too_large(found: usize, limit: usize) -> Error {
    Error::new(Code::TooLarge, "the message is longer than allowed").with("limit", limit).with("found", found)
}
