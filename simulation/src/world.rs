//! Plays a history: replicas, their disks, the network between them, and the oracle beside it.

use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};
use std::fmt;

use crdt_merge_protocol::{Code, Error, ManualClock, Replica, Summary, SyncOptions, TestEntropy};

use crate::bits::Bits;
use crate::draw::{START, STEP};
use crate::fault::Fault;
use crate::history::{Action, Event, History, Place, What};
use crate::oracle::{Atom, Fact, Fresh, Known, Oracle};
use crate::subject::{Act, Setting, Subject};
use crate::tally::{Feature, Features};

/// What is wrong, and after which event; 0 is the end, when everything has been exchanged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// The number of the event.
    pub event: u32,
    /// What was promised and did not hold.
    pub what: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.event {
            0 => write!(f, "in the end: {}", self.what),
            event => write!(f, "event {event}: {}", self.what),
        }
    }
}

/// What came of a history.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// What it contained.
    pub features: Features,
    /// The first thing that is wrong.
    pub violation: Option<Violation>,
}

/// Steps fail with what is wrong.
pub(crate) type Step<T = ()> = Result<T, String>;

pub(crate) fn wrong(context: &str) -> impl Fn(Error) -> String + '_ {
    move |error| format!("{context}: {error}")
}

/// A copy of a state with what it knows.
#[derive(Clone)]
pub(crate) struct Copy<S> {
    pub(crate) state: S,
    pub(crate) known: Bits,
}

/// What is on a disk of a copy.
#[derive(Clone)]
struct Stored {
    frame: Vec<u8>,
    known: Bits,
}

struct Host {
    clock: ManualClock,
    skew: i64,
    /// The replica, while it is up.
    replica: Option<Replica>,
    /// Its save.
    disk: Vec<u8>,
    /// The last save of a clean close.
    clean: Option<Vec<u8>>,
    /// How often it was opened.
    lives: u64,
}

struct Packet {
    document: u8,
    frame: Vec<u8>,
    /// What its sender knew.
    known: Bits,
    form: PacketForm,
}

enum PacketForm {
    /// A whole state in a version.
    Full(u8),
    /// The parts that a write touched.
    Update(Bits),
    /// Made for a copy that knew this; whether a compaction floor had a part in it.
    Delta(Bits, bool),
}

struct Told {
    summary: Summary,
    known: Bits,
}

/// Everything there is.
pub(crate) struct World<'a, S> {
    pub(crate) history: &'a History,
    pub(crate) fault: Fault,
    pub(crate) features: Features,
    hosts: Vec<Option<Host>>,
    pub(crate) copies: HashMap<Place, Copy<S>>,
    stored: HashMap<Place, Stored>,
    backups: HashMap<Place, Stored>,
    packets: HashMap<u32, Packet>,
    arrived: HashSet<(u32, Place)>,
    told: HashMap<(Place, Place), Told>,
    pub(crate) oracles: Vec<Oracle>,
    /// Facts that may be lost: a crash or a salvage took them somewhere.
    excused: Vec<Bits>,
    /// Whether everybody is being brought up to date.
    is_ending: bool,
}

/// Plays a history of a kind.
pub(crate) fn play<S: Subject>(history: &History, fault: Fault) -> Outcome {
    let mut world = World::<S>::new(history, fault);
    let mut at = 0;
    let mut run = || {
        for event in &history.events {
            at = event.id;
            world.step(event)?;
        }
        at = 0;
        world.finish()
    };
    let violation = run().err().map(|what| Violation { event: at, what });
    Outcome { features: world.features, violation }
}

impl<'a, S: Subject> World<'a, S> {
    fn new(history: &'a History, fault: Fault) -> Self {
        let mut features = history.drawn;
        let notes =
            [(Feature::Documents, history.documents > 1), (Feature::Skew, history.skew.iter().any(|skew| *skew != 0))];
        notes.into_iter().filter(|(_, is_so)| *is_so).for_each(|(feature, _)| features.note(feature));
        let documents = usize::from(history.documents);
        let mut world = World {
            history,
            fault,
            features,
            hosts: (0..history.hosts).map(|_| None).collect(),
            copies: HashMap::new(),
            stored: HashMap::new(),
            backups: HashMap::new(),
            packets: HashMap::new(),
            arrived: HashSet::new(),
            told: HashMap::new(),
            oracles: (0..documents).map(|_| Oracle::default()).collect(),
            excused: vec![Bits::default(); documents],
            is_ending: false,
        };
        // A node id of two or three letters is a good one.
        (0..history.first).for_each(|host| drop(world.enter(host)));
        world
    }

