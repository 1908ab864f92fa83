//! Histories with open membership, forgotten replicas, newcomers and returning backups. Every state has a shadow beside it that is
//! never compacted: whatever joins, both show the same, or the join fails.

use std::collections::BTreeMap;
use std::fmt::Debug;

use crdt_merge_protocol::laws::Random;
use crdt_merge_protocol::{Code, Framed, GossipState, LwwMap, Result, Stamp, State, Value};

const KEYS: [&str; 3] = ["j", "k", "l"];
const STEPS: usize = 80;

/// A kind with floors as these histories see it; places in the order that decides winners are numbers.
trait Compacted: State + Debug {
    fn empty() -> Self;
    /// Writes, or deletes without a value, at a place of its choice after `last`; gives that place.
    fn write(&mut self, node: &str, key: &str, value: Option<Value>, last: i64) -> Result<i64>;
    /// Repeats in the shadow what `write` did at a place.
    fn repeat(&mut self, node: &str, key: &str, value: Option<Value>, place: i64);
    fn shown(&self) -> BTreeMap<String, (Value, i64)>;
    /// What the state has under each key: its bytes, and the least place in it.
    fn items(&self) -> BTreeMap<String, (Vec<u8>, i64)>;
    /// What of a key can be sent alone.
    fn delta(&self, key: &str) -> Self;
    fn floor_place(&self) -> Option<i64>;
    fn lift(&mut self, place: i64);
    fn salvaged(&self, place: i64) -> (Self, Vec<String>);
    /// The place below which this replica writes no more.
    fn last(&self, clock: i64) -> i64;
}

impl Compacted for LwwMap {
    fn empty() -> Self {
        LwwMap::new()
    }

    fn write(&mut self, node: &str, key: &str, value: Option<Value>, last: i64) -> Result<i64> {
        let stamp = Stamp::from_micros(last + 1);
        match value {
            Some(value) => LwwMap::write(self, key, value, stamp, node)?,
            None => self.delete_at(key, stamp)?,
        };
        Ok(last + 1)
    }

    fn repeat(&mut self, node: &str, key: &str, value: Option<Value>, place: i64) {
        assert_eq!(Compacted::write(self, node, key, value, place - 1), Ok(place));
    }

    fn shown(&self) -> BTreeMap<String, (Value, i64)> {
        let shown = |(key, register): (&str, &crdt_merge_protocol::LwwRegister)| {
            (key.to_owned(), (register.value().clone(), register.stamp().floor_micros()))
        };
        self.iter().map(shown).collect()
    }

    fn items(&self) -> BTreeMap<String, (Vec<u8>, i64)> {
        let mut items = BTreeMap::new();
        for key in KEYS {
            let part = self.delta(key);
            let places = part.shown().into_values().map(|(_, place)| place);
            let least = places.chain(part.tombstones().map(|(_, at)| at.floor_micros())).min();
            least.map(|least| items.insert(key.to_owned(), (part.encode(), least)));
        }
        items
    }

    fn delta(&self, key: &str) -> Self {
        let mut delta = LwwMap::new();
        if let Some(register) = self.register(key) {
            delta.write(key, register.value(), register.stamp(), register.node()).unwrap();
        }
        for (_, stamp) in self.tombstones().filter(|(deleted, _)| *deleted == key) {
            delta.delete_at(key, stamp).unwrap();
        }
        delta
    }

    fn floor_place(&self) -> Option<i64> {
        self.floor().map(Stamp::floor_micros)
    }

    fn lift(&mut self, place: i64) {
        self.compact_to(Stamp::from_micros(place));
    }

    fn salvaged(&self, place: i64) -> (Self, Vec<String>) {
        self.salvage(Stamp::from_micros(place))
    }

    fn last(&self, clock: i64) -> i64 {
        clock
    }
}

impl Compacted for GossipState {
    fn empty() -> Self {
        GossipState::new("local").unwrap()
    }

    fn write(&mut self, node: &str, key: &str, value: Option<Value>, _: i64) -> Result<i64> {
        match value {
            Some(value) => self.update_node(node, key, value, None)?,
            None => self.delete_node(node, key, None)?,
        }
        Ok(self.last(0))
    }

    fn repeat(&mut self, node: &str, key: &str, value: Option<Value>, place: i64) {
        assert_eq!(Compacted::write(self, node, key, value, 0), Ok(place), "both know the same events");
    }

    fn shown(&self) -> BTreeMap<String, (Value, i64)> {
        let place = |entry: &crdt_merge_protocol::GossipEntry| entry.clock().event_count() as i64;
        let live = self.entries().filter_map(|entry| Some((entry, entry.live_value()?.clone())));
        live.map(|(entry, value)| (entry.key().to_owned(), (value, place(entry)))).collect()
    }

