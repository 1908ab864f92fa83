//! Sessions: two replicas of one state bring each other up to date, message by message.

mod answers;
mod rules;

use std::sync::Arc;

use self::answers::{is_chunk, refusal, too_large};
use super::item::Item;
use super::message::{SyncMessage, is_refusal};
use super::reconcile::Reconcile;
use super::summary::{SyncOptions, head_of};
use super::symbol::Symbol;
use crate::error::{Code, Error, Result};
use crate::join::MergeReport;
use crate::state::Framed;
use crate::wire::{ChunkAssembler, StateId};

/// One end of a session about one state.
///
/// Both ends follow the same rules, either may start, and each message gets at most one answer. The session is a state machine
/// without clock and chance: what it does follows from the messages and the state, which stays with the caller. Messages may be
/// lost, repeated and reordered; after a loss the host calls [`SyncSession::start`] again on a timer of its own.
///
/// ```
/// # use crdt_merge_protocol::{ManualClock, OrSet, Replica, SyncSession, TestEntropy};
/// let here = Replica::new("laptop", ManualClock::default(), TestEntropy::new(1))?;
/// let there = Replica::new("phone", ManualClock::default(), TestEntropy::new(2))?;
/// let mut laptop = OrSet::from_iter_at(&here, ["milk", "eggs"])?;
/// let mut phone = OrSet::from_iter_at(&there, ["bread"])?;
/// let (mut a, mut b) = (SyncSession::new(&laptop), SyncSession::new(&phone));
/// let mut outbox = a.start(&laptop)?;
/// while let Some(message) = outbox.pop() {
///     let answer = b.receive(&mut phone, &message)?;
///     for message in answer.outgoing {
///         outbox.extend(a.receive(&mut laptop, &message)?.outgoing);
///     }
/// }
/// assert!(a.in_sync() && b.in_sync());
/// assert_eq!(laptop, phone);
/// # Ok::<(), crdt_merge_protocol::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct SyncSession {
    options: SyncOptions,
    own: Option<Own>,
    collection: Option<Collection>,
    lacking: Option<Lacking>,
    chunks: ChunkAssembler,
    idle: Idle,
    is_in_sync: bool,
    end: Option<Error>,
    is_refused: bool,
    refusal: Option<SyncMessage>,
}

/// What came of a message.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Received {
    /// What to send to the peer: nothing, an answer, or the chunks of one.
    pub outgoing: Vec<Vec<u8>>,
    /// What happened to the state.
    pub report: MergeReport,
    /// Whether the peer had the state that is here now when it last spoke.
    pub in_sync: bool,
}

/// What is known of the own state, for as long as it has this id.
#[derive(Debug, Clone)]
struct Own {
    id: StateId,
    frame_bytes: usize,
    items: Option<Arc<[Item]>>,
}

/// Symbols of a peer's state.
#[derive(Debug, Clone)]
struct Collection {
    id: StateId,
    salt: u64,
    symbols: Vec<Symbol>,
}

/// What a peer with a higher floor was found to lack.
#[derive(Debug, Clone)]
struct Lacking {
    id: StateId,
    exact: Vec<u8>,
    floor: Option<Vec<u8>>,
    ours: Vec<Item>,
}

/// How long nothing has changed on either side.
#[derive(Debug, Clone, Default)]
struct Idle {
    ids: Option<(StateId, StateId)>,
    messages: u32,
}

/// Why a message has no answer.
enum Fault {
    /// The message makes no sense; the session goes on.
    Message(Error),
    /// The session is over.
    End(Error),
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        match error.code() {
            Code::UnsupportedSchema => Fault::End(error),
            _ => Fault::Message(error),
        }
    }
}

type Step<T> = Result<T, Fault>;

impl SyncSession {
    /// A session about a state, with the default options.
    pub fn new<S: Reconcile>(state: &S) -> Self {
        Self::with_options(state, SyncOptions::default())
    }