    fn step(&mut self, event: &Event) -> Step {
        self.set_clocks(event.id);
        match &event.what {
            What::Write(at, action) => self.write(event.id, *at, action),
            What::Send(from) => self.send(event.id, *from),
            What::Tell { from, to } => self.tell(*from, *to),
            What::Delta { from, to } => self.delta(event.id, *from, *to),
            What::Deliver { packet, to } => self.deliver(*packet, *to),
            What::Session { one, other, loss, chance, is_left } => {
                self.session(*one, *other, (*loss, *chance, *is_left))
            }
            What::Compact { at, peers } => self.compact(*at, peers),
            What::Fork { host, document } => self.fork(*host, *document),
            What::Save(host) => self.save(*host),
            What::Crash(host) => self.crash(*host),
            What::Close(host) => self.close(*host),
            What::Open(host) => self.open(*host),
            What::Keep(host) => self.keep(*host),
            What::Return { from, host } => self.come_back(*from, *host),
            What::Enter(host) => self.come_late(*host),
            What::Jump { host, micros } => self.jump(*host, *micros),
        }
    }

    fn set_clocks(&mut self, event: u32) {
        let now = START + i64::from(event) * STEP;
        self.hosts.iter().flatten().for_each(|host| host.clock.set_micros(now + host.skew));
    }

    fn host(&self, host: u8) -> Option<&Host> {
        self.hosts.get(usize::from(host))?.as_ref()
    }

    fn host_mut(&mut self, host: u8) -> Option<&mut Host> {
        self.hosts.get_mut(usize::from(host))?.as_mut()
    }

    /// The clock of a replica that is up.
    pub(crate) fn last(&self, host: u8) -> Option<i64> {
        self.host(host)?.replica.as_ref()?.last_micros()
    }

    /// Whether a copy is there and its replica up.
    pub(crate) fn is_up(&self, place: Place) -> bool {
        self.copies.contains_key(&place) && self.host(place.host).is_some_and(|host| host.replica.is_some())
    }

    pub(crate) fn oracle(&self, place: Place) -> &Oracle {
        &self.oracles[usize::from(place.document)]
    }

    /// What a copy shows is what the oracle reads out of what it knows.
    pub(crate) fn check(&self, place: Place) -> Step {
        let Some(copy) = self.copies.get(&place) else { return Ok(()) };
        let known = self.oracle(place).known(&copy.known);
        let (shown, expected) = (copy.state.read(), S::reading_of(known));
        if shown != expected {
            return Err(format!("{place} shows {shown:?}, but what it knows is {expected:?}"));
        }
        if S::is_overdrawn(self.oracle(place).known(&copy.known)) && known.is_closed() {
            return Err(format!("{place} has spent what was not there: {shown:?}"));
        }
        Ok(())
    }

    // Local writes.

    fn write(&mut self, id: u32, at: Place, action: &Action) -> Step {
        if !self.is_up(at) {
            return Ok(());
        }
        let receiver = match action {
            Action::Hand { to, .. } if self.is_up(*to) && to.document == at.document => self.receiver(*to)?,
            _ => None,
        };
        let Some(mut copy) = self.copies.remove(&at) else { return Ok(()) };
        let result = self.act(at, &mut copy, action, receiver.as_deref());
        let before = copy.known.clone();
        let act = self.judge_act(at, &copy, result);
        let learned = act.and_then(|act| Ok((self.learn(at, &mut copy, &act)?, act)));
        if self.fault == Fault::ForgottenTags {
            copy.state = copy.state.without_notes();
        }
        self.copies.insert(at, copy);
        let (facts, act) = learned?;
        self.post_update(id, at, &facts, act.update, before);
        self.check(at)
    }

    fn receiver(&mut self, to: Place) -> Step<Option<String>> {
        let World { hosts, copies, .. } = self;
        let host = hosts.get(usize::from(to.host)).and_then(Option::as_ref);
        let (Some(replica), Some(copy)) = (host.and_then(|host| host.replica.as_ref()), copies.get_mut(&to)) else {
            return Ok(None);
        };
        copy.state.receiver(replica).transpose().map_err(wrong("asking for an actor"))
    }