    fn items(&self) -> BTreeMap<String, (Vec<u8>, i64)> {
        let item = |entry: &crdt_merge_protocol::GossipEntry| (entry.encode(), entry.clock().event_count() as i64);
        self.entries().map(|entry| (entry.key().to_owned(), item(entry))).collect()
    }

    fn delta(&self, key: &str) -> Self {
        let mut delta = Self::empty();
        delta.apply(self.entry(key).cloned().as_slice()).unwrap();
        delta
    }

    fn floor_place(&self) -> Option<i64> {
        self.floor().map(|floor| floor as i64)
    }

    fn lift(&mut self, place: i64) {
        self.compact_to(place.max(0) as u64);
    }

    fn salvaged(&self, place: i64) -> (Self, Vec<String>) {
        self.salvage(place.max(0) as u64)
    }

    fn last(&self, _: i64) -> i64 {
        self.clock().event_count() as i64
    }
}

#[derive(Clone)]
struct Member<S> {
    state: S,
    shadow: S,
    node: String,
    clock: i64,
}

/// What a peer told of itself at some time.
struct Summary {
    items: BTreeMap<String, (Vec<u8>, i64)>,
    floor: Option<i64>,
    last: i64,
}

#[derive(Debug, Default, PartialEq, Eq)]
struct Counts {
    joins: u32,
    compactions: u32,
    dropped: usize,
    returns: u32,
    stale: u32,
    refused_writes: u32,
    differences: u32,
}

struct History<S> {
    random: Random,
    members: Vec<Member<S>>,
    summaries: Vec<Option<Summary>>,
    backups: Vec<Member<S>>,
    nodes: u32,
    /// Floors are thrown away again: what must be noticed.
    forgets_floors: bool,
    counts: Counts,
}

impl<S: Compacted> History<S> {
    fn run(seed: u64, forgets_floors: bool) -> Counts {
        let mut history = History {
            random: Random::new(seed),
            members: Vec::new(),
            summaries: Vec::new(),
            backups: Vec::new(),
            nodes: 0,
            forgets_floors,
            counts: Counts::default(),
        };
        (0..3).for_each(|_| {
            history.enter(Member { state: S::empty(), shadow: S::empty(), node: String::new(), clock: 0 })
        });
        (0..STEPS).for_each(|_| history.step());
        history.counts
    }

    fn enter(&mut self, mut member: Member<S>) {
        member.node = self.new_node();
        self.members.push(member);
        self.summaries.push(None);
    }

    fn new_node(&mut self) -> String {
        self.nodes += 1;
        format!("n{:03}", self.nodes)
    }

    fn step(&mut self) {
        let here = self.random.below(self.members.len());
        match self.random.below(20) {
            0..8 => self.write(here),
            8..14 => self.join_full(here),
            14..16 => self.summaries[here] = Some(self.summary(here)),
            16..18 => self.compact(here),
            18 => self.join_delta(here),
            _ => self.change_members(here),
        }
    }

    fn write(&mut self, here: usize) {
        let key = self.random.pick(&KEYS).copied().unwrap();
        let value = (!self.random.one_in(3)).then(|| Value::from(self.random.below(1_000) as i64));
        let ahead = self.random.below(3) as i64;
        let member = &mut self.members[here];
        match member.state.write(&member.node, key, value.clone(), member.clock + ahead) {
            Ok(place) => {
                member.shadow.repeat(&member.node, key, value, place);
                member.clock = place;
            }
            Err(error) => {
                assert_eq!(error.code(), Code::BadStamp);
                self.counts.refused_writes += 1;
            }
        }
        self.compare(here);
    }

    fn other(&mut self, here: usize) -> Member<S> {
        let step = 1 + self.random.below(self.members.len() - 1);
        self.members[(here + step) % self.members.len()].clone()
    }

    fn join_full(&mut self, here: usize) {
        let there = self.other(here);
        let member = &mut self.members[here];
        match member.state.join(&there.state) {
            Ok(_) => {
                member.shadow.join(&there.shadow).unwrap();
                self.counts.joins += 1;
                self.compare(here);
            }
            Err(error) => {
                assert_eq!(error.code(), Code::StaleState);
                self.counts.stale += 1;
                self.settle_conflict(here, there);
            }
        }
    }

