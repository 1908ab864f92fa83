use crdt_merge_protocol::laws::Random;
use crdt_merge_protocol::{AnyState, Code, Framed, Join, LwwMap, Reconcile, Result, SyncOptions};

use crate::draw::{KINDS, Kind, large_map, pair, put};
use crate::network::{End, Weather, outcome, talk};

fn ends(kind: &Kind, random: &mut Random) -> [End<AnyState>; 2] {
    let (a, b) = pair(kind, random);
    let options = |random: &mut Random| SyncOptions {
        symbols: [1, 4, 16, 40][random.below(4)],
        salt: random.below(2) as u64,
        ..SyncOptions::default()
    };
    [End::new(a, options(random)), End::new(b, options(random))]
}

/// Both ends have the bytes of the full join, or the session says what the full join says.
fn check(kind: &Kind, weather: Weather, sessions: usize, seed: u64) -> [usize; 2] {
    let mut random = Random::new(seed);
    let mut counts = [0; 2];
    for session in 0..sessions {
        let mut ends = ends(kind, &mut random);
        let whole = ends[0].state.joined(&ends[1].state);
        let error = outcome(&mut ends, weather, &mut random);
        match (whole, error) {
            (Ok(whole), None) => {
                let expected = whole.encode().unwrap();
                assert!(ends.iter().all(|end| end.bytes() == expected), "{} {session}", kind.name);
                counts[0] += 1;
            }
            (Err(whole), Some(error)) => {
                assert_eq!(whole.code(), error.code(), "{} {session}", kind.name);
                counts[1] += 1;
            }
            (whole, error) => panic!("{} {session}: {whole:?} and {error:?}", kind.name),
        }
    }
    counts
}

#[test]
fn sessions_end_in_the_full_join() {
    let calm = Weather::default();
    let counts = KINDS.iter().map(|kind| check(kind, calm, 150, 1)).fold([0; 2], |[a, b], [c, d]| [a + c, b + d]);
    assert!(counts[0] > 2_500 && counts[1] > 20, "{counts:?}");
}

#[test]
fn loss_repetition_and_disorder_cost_time_only() {
    let storm = Weather { lost: 20, repeated: 20, shuffled: true };
    for kind in &KINDS {
        check(kind, storm, 100, 2);
    }
}

#[test]
fn a_few_differences_among_many_keys_cost_little() -> Result<()> {
    // Entries, differences, bytes allowed both ways, messages allowed.
    for (differences, most_bytes, most_messages) in [(0, 500, 2), (1, 850, 4), (10, 3_100, 8), (300, 64_000, 10)] {
        let (mut here, there) = (large_map(20_000), large_map(20_000));
        (0..differences).try_for_each(|number| put(&mut here, number * 61, 1))?;
        let mut ends = [here, there].map(|map| End::new(map, SyncOptions::default()));
        let cost = talk(&mut ends, Weather::default(), &mut Random::new(1))?;
        assert_eq!(ends[0].bytes(), ends[1].bytes());
        println!("{differences} {cost:?}");
        let is_little = cost.bytes <= most_bytes && cost.messages <= most_messages && cost.starts == 1;
        assert!(is_little, "{differences} differences: {cost:?}");
    }
    Ok(())
}

#[test]
fn long_messages_go_in_chunks() -> Result<()> {
    let small = SyncOptions { max_message: 4096, ..SyncOptions::default() };
    let mut ends = [large_map(3_000), LwwMap::new()].map(|map| End::new(map, small.clone()));
    let cost = talk(&mut ends, Weather::default(), &mut Random::new(1))?;
    assert_eq!(ends[1].bytes(), ends[0].bytes());
    assert!(cost.messages > 30 && cost.bytes / cost.messages <= 4096, "{cost:?}");
    let mut ends = [large_map(300), LwwMap::new()].map(|map| End::new(map, small.clone()));
    let weather = Weather { lost: 5, repeated: 10, shuffled: true };
    talk(&mut ends, weather, &mut Random::new(5))?;
    assert_eq!(ends[1].bytes(), ends[0].bytes());
    Ok(())
}

#[test]
fn equal_floors_are_reached_without_sending_states() -> Result<()> {
    let there = large_map(2_000);
    let mut here = there.clone();
    here.compact_to(crdt_merge_protocol::Stamp::from_micros(1_767_225_600_000_000));
    let mut ends = [here, there].map(|map| End::new(map, SyncOptions::default()));
    let cost = talk(&mut ends, Weather::default(), &mut Random::new(1))?;
    assert_eq!(ends[1].bytes(), ends[0].bytes());
    assert!(ends[1].state.floor().is_some() && cost.bytes < 2_000, "{cost:?}");
    Ok(())
}

#[test]
fn a_stale_state_ends_the_session_and_tells_the_peer() -> Result<()> {
    let mut here = LwwMap::new();
    here.compact_to(crdt_merge_protocol::Stamp::from_micros(10));
    let mut there = LwwMap::new();
    there.write("k", 1, crdt_merge_protocol::Stamp::from_micros(5), "n")?;
    let mut ends = [here, there].map(|map| End::new(map, SyncOptions::default()));
    let error = outcome(&mut ends, Weather::default(), &mut Random::new(1));
    assert_eq!(error.map(|error| error.code()), Some(Code::StaleState));
    let stopped = ends.iter().position(|end| end.session.refusal().is_some()).unwrap();
    let refusal = ends[stopped].session.refusal().unwrap();
    let End { state, session } = &mut ends[1 - stopped];
    assert_eq!(session.receive(state, &refusal).unwrap_err().code(), Code::StaleState);
    assert_eq!(session.refusal(), None, "a refusal is not answered");
    Ok(())
}

#[test]
fn what_is_not_understood_is_equal_or_refused() -> Result<()> {
    let opaque = |body: u8| {
        let mut frame = LwwMap::new().encode();
        (frame[6], frame[12]) = (0xe7, 2);
        frame.push(body);
        frame[11] += 1;
        AnyState::decode(&frame)
    };
    for (other, expected) in [(1, None), (2, Some(Code::UnknownType))] {
        let mut ends = [opaque(1)?, opaque(other)?].map(|state| End::new(state, SyncOptions::default()));
        let error = outcome(&mut ends, Weather::default(), &mut Random::new(1));
        assert_eq!(error.map(|error| error.code()), expected);
    }
    let message = ends_message()?;
    assert_eq!(AnyState::decode(&message)?.summary().unwrap_err().code(), Code::NotMergeable);
    Ok(())
}

fn ends_message() -> Result<Vec<u8>> {
    Ok(LwwMap::new().summary()?.encode())
}

#[test]
fn messages_can_be_looked_at() -> Result<()> {
    let message = AnyState::decode(&ends_message()?)?;
    let shown = crdt_merge_protocol::json::to_text(&message.describe()?, crdt_merge_protocol::json::JsonStyle::WIRE)?;
    assert!(shown.starts_with("{\"message\": \"summary\", \"type\": \"lww_map\", \"id\": \""), "{shown}");
    assert!(shown.ends_with("\"items\": 0, \"exact_bytes\": 0, \"first\": 0, \"symbols\": 16}"), "{shown}");
    Ok(())
}
