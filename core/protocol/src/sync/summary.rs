//! What a replica has, in few bytes, and what another one lacks of it.

use std::borrow::Cow;
use std::cmp::Ordering;

use super::item::Item;
use super::message::{Content, Head, Symbols, SyncMessage};
use super::reconcile::{Form, Reconcile};
use super::symbol::{Decoded, Difference, FIRST_SYMBOLS, decode, symbols};
use crate::error::{Code, Error, Result};
use crate::state::Framed;
use crate::wire::{DecodeOptions, StateId};

/// Least of the largest messages, in bytes.
const LEAST_MAX_MESSAGE: usize = 4096;

/// How summaries and messages are made and read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyncOptions {
    /// What the symbols are mixed with: 0, or a number drawn by the host after a session that did not end.
    pub salt: u64,
    /// Symbols in a summary, at most [`super::MOST_SYMBOLS`].
    pub symbols: usize,
    /// The clock of the replica in microseconds. Peers that are to compact need it.
    pub last: Option<i64>,
    /// Most bytes of one message, at least 4 KiB: longer ones go as chunks, and are refused when they come.
    pub max_message: usize,
    /// Bounds of reading; what the chunks of one message may grow to is the limit of inflated bytes.
    pub decode: DecodeOptions,
    /// Whether reports name the keys that changed.
    pub report_keys: bool,
}

impl Default for SyncOptions {
    /// Salt 0, 16 symbols, no clock, messages of 1 MiB.
    fn default() -> Self {
        SyncOptions {
            salt: 0,
            symbols: FIRST_SYMBOLS,
            last: None,
            max_message: 1 << 20,
            decode: DecodeOptions::strict(),
            report_keys: false,
        }
    }
}

impl SyncOptions {
    pub(super) fn max_message(&self) -> usize {
        self.max_message.max(LEAST_MAX_MESSAGE)
    }
}

/// What a replica has, in few bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    pub(super) head: Head,
    pub(super) symbols: Symbols,
}

impl Summary {
    /// The summary of a state.
    ///
    /// Fails with `NOT_MERGEABLE` for what is no state.
    pub fn of<S: Reconcile>(state: &S, options: &SyncOptions) -> Result<Self> {
        let id = StateId::of_frame(&state.canonical_frame()?);
        let items = items_of(state);
        let end = u64::try_from(options.symbols).unwrap_or(u64::MAX);
        Ok(Summary { head: head_of(state, id), symbols: symbols_of(state, &items, options, options.salt, 0, end) })
    }

    /// The frame of the summary, a message of a session.
    pub fn encode(&self) -> Vec<u8> {
        self.clone().into_message().encode()
    }

    /// Reads a summary. Fails with `BAD_ARGUMENT` on another message.
    pub fn decode(frame: &[u8]) -> Result<Self> {
        Self::decode_with(frame, &DecodeOptions::strict())
    }

    /// Reads a summary. Fails with `BAD_ARGUMENT` on another message.
    pub fn decode_with(frame: &[u8], options: &DecodeOptions) -> Result<Self> {
        let SyncMessage { head, content } = SyncMessage::decode_with(frame, options)?;
        match content {
            Content::Summary(symbols) => Ok(Summary { head, symbols }),
            _ => Err(Error::new(Code::BadArgument, "the message is no summary")),
        }
    }

    /// The id of the state.
    pub fn id(&self) -> StateId {
        self.head.id
    }

    /// The number of items of the state, as its owner says.
    pub fn item_count(&self) -> u64 {
        self.symbols.count
    }

    /// The clock of the replica in microseconds, if it tells.
    pub fn last(&self) -> Option<i64> {
        self.symbols.last
    }

    pub(super) fn into_message(self) -> SyncMessage {
        SyncMessage { head: self.head, content: Content::Summary(self.symbols) }
    }

    /// Fails unless the summary is of a state that joins with this one.
    pub(super) fn check<S: Reconcile>(&self, state: &S) -> Result<()> {
        check_head(&self.head, state.tag_byte(), state.profile())
    }

    /// A state of the parameters of `state` made from the exact part and the floor.
    pub(super) fn peer_of<S: Reconcile>(&self, state: &S, options: &DecodeOptions) -> Result<S> {
        state.read_exact_part(&self.symbols.exact, self.head.floor.as_deref(), options)
    }

