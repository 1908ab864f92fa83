//! Two ends of a session and what lies between them.

use std::collections::VecDeque;

use crdt_merge_protocol::laws::Random;
use crdt_merge_protocol::{Error, Reconcile, Result, SyncOptions, SyncSession};

/// One end with its state.
pub struct End<S> {
    pub state: S,
    pub session: SyncSession,
}

impl<S: Reconcile> End<S> {
    pub fn new(state: S, options: SyncOptions) -> Self {
        let session = SyncSession::with_options(&state, options);
        End { state, session }
    }

    pub fn bytes(&self) -> Vec<u8> {
        self.state.canonical_frame().unwrap()
    }
}

/// How unreliable the way is, in per cent.
#[derive(Clone, Copy, Default)]
pub struct Weather {
    pub lost: usize,
    pub repeated: usize,
    pub shuffled: bool,
}

/// What a session took.
#[derive(Debug, Default, Clone, Copy)]
pub struct Cost {
    pub messages: usize,
    pub bytes: usize,
    pub starts: usize,
}

/// Rounds of starting again before a session counts as stuck.
const MOST_STARTS: usize = 60;

/// Lets two ends talk until both are in sync, starting again whenever it has become quiet.
pub fn talk<S: Reconcile>(ends: &mut [End<S>; 2], weather: Weather, random: &mut Random) -> Result<Cost> {
    let mut cost = Cost::default();
    while cost.starts < MOST_STARTS {
        let starter = cost.starts % 2;
        cost.starts += 1;
        let End { state, session } = &mut ends[starter];
        let first = session.start(state)?;
        run(ends, starter, first, weather, random, &mut cost)?;
        if ends.iter().all(|end| end.session.in_sync()) {
            return Ok(cost);
        }
    }
    panic!("the session does not end");
}

/// Delivers messages until there are none.
fn run<S: Reconcile>(
    ends: &mut [End<S>; 2],
    starter: usize,
    first: Vec<Vec<u8>>,
    weather: Weather,
    random: &mut Random,
    cost: &mut Cost,
) -> Result<()> {
    let mut way: VecDeque<(usize, Vec<u8>)> = first.into_iter().map(|message| (1 - starter, message)).collect();
    while !way.is_empty() {
        let place = if weather.shuffled { random.below(way.len()) } else { 0 };
        let Some((to, message)) = way.remove(place) else { break };
        cost.messages += 1;
        cost.bytes += message.len();
        if random.below(100) < weather.lost {
            continue;
        }
        let End { state, session } = &mut ends[to];
        let answer = session.receive(state, &message)?;
        way.extend(answer.outgoing.into_iter().map(|message| (1 - to, message)));
        if random.below(100) < weather.repeated {
            way.push_back((to, message));
        }
        assert!(cost.messages < 100_000, "the session does not end");
    }
    Ok(())
}

/// The error of a session, if it ends with one.
pub fn outcome<S: Reconcile>(ends: &mut [End<S>; 2], weather: Weather, random: &mut Random) -> Option<Error> {
    talk(ends, weather, random).err()
}
