//! Histories of replicas that write, exchange deltas and whole states: the delta of a write stands for the whole state, and
//! what was written, not how it came about, decides state, bytes and id.

use crdt_merge_protocol::laws::{Random, kinds};
use crdt_merge_protocol::{
    BoundedCounter, DwFlag, EwFlag, GCounter, LwwMap, LwwRegister, ManualClock, MvRegister, OrSet, PnCounter, Replica,
    Result, RwSet, State, TestEntropy, Update, Value,
};

/// Copies that are written in one history. The first two are written by one replica.
const COPIES: usize = 4;
/// Steps of one history.
const STEPS: usize = 24;
/// Histories of a kind where nothing else is asked for.
const HISTORIES: u64 = 150;
/// Orders in which the parts of one history are put together.
const ORDERS: usize = 8;

/// `CRDT_MERGE_HISTORIES` asks for more: `cargo xtask soak` sets it.
fn histories() -> u64 {
    match std::env::var("CRDT_MERGE_HISTORIES") {
        Ok(text) => text.parse().expect("CRDT_MERGE_HISTORIES is a number"),
        Err(_) => HISTORIES,
    }
}

/// One local write of a kind, drawn; `None` when it is refused.
trait Written: State + Default + std::fmt::Debug {
    fn write(&mut self, replica: &Replica, random: &mut Random) -> Option<Update<Self>>;
}

fn amount(random: &mut Random) -> u64 {
    random.below(4) as u64
}

fn element(random: &mut Random) -> Value {
    random.pick(&["x", "y", "z"]).copied().map_or(Value::Int(7), Value::from)
}

macro_rules! written {
    ($kind:ty, |$state:ident, $replica:ident, $random:ident| $update:expr) => {
        impl Written for $kind {
            fn write(&mut self, $replica: &Replica, $random: &mut Random) -> Option<Update<Self>> {
                let $state = self;
                $update
            }
        }
    };
}

written!(GCounter, |counter, replica, random| counter.increment_delta(replica, amount(random)).ok());
written!(PnCounter, |counter, replica, random| {
    let amount = amount(random);
    if random.one_in(2) { counter.increment_delta(replica, amount) } else { counter.decrement_delta(replica, amount) }
        .ok()
});
written!(LwwRegister, |register, replica, random| register.set_delta(replica, element(random)).ok());
written!(LwwMap, |map, replica, random| {
    let key = kinds::key(random);
    if random.one_in(3) { map.delete_delta(replica, key) } else { map.set_delta(replica, key, element(random)) }.ok()
});
written!(OrSet, |set, replica, random| {
    let element = element(random);
    if random.one_in(3) { Some(set.remove_delta(element)) } else { set.add_delta(replica, element).ok() }
});
written!(MvRegister, |register, replica, random| register.set_delta(replica, element(random)).ok());
written!(RwSet, |set, replica, random| {
    let element = element(random);
    if random.one_in(3) { set.remove_delta(replica, element) } else { set.add_delta(replica, element) }.ok()
});
written!(EwFlag, |flag, replica, random| {
    if random.one_in(2) { Some(flag.disable_delta()) } else { flag.enable_delta(replica).ok() }
});
written!(DwFlag, |flag, replica, random| {
    if random.one_in(2) { flag.disable_delta(replica) } else { flag.enable_delta(replica) }.ok()
});
written!(BoundedCounter, |counter, replica, random| {
    let amount = amount(random);
    match random.below(3) {
        0 => counter.increment_delta(replica, amount),
        1 => counter.decrement_delta(replica, amount),
        _ => counter.transfer_delta(replica, kinds::node(random), amount),
    }
    .ok()
});

/// A history: the copies as it left them, and every delta that was written on the way.
struct History<S> {
    copies: Vec<S>,
    deltas: Vec<S>,
}

fn replicas(seed: u64) -> Result<Vec<Replica>> {
    // One clock for all, which stands still now and then: ties.
    let clock = ManualClock::at_micros(5_000_000);
    ["n", "n2", "m"]
        .iter()
        .zip(seed * 4..)
        .map(|(node, seed)| Replica::new(node, clock.clone(), TestEntropy::new(seed)))
        .collect()
}

/// Writes and merges at random; each delta is tried on copies that have seen what its writer had.
fn play<S: Written>(seed: u64) -> Result<History<S>> {
    let (mut random, replicas) = (Random::new(seed), replicas(seed)?);
    let mut history = History { copies: vec![S::default(); COPIES], deltas: Vec::new() };
    for _ in 0..STEPS {
        let copy = random.below(COPIES);
        if random.one_in(3) {
            let other = history.copies[random.below(COPIES)].clone();
            history.copies[copy].join(&other)?;
            continue;
        }
        let before = history.copies[copy].clone();
        let Some(update) = history.copies[copy].write(&replicas[copy.saturating_sub(1)], &mut random) else {
            assert_eq!(history.copies[copy], before, "a refused write changes nothing");
            continue;
        };
        check_delta(&before, &history.copies[copy], &update, &history.copies)?;
        history.deltas.push(update.delta);
    }
    Ok(history)
}

