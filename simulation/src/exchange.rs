//! Sessions between two copies, with messages lost, repeated and reordered.

use crdt_merge_protocol::laws::Random;
use crdt_merge_protocol::sync::{Content, Form};
use crdt_merge_protocol::{Code, Error, Framed, SyncMessage, SyncOptions, SyncSession};

use crate::bits::Bits;
use crate::history::Place;
use crate::oracle::{Atom, Fact};
use crate::subject::Subject;
use crate::tally::Feature;
use crate::world::{Copy, Step, World, wrong};

/// How often a session is started again, and the last time is without loss.
const STARTS: usize = 4;
/// More messages than any session needs between states of this size.
const MOST_MESSAGES: usize = 2_000;

struct Message {
    /// 0 if it goes to the side that started.
    to: usize,
    frame: Vec<u8>,
    /// What the sender knew.
    known: Bits,
}

struct Meeting<S> {
    places: [Place; 2],
    copies: [Copy<S>; 2],
    sessions: [SyncSession; 2],
    queue: Vec<Message>,
    random: Random,
    loss: usize,
}

enum End {
    Quiet,
    Failed(Error),
}

impl<S: Subject> World<'_, S> {
    /// A session; how many messages of a hundred are lost, what decides which, whether it is left after that.
    pub(crate) fn session(&mut self, one: Place, other: Place, (loss, chance, is_left): (u8, u64, bool)) -> Step {
        if one == other || one.document != other.document || !self.is_up(one) || !self.is_up(other) {
            return Ok(());
        }
        let (Some(first), Some(second)) = (self.copies.remove(&one), self.copies.remove(&other)) else { return Ok(()) };
        let options =
            |place: Place| SyncOptions { last: self.last(place.host), max_message: 4_096, ..SyncOptions::default() };
        let sessions = [
            SyncSession::with_options(&first.state, options(one)),
            SyncSession::with_options(&second.state, options(other)),
        ];
        let (random, loss) = (Random::new(chance), usize::from(loss));
        let mut meeting =
            Meeting { places: [one, other], copies: [first, second], sessions, queue: Vec::new(), random, loss };
        let end = self.hold(&mut meeting, is_left);
        let [first, second] = meeting.copies;
        self.copies.extend([(one, first), (other, second)]);
        self.after(one, other, end?)?;
        self.check(one)?;
        self.check(other)
    }

    fn hold(&mut self, meeting: &mut Meeting<S>, is_left: bool) -> Step<End> {
        let is_lossy = meeting.loss > 0;
        self.features.note(match (is_lossy, is_left) {
            (false, _) => Feature::Session,
            (true, false) => Feature::Lossy,
            (true, true) => Feature::Left,
        });
        for start in 0..STARTS {
            if start + 1 == STARTS {
                meeting.loss = 0;
            }
            meeting.start(start)?;
            match self.run(meeting)? {
                End::Quiet if is_left && is_lossy => return Ok(End::Quiet),
                End::Quiet if meeting.loss == 0 || meeting.is_in_sync() => break,
                End::Quiet => {}
                failed => return Ok(failed),
            }
        }
        meeting.check_end().map(|()| End::Quiet)
    }

    fn run(&mut self, meeting: &mut Meeting<S>) -> Step<End> {
        for _ in 0..MOST_MESSAGES {
            let Some(message) = meeting.next() else { return Ok(End::Quiet) };
            if let Err(error) = self.take(meeting, &message)? {
                return Ok(End::Failed(error));
            }
        }
        Err("a session does not end".to_owned())
    }

    fn take(&self, meeting: &mut Meeting<S>, message: &Message) -> Step<Result<(), Error>> {
        let to = message.to;
        let (before, floor) = (meeting.copies[to].known.clone(), meeting.copies[to].state.floor());
        let received = meeting.sessions[to].receive(&mut meeting.copies[to].state, &message.frame);
        let received = match received {
            Ok(received) => received,
            Err(error) => return Ok(Err(error)),
        };
        if received.report.changed {
            let is_raised = meeting.copies[to].state.floor() != floor;
            let learned = self.learned(meeting.places[to], &before, message, (floor, is_raised));
            meeting.copies[to].known.unite(&learned);
        }
        meeting.post(1 - to, received.outgoing);
        Ok(Ok(()))
    }

    /// What a copy has learned from a message that has changed it, with its floor before, and whether that was raised.
    fn learned(&self, place: Place, known: &Bits, message: &Message, (floor, is_raised): (Option<i128>, bool)) -> Bits {
        match SyncMessage::decode(&message.frame).map(|message| message.content) {
            _ if is_raised => message.known.clone(),
            Ok(Content::Summary(_)) if S::empty().form() == Form::Causal => self.died(place, known, &message.known),
            Ok(Content::Delta { full: false, state, .. }) => {
                let view = self.in_view(place, &message.known, floor);
                self.in_part(place, view, &state)
            }
            _ => self.in_view(place, &message.known, floor),
        }
    }

    /// A summary tells which of the dots that are here are dead there.
    fn died(&self, place: Place, known: &Bits, theirs: &Bits) -> Bits {
        let oracle = self.oracle(place);
        let is_here = |atom: &Atom| oracle.known(known).about(atom).iter().next().is_some();
        oracle.known(theirs).filtered(|atom, fact| *fact == Fact::Dead && is_here(atom))
    }

    /// What a peer wants may have changed before it is sent, and is left out then: the next round brings it.
    fn in_part(&self, place: Place, known: Bits, frame: &[u8]) -> Bits {
        let Ok(part) = S::decode(frame) else { return known };
        let is_in = |atom: &Atom, _: &Fact| match atom {
            Atom::Key(key) => part.holds(key),
            Atom::Slot(actor, _) if S::SLOTS_ARE_ITEMS => part.holds(actor),
            _ => true,
        };
        self.oracle(place).known(&known).filtered(is_in)
    }

    /// What a peer with a lower floor sends to a copy with this one: nothing of what the floor drops.
    fn in_view(&self, place: Place, known: &Bits, floor: Option<i128>) -> Bits {
        let Some(floor) = floor else { return known.clone() };
        let (oracle, mut view) = (self.oracle(place), known.clone());
        for (atom, _) in oracle.known(known).by_atom() {
            let about = oracle.known(known).about(atom);
            if S::is_left_over(oracle.known(&about), floor) {
                about.iter().for_each(|fact| view.remove(fact));
            }
        }
        view
    }

    fn after(&mut self, one: Place, other: Place, end: End) -> Step {
        let End::Failed(error) = end else { return Ok(()) };
        if error.code() != Code::StaleState {
            return Err(format!("a session of {one} and {other} fails: {error}"));
        }
        for (from, to) in [(one, other), (other, one)] {
            let (Some(theirs), Some(mut ours)) = (self.copies.get(&from).cloned(), self.copies.remove(&to)) else {
                continue;
            };
            let settled = match ours.state.joined(&theirs.state) {
                Ok(joined) => {
                    ours.state = joined;
                    ours.known.unite(&theirs.known);
                    Ok(())
                }
                Err(_) => self.settle_conflict(to, &mut ours, &theirs.state, &theirs.known, true),
            };
            self.copies.insert(to, ours);
            settled?;
        }
        Ok(())
    }
}