    fn act(
        &self,
        at: Place,
        copy: &mut Copy<S>,
        action: &Action,
        receiver: Option<&str>,
    ) -> crdt_merge_protocol::Result<Act<S>> {
        let Some(writer) = self.host(at.host).and_then(|host| host.replica.as_ref()) else { return Ok(Act::nothing()) };
        let known = self.oracle(at).known(&copy.known);
        copy.state.act(action, &Setting { writer, known, receiver })
    }

    /// A write may be refused for lack of rights, or below a floor.
    fn judge_act(&mut self, at: Place, copy: &Copy<S>, result: crdt_merge_protocol::Result<Act<S>>) -> Step<Act<S>> {
        match result {
            Ok(act) => Ok(act),
            Err(error) => {
                let is_floor = error.code() == Code::BadStamp && copy.state.floor().is_some();
                if !is_floor && error.code() != Code::OutOfRange && error.code() != Code::BadArgument {
                    return Err(format!("{at} cannot write: {error}"));
                }
                self.features.note(Feature::Refused);
                Ok(Act::nothing())
            }
        }
    }

    fn learn(&mut self, at: Place, copy: &mut Copy<S>, act: &Act<S>) -> Step<Vec<usize>> {
        let document = usize::from(at.document);
        for atom in &act.forgets {
            let forgotten = self.oracles[document].known(&copy.known).about(atom);
            forgotten.iter().for_each(|fact| copy.known.remove(fact));
            self.excused[document].unite(&forgotten);
        }
        for (atom, count) in &act.hears {
            copy.known.unite(&self.oracles[document].first(atom, *count));
        }
        let facts = self.oracles[document].add(&act.facts, &copy.known)?;
        facts.iter().for_each(|fact| copy.known.insert(*fact));
        Ok(facts)
    }

    fn post_update(&mut self, id: u32, at: Place, facts: &[usize], update: Option<S>, before: Bits) {
        let (Some(update), Some(copy)) = (update, self.copies.get(&at)) else { return };
        let carried = self.oracle(at).beside(facts, &copy.known);
        let packet =
            Packet { document: at.document, frame: update.encode(), known: before, form: PacketForm::Update(carried) };
        self.packets.insert(id, packet);
    }

    // Messages.

    fn send(&mut self, id: u32, from: Place) -> Step {
        let Some(copy) = self.copies.get(&from).filter(|_| self.is_up(from)) else { return Ok(()) };
        let first = if self.history.old.contains(&from.host) { copy.state.encode_v1().ok() } else { None };
        let version = if first.is_some() { 1 } else { 2 };
        let frame = first.unwrap_or_else(|| copy.state.encode());
        let packet =
            Packet { document: from.document, frame, known: copy.known.clone(), form: PacketForm::Full(version) };
        self.packets.insert(id, packet);
        Ok(())
    }

    fn tell(&mut self, from: Place, to: Place) -> Step {
        if from.document != to.document || !self.is_up(from) || !self.is_up(to) {
            return Ok(());
        }
        let Some(copy) = self.copies.get(&from) else { return Ok(()) };
        let options = SyncOptions { last: self.last(from.host), ..SyncOptions::default() };
        let summary = Summary::of(&copy.state, &options).map_err(wrong("a summary"))?;
        let summary = Summary::decode(&summary.encode()).map_err(wrong("reading a summary"))?;
        self.told.insert((from, to), Told { summary, known: copy.known.clone() });
        Ok(())
    }

    fn delta(&mut self, id: u32, from: Place, to: Place) -> Step {
        let (Some(copy), Some(told)) = (self.copies.get(&from), self.told.get(&(to, from))) else { return Ok(()) };
        if !self.is_up(from) {
            return Ok(());
        }
        let mut delta = copy.state.delta_for(&told.summary).map_err(wrong("a delta"))?;
        if self.fault == Fault::ContextDelta
            && let Some(receiver) = self.copies.get(&to)
        {
            delta = copy.state.delta_of_context(&receiver.state).unwrap_or(delta);
        }
        let (frame, known) = (delta.encode(), copy.known.clone());
        // A delta may be the whole state, which says everything to everybody.
        let base = if delta == copy.state { Bits::default() } else { told.known.clone() };
        let form = PacketForm::Delta(base, copy.state.floor().is_some());
        self.packets.insert(id, Packet { document: from.document, frame, known, form });
        Ok(())
    }

