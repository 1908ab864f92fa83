//! Every triple of small states with floors: joins commute, errors included, and all groupings that succeed agree.

use std::collections::HashMap;
use std::fmt::Debug;

use crdt_merge_protocol::types::gossip::GossipEntry;
use crdt_merge_protocol::{Code, GossipState, Join, LwwMap, OrSet, Result, Stamp, State, Value, VectorClock};

/// States by their frames, and the joins that have been looked up, `None` where they fail.
struct Lattice<S> {
    states: Vec<S>,
    places: HashMap<Vec<u8>, usize>,
    joins: HashMap<(usize, usize), Option<usize>>,
}

impl<S: State + Debug> Lattice<S> {
    fn of(states: impl IntoIterator<Item = S>) -> Self {
        let mut lattice = Lattice { states: Vec::new(), places: HashMap::new(), joins: HashMap::new() };
        for state in states {
            lattice.place(state);
        }
        lattice
    }

    fn place(&mut self, state: S) -> usize {
        let frame = state.encode();
        assert_eq!(S::decode(&frame).as_ref(), Ok(&state), "what a state writes is canonical");
        *self.places.entry(frame).or_insert_with(|| {
            self.states.push(state);
            self.states.len() - 1
        })
    }

    fn join(&mut self, a: usize, b: usize) -> Option<usize> {
        if let Some(known) = self.joins.get(&(a, b)) {
            return *known;
        }
        let joined = checked_join(&self.states[a], &self.states[b]).map(|joined| self.place(joined));
        self.joins.insert((a, b), joined);
        joined
    }

    fn join_some(&mut self, a: Option<usize>, b: usize) -> Option<usize> {
        self.join(a?, b)
    }

    /// Checks all triples; tells how many there are and in how many of them some grouping fails.
    fn check(&mut self) -> (usize, usize) {
        let count = self.states.len();
        let (mut triples, mut with_errors) = (0, 0);
        for a in 0..count {
            assert_eq!(self.join(a, a), Some(a), "idempotent");
            for b in a..count {
                assert_eq!(self.join(a, b), self.join(b, a), "commutative, errors included");
                for c in b..count {
                    triples += 1;
                    with_errors += usize::from(self.check_groupings(a, b, c));
                }
            }
        }
        (triples, with_errors)
    }

    /// Whether one of the three groupings fails; those that succeed have to agree.
    fn check_groupings(&mut self, a: usize, b: usize, c: usize) -> bool {
        let pairs = [(self.join(a, b), c), (self.join(b, c), a), (self.join(a, c), b)];
        let results = pairs.map(|(pair, last)| self.join_some(pair, last));
        let mut succeeded = results.into_iter().flatten();
        let first = succeeded.next();
        let states = &self.states;
        assert!(succeeded.all(|other| Some(other) == first), "{:?} {:?} {:?}", states[a], states[b], states[c]);
        results.contains(&None)
    }
}

/// The join; a failing one is `STALE_STATE` and leaves the receiver as it was.
fn checked_join<S: State + Debug>(a: &S, b: &S) -> Option<S> {
    let mut joined = a.clone();
    match joined.join(b) {
        Ok(changed) => {
            assert_eq!(changed.is_yes(), joined != *a, "{a:?} {b:?}");
            Some(joined)
        }
        Err(error) => {
            assert_eq!((error.code(), &joined), (Code::StaleState, a));
            None
        }
    }
}

fn lww_map(register: i64, tombstone: i64, floor: i64) -> Result<LwwMap> {
    let mut map = LwwMap::new();
    if register > 0 {
        map.write("k", "x", Stamp::from_micros(register), "n")?;
    }
    if tombstone > 0 {
        map.delete_at("k", Stamp::from_micros(tombstone))?;
    }
    if floor > 0 {
        map.compact_to(Stamp::from_micros(floor));
    }
    Ok(map)
}

#[test]
fn maps_of_one_key() -> Result<()> {
    let mut states = Vec::new();
    for place in 0..125 {
        states.push(lww_map(place % 5, place / 5 % 5, place / 25)?);
    }
    let mut lattice = Lattice::of(states);
    assert_eq!(lattice.states.len(), 55);
    assert_eq!(lattice.check(), (29_260, 9_385));
    assert_eq!(lattice.states.len(), 55, "joins of normal states are normal");
    Ok(())
}

fn gossip_state(entry: usize, floor: u64) -> Result<GossipState> {
    const CLOCKS: [&[(&str, u64)]; 5] =
        [&[("a", 1)], &[("b", 1)], &[("a", 1), ("b", 1)], &[("a", 2), ("b", 1)], &[("a", 3)]];
    let mut state = GossipState::new("n")?;
    if let Some(clock) = CLOCKS.get(entry / 2) {
        let make = if entry.is_multiple_of(2) { GossipEntry::new } else { GossipEntry::tombstone };
        let clock = clock.iter().copied().collect::<VectorClock>();
        state.apply(&[make("k", Value::from("x"), clock)])?;
    }
    state.compact_to(floor);
    Ok(state)
}

#[test]
fn gossip_states_of_one_key() -> Result<()> {
    let mut states = Vec::new();
    for place in 0..55 {
        states.push(gossip_state(place % 11, place as u64 / 11)?);
    }
    let mut lattice = Lattice::of(states);
    assert_eq!(lattice.states.len(), 55);
    let (triples, with_errors) = lattice.check();
    assert!(triples == 29_260 && with_errors > 1_000, "{with_errors}");
    Ok(())
}

/// Two dots and two plain tags of one element, each unseen, live or gone, in an open or closed set.
fn or_set(mut place: usize) -> Result<OrSet> {
    let mut next = |count: usize| {
        let digit = place % count;
        place /= count;
        digit
    };
    let mut set = OrSet::new();
    for actor in ["a", "b"] {
        join_part(&mut set, OrSet::with_dot("e", actor, 1)?, next(3))?;
    }
    for tag in ["0a0b0c0d0e0f", "1a1b1c1d1e1f"] {
        let mut part = OrSet::new();
        part.add_with_tag("e", tag)?;
        join_part(&mut set, part, next(3))?;
    }
    let mut closed = OrSet::new();
    if next(2) == 1 {
        // Closed after the fact, so that it still has removed tags, as a join may leave it.
        closed = set.clone();
        closed.close();
    }
    set.join(&closed)?;
    Ok(set)
}

fn join_part(set: &mut OrSet, mut part: OrSet, digit: usize) -> Result<()> {
    if digit == 2 {
        part.remove("e");
    }
    if digit > 0 {
        set.join(&part)?;
    }
    Ok(())
}

#[test]
fn sets_of_one_element() -> Result<()> {
    let mut lattice = Lattice::of((0..162).map(or_set).collect::<Result<Vec<_>>>()?);
    assert_eq!(lattice.states.len(), 162);
    assert_eq!(lattice.check(), (721_764, 300_834));
    Ok(())
}
