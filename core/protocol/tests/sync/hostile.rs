use crdt_merge_protocol::laws::Random;
use crdt_merge_protocol::sync::Content;
use crdt_merge_protocol::{
    AnyState, Code, Framed, Join, LwwMap, Result, StateId, SyncMessage, SyncOptions, SyncSession,
};

use crate::draw::{KINDS, pair};
use crate::network::{End, Weather, talk};

/// Messages of an honest session, each with the end it goes to.
fn recorded(ends: &mut [End<AnyState>; 2]) -> Vec<(usize, Vec<u8>)> {
    let End { state, session } = &mut ends[0];
    let mut way: Vec<_> = session.start(state).unwrap().into_iter().map(|message| (1, message)).collect();
    let mut next = 0;
    while let Some((to, message)) = way.get(next).cloned() {
        next += 1;
        let End { state, session } = &mut ends[to];
        let Ok(answer) = session.receive(state, &message) else { break };
        way.extend(answer.outgoing.into_iter().map(|message| (1 - to, message)));
    }
    way
}

/// A message with something wrong in it; the state that it may carry is left alone.
fn bend(message: &mut SyncMessage, random: &mut Random) {
    let byte = |random: &mut Random| random.bits() as u8;
    match random.below(6) {
        0 => message.head.id = StateId::from_bytes([byte(random); 32]),
        1 => {
            message.head.floor =
                [None, Some(vec![]), Some(vec![2, 2]), Some(vec![byte(random)])][random.below(4)].clone()
        }
        2 => message.head.tag = byte(random),
        _ => bend_content(&mut message.content, random),
    }
}

fn bend_content(content: &mut Content, random: &mut Random) {
    let number = |random: &mut Random| [0, 1, 16, 1 << 20, u64::MAX][random.below(5)];
    match content {
        Content::Summary(summary) => match random.below(5) {
            0 => summary.count = number(random),
            1 => summary.first = number(random),
            2 => summary.salt = number(random),
            3 => summary.symbols.reverse(),
            _ => summary.exact = (0..random.below(9)).map(|_| random.below(4) as u8).collect(),
        },
        Content::More { first, to, .. } => (*first, *to) = (number(random), number(random)),
        Content::Delta { exact, want, full, state, .. } => match random.below(4) {
            0 => *exact = (0..random.below(9)).map(|_| random.below(4) as u8).collect(),
            1 => *want = vec![[random.bits() as u8; 16]],
            2 => *full = !*full,
            _ => state.clear(),
        },
        Content::Done | Content::Refuse { .. } => {}
    }
}

/// Each bent message has at most one answer or is an error, and leaves a state from which honest peers still meet.
fn feed(ends: &mut [End<AnyState>; 2], to: usize, message: &[u8], whole: &AnyState) -> bool {
    let before = ends[to].bytes();
    let End { state, session } = &mut ends[to];
    session.start(state).unwrap();
    match session.receive(state, message) {
        Ok(answer) => assert!(answer.outgoing.len() <= 1),
        Err(_) => assert_eq!(ends[to].bytes(), before),
    }
    ends[to].state.joined(whole).is_ok_and(|joined| joined == *whole)
}

#[test]
fn bent_messages_change_nothing_that_matters() {
    for kind in &KINDS {
        let mut random = Random::new(1);
        for _ in 0..40 {
            let (a, b) = pair(kind, &mut random);
            let Ok(whole) = a.joined(&b) else { continue };
            let make = |state: &AnyState| End::new(state.clone(), SyncOptions::default());
            let honest = recorded(&mut [make(&a), make(&b)]);
            let mut ends = [make(&a), make(&b)];
            for (to, message) in honest {
                let mut bent = SyncMessage::decode(&message).unwrap();
                bend(&mut bent, &mut random);
                // A lie about which dots are dead is a lying state: it may take away, and nothing else.
                if !feed(&mut ends, to, &bent.encode(), &whole) {
                    ends = [make(&a), make(&b)];
                }
            }
            let mut ends = ends.map(|end| make(&end.state));
            let met = talk(&mut ends, Weather::default(), &mut random);
            assert!(met.is_ok(), "{}: {met:?}", kind.name);
            assert_eq!(ends[0].bytes(), ends[1].bytes(), "{}", kind.name);
        }
    }
}

#[test]
fn broken_bytes_are_errors() {
    for kind in &KINDS {
        let mut random = Random::new(2);
        for _ in 0..30 {
            let (a, b) = pair(kind, &mut random);
            let make = |state: &AnyState| End::new(state.clone(), SyncOptions::default());
            for (to, mut message) in recorded(&mut [make(&a), make(&b)]) {
                let mut ends = [make(&a), make(&b)];
                match random.below(3) {
                    0 => message.truncate(random.below(message.len())),
                    1 => message.push(random.bits() as u8),
                    _ => {
                        let place = random.below(message.len());
                        message[place] ^= 1 << random.below(8);
                    }
                }
                let before = ends[to].bytes();
                let End { state, session } = &mut ends[to];
                match session.receive(state, &message) {
                    Ok(answer) => assert!(answer.outgoing.len() <= 1),
                    Err(_) => assert_eq!(ends[to].bytes(), before),
                }
            }
        }
    }
}

#[test]
fn a_peer_that_never_comes_nearer_is_given_up() -> Result<()> {
    let mut map = LwwMap::new();
    map.write("k", 1, crdt_merge_protocol::Stamp::from_micros(5), "n")?;
    let mut session = SyncSession::new(&map);
    session.start(&map)?;
    let mut liar = SyncMessage::decode(&crdt_merge_protocol::Reconcile::summary(&LwwMap::new())?.encode())?;
    liar.head.id = StateId::from_bytes([7; 32]);
    let liar = liar.encode();
    let answers = (0..).map_while(|_| session.receive(&mut map, &liar).ok()).take(1_000).count();
    assert_eq!(answers, 64);
    let error = session.receive(&mut map, &liar).unwrap_err();
    assert_eq!((error.code(), session.in_sync(), session.refusal()), (Code::Cancelled, false, None));
    session.start(&map)?;
    assert!(session.receive(&mut map, &liar).is_ok(), "the host may start again");
    Ok(())
}

#[test]
fn a_message_that_is_too_long_is_not_read() -> Result<()> {
    let mut map = LwwMap::new();
    let mut session = SyncSession::with_options(&map, SyncOptions { max_message: 0, ..SyncOptions::default() });
    let error = session.receive(&mut map, &[0; 4097]).unwrap_err();
    assert_eq!(error.code(), Code::TooLarge);
    let refusal = SyncMessage::decode(&session.refusal().unwrap())?;
    assert_eq!(refusal.name(), "refuse");
    Ok(())
}

#[test]
fn another_version_is_refused() -> Result<()> {
    let mut map = LwwMap::new();
    for (place, value) in [(5, 3), (5, 1), (12, 2)] {
        let mut session = SyncSession::new(&map);
        let mut message = crdt_merge_protocol::Reconcile::summary(&map)?.encode();
        message[place] = value;
        let error = session.receive(&mut map, &message).unwrap_err();
        assert_eq!(error.code(), Code::UnsupportedSchema, "byte {place} is {value}");
        assert!(session.refusal().is_some());
    }
    Ok(())
}
