//! What a session does with a message.

use std::borrow::Cow;

use super::answers::refused;
use super::{Collection, Fault, Idle, Lacking, Step, SyncSession};
use crate::error::{Code, Error};
use crate::join::MergeReport;
use crate::sync::item::Item;
use crate::sync::message::{Content, Head, Symbols, SyncMessage};
use crate::sync::reconcile::{Form, Reconcile};
use crate::sync::summary::{check_head, part_missing, view};
use crate::sync::symbol::{Decoded, Difference, MOST_SYMBOLS, decode};
use crate::wire::StateId;

/// After so many messages without a change on either side a session is given up.
const MOST_IDLE: u32 = 64;
/// Bytes that a symbol is taken to cost when the state whole is the alternative.
const SYMBOL_COST: u64 = 20;
/// Bytes that symbols may cost more than the state.
const STATE_BONUS: u64 = 200;

/// A delta as it came.
struct Delta {
    exact: Vec<u8>,
    is_full: bool,
    want: Vec<Item>,
    frame: Vec<u8>,
}

/// What a difference in items comes to.
struct Found<S> {
    /// What the peer lacks; `None` for the whole state.
    part: Option<S>,
    /// What takes out of the own state what the peer has seen die.
    buried: Option<S>,
    /// The state of a peer with a higher floor that has nothing beyond the own one.
    peer: Option<S>,
}

impl SyncSession {
    /// The rules, one after the other.
    pub(super) fn follow<S: Reconcile>(
        &mut self,
        state: &mut S,
        message: SyncMessage,
        report: &mut MergeReport,
    ) -> Step<Option<SyncMessage>> {
        let SyncMessage { head, content } = message;
        if let Content::Refuse { code, detail } = &content {
            self.is_refused = true;
            return Err(Fault::End(refused(*code, detail)));
        }
        check_head(&head, state.tag_byte(), state.profile()).map_err(Fault::End)?;
        if self.id() == Some(head.id) {
            self.idle = Idle::default();
            return Ok((content != Content::Done).then(|| self.message(state, Content::Done)));
        }
        self.count_idle(head.id)?;
        match content {
            Content::Summary(symbols) => self.on_summary(state, head, symbols, report),
            Content::More { base, salt, first, to } if self.id() == Some(base) => {
                Ok(Some(self.summary(state, salt, first, to)))
            }
            Content::Delta { exact, full, want, state: frame, .. } => {
                self.on_delta(state, &head, Delta { exact, is_full: full, want, frame }, report).map(Some)
            }
            _ => Ok(Some(self.fresh(state))),
        }
    }

    /// Counts messages while neither side changes.
    fn count_idle(&mut self, peer: StateId) -> Step<()> {
        let ids = self.id().map(|own| (own, peer));
        let messages = if self.idle.ids == ids { self.idle.messages + 1 } else { 1 };
        self.idle = Idle { ids, messages };
        if messages <= MOST_IDLE {
            return Ok(());
        }
        Err(Fault::End(Error::new(Code::Cancelled, "no progress: neither side has changed").with("limit", MOST_IDLE)))
    }

    /// Joins a state of the peer; what does not join ends the session.
    fn join<S: Reconcile>(&mut self, state: &mut S, other: &S, report: &mut MergeReport) -> Step<()> {
        let changed = state.join_with(other, report).map_err(Fault::End)?.is_yes();
        report.changed |= changed;
        if changed { Ok(self.look(state)?) } else { Ok(()) }
    }

    fn on_summary<S: Reconcile>(
        &mut self,
        state: &mut S,
        head: Head,
        summary: Symbols,
        report: &mut MergeReport,
    ) -> Step<Option<SyncMessage>> {
        if state.form() == Form::Atomic {
            return self.full(state, head.id).map(Some);
        }
        let peer = state.read_exact_part(&summary.exact, head.floor.as_deref(), &self.options.decode)?;
        match state.form() {
            Form::Slots => self.on_slots(state, head.id, &summary.exact, &peer, report).map(Some),
            _ => self.on_items(state, head, summary, &peer, report),
        }
    }

