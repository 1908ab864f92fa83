//! Histories from seeds.

use crdt_merge_protocol::laws::Random;

use crate::history::{Action, Event, History, Place, What};
use crate::kind::{Kind, Verb};
use crate::tally::{Feature, Features};

/// The host's time at the start, in microseconds.
pub const START: i64 = 1_767_225_600_000_000;
/// Time between two events.
pub const STEP: i64 = 1_000;
const DAY: i64 = 86_400_000_000;
const MOST_HOSTS: u8 = 50;

/// How a history is to be: drawn first.
struct Settings {
    /// Of a hundred messages.
    loss: usize,
    twice: usize,
    disorder: usize,
    has_updates: bool,
    weights: Vec<(Choice, usize)>,
}

#[derive(Debug, Clone, Copy)]
enum Choice {
    Write,
    Send,
    Tell,
    Delta,
    Deliver,
    Session,
    Compact,
    Fork,
    Life,
    Backup,
    Enter,
    Jump,
    Split,
}

/// The life of a host as far as drawing needs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Life {
    Absent,
    Up,
    Down,
}

struct Draw {
    random: Random,
    settings: Settings,
    history: History,
    lives: Vec<Life>,
    /// Second copies.
    forks: Vec<(u8, u8)>,
    backups: Vec<u8>,
    /// Messages on their way: the event, and the addressee.
    flight: Vec<(u32, Place)>,
    /// Hosts on the far side of a split network.
    split: Option<u64>,
}

/// The history of a seed. Kinds take turns where none is given, so that all of them are met equally often.
pub fn history_of(seed: u64, kind: Option<Kind>) -> History {
    let mut random = Random::new(seed);
    let turn = (seed % Kind::ALL.len() as u64) as usize;
    let kind = kind.or_else(|| Kind::ALL.get(turn).copied()).unwrap_or(Kind::GCounter);
    let hosts = number_of_hosts(&mut random);
    let settings = settings(&mut random);
    let mut draw = Draw {
        history: frame(&mut random, seed, kind, hosts),
        random,
        settings,
        lives: Vec::new(),
        forks: Vec::new(),
        backups: Vec::new(),
        flight: Vec::new(),
        split: None,
    };
    draw.lives = (0..hosts).map(|host| if host < draw.history.first { Life::Up } else { Life::Absent }).collect();
    let length = draw.length();
    (0..length).for_each(|_| draw.step());
    draw.history
}

/// Mostly 2 to 5, seldom many.
fn number_of_hosts(random: &mut Random) -> u8 {
    let least = 2 + random.below(3);
    let more = match random.below(100) {
        0..80 => random.below(2),
        80..98 => random.below(8),
        _ => random.below(46),
    };
    u8::try_from(least + more).unwrap_or(MOST_HOSTS).min(MOST_HOSTS)
}

fn frame(random: &mut Random, seed: u64, kind: Kind, hosts: u8) -> History {
    let late = if random.one_in(3) { random.below(usize::from(hosts) - 1) } else { 0 };
    let documents = if random.one_in(5) { 2 } else { 1 };
    let is_mixed = random.one_in(3);
    let old = (0..hosts).filter(|_| is_mixed && random.one_in(2)).collect();
    let is_skewed = random.one_in(3);
    let skew = (0..hosts).map(|_| if is_skewed { shift(random) } else { 0 }).collect();
    let first = hosts - u8::try_from(late).unwrap_or(0);
    History { seed, kind, hosts, first, documents, old, skew, drawn: Features::default(), events: Vec::new() }
}

/// Up to a day forwards or backwards, often less.
fn shift(random: &mut Random) -> i64 {
    let reach = [10_000, 30_000_000, 3_600_000_000, DAY];
    let reach = random.pick(&reach).copied().unwrap_or(DAY);
    random.below(2 * reach as usize) as i64 - reach
}

fn settings(random: &mut Random) -> Settings {
    let mut sometimes = |one_in: usize, most: usize| if random.one_in(one_in) { 1 + random.below(most) } else { 0 };
    let [loss, twice, disorder] = [sometimes(3, 40), sometimes(3, 40), sometimes(2, 80)];
    let weights = vec![
        (Choice::Write, 20 + sometimes(2, 30)),
        (Choice::Send, sometimes(2, 15)),
        (Choice::Tell, sometimes(3, 12)),
        (Choice::Delta, sometimes(2, 12)),
        (Choice::Deliver, 20 + sometimes(2, 20)),
        (Choice::Session, sometimes(2, 10)),
        (Choice::Compact, sometimes(3, 10)),
        (Choice::Fork, sometimes(4, 4)),
        (Choice::Life, sometimes(2, 10)),
        (Choice::Backup, sometimes(4, 6)),
        (Choice::Enter, 3),
        (Choice::Jump, sometimes(6, 4)),
        (Choice::Split, sometimes(4, 4)),
    ];
    Settings { loss, twice, disorder, has_updates: random.one_in(2), weights }
}