    fn deliver(&mut self, id: u32, to: Place) -> Step {
        let Some(packet) = self.packets.get(&id).filter(|packet| packet.document == to.document) else { return Ok(()) };
        if !self.is_up(to) {
            return Ok(());
        }
        let Some((carried, feature)) = self.carried(packet, to) else { return Ok(()) };
        let is_full = matches!(packet.form, PacketForm::Full(_));
        let state = S::decode(&packet.frame).map_err(wrong("reading a frame"))?;
        self.features.note(feature);
        if !self.arrived.insert((id, to)) {
            self.features.note(Feature::Duplicate);
        }
        self.absorb(to, state, &carried, is_full)
    }

    /// The facts that a packet brings to a copy.
    fn carried(&self, packet: &Packet, to: Place) -> Option<(Bits, Feature)> {
        let copy = self.copies.get(&to)?;
        match &packet.form {
            PacketForm::Full(1) => Some((packet.known.clone(), Feature::FullV1)),
            PacketForm::Full(_) => Some((packet.known.clone(), Feature::FullV2)),
            PacketForm::Update(carried) => Some((carried.clone(), Feature::Update)),
            PacketForm::Delta(..) if !S::HAS_PARTS => Some((packet.known.clone(), Feature::Delta)),
            // What a floor has settled is not in a delta, and only a session finds that out.
            PacketForm::Delta(_, true) => None,
            PacketForm::Delta(..) if copy.state.floor().is_some() => None,
            PacketForm::Delta(base, _) if base.is_within(&copy.known) => Some((packet.known.clone(), Feature::Delta)),
            PacketForm::Delta(base, _) => Some((self.parts_ahead(to, &packet.known, base), Feature::Stray)),
        }
    }

    /// The facts about parts where one side is ahead of the other.
    fn parts_ahead(&self, place: Place, ours: &Bits, theirs: &Bits) -> Bits {
        let oracle = self.oracle(place);
        let mut carried = Bits::default();
        for (atom, _) in oracle.known(ours).by_atom() {
            let (here, there) = (oracle.known(ours).about(atom), oracle.known(theirs).about(atom));
            let reading = |facts: &Bits| S::reading_of(oracle.known(facts));
            let differs = match atom {
                // An item goes along whenever the other side has not the same one.
                Atom::Key(_) | Atom::Tag(..) => S::differs(oracle.known(&here), oracle.known(&there)),
                Atom::Slot(..) if S::SLOTS_ARE_ITEMS => S::differs(oracle.known(&here), oracle.known(&there)),
                Atom::Dot(..) => oracle.known(ours).life(atom) > oracle.known(theirs).life(atom),
                _ => reading(&here.united(&there)) != reading(&there),
            };
            if differs {
                carried.unite(&here);
            }
        }
        carried
    }

    /// Joins what has arrived.
    pub(crate) fn absorb(&mut self, to: Place, mut state: S, carried: &Bits, is_full: bool) -> Step {
        let Some(mut copy) = self.copies.remove(&to) else { return Ok(()) };
        if self.fault == Fault::IgnoredFloor {
            state = state.salvaged_at(i128::from(i64::MIN));
        }
        let joined = match self.fault {
            Fault::FirstComeTies => copy.state.join_first_come(&state),
            _ => copy.state.join(&state).map(drop),
        };
        let result = match joined {
            Ok(()) => {
                copy.known.unite(carried);
                Ok(())
            }
            Err(error) if error.code() == Code::StaleState => {
                self.settle_conflict(to, &mut copy, &state, carried, is_full)
            }
            Err(error) => Err(format!("{to} cannot take it in: {error}")),
        };
        self.copies.insert(to, copy);
        result.and_then(|()| self.check(to))
    }

