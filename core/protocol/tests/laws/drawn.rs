//! One harness for every kind.

use crdt_merge_protocol::laws::{LawOptions, Random, StateSampler, check_state, kinds};
use crdt_merge_protocol::{LwwRegister, Result, State};

/// Trials per law and kind where nothing else is asked for.
const TRIALS: u64 = 5_000;

/// `CRDT_MERGE_LAW_TRIALS` asks for more: `cargo xtask soak` sets it.
fn trials() -> u64 {
    match std::env::var("CRDT_MERGE_LAW_TRIALS") {
        Ok(text) => text.parse().expect("CRDT_MERGE_LAW_TRIALS is a number"),
        Err(_) => TRIALS,
    }
}

fn holds<S: State + std::fmt::Debug>(draw: impl FnMut(&mut Random) -> S) -> Result<()> {
    let report = check_state(&mut StateSampler(draw), LawOptions { trials: trials(), seed: 2026 })?;
    assert!(report.is_lawful(), "{}: {:#?}", S::TAG.name(), report.broken().collect::<Vec<_>>());
    Ok(())
}

macro_rules! laws_of {
    ($($kind:ident),* $(,)?) => {
        $(#[test]
        fn $kind() -> Result<()> {
            holds(kinds::$kind)
        })*

        /// Every drawn state survives its version-1 frame, unless version 1 cannot hold it.
        #[test]
        fn frames_hold_what_is_drawn() -> Result<()> {
            $(survive(kinds::$kind)?;)*
            Ok(())
        }
    };
}

laws_of!(
    g_counter,
    pn_counter,
    lww_register,
    lww_map,
    or_set,
    mv_register,
    rw_set,
    ew_flag,
    dw_flag,
    bounded_counter,
    vector_clock,
    dotted_version_vector,
    gossip_state,
    merkle_tree,
    compat_hll,
    compat_bloom,
    compat_count_min,
);

fn survive<S: State + std::fmt::Debug>(draw: impl Fn(&mut Random) -> S) -> Result<()> {
    let mut random = Random::new(7);
    for _ in 0..500 {
        let state = draw(&mut random);
        let Ok(frame) = state.encode_v1() else { continue };
        let back = S::decode(&frame)?;
        assert_eq!(back, state);
        assert_eq!(back.encode_v1()?, frame);
    }
    Ok(())
}

#[test]
fn ties_are_common_among_the_drawn_pairs() {
    let mut random = Random::new(2026);
    let pairs = 20_000;
    let (mut same_time, mut same_write) = (0, 0);
    for _ in 0..pairs {
        let (a, b) = (written(&mut random), written(&mut random));
        if a.stamp().cmp_time(&b.stamp()).is_eq() {
            same_time += 1;
            same_write += u32::from(a.node() == b.node());
        }
    }
    println!("{same_time} of {pairs} pairs share a stamp, {same_write} stamp and node");
    assert!(same_time * 10 >= pairs * 3 && same_write * 10 >= pairs);
}

fn written(random: &mut Random) -> LwwRegister {
    loop {
        let register = kinds::lww_register(random);
        if !register.node().is_empty() {
            return register;
        }
    }
}
