//! The life of a replica: saves, opening and closing, crashes, attached states.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeMap;

use crdt_merge_protocol::laws::Random;
use crdt_merge_protocol::{
    AnyState, Code, Error, Framed, GCounter, Join, LwwMap, LwwRegister, ManualClock, MvRegister, OrSet, Replica,
    ReplicaSave, Result, Stamp, TestEntropy, Wire,
};

fn bytes(hex: &str) -> Vec<u8> {
    hex.as_bytes().chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}

/// Opens a save as a program does that stores it at once.
fn open(disk: &mut Vec<u8>, seed: u64) -> Result<Replica> {
    let opening = Replica::open(disk, ManualClock::default(), TestEntropy::new(seed))?;
    opening.make_durable(|save| {
        *disk = save.to_vec();
        Ok(())
    })
}

const CLOSED: &str = "43524454000249000000001501016e0a01010c6e7e303132333435363738390300";
const OPENED: &str = "43524454000249000000000701016e0a000000";

#[test]
fn a_save_is_read_strictly() {
    let save = ReplicaSave::decode(&bytes(CLOSED)).unwrap();
    assert_eq!((save.node(), save.last(), save.is_clean()), ("n", 5, true));
    assert_eq!(save.actors().collect::<Vec<_>>(), [("n~0123456789", 3)]);
    assert_eq!(save.encode(), bytes(CLOSED));
    assert_eq!(save.opened().encode(), bytes(OPENED));
    let refused = [
        ("43524454000249000000001501016e0a00010c6e7e303132333435363738390300", Code::NotCanonical),
        ("43524454000249000000000701016e0a020000", Code::NotCanonical),
        ("43524454000249000000001501016e0a01010c6d7e303132333435363738390300", Code::BadSchema),
        ("43524454000249000000001501016e0a01010c6e7e303132333435363738390000", Code::NotCanonical),
        ("43524454000249000000000601000a010000", Code::BadText),
        ("43524454000249000000000801020061", Code::Truncated),
        ("43524454000249000000001501016e0a01010c6e7e3031323334353637383903", Code::Truncated),
        ("43524454000249000000000901016e0a0000010200", Code::UnknownField),
    ];
    for (frame, code) in refused {
        assert_eq!(ReplicaSave::decode(&bytes(frame)).unwrap_err().code(), code, "{frame}");
    }
}

#[test]
fn a_save_is_relayed_and_never_merged() {
    let save = AnyState::decode(&bytes(CLOSED)).unwrap();
    assert!(matches!(&save, AnyState::ReplicaSave(_)));
    assert_eq!(save.encode(), Ok(bytes(CLOSED)));
    assert_eq!(save.joined(&save).unwrap_err().code(), Code::NotMergeable);
    assert_eq!(save.encode_v1().unwrap_err().code(), Code::NotInV1);
    assert!(save.describe().is_ok() && save.state_id().is_ok());
    let carried = AnyState::decode(&bytes("43524454000249000000000901016e0a0000010200")).unwrap();
    assert!(matches!(carried, AnyState::Opaque(_)));
}

#[test]
fn actors_go_on_after_a_close_and_not_after_a_crash() -> Result<()> {
    let mut disk = Replica::new("n", ManualClock::at_micros(50), TestEntropy::new(1))?.close();
    let mut counter = GCounter::new();
    let me = open(&mut disk, 2)?;
    counter.increment(&me, 3)?;
    disk = me.close();
    let me = open(&mut disk, 3)?;
    counter.increment(&me, 4)?;
    assert_eq!(counter.slots().map(|(_, count)| count).collect::<Vec<_>>(), [7]);
    drop(me); // a crash
    let me = open(&mut disk, 4)?;
    counter.increment(&me, 5)?;
    assert_eq!((counter.slots().count(), counter.value(), me.node()), (2, 12, "n"));
    Ok(())
}

#[test]
fn of_two_open_handles_the_second_has_its_own_actors() -> Result<()> {
    let mut set = OrSet::new();
    let me = Replica::new("n", ManualClock::default(), TestEntropy::new(1))?;
    set.add(&me, "first")?;
    let mut disk = me.close();
    let (one, two) = (open(&mut disk, 2)?, open(&mut disk, 3)?);
    let mut copy = set.clone();
    set.add(&one, "one")?;
    copy.add(&two, "two")?;
    set.join(&copy)?;
    assert_eq!((set.len(), set.context().contiguous().count()), (3, 2));
    Ok(())
}

#[test]
fn nothing_is_written_before_the_save_is_durable() -> Result<()> {
    let disk = Replica::new("n", ManualClock::default(), TestEntropy::new(1))?.close();
    let opening = Replica::open(&disk, ManualClock::default(), TestEntropy::new(2))?;
    assert_eq!(ReplicaSave::decode(&opening.save())?, ReplicaSave::decode(&disk)?.opened());
    let failed = opening.make_durable(|_| Err(Error::new(Code::Io, "the disk is full")));
    assert_eq!(failed.unwrap_err().code(), Code::Io);
    Ok(())
}