    /// A state was refused: rightly, if one side lacks something at or below the floor of the other; the older one is salvaged.
    pub(crate) fn settle_conflict(
        &mut self,
        to: Place,
        copy: &mut Copy<S>,
        state: &S,
        carried: &Bits,
        is_full: bool,
    ) -> Step {
        self.features.note(Feature::Stale);
        let (here, there) = (copy.state.floor(), state.floor());
        let floors = [here, there].into_iter().flatten();
        let old =
            |known: &Bits, floor: i128| self.oracle(to).known(known).filtered(|_, fact| S::is_within(fact, floor));
        let differs = |floor: i128| old(&copy.known, floor) != old(carried, floor);
        if !floors.clone().any(differs) {
            return Err(format!("{to} refuses a state that knows all that is settled"));
        }
        if !is_full {
            return Ok(());
        }
        let Some(floor) = floors.max() else { return Ok(()) };
        match here.cmp(&there) {
            Ordering::Equal => {
                let is_theirs = self.is_ending || state.state_id() > copy.state.state_id();
                if is_theirs {
                    self.start_again(to, copy, state, carried);
                }
            }
            order => self.salvage(to, copy, state, carried, (floor, order.is_lt()))?,
        }
        Ok(())
    }

    fn salvage(
        &mut self,
        to: Place,
        copy: &mut Copy<S>,
        state: &S,
        carried: &Bits,
        (floor, is_theirs): (i128, bool),
    ) -> Step {
        let above = |known: &Bits| self.oracle(to).known(known).filtered(|_, fact| S::is_above(fact, floor));
        let (ours, theirs) = (above(&copy.known), above(carried));
        let mut gone = copy.known.united(carried);
        gone.iter()
            .collect::<Vec<_>>()
            .into_iter()
            .filter(|fact| ours.contains(*fact) || theirs.contains(*fact))
            .for_each(|fact| gone.remove(fact));
        if is_theirs {
            let rest = copy.state.salvaged_at(floor);
            copy.state = state.clone();
            copy.state.join(&rest).map_err(wrong("joining what was salvaged"))?;
            copy.known = ours.united(carried);
        } else {
            copy.state.join(&state.salvaged_at(floor)).map_err(wrong("joining what was salvaged"))?;
            copy.known.unite(&theirs);
        }
        self.excused[usize::from(to.document)].unite(&gone);
        Ok(())
    }

    /// Of two that have settled different things at one floor, one starts again from the other. In the end that is whoever receives:
    /// the first copy then wins everywhere. By what they hold, which changes with every exchange, two could take turns for ever.
    fn start_again(&mut self, to: Place, copy: &mut Copy<S>, state: &S, carried: &Bits) {
        self.excused[usize::from(to.document)].unite(&copy.known);
        *copy = Copy { state: state.clone(), known: carried.clone() };
    }

    // Compaction.

    fn compact(&mut self, at: Place, peers: &[Place]) -> Step {
        let Some(told) = peers.iter().map(|peer| self.told.get(&(*peer, at))).collect::<Option<Vec<_>>>() else {
            return Ok(());
        };
        if !self.is_up(at) {
            return Ok(());
        }
        let summaries: Vec<Summary> = told.iter().map(|told| told.summary.clone()).collect();
        let (last, Some(copy)) = (self.last(at.host), self.copies.get(&at)) else { return Ok(()) };
        let mut state = copy.state.clone();
        let dropped = state.compact(&summaries, last).map_err(wrong("compaction"))?;
        let known = |facts| self.oracle(at).known(facts);
        let views: Vec<Known<'_>> = told.iter().map(|told| known(&told.known)).collect();
        let settled = S::settled(known(&copy.known), &views);
        let forgotten = if dropped > 0 { S::forgotten(known(&copy.known)) } else { Bits::default() };
        if dropped == 0 && state != copy.state {
            return Err(format!("{at} compacts nothing and changes"));
        }
        let (before, fresh) = (copy.known.clone(), deaths(if dropped > 0 { settled } else { Vec::new() }));
        self.features.note(Feature::Compact);
        if dropped > 0 {
            self.features.note(Feature::Settled);
        }
        let document = usize::from(at.document);
        self.excused[document].unite(&forgotten);
        let facts = self.oracles[document].add(&fresh, &before)?;
        if let Some(copy) = self.copies.get_mut(&at) {
            copy.state = state;
            facts.into_iter().for_each(|fact| copy.known.insert(fact));
            forgotten.iter().for_each(|fact| copy.known.remove(fact));
        }
        self.check(at)
    }

    // The life of replicas.

