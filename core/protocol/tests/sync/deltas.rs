use crdt_merge_protocol::laws::Random;
use crdt_merge_protocol::{AnyState, Code, Join, Reconcile, Result, Summary, SyncOptions};

use crate::draw::{KINDS, pair};

/// Pairs drawn of each kind.
const PAIRS: u64 = 400;

fn bytes(state: &AnyState) -> Vec<u8> {
    state.encode().unwrap()
}

/// Joining what a summary asks for does what joining the whole state does; it is never too little, and never news of its own.
fn check(sender: &AnyState, receiver: &AnyState, third: &AnyState, symbols: usize) -> Result<()> {
    let options = SyncOptions { symbols, ..SyncOptions::default() };
    let summary = Summary::decode(&Summary::of(receiver, &options)?.encode())?;
    let whole = receiver.joined(sender);
    for delta in [sender.difference_from(receiver)?, sender.delta_for(&summary)?] {
        let delta = AnyState::decode(&bytes(&delta))?;
        assert_eq!(bytes(&sender.joined(&delta)?), bytes(sender), "a delta is below its sender");
        let joined = receiver.joined(&delta);
        match (&whole, &joined) {
            (Ok(whole), Ok(joined)) => {
                assert_eq!(bytes(joined), bytes(whole));
                assert!(!joined.clone().join(&delta)?.is_yes(), "late and repeated deltas do nothing");
            }
            // What a floor forbids to come from here may be something that the receiver has and the delta need not name.
            (Err(error), Ok(_)) => assert_eq!(error.code(), Code::StaleState),
            (Err(error), Err(other)) => assert_eq!(error.code(), other.code()),
            (Ok(_), Err(error)) => panic!("{error}"),
        }
        // At the wrong replica it does nothing that the sender's state would not do.
        if let (Ok(misled), Ok(honest)) = (third.joined(&delta), third.joined(sender)) {
            assert_eq!(bytes(&misled.joined(sender)?), bytes(&honest));
        }
    }
    Ok(())
}

#[test]
fn a_delta_does_what_the_whole_state_does() {
    for kind in &KINDS {
        let mut random = Random::new(1);
        for trial in 0..PAIRS {
            let (sender, receiver) = pair(kind, &mut random);
            let third = (kind.draw)(&mut random);
            let symbols = [0, 2, 16, 64][random.below(4)];
            match check(&sender, &receiver, &third, symbols) {
                Err(error) if error.code() == Code::ParameterMismatch => {
                    assert_eq!(receiver.joined(&sender).unwrap_err().code(), Code::ParameterMismatch);
                }
                checked => checked.unwrap_or_else(|error| panic!("{} {trial}: {error}", kind.name)),
            }
        }
    }
}

#[test]
fn equal_states_have_equal_summaries_and_nothing_to_send() -> Result<()> {
    for kind in &KINDS {
        let mut random = Random::new(2);
        for _ in 0..50 {
            let state = (kind.draw)(&mut random);
            let again = AnyState::decode(&bytes(&state))?;
            let summary = state.summary()?;
            assert_eq!(summary.encode(), again.summary()?.encode(), "{}", kind.name);
            assert!(state.delta_for(&summary)?.encode()?.len() <= bytes(&state).len());
        }
    }
    Ok(())
}

#[test]
fn states_that_do_not_join_say_so() -> Result<()> {
    let mut random = Random::new(3);
    let (a, b) = ((KINDS[0].draw)(&mut random), (KINDS[1].draw)(&mut random));
    assert_eq!(a.delta_for(&b.summary()?).unwrap_err().code(), Code::TypeMismatch);
    Ok(())
}

#[test]
fn comparing_follows_the_join() -> Result<()> {
    use crdt_merge_protocol::types::Causality::{After, Before, Concurrent, Equal};
    let mut seen = [0; 4];
    for kind in &KINDS {
        let mut random = Random::new(4);
        for _ in 0..100 {
            let (a, b) = pair(kind, &mut random);
            let Ok(joined) = a.joined(&b) else { continue };
            let relation = a.compare_states(&b)?;
            let (place, holds) = match relation {
                Equal => (0, bytes(&a) == bytes(&b)),
                Before => (1, bytes(&joined) == bytes(&b) && bytes(&a) != bytes(&b)),
                After => (2, bytes(&joined) == bytes(&a) && bytes(&a) != bytes(&b)),
                Concurrent => (3, bytes(&joined) != bytes(&a) && bytes(&joined) != bytes(&b)),
            };
            assert!(holds, "{} {relation:?}", kind.name);
            seen[place] += 1;
        }
    }
    assert!(seen.iter().all(|count| *count > 50), "{seen:?}");
    Ok(())
}