#[test]
fn the_clock_goes_on() -> Result<()> {
    let clock = ManualClock::at_micros(1_000);
    let me = Replica::new("n", clock.clone(), TestEntropy::new(1))?;
    me.tick()?;
    let renewed = me.save();
    me.tick()?;
    let closed = me.close();
    clock.set_micros(0);
    for (save, last) in [(renewed, 1_000), (closed, 1_001)] {
        assert_eq!(ReplicaSave::decode(&save)?.last(), last);
        let me = Replica::open(&save, clock.clone(), TestEntropy::new(2))?.make_durable(|_| Ok::<_, Error>(()))?;
        assert_eq!(me.tick()?, Stamp::from_micros(last + 1));
    }
    let fresh = Replica::new("n", clock, TestEntropy::new(1))?.save();
    assert_eq!(ReplicaSave::decode(&fresh)?.last(), i64::MIN);
    Ok(())
}

#[test]
fn attached_states_move_the_clock_past_what_was_written() -> Result<()> {
    const DAY: i64 = 86_400_000_000;
    let mut map = LwwMap::new();
    map.write("own", 1, Stamp::from_micros(DAY), "n")?;
    map.write("theirs", 1, Stamp::from_micros(9 * DAY), "m")?;
    let me = Replica::new("n", ManualClock::at_micros(0), TestEntropy::new(1))?;
    assert_eq!(me.attach(&map), Some(9 * DAY), "what others say is not followed that far");
    assert_eq!(me.tick()?, Stamp::from_micros(DAY + 1), "what this replica wrote is passed in any case");
    let mut register = LwwRegister::new();
    register.write(1, Stamp::from_micros(DAY + 50), "n~0123456789")?;
    assert_eq!(me.attach_any(&register.into()), None);
    assert_eq!(me.tick()?, Stamp::from_micros(DAY + 51));
    let later = Replica::new("n", ManualClock::at_micros(2 * DAY), TestEntropy::new(2))?;
    let mut siblings = MvRegister::new();
    siblings.set(&later, "x")?;
    assert_eq!((me.attach(&siblings), me.attach(&GCounter::new())), (None, None));
    assert_eq!(me.last_micros(), Some(2 * DAY));
    Ok(())
}

#[test]
fn a_replica_can_write_version_1() -> Result<()> {
    let me = Replica::new("n", ManualClock::default(), TestEntropy::new(1))?;
    let mut counter = GCounter::new();
    counter.increment(&me, 1)?;
    assert_eq!((me.wire(), me.encode(&counter)?), (Wire::V2, counter.encode()));
    let me = me.with_wire(Wire::V1);
    assert_eq!((me.wire(), me.encode(&counter)?), (Wire::V1, counter.encode_v1()?));
    assert_eq!(me.encode(&MvRegister::new()).unwrap_err().code(), Code::NotInV1);
    Ok(())
}

/// Copies of several sets written by replicas that close, crash and come back: no dot twice, no add lost.
#[test]
fn no_dot_is_given_out_twice() -> Result<()> {
    let histories = if cfg!(debug_assertions) { 300 } else { 4_000 };
    for seed in 0..histories {
        dots_of_one_history(seed)?;
    }
    Ok(())
}

fn dots_of_one_history(seed: u64) -> Result<()> {
    let mut random = Random::new(seed);
    let mut entropy = seed << 20;
    let mut next = || {
        entropy += 1;
        TestEntropy::new(entropy)
    };
    let mut disk = Replica::new("n", ManualClock::default(), next())?.close();
    let mut replica = open(&mut disk, seed)?;
    let mut copies = vec![OrSet::new(); 3];
    let mut stored = copies.clone();
    let (mut added, mut owners) = (0_i64, BTreeMap::new());
    for _ in 0..60 {
        let (here, there) = (random.below(copies.len()), random.below(copies.len()));
        match random.below(10) {
            0..5 => {
                copies[here].add(&replica, added)?;
                let dot = copies[here].context().clone();
                let new = dots(&dot).into_iter().filter(|dot| !owners.contains_key(dot)).collect::<Vec<_>>();
                assert_eq!(new.len(), 1, "seed {seed}: every add has a dot of its own");
                owners.extend(new.into_iter().map(|dot| (dot, added)));
                added += 1;
            }
            5..7 => {
                let other = copies[there].clone();
                copies[here].join(&other)?;
            }
            7 => stored = copies.clone(),
            8 => {
                disk = replica.close();
                replica = open(&mut disk, entropy_of(&mut random))?;
            }
            _ => {
                replica = open(&mut disk, entropy_of(&mut random))?;
                copies[here] = stored[here].clone();
            }
        }
    }
    let mut all = OrSet::new();
    copies.iter().try_for_each(|copy| all.join(copy).map(drop))?;
    assert!(copies.iter().all(|copy| copy.iter().all(|element| all.contains(element.clone()))));
    Ok(())
}

fn entropy_of(random: &mut Random) -> u64 {
    random.bits()
}

fn dots(context: &crdt_merge_protocol::Context) -> Vec<(String, u64)> {
    let contiguous =
        context.contiguous().flat_map(|(actor, last)| (1..=last).map(|sequence| (actor.to_owned(), sequence)));
    contiguous.chain(context.exceptions().map(|dot| (dot.actor().to_owned(), dot.sequence()))).collect()
}