    fn enter(&mut self, host: u8) -> Step {
        let clock = ManualClock::at_micros(START);
        let skew = self.history.skew.get(usize::from(host)).copied().unwrap_or(0);
        let replica =
            Replica::new(&format!("r{host}"), clock.clone(), self.entropy(host, 0)).map_err(wrong("a replica"))?;
        let disk = replica.save();
        clock.set_micros(START + skew);
        let entered = Host { clock, skew, replica: Some(replica), disk, clean: None, lives: 1 };
        if let Some(place) = self.hosts.get_mut(usize::from(host)) {
            *place = Some(entered);
        }
        for document in 0..self.history.documents {
            let copy = Copy { state: S::empty(), known: Bits::default() };
            self.copies.insert(Place { host, document, slot: 0 }, copy);
        }
        Ok(())
    }

    fn entropy(&self, host: u8, life: u64) -> TestEntropy {
        TestEntropy::new(self.history.seed << 20 ^ u64::from(host) << 12 ^ life)
    }

    fn places(&self, host: u8) -> Vec<Place> {
        let slots = (0..self.history.documents).flat_map(|document| [0, 1].map(|slot| Place { host, document, slot }));
        slots.filter(|place| self.copies.contains_key(place)).collect()
    }

    fn fork(&mut self, host: u8, document: u8) -> Step {
        let place = Place { host, document, slot: 0 };
        let Some(copy) = self.copies.get(&place).filter(|_| self.is_up(place)).cloned() else { return Ok(()) };
        let second = Place { slot: 1, ..place };
        if !self.copies.contains_key(&second) {
            self.features.note(Feature::Fork);
            self.copies.insert(second, copy);
        }
        Ok(())
    }

    fn store(&mut self, host: u8) {
        for place in self.places(host) {
            let Some(copy) = self.copies.get(&place) else { continue };
            let stored = Stored { frame: copy.state.encode(), known: copy.known.clone() };
            self.stored.insert(place, stored);
        }
    }

    fn save(&mut self, host: u8) -> Step {
        if let Some(up) = self.host_mut(host)
            && let Some(replica) = &up.replica
        {
            up.disk = replica.save();
            self.store(host);
        }
        Ok(())
    }

    fn close(&mut self, host: u8) -> Step {
        let Some(up) = self.host_mut(host) else { return Ok(()) };
        let Some(replica) = up.replica.take() else { return Ok(()) };
        up.disk = replica.close();
        up.clean = Some(up.disk.clone());
        self.store(host);
        Ok(())
    }

    fn crash(&mut self, host: u8) -> Step {
        let Some(up) = self.host_mut(host) else { return Ok(()) };
        if up.replica.take().is_none() {
            return Ok(());
        }
        if self.fault == Fault::ReusedActors
            && let Some(up) = self.host_mut(host)
        {
            up.disk = up.clean.clone().unwrap_or_else(|| up.disk.clone());
        }
        self.features.note(Feature::Crash);
        self.places(host).into_iter().try_for_each(|place| self.go_back(place))
    }

    /// A copy is again what was stored of it.
    fn go_back(&mut self, place: Place) -> Step {
        let Some(copy) = self.copies.remove(&place) else { return Ok(()) };
        self.excused[usize::from(place.document)].unite(&copy.known);
        if let Some(stored) = self.stored.get(&place) {
            let state = S::decode(&stored.frame).map_err(wrong("reading what was stored"))?;
            self.copies.insert(place, Copy { state, known: stored.known.clone() });
        } else if place.slot == 0 {
            self.copies.insert(place, Copy { state: S::empty(), known: Bits::default() });
        }
        Ok(())
    }

    fn open(&mut self, host: u8) -> Step {
        let Some(down) = self.host(host).filter(|host| host.replica.is_none()) else { return Ok(()) };
        let entropy = self.entropy(host, down.lives);
        let mut disk = Vec::new();
        let opening = Replica::open(&down.disk, down.clock.clone(), entropy).map_err(wrong("opening a save"))?;
        let replica = opening.make_durable(|save| -> Step {
            disk = save.to_vec();
            Ok(())
        })?;
        let is_clean = down.clean.as_ref() == Some(&down.disk);
        for copy in self.places(host).iter().filter_map(|place| self.copies.get(place)) {
            replica.attach(&copy.state);
        }
        if is_clean {
            self.features.note(Feature::Restart);
        }
        if let Some(down) = self.host_mut(host) {
            (down.replica, down.disk, down.lives) = (Some(replica), disk, down.lives + 1);
        }
        Ok(())
    }