/// The delta of a write is the whole state for whoever has seen what the writer had, and never more than the state.
fn check_delta<S: Written>(before: &S, after: &S, update: &Update<S>, copies: &[S]) -> Result<()> {
    let delta = &update.delta;
    assert_eq!(update.written.changed.is_yes(), before != after, "{update:?}");
    assert_eq!(update.written.changed.is_yes(), *delta != S::default(), "{update:?}");
    assert_eq!(S::decode(&delta.encode())?, *delta);
    assert_eq!(after.joined(delta)?.encode(), after.encode(), "a delta says no more than the state");
    for copy in copies {
        let seen = copy.joined(before)?;
        let (by_delta, by_state) = (seen.joined(delta)?, seen.joined(after)?);
        assert_eq!(by_delta.encode(), by_state.encode(), "{delta:#?} into {seen:#?}");
        assert_eq!(by_delta, by_state);
    }
    Ok(())
}

/// Joins parts in a random grouping, some of them twice.
fn put_together<S: Written>(parts: &[S], random: &mut Random) -> Result<S> {
    let mut parts: Vec<S> = parts.to_vec();
    for _ in 0..random.below(4) {
        let again = parts[random.below(parts.len())].clone();
        parts.push(again);
    }
    while parts.len() > 1 {
        let one = parts.swap_remove(random.below(parts.len()));
        let place = random.below(parts.len());
        parts[place] = if random.one_in(2) { one.joined(&parts[place])? } else { parts[place].joined(&one)? };
    }
    Ok(parts.swap_remove(0))
}

/// Equal states, equal bytes and equal ids, or none of the three.
fn check_identity<S: Written>(a: &S, b: &S) {
    let same = a == b;
    assert_eq!(a.encode() == b.encode(), same, "{a:#?} {b:#?}");
    assert_eq!(a.state_id() == b.state_id(), same, "{a:#?} {b:#?}");
}

fn permuted<S: Written>() -> Result<()> {
    let mut orders = 0;
    for seed in 0..histories() {
        let history = play::<S>(seed)?;
        let mut random = Random::new(!seed);
        let whole = put_together(&history.copies, &mut random)?;
        // All deltas make all copies: every write is in one of them.
        let mut parts = history.copies.clone();
        parts.extend(history.deltas.iter().cloned());
        for round in 0..ORDERS {
            let parts = if round % 2 == 0 { &parts } else { &history.deltas };
            let joined = if parts.is_empty() { S::default() } else { put_together(parts, &mut random)? };
            assert_eq!((joined.state_id(), &joined), (whole.state_id(), &whole), "history {seed} of {}", S::TAG.name());
            assert_eq!(S::decode(&joined.encode())?.state_id(), whole.state_id());
            orders += 1;
        }
        for (one, other) in parts.iter().zip(parts.iter().skip(1)) {
            check_identity(one, other);
        }
    }
    println!("{}: {orders} orders of {} histories", S::TAG.name(), histories());
    Ok(())
}

macro_rules! histories_of {
    ($($name:ident: $kind:ty),* $(,)?) => {
        $(#[test]
        fn $name() -> Result<()> {
            permuted::<$kind>()
        })*
    };
}

histories_of!(
    g_counter: GCounter,
    pn_counter: PnCounter,
    lww_register: LwwRegister,
    lww_map: LwwMap,
    or_set: OrSet,
    mv_register: MvRegister,
    rw_set: RwSet,
    ew_flag: EwFlag,
    dw_flag: DwFlag,
    bounded_counter: BoundedCounter,
);

/// Drawn states of every kind, those that came from anywhere included.
#[test]
fn equal_states_have_equal_bytes_and_ids_and_no_others() -> Result<()> {
    fn pairs<S: State>(draw: impl Fn(&mut Random) -> S) -> usize {
        let mut random = Random::new(17);
        let mut equal = 0;
        for _ in 0..1_500 {
            let (a, b) = (draw(&mut random), draw(&mut random));
            let same = a == b;
            assert_eq!((a.encode() == b.encode(), a.state_id() == b.state_id()), (same, same), "{}", S::TAG.name());
            equal += usize::from(same);
        }
        equal
    }
    let equal = [
        pairs(kinds::g_counter),
        pairs(kinds::pn_counter),
        pairs(kinds::lww_register),
        pairs(kinds::lww_map),
        pairs(kinds::or_set),
        pairs(|random| kinds::mv_register_of(&few_fates(random))),
        pairs(|random| kinds::rw_set_of(&few_fates(random))),
        pairs(|random| kinds::ew_flag_of(&few_fates(random))),
        pairs(|random| kinds::dw_flag_of(&few_fates(random))),
        pairs(kinds::bounded_counter),
        pairs(kinds::vector_clock),
        pairs(kinds::dotted_version_vector),
        pairs(kinds::gossip_state),
        pairs(kinds::merkle_tree),
        pairs(kinds::compat_hll),
        pairs(kinds::compat_bloom),
        pairs(kinds::compat_count_min),
    ];
    println!("equal pairs by kind: {equal:?}");
    assert!(equal.iter().filter(|equal| **equal > 0).count() > 12, "pairs that are equal occur: {equal:?}");
    Ok(())
}

fn few_fates(random: &mut Random) -> [kinds::Fate; 3] {
    [(); 3].map(|()| random.pick(&kinds::Fate::ALL).copied().unwrap_or(kinds::Fate::Unseen))
}