impl Draw {
    /// 20 to 80 as a rule, with a long tail.
    fn length(&mut self) -> usize {
        let length = 8 + self.random.below(60);
        match self.random.below(200) {
            0 => length * 12,
            1..10 => length * 3,
            _ => length,
        }
    }

    fn step(&mut self) {
        match self.choice() {
            Choice::Write => self.write(),
            Choice::Send => self.send(),
            Choice::Tell => self.tell(),
            Choice::Delta => self.delta(),
            Choice::Deliver => self.deliver(),
            Choice::Session => self.session(),
            Choice::Compact => self.compact(),
            Choice::Fork => self.fork(),
            Choice::Life => self.life(),
            Choice::Backup => self.backup(),
            Choice::Enter => self.enter(),
            Choice::Jump => self.jump(),
            Choice::Split => self.change_split(),
        }
    }

    fn choice(&mut self) -> Choice {
        let total = self.settings.weights.iter().map(|(_, weight)| weight).sum();
        let mut place = self.random.below(total);
        for (choice, weight) in &self.settings.weights {
            if place < *weight {
                return *choice;
            }
            place -= weight;
        }
        Choice::Write
    }

    fn push(&mut self, what: What) -> u32 {
        let id = self.history.events.len() as u32 + 1;
        self.history.events.push(Event { id, what });
        id
    }

    fn host(&mut self, life: Life) -> Option<u8> {
        let hosts: Vec<u8> = (0..self.history.hosts).filter(|host| self.lives[usize::from(*host)] == life).collect();
        self.random.pick(&hosts).copied()
    }

    fn place(&mut self) -> Option<Place> {
        let host = self.host(Life::Up)?;
        let document = self.random.below(usize::from(self.history.documents)) as u8;
        let is_forked = self.forks.contains(&(host, document));
        let slot = u8::from(is_forked && self.random.one_in(2));
        Some(Place { host, document, slot })
    }

    /// Another copy of the same document.
    fn other(&mut self, place: Place) -> Option<Place> {
        if self.forks.contains(&(place.host, place.document)) && self.random.one_in(3) {
            return Some(Place { slot: 1 - place.slot, ..place });
        }
        let host = self.host(Life::Up).filter(|host| *host != place.host)?;
        let slot = u8::from(self.forks.contains(&(host, place.document)) && self.random.one_in(2));
        Some(Place { host, slot, ..place })
    }

    /// Whether a message gets from one host to the other.
    fn is_reachable(&self, one: u8, other: u8) -> bool {
        self.split.is_none_or(|far| far >> (one % 64) & 1 == far >> (other % 64) & 1)
    }

    fn write(&mut self) {
        let Some(at) = self.place() else { return };
        let Some(action) = self.action(at) else { return };
        let id = self.push(What::Write(at, action));
        if self.settings.has_updates {
            let peers: Vec<u8> = (0..self.history.hosts).filter(|host| *host != at.host).take(6).collect();
            for host in peers {
                self.flight.push((id, Place { host, slot: 0, ..at }));
            }
        }
    }

    fn action(&mut self, at: Place) -> Option<Action> {
        let verb = self.random.pick(self.history.kind.verbs()).copied()?;
        let (key, value) = (self.random.below(4) as u8, self.random.below(40) as u8);
        let amount = 1 + self.random.below(9) as u64;
        let stamp = START + self.random.below(8) as i64 * 10 * STEP;
        Some(match verb {
            Verb::Increase => Action::Increase(amount + 3),
            Verb::Decrease => Action::Decrease(amount),
            Verb::Put => Action::Put { key, value },
            Verb::Take => Action::Take { key },
            Verb::Import => Action::PutAt { key, value, at: stamp, node: value % 2 },
            Verb::ImportTake => Action::TakeAt { key, at: stamp },
            Verb::Tag => Action::PutTag { key, tag: self.history.events.len() as u32 },
            Verb::Hand => Action::Hand { to: self.other(at)?, amount },
        })
    }

    fn send(&mut self) {
        let Some(from) = self.place() else { return };
        let Some(to) = self.other(from) else { return };
        let id = self.push(What::Send(from));
        self.flight.push((id, to));
    }

    fn tell(&mut self) {
        let Some(from) = self.place() else { return };
        if let Some(to) = self.other(from).filter(|to| self.is_reachable(from.host, to.host)) {
            self.push(What::Tell { from, to });
        }
    }

    fn delta(&mut self) {
        let Some(from) = self.place() else { return };
        let Some(to) = self.other(from).filter(|to| self.is_reachable(from.host, to.host)) else { return };
        if !self.random.one_in(4) {
            self.push(What::Tell { from: to, to: from });
        }
        let id = self.push(What::Delta { from, to });
        self.flight.push((id, to));
    }