    fn keep(&mut self, host: u8) -> Step {
        for place in self.places(host) {
            if let Some(stored) = self.stored.get(&place).cloned() {
                self.backups.insert(place, stored);
            }
        }
        Ok(())
    }

    /// A restored backup is a new replica.
    fn come_back(&mut self, from: u8, host: u8) -> Step {
        let is_kept = self.backups.keys().any(|place| place.host == from);
        if !is_kept || usize::from(host) >= self.hosts.len() || self.host(host).is_some() {
            return Ok(());
        }
        self.enter(host)?;
        self.features.note(Feature::Backup);
        for document in 0..self.history.documents {
            let (old, new) = (Place { host: from, document, slot: 0 }, Place { host, document, slot: 0 });
            let Some(stored) = self.backups.get(&old) else { continue };
            let state = S::decode(&stored.frame).map_err(wrong("reading a backup"))?;
            let copy = Copy { state, known: stored.known.clone() };
            if let Some(replica) = self.host(host).and_then(|host| host.replica.as_ref()) {
                replica.attach(&copy.state);
            }
            self.copies.insert(new, copy);
        }
        Ok(())
    }

    fn come_late(&mut self, host: u8) -> Step {
        if usize::from(host) < self.hosts.len() && self.host(host).is_none() {
            self.features.note(Feature::Late);
            self.enter(host)?;
        }
        Ok(())
    }

    fn jump(&mut self, host: u8, micros: i64) -> Step {
        if let Some(host) = self.host_mut(host) {
            host.skew += micros;
            self.features.note(Feature::Jump);
        }
        Ok(())
    }

    // The end.

    /// Everybody starts again and is brought up to date, until all is quiet.
    fn finish(&mut self) -> Step {
        self.is_ending = true;
        (0..self.history.hosts).try_for_each(|host| self.open(host))?;
        (0..self.history.documents).try_for_each(|document| self.finish_document(document))
    }

    fn finish_document(&mut self, document: u8) -> Step {
        let mut places: Vec<Place> = self.copies.keys().copied().filter(|place| place.document == document).collect();
        places.sort_unstable();
        let Some((first, rest)) = places.split_first() else { return Ok(()) };
        for round in 0..4 {
            for place in rest {
                match (usize::from(place.host) + round) % 2 {
                    0 => self.session(*first, *place, (0, 0, false))?,
                    _ => self.exchange(*first, *place)?,
                }
            }
            if self.is_quiet(*first, rest) {
                return self.check_end(document, *first, rest);
            }
        }
        Err("the replicas do not come to rest".to_owned())
    }

    /// Whole states in both directions.
    fn exchange(&mut self, one: Place, other: Place) -> Step {
        for (from, to) in [(one, other), (other, one)] {
            let Some(copy) = self.copies.get(&from).cloned() else { continue };
            self.absorb(to, copy.state, &copy.known, true)?;
        }
        Ok(())
    }

    fn is_quiet(&self, first: Place, rest: &[Place]) -> bool {
        let id = |place: &Place| self.copies.get(place).map(|copy| copy.state.state_id());
        rest.iter().all(|place| id(place) == id(&first))
    }

    fn check_end(&self, document: u8, first: Place, rest: &[Place]) -> Step {
        let Some(copy) = self.copies.get(&first) else { return Ok(()) };
        let bytes = copy.state.encode();
        for place in rest {
            self.check(*place)?;
            if self.copies.get(place).is_some_and(|other| other.state.encode() != bytes) {
                return Err(format!("{first} and {place} have one id and other bytes"));
            }
        }
        self.check(first)?;
        let oracle = self.oracle(first);
        let all = copy.known.united(&self.excused[usize::from(document)]);
        match (0..oracle.count()).find(|fact| !all.contains(*fact)) {
            Some(lost) => Err(format!("a write is lost: {}", oracle.tell(lost))),
            None => Ok(()),
        }
    }
}

fn deaths(dots: Vec<Atom>) -> Vec<Fresh> {
    dots.into_iter().map(|atom| Fresh::new(atom, Fact::Dead)).collect()
}