    /// The summary is the peer's state.
    fn on_slots<S: Reconcile>(
        &mut self,
        state: &mut S,
        id: StateId,
        exact: &[u8],
        peer: &S,
        report: &mut MergeReport,
    ) -> Step<SyncMessage> {
        self.join(state, peer, report)?;
        if self.id() == Some(id) {
            return Ok(self.message(state, Content::Done));
        }
        // The peer has all that a summary tells: what differs is something else.
        if state.exact_part() == exact {
            return self.full(state, id);
        }
        let part = state.part_above(&[], &Difference::default(), peer);
        self.delta(state, id, part, Vec::new())
    }

    fn on_items<S: Reconcile>(
        &mut self,
        state: &mut S,
        head: Head,
        summary: Symbols,
        peer: &S,
        report: &mut MergeReport,
    ) -> Step<Option<SyncMessage>> {
        let Some(view) = view(&*state, peer) else { return Ok(Some(self.fresh(state))) };
        let Some(held) = self.collect(head.id, &summary) else { return Ok(None) };
        let is_lifted = matches!(view, Cow::Owned(_));
        let items = if is_lifted { view.items().into() } else { self.items(&*view) };
        let symbols = self.collection.as_ref().map_or(&[][..], |collection| &collection.symbols);
        let difference = match decode(symbols, summary.count, &items, summary.salt) {
            Decoded::More(size) => return self.ask_more(state, head.id, summary.salt, held, size).map(Some),
            Decoded::Yes(difference) => difference,
        };
        self.collection = None;
        let found = find(&*view, is_lifted, &items, &difference, peer);
        self.lacking = is_lifted.then(|| Lacking::new(&head, &summary, &difference));
        self.on_difference(state, head.id, difference, found, report).map(Some)
    }

    /// Adds the symbols of a summary to those at hand, and tells how many there are; `None` when they do not follow.
    fn collect(&mut self, id: StateId, summary: &Symbols) -> Option<u64> {
        if summary.first == 0 {
            self.collection = Some(Collection { id, salt: summary.salt, symbols: Vec::new() });
        }
        let collection = self.collection.as_mut()?;
        let held = collection.symbols.len() as u64;
        if (collection.id, collection.salt, held) != (id, summary.salt, summary.first) {
            return None;
        }
        let room = MOST_SYMBOLS.saturating_sub(held) as usize;
        collection.symbols.extend(summary.symbols.iter().take(room));
        Some(collection.symbols.len() as u64)
    }

    /// Asks for further symbols as long as they cost less than the state.
    fn ask_more<S: Reconcile>(&mut self, state: &S, id: StateId, salt: u64, held: u64, size: u64) -> Step<SyncMessage> {
        let frame = self.own.as_ref().map_or(0, |own| own.frame_bytes as u64);
        if size > MOST_SYMBOLS || size.saturating_mul(SYMBOL_COST) > frame.saturating_add(STATE_BONUS) {
            self.collection = None;
            return self.full(state, id);
        }
        Ok(self.message(state, Content::More { base: id, salt, first: held, to: size }))
    }

    fn on_difference<S: Reconcile>(
        &mut self,
        state: &mut S,
        id: StateId,
        difference: Difference,
        found: Found<S>,
        report: &mut MergeReport,
    ) -> Step<SyncMessage> {
        if let Some(buried) = &found.buried {
            self.join(state, buried, report)?;
        }
        let peer = found.peer.filter(|peer| id_of(peer) == Some(id));
        if let Some(peer) = &peer {
            self.join(state, peer, report)?;
        }
        if self.id() == Some(id) {
            return Ok(self.message(state, Content::Done));
        }
        if let Some(peer) = &peer {
            return self.send_missing(state, id, peer);
        }
        if difference == Difference::default() {
            return self.full(state, id);
        }
        self.delta(state, id, found.part, difference.theirs)
    }

    /// What a peer lacks whose state is at hand.
    fn send_missing<S: Reconcile>(&mut self, state: &S, id: StateId, peer: &S) -> Step<SyncMessage> {
        let part = part_missing(state, &self.items(state), peer);
        self.delta(state, id, part, Vec::new())
    }