impl<S: Subject> Meeting<S> {
    fn start(&mut self, attempt: usize) -> Step {
        let side = attempt % 2;
        self.queue.clear();
        let frames = self.sessions[side].start(&self.copies[side].state).map_err(wrong("starting a session"))?;
        self.post(1 - side, frames);
        Ok(())
    }

    /// Sends messages; some are lost, some repeated.
    fn post(&mut self, to: usize, frames: Vec<Vec<u8>>) {
        for frame in frames {
            let message = |frame| Message { to, frame, known: self.copies[1 - to].known.clone() };
            let (is_lost, is_repeated) = (self.random.below(100) < self.loss, self.random.below(100) < self.loss);
            if is_repeated {
                self.queue.push(message(frame.clone()));
            }
            if !is_lost {
                self.queue.push(message(frame));
            }
        }
    }

    fn next(&mut self) -> Option<Message> {
        if self.queue.is_empty() {
            return None;
        }
        let place = if self.loss > 0 { self.random.below(self.queue.len()) } else { 0 };
        Some(self.queue.remove(place))
    }

    fn is_in_sync(&self) -> bool {
        self.sessions.iter().all(SyncSession::in_sync)
    }

    /// After a session without loss both sides have the same.
    fn check_end(&mut self) -> Step {
        let [first, second] = &mut self.copies;
        if first.state.state_id() != second.state.state_id() {
            return Err(format!("after a session {} and {} differ", self.places[0], self.places[1]));
        }
        if !self.sessions.iter().any(SyncSession::in_sync) {
            return Err("a session has ended and nobody is in sync".to_owned());
        }
        // Equal states know the same: what one side has heard of and the other has not changes nothing.
        let both = first.known.united(&second.known);
        (first.known, second.known) = (both.clone(), both);
        Ok(())
    }
}
