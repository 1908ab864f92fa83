//! Local operations only move up: joining the state before into the state after changes nothing.

use crdt_merge_protocol::laws::{Random, kinds};
use crdt_merge_protocol::{ManualClock, Replica, Result, Stamp, State, TestEntropy, Value};

const TRIALS: u64 = 1_000;

fn moves_up<S: State + std::fmt::Debug>(
    draw: impl Fn(&mut Random) -> S,
    mut operate: impl FnMut(&mut S, &mut Random) -> Result<()>,
) -> Result<()> {
    let mut random = Random::new(11);
    for _ in 0..TRIALS {
        let before = draw(&mut random);
        let mut after = before.clone();
        // A refused operation has to leave the state as it was, which is no move at all.
        if operate(&mut after, &mut random).is_err() {
            assert_eq!(after, before);
        }
        assert_eq!(before.joined(&after)?, after, "from {before:#?}");
        assert_eq!(after.joined(&before)?, after, "from {before:#?}");
    }
    Ok(())
}

fn replica() -> Result<Replica> {
    Replica::new("a", ManualClock::at_micros(6_000_000), TestEntropy::new(5))
}

#[test]
fn counters() -> Result<()> {
    let replica = replica()?;
    moves_up(kinds::g_counter, |counter, random| counter.increment(&replica, random.below(3) as u64))?;
    moves_up(kinds::g_counter, |counter, random| counter.increment_node(kinds::node(random), random.bits()))?;
    moves_up(kinds::pn_counter, |counter, random| match random.below(4) {
        0 => counter.increment(&replica, 1),
        1 => counter.decrement(&replica, 2),
        2 => counter.increment_node(kinds::node(random), 3),
        _ => counter.decrement_node(kinds::node(random), 4),
    })
}

#[test]
fn registers_and_maps() -> Result<()> {
    let replica = replica()?;
    moves_up(kinds::lww_register, |register, _| register.set(&replica, "new").map(drop))?;
    moves_up(kinds::lww_register, |register, random| {
        register.write(Value::Int(1), kinds::stamp(random), kinds::node(random)).map(drop)
    })?;
    moves_up(kinds::lww_map, |map, random| {
        let key = kinds::key(random);
        match random.below(4) {
            0 => map.set(&replica, key, 1).map(drop),
            1 => map.delete(&replica, key).map(drop),
            2 => map.write(key, 2, kinds::stamp(random), kinds::node(random)).map(drop),
            _ => map.delete_at(key, kinds::stamp(random)).map(drop),
        }
    })
}

#[test]
fn sets() -> Result<()> {
    let replica = replica()?;
    moves_up(kinds::or_set, |set, random| {
        let element = set.iter().nth(random.below(5)).cloned().unwrap_or_else(|| Value::from("z"));
        match random.below(3) {
            0 => set.add(&replica, element),
            1 => set.add_with_tag(element, &format!("{:012x}", random.bits() >> 16)),
            _ => {
                set.remove(&element);
                Ok(())
            }
        }
    })
}

#[test]
fn dot_kinds() -> Result<()> {
    let replica = replica()?;
    moves_up(kinds::mv_register, |register, random| register.set(&replica, random.below(3) as u32).map(drop))?;
    moves_up(kinds::rw_set, |set, random| {
        let element = random.pick(&["x", "y", "z"]).copied().unwrap_or("x");
        if random.one_in(2) { set.add(&replica, element) } else { set.remove(&replica, element).map(drop) }
    })?;
    moves_up(kinds::ew_flag, |flag, random| {
        if random.one_in(2) {
            flag.disable();
            return Ok(());
        }
        flag.enable(&replica)
    })?;
    moves_up(
        kinds::dw_flag,
        |flag, random| {
            if random.one_in(2) { flag.disable(&replica).map(drop) } else { flag.enable(&replica) }
        },
    )
}

#[test]
fn bounded_counters() -> Result<()> {
    let replica = replica()?;
    moves_up(kinds::bounded_counter, |counter, random| {
        let amount = random.below(4) as u64;
        match random.below(6) {
            0 => counter.increment(&replica, amount),
            1 => counter.decrement(&replica, amount),
            2 => counter.transfer(&replica, kinds::node(random), amount),
            3 => counter.increment_node(kinds::node(random), amount),
            4 => counter.decrement_node(kinds::node(random), amount),
            _ => counter.transfer_node(kinds::node(random), kinds::node(random), amount),
        }
    })
}

#[test]
fn clocks_and_gossip() -> Result<()> {
    let replica = replica()?;
    moves_up(kinds::vector_clock, |clock, _| clock.increment(&replica).map(drop))?;
    moves_up(kinds::dotted_version_vector, |clock, random| {
        if random.one_in(2) { clock.advance(&replica) } else { clock.advance_node(kinds::node(random)) }
    })?;
    moves_up(kinds::gossip_state, |state, random| {
        let key = kinds::key(random);
        match random.below(4) {
            0 => state.update(&replica, key, Value::Int(1)),
            1 => state.delete(&replica, key),
            2 => state.update_node(kinds::node(random), key, Value::Null, None),
            _ => state.delete_node(kinds::node(random), key, None),
        }
    })
}

#[test]
fn sketches() -> Result<()> {
    moves_up(kinds::compat_hll, |sketch, random| sketch.add(&(random.bits().cast_signed())))?;
    moves_up(kinds::compat_bloom, |sketch, random| sketch.add(&(random.bits().cast_signed())))?;
    moves_up(kinds::compat_count_min, |sketch, random| {
        sketch.add(&(random.bits().cast_signed()), random.below(3) as u64)
    })
}

#[test]
fn a_write_past_the_state_is_seen() -> Result<()> {
    let replica = replica()?;
    let mut random = Random::new(3);
    for _ in 0..TRIALS {
        let mut map = kinds::lww_map(&mut random);
        let key = kinds::key(&mut random);
        let written = map.set(&replica, key, "mine")?;
        let is_mine = map.value(key) == Some(&Value::from("mine"));
        assert_eq!(is_mine, written.clock_ahead.is_none(), "only a stamp from far ahead wins against a new write");
    }
    assert!(replica.tick()?.cmp_time(&Stamp::from_micros(6_000_000)).is_gt());
    Ok(())
}