    /// One side gives up what was refused, or starts again from the other.
    fn settle_conflict(&mut self, here: usize, there: Member<S>) {
        if let Some(floor) = self.members[here].state.floor_place() {
            let (rest, left_out) = there.state.salvaged(floor);
            let joined = self.members[here].state.joined(&rest).unwrap();
            let is_kept = |(key, (_, place)): (&String, &(Value, i64))| *place > floor || left_out.contains(key);
            assert!(there.state.shown().iter().all(is_kept));
            assert_eq!(joined.floor_place(), Some(floor));
        }
        if self.random.one_in(2) {
            let clock = self.members[here].clock.max(there.clock);
            self.members[here] = Member { node: self.new_node(), clock, ..there };
            self.summaries[here] = None;
        }
    }

    fn join_delta(&mut self, here: usize) {
        let there = self.other(here);
        let member = &mut self.members[here];
        if member.state.floor_place() != there.state.floor_place() {
            return;
        }
        for key in KEYS {
            let delta = there.state.delta(key);
            if member.state.join(&delta).is_ok() {
                member.shadow.join(&delta).unwrap();
                self.counts.joins += 1;
            }
        }
        self.compare(here);
    }

    fn summary(&self, here: usize) -> Summary {
        let member = &self.members[here];
        Summary {
            items: member.state.items(),
            floor: member.state.floor_place(),
            last: member.state.last(member.clock),
        }
    }

    /// Compacts as far as the summaries of some of the others allow; the rest is forgotten.
    fn compact(&mut self, here: usize) {
        let mine = self.summary(here);
        let mut peers = Vec::new();
        for (place, summary) in self.summaries.iter().enumerate() {
            if place != here && !self.random.one_in(4) {
                let Some(summary) = summary else { return };
                peers.push(summary);
            }
        }
        let Some(floor) = settled(&mine, &peers) else { return };
        let state = &mut self.members[here].state;
        let before = state.encode().len();
        state.lift(floor);
        self.counts.dropped += usize::from(state.encode().len() < before);
        self.counts.compactions += 1;
        if self.forgets_floors {
            *state = state.salvaged(i64::MIN).0;
        }
        self.compare(here);
    }

    fn change_members(&mut self, here: usize) {
        match self.random.below(4) {
            0 => self.backups.push(self.members[here].clone()),
            1 if self.members.len() < 6 && !self.backups.is_empty() => {
                let backup = self.random.below(self.backups.len());
                self.enter(self.backups[backup].clone());
                self.counts.returns += 1;
            }
            2 if self.members.len() < 6 => {
                let clock = self.random.below(20) as i64;
                self.enter(Member { state: S::empty(), shadow: S::empty(), node: String::new(), clock });
            }
            _ if self.members.len() > 2 => {
                self.backups.push(self.members.swap_remove(here));
                self.summaries.swap_remove(here);
            }
            _ => {}
        }
    }

    fn compare(&mut self, here: usize) {
        let member = &self.members[here];
        assert_eq!(S::decode(&member.state.encode()).as_ref(), Ok(&member.state), "canonical");
        self.counts.differences += u32::from(member.state.shown() != member.shadow.shown());
    }
}

/// The place up to which everything is settled between a replica and the peers it names.
fn settled(mine: &Summary, peers: &[&Summary]) -> Option<i64> {
    let mut floor = mine.last;
    for peer in peers {
        if peer.floor > mine.floor || peer.items.iter().any(|(key, item)| mine.items.get(key) != Some(item)) {
            return None;
        }
        let lacking = mine.items.iter().filter(|(key, item)| peer.items.get(*key) != Some(item));
        floor = lacking.map(|(_, (_, place))| place - 1).chain([floor, peer.last]).min()?;
    }
    Some(floor)
}

fn total<S: Compacted>(histories: u64, forgets_floors: bool) -> Counts {
    let mut total = Counts::default();
    for seed in 0..histories {
        let counts = History::<S>::run(seed, forgets_floors);
        if !forgets_floors {
            assert_eq!(counts.differences, 0, "seed {seed}");
        }
        total.joins += counts.joins;
        total.compactions += counts.compactions;
        total.dropped += counts.dropped;
        total.returns += counts.returns;
        total.stale += counts.stale;
        total.refused_writes += counts.refused_writes;
        total.differences += counts.differences;
    }
    total
}

/// Fewer histories in slow builds.
const HISTORIES: u64 = if cfg!(debug_assertions) { 400 } else { 8_000 };

fn nothing_returns<S: Compacted>() {
    let counts = total::<S>(HISTORIES, false);
    assert!(counts.stale > 100 && counts.dropped > 100 && counts.returns > 100, "{counts:?}");
    let without = total::<S>(HISTORIES, true);
    assert!(without.differences > 20, "without floors deletions come back: {without:?}");
}

#[test]
fn nothing_deleted_returns_to_a_map() {
    nothing_returns::<LwwMap>();
}

#[test]
fn nothing_deleted_returns_to_a_gossip_state() {
    nothing_returns::<GossipState>();
}