    fn on_delta<S: Reconcile>(
        &mut self,
        state: &mut S,
        head: &Head,
        delta: Delta,
        report: &mut MergeReport,
    ) -> Step<SyncMessage> {
        let received = match delta.frame.is_empty() {
            true => None,
            false => Some(state.read_frame(&delta.frame, &self.options.decode)?),
        };
        match received {
            Some(received) if delta.is_full => self.on_full(state, head.id, &received, report),
            received => self.on_part(state, head, delta, received, report),
        }
    }

    /// The peer's state, whole.
    fn on_full<S: Reconcile>(
        &mut self,
        state: &mut S,
        id: StateId,
        received: &S,
        report: &mut MergeReport,
    ) -> Step<SyncMessage> {
        let is_level = state.compare_floors(received).is_eq();
        self.join(state, received, report)?;
        if self.id() == Some(id) {
            return Ok(self.message(state, Content::Done));
        }
        if state.form() == Form::Atomic || !is_level {
            return self.full(state, id);
        }
        self.send_missing(state, id, received)
    }

    /// What the peer says is missing here.
    fn on_part<S: Reconcile>(
        &mut self,
        state: &mut S,
        head: &Head,
        delta: Delta,
        received: Option<S>,
        report: &mut MergeReport,
    ) -> Step<SyncMessage> {
        if state.form() == Form::Atomic {
            received.iter().try_for_each(|received| self.join(state, received, report))?;
            return Ok(self.done_or_fresh(state, head.id));
        }
        let peer = state.read_exact_part(&delta.exact, head.floor.as_deref(), &self.options.decode)?;
        let arrived = match state.compare_floors(&peer).is_lt() {
            false => received,
            true => match self.rebuild(state, received.as_ref())? {
                Some(rebuilt) => Some(rebuilt),
                None => return Ok(self.fresh(state)),
            },
        };
        arrived.iter().try_for_each(|arrived| self.join(state, arrived, report))?;
        if delta.want.is_empty() {
            return Ok(self.done_or_fresh(state, head.id));
        }
        let wanted = Difference { ours: delta.want, theirs: Vec::new() };
        let part = state.part_above(&self.items(state), &wanted, &peer);
        self.delta(state, head.id, part, Vec::new())
    }

    fn done_or_fresh<S: Reconcile>(&mut self, state: &S, id: StateId) -> SyncMessage {
        if self.id() == Some(id) { self.message(state, Content::Done) } else { self.fresh(state) }
    }

    /// The state of a peer with a higher floor, if what was found out about it gives exactly that state.
    fn rebuild<S: Reconcile>(&mut self, state: &S, delta: Option<&S>) -> Step<Option<S>> {
        let Some(lacking) = self.lacking.take() else { return Ok(None) };
        let peer = state.read_exact_part(&lacking.exact, lacking.floor.as_deref(), &self.options.decode)?;
        let view = state.lifted_to(&peer);
        let rebuilt = view.rebuilt_with(&view.items(), &lacking.ours, delta, &peer);
        Ok((id_of(&rebuilt) == Some(lacking.id)).then_some(rebuilt))
    }
}

impl Lacking {
    fn new(head: &Head, summary: &Symbols, difference: &Difference) -> Self {
        Lacking { id: head.id, exact: summary.exact.clone(), floor: head.floor.clone(), ours: difference.ours.clone() }
    }
}

fn id_of<S: Reconcile>(state: &S) -> Option<StateId> {
    state.canonical_frame().ok().map(|frame| StateId::of_frame(&frame))
}

fn find<S: Reconcile>(view: &S, is_lifted: bool, items: &[Item], difference: &Difference, peer: &S) -> Found<S> {
    let is_behind = is_lifted && difference.theirs.is_empty();
    Found {
        part: view.part_above(items, difference, peer),
        buried: view.buried_by(items, &difference.ours, peer),
        peer: is_behind.then(|| view.rebuilt_with(items, &difference.ours, None, peer)),
    }
}