    /// What of the items differs from some others, if the symbols suffice.
    pub(super) fn difference_from(&self, items: &[Item]) -> Option<Difference> {
        let Symbols { count, salt, first, symbols, .. } = &self.symbols;
        match decode(symbols, *count, items, *salt) {
            Decoded::Yes(difference) if *first == 0 => Some(difference),
            _ => None,
        }
    }
}

/// Fails with `TYPE_MISMATCH` or `PARAMETER_MISMATCH` unless the two states join.
pub(super) fn check_head(head: &Head, tag: u8, profile: super::Profile) -> Result<()> {
    if head.tag != tag {
        return Err(Error::new(Code::TypeMismatch, "the peer has another kind of state")
            .with("expected", crate::wire::tag_name(tag))
            .with("found", crate::wire::tag_name(head.tag)));
    }
    if head.profile == profile {
        return Ok(());
    }
    Err(Error::new(Code::ParameterMismatch, "the peer's state has other parameters"))
}

pub(super) fn head_of<S: Reconcile>(state: &S, id: StateId) -> Head {
    Head { tag: state.tag_byte(), profile: state.profile(), id, floor: state.floor_content() }
}

/// The items of a state that has any.
pub(super) fn items_of<S: Reconcile>(state: &S) -> Vec<Item> {
    match state.form() {
        Form::Causal | Form::Keys => state.items(),
        Form::Slots | Form::Atomic => Vec::new(),
    }
}

pub(super) fn symbols_of<S: Reconcile>(
    state: &S,
    items: &[Item],
    options: &SyncOptions,
    salt: u64,
    first: u64,
    end: u64,
) -> Symbols {
    let has_items = matches!(state.form(), Form::Causal | Form::Keys);
    Symbols {
        last: options.last,
        exact: state.exact_part(),
        count: items.len() as u64,
        salt,
        first,
        symbols: if has_items { symbols(items, salt, first, end) } else { Vec::new() },
    }
}

/// What of the items of two states differs.
pub(super) fn difference(mine: &[Item], theirs: &[Item]) -> Difference {
    let sorted = |items: &[Item]| {
        let mut items = items.to_vec();
        items.sort_unstable();
        items
    };
    let (mine, theirs) = (sorted(mine), sorted(theirs));
    let beyond = |some: &[Item], other: &[Item]| {
        some.iter().filter(|item| other.binary_search(item).is_err()).copied().collect()
    };
    Difference { ours: beyond(&mine, &theirs), theirs: beyond(&theirs, &mine) }
}

/// What `state` has and `peer` lacks; `None` when it is best sent whole.
pub(super) fn part_missing<S: Reconcile>(state: &S, items: &[Item], peer: &S) -> Option<S> {
    state.part_above(items, &difference(items, &items_of(peer)), peer)
}

/// See [`Reconcile::delta_for`].
pub(super) fn delta_for<S: Reconcile>(state: &S, summary: &Summary) -> Result<S> {
    summary.check(state)?;
    if state.form() == Form::Atomic {
        return Ok(state.clone());
    }
    let peer = summary.peer_of(state, &DecodeOptions::strict())?;
    let Some(view) = view(state, &peer) else { return Ok(state.clone()) };
    Ok(part_for(view.as_ref(), summary, &peer).unwrap_or_else(|| state.clone()))
}

/// This state as it looks from the peer's floor; `None` when its own floor is the higher one.
pub(super) fn view<'a, S: Reconcile>(state: &'a S, peer: &S) -> Option<Cow<'a, S>> {
    match state.compare_floors(peer) {
        Ordering::Greater => None,
        Ordering::Equal => Some(Cow::Borrowed(state)),
        Ordering::Less => Some(Cow::Owned(state.lifted_to(peer))),
    }
}

fn part_for<S: Reconcile>(view: &S, summary: &Summary, peer: &S) -> Option<S> {
    if view.form() == Form::Slots {
        return view.part_above(&[], &Difference::default(), peer);
    }
    let items = view.items();
    view.part_above(&items, &summary.difference_from(&items)?, peer)
}