    fn sender(&self, id: u32) -> u8 {
        match self.history.events.get(id as usize - 1).map(|event| &event.what) {
            Some(What::Write(from, _) | What::Send(from) | What::Delta { from, .. }) => from.host,
            _ => 0,
        }
    }

    fn deliver(&mut self) {
        if self.flight.is_empty() {
            return self.send();
        }
        let is_late = self.random.below(100) < self.settings.disorder;
        let index = if is_late { self.random.below(self.flight.len()) } else { 0 };
        let (packet, mut to) = self.flight[index];
        if !self.is_reachable(self.sender(packet), to.host) {
            return;
        }
        if self.random.below(100) < self.settings.loss {
            self.flight.remove(index);
            return self.history.drawn.note(Feature::Loss);
        }
        if index > 0 {
            self.history.drawn.note(Feature::Reorder);
        }
        if self.random.below(100) >= self.settings.twice {
            self.flight.remove(index);
        }
        if self.random.one_in(12)
            && let Some(elsewhere) = self.host(Life::Up)
        {
            to.host = elsewhere;
        }
        self.push(What::Deliver { packet, to });
    }

    fn session(&mut self) {
        let Some(one) = self.place() else { return };
        let Some(other) = self.other(one).filter(|other| self.is_reachable(one.host, other.host)) else { return };
        let loss = if self.random.one_in(2) { 0 } else { 5 + self.random.below(40) as u8 };
        let (chance, is_left) = (self.random.bits() % 1_000, loss > 0 && self.random.one_in(2));
        self.push(What::Session { one, other, loss, chance, is_left });
    }

    fn compact(&mut self) {
        let Some(at) = self.place() else { return };
        let forgets = if self.random.one_in(3) { 3 } else { 1_000 };
        let mut peers = Vec::new();
        for host in 0..self.history.hosts {
            let is_listed = self.lives[usize::from(host)] != Life::Absent && !self.random.one_in(forgets);
            if is_listed {
                let copies = 1 + u8::from(self.forks.contains(&(host, at.document)));
                peers.extend((0..copies).map(|slot| Place { host, slot, ..at }).filter(|place| *place != at));
            }
        }
        if self.random.one_in(2) {
            self.meet(at, &peers);
        }
        self.push(What::Compact { at, peers });
    }

    /// Brings the peers of a compaction up to date, so that there is something to settle.
    fn meet(&mut self, at: Place, peers: &[Place]) {
        for other in peers.iter().take(6) {
            self.push(What::Session { one: at, other: *other, loss: 0, chance: 0, is_left: false });
        }
        for from in peers {
            self.push(What::Tell { from: *from, to: at });
        }
    }

    fn fork(&mut self) {
        let Some(place) = self.place().filter(|place| place.slot == 0) else { return };
        self.push(What::Fork { host: place.host, document: place.document });
        self.forks.push((place.host, place.document));
    }

    fn life(&mut self) {
        let Some(host) = self.host(Life::Up) else { return self.open() };
        match self.random.below(6) {
            0..2 => drop(self.push(What::Save(host))),
            2 => {
                self.push(What::Crash(host));
                self.lives[usize::from(host)] = Life::Down;
            }
            3 => {
                self.push(What::Close(host));
                self.lives[usize::from(host)] = Life::Down;
            }
            _ => self.open(),
        }
    }

    fn open(&mut self) {
        if let Some(host) = self.host(Life::Down) {
            self.push(What::Open(host));
            self.lives[usize::from(host)] = Life::Up;
        }
    }

    fn backup(&mut self) {
        match (self.random.pick(&self.backups).copied(), self.host(Life::Absent)) {
            (Some(from), Some(host)) => {
                self.push(What::Return { from, host });
                self.lives[usize::from(host)] = Life::Up;
            }
            (None, Some(_)) => {
                let Some(host) = self.host(Life::Up) else { return };
                self.push(What::Save(host));
                self.push(What::Keep(host));
                self.backups.push(host);
            }
            _ => {}
        }
    }

    fn enter(&mut self) {
        if let Some(host) = self.host(Life::Absent).filter(|_| self.random.one_in(2)) {
            self.push(What::Enter(host));
            self.lives[usize::from(host)] = Life::Up;
        }
    }

    fn jump(&mut self) {
        if let Some(host) = self.host(Life::Up) {
            let micros = shift(&mut self.random);
            self.push(What::Jump { host, micros });
        }
    }

    fn change_split(&mut self) {
        self.split = match self.split {
            Some(_) => None,
            None => Some(self.random.bits()),
        };
        self.history.drawn.note(Feature::Partition);
    }
}