    /// A session about a state. The options may be changed by starting another session only.
    pub fn with_options<S: Reconcile>(_state: &S, options: SyncOptions) -> Self {
        SyncSession {
            chunks: ChunkAssembler::new(options.decode),
            options,
            own: None,
            collection: None,
            lacking: None,
            idle: Idle::default(),
            is_in_sync: false,
            end: None,
            is_refused: false,
            refusal: None,
        }
    }

    /// Starts, or starts again: the messages to send. Nothing is remembered of what went before.
    ///
    /// Fails with `NOT_MERGEABLE` for what is no state.
    pub fn start<S: Reconcile>(&mut self, state: &S) -> Result<Vec<Vec<u8>>> {
        (self.collection, self.lacking) = (None, None);
        (self.end, self.refusal, self.is_refused) = (None, None, false);
        (self.idle, self.is_in_sync) = (Idle::default(), false);
        self.chunks = ChunkAssembler::new(self.options.decode);
        self.look(state)?;
        let summary = self.fresh(state);
        self.frames(&summary)
    }

    /// Whether the peer had the state that was here when it last spoke.
    pub fn in_sync(&self) -> bool {
        self.is_in_sync
    }

    /// What to tell the peer after the session has ended with an error, if there is a message for that error.
    pub fn refusal(&self) -> Option<Vec<u8>> {
        self.refusal.as_ref().map(Framed::encode)
    }

    /// Takes a message of the peer, and merges what it brings into the state.
    ///
    /// What makes no sense is an error and changes nothing; the session goes on. It ends, and every further message gets the same
    /// error, when the two states do not join (`TYPE_MISMATCH`, `PARAMETER_MISMATCH`, `STALE_STATE`, `DOT_CONFLICT`, …), when the
    /// peer refuses, when a message is longer than allowed (`TOO_LARGE`) or of a newer kind (`UNSUPPORTED_SCHEMA`), and when
    /// nothing has changed on either side for 64 messages (`CANCELLED`). [`SyncSession::refusal`] then says what to tell the
    /// peer.
    pub fn receive<S: Reconcile>(&mut self, state: &mut S, message: &[u8]) -> Result<Received> {
        if let Some(end) = &self.end {
            return Err(end.clone());
        }
        let mut report = if self.options.report_keys { MergeReport::with_keys() } else { MergeReport::default() };
        match self.take(state, message, &mut report) {
            Ok(answer) => {
                let outgoing = answer.map_or(Ok(Vec::new()), |answer| self.frames(&answer))?;
                Ok(Received { outgoing, report, in_sync: self.is_in_sync })
            }
            Err(Fault::Message(error)) => Err(error),
            Err(Fault::End(error)) => Err(self.give_up(state, error)),
        }
    }

    fn give_up<S: Reconcile>(&mut self, state: &S, error: Error) -> Error {
        if is_refusal(error.code()) && !self.is_refused {
            self.refusal = self.own.as_ref().map(|own| refusal(head_of(state, own.id), &error));
        }
        self.is_in_sync = false;
        self.end = Some(error.clone());
        error
    }

    /// Reads a message, whole or in chunks, and follows the rules.
    fn take<S: Reconcile>(
        &mut self,
        state: &mut S,
        bytes: &[u8],
        report: &mut MergeReport,
    ) -> Step<Option<SyncMessage>> {
        self.look(state)?;
        if bytes.len() > self.options.max_message() {
            return Err(Fault::End(too_large(bytes.len(), self.options.max_message())));
        }
        let whole = if is_chunk(bytes)? { self.collect_chunk(bytes)? } else { Some(bytes.to_vec()) };
        let Some(whole) = whole else { return Ok(None) };
        let message = SyncMessage::decode_with(&whole, &self.options.decode)?;
        let peer = message.head.id;
        let answer = self.follow(state, message, report);
        self.is_in_sync = answer.is_ok() && self.id() == Some(peer);
        answer
    }

    /// A chunk of another message takes the place of those that were waiting.
    fn collect_chunk(&mut self, bytes: &[u8]) -> Result<Option<Vec<u8>>> {
        self.chunks.push(bytes).or_else(|_| {
            self.chunks = ChunkAssembler::new(self.options.decode);
            self.chunks.push(bytes)
        })
    }
}
