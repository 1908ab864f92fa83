//! Who writes: a node id, a clock that never goes back, and the lines of writes this replica owns.

mod actors;
mod clock;
mod entropy;
mod node;
mod save;

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

pub use clock::{Clock, HybridClock, ManualClock};
pub use entropy::{Entropy, TestEntropy};
pub use node::check_node_id;
pub use save::{Opening, ReplicaSave};

use actors::Actors;

use crate::error::{Code, Error, Result};
use crate::join::Changed;
use crate::names::Name;
use crate::stamp::Stamp;
use crate::state::{AnyState, Framed};
use crate::wire::{EncodeOptions, Wire};

/// Bytes of entropy in the suffix of an actor.
const SUFFIX_BYTES: usize = 5;
/// How often a new actor is drawn before the source is called broken; one repetition in 2^40 draws is to be expected.
const ACTOR_DRAWS: u32 = 16;
/// Bytes of entropy in a generated node id.
const NODE_ID_BYTES: usize = 16;

/// The only thing that writes: local operations borrow it for time, node id and dots.
///
/// # Actors
/// A replica may hold many states, and many copies of one state. Dots and counter slots are therefore not named by the node but
/// by an *actor*, `<node id>~<ten hex digits>`: one line of copies of one state. A write continues an actor of this replica
/// only if the state at hand is at that actor's last write; otherwise the state gets a new actor. So two copies of one state,
/// both written by one replica, never give two writes the same dot.
///
/// # Sharing
/// A replica is `Sync`; every operation takes it by shared reference. Two live replicas with one node id break what the laws
/// rest on, whatever the library: let node ids be random unless you can promise that they are unique.
///
/// # Restarts
/// A replica that is to live longer than its program is closed ([`Replica::close`]) and opened again ([`Replica::open`]).
pub struct Replica {
    node: Name,
    /// What the names of its actors begin with.
    prefix: Name,
    wire: Wire,
    clock: Box<dyn Clock>,
    inner: Mutex<Inner>,
}

struct Inner {
    hybrid: HybridClock,
    entropy: Box<dyn Entropy>,
    actors: Actors,
}

/// A stamp for a local write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tick {
    /// The stamp, never given out before by this replica.
    pub stamp: Stamp,
    /// By how many microseconds a stamp in the state is further ahead of the host's clock than this replica follows; the
    /// write then loses against it.
    pub clock_ahead: Option<i64>,
}

/// What a local write did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Written {
    /// Whether the state changed.
    pub changed: Changed,
    /// As in [`Tick::clock_ahead`].
    pub clock_ahead: Option<i64>,
}

impl Replica {
    /// A replica with a node id that the caller promises to be unique.
    ///
    /// Fails with `BAD_TEXT` when the id is empty, longer than 255 bytes or holds U+0000.
    pub fn new(node: &str, clock: impl Clock + 'static, entropy: impl Entropy + 'static) -> Result<Self> {
        check_node_id(node)?;
        Ok(Replica::with_parts(Name::new(node), Box::new(clock), Box::new(entropy)))
    }

    /// A replica with a random node id of 32 hexadecimal digits.
    pub fn random(clock: impl Clock + 'static, mut entropy: impl Entropy + 'static) -> Self {
        let node = hex_digits::<NODE_ID_BYTES>(&mut entropy);
        Replica::with_parts(node, Box::new(clock), Box::new(entropy))
    }

    fn with_parts(node: Name, clock: Box<dyn Clock>, entropy: Box<dyn Entropy>) -> Self {
        let inner = Inner { hybrid: HybridClock::new(), entropy, actors: Actors::default() };
        Replica { prefix: save::prefix_of(&node).into(), node, wire: Wire::V2, clock, inner: Mutex::new(inner) }
    }

    /// The same replica, following stamps up to another distance ahead of the host's clock, in microseconds. It is 60 s unless
    /// said otherwise.
    #[must_use]
    pub fn with_max_ahead(mut self, micros: i64) -> Self {
        self.set_max_ahead(micros);
        self
    }

    /// Changes how far ahead of the host's clock this replica follows stamps; see [`Replica::with_max_ahead`].
    pub fn set_max_ahead(&mut self, micros: i64) {
        let inner = self.inner.get_mut().unwrap_or_else(PoisonError::into_inner);
        inner.hybrid = inner.hybrid.clone().with_max_ahead(micros);
    }

    /// Changes the version of the frames that [`Replica::encode`] writes.
    pub fn set_wire(&mut self, wire: Wire) {
        self.wire = wire;
    }

    /// The last microsecond that the clock gave out or went past, if there is one.
    pub fn last_micros(&self) -> Option<i64> {
        self.lock().hybrid.last()
    }

    /// The same replica, with another version for the frames that [`Replica::encode`] writes: version 1 among peers that read no
    /// other. It is version 2 unless said otherwise.
    #[must_use]
    pub fn with_wire(mut self, wire: Wire) -> Self {
        self.set_wire(wire);
        self
    }

    /// The version of the frames that [`Replica::encode`] writes.
    pub fn wire(&self) -> Wire {
        self.wire
    }

    /// The canonical frame of a state in the version that this replica's peers read.
    ///
    /// Fails with `NOT_IN_V1` when that is version 1 and it cannot say what the state says.
    pub fn encode<S: Framed>(&self, state: &S) -> Result<Vec<u8>> {
        state.encode_as(&EncodeOptions { wire: self.wire, ..EncodeOptions::V2 })
    }

    /// Shows the replica a state that it goes on with after a restart, so that its clock goes past the stamps in it.
    ///
    /// Stamps that this replica wrote are passed however far ahead of the host's clock they are, or it could give one out twice;
    /// those of others as far as [`Replica::with_max_ahead`] says. Returns by how many microseconds one of these is ahead of the
    /// host's clock if that is further.
    pub fn attach<S: Framed>(&self, state: &S) -> Option<i64> {
        self.attach_stamps(|visit| state.each_stamp(visit))
    }

    /// As [`Replica::attach`], for a state whose kind is known at run time only.
    pub fn attach_any(&self, state: &AnyState) -> Option<i64> {
        self.attach_stamps(|visit| state.each_stamp(visit))
    }

    fn attach_stamps(&self, each: impl FnOnce(&mut dyn FnMut(Stamp, &str))) -> Option<i64> {
        let (mut own, mut others) = (i64::MIN, i64::MIN);
        each(&mut |stamp, writer| {
            let latest = if self.is_own(writer) { &mut own } else { &mut others };
            *latest = stamp.floor_micros().max(*latest);
        });
        let now = self.clock.now_micros();
        let mut inner = self.lock();
        inner.hybrid.resume(own);
        inner.hybrid.observe(others, now)
    }

    /// Whether a writer is this node or one of its actors.
    fn is_own(&self, writer: &str) -> bool {
        writer == self.node || writer.starts_with(self.prefix.as_str())
    }

    /// The node id.
    pub fn node(&self) -> &str {
        &self.node
    }

    /// A new stamp: the host's time, but always past every stamp given out before.
    pub fn tick(&self) -> Result<Stamp> {
        let now = self.clock.now_micros();
        self.lock().hybrid.tick(now).map(Stamp::from_micros)
    }

    /// A new stamp past `seen` as well, as long as `seen` is not too far ahead of the host's clock.
    pub fn tick_after(&self, seen: Stamp) -> Result<Tick> {
        let now = self.clock.now_micros();
        let mut inner = self.lock();
        let clock_ahead = inner.hybrid.observe(seen.floor_micros(), now);
        // A stamp between two microseconds is passed by the next whole one.
        let stamp = Stamp::from_micros(inner.hybrid.tick(now)?);
        Ok(Tick { stamp, clock_ahead })
    }

    /// Goes on with an actor of this replica whose figure in the state is the last one given out, or with a new actor.
    ///
    /// `figures` are the state's actors that begin with [`Replica::actor_prefix`]; `advance` makes the next figure of the last
    /// one. Nothing is given out when it fails.
    pub(crate) fn advance(
        &self,
        figures: impl Iterator<Item = (Name, u64)> + Clone,
        advance: impl FnOnce(u64) -> Result<u64>,
    ) -> Result<(Name, u64)> {
        let mut inner = self.lock();
        let current = figures.clone().filter(|(actor, figure)| inner.actors.last(actor) == Some(*figure)).min();
        let (actor, last) = match current {
            Some(current) => current,
            None => (inner.new_actor(&self.node, figures)?, 0),
        };
        let next = advance(last)?;
        inner.actors.give_out(&actor, next);
        Ok((actor, next))
    }

    /// Goes on with several actors of this replica at once, out of those whose figure in the state is the last one given out.
    ///
    /// `advance` gets these, ascending, and makes the next figures of some of them. Nothing is given out when it fails.
    pub(crate) fn advance_current(
        &self,
        figures: impl Iterator<Item = (Name, u64)>,
        advance: impl FnOnce(&[(Name, u64)]) -> Result<Vec<(Name, u64)>>,
    ) -> Result<()> {
        let mut inner = self.lock();
        let mut current: Vec<_> = figures.filter(|(actor, figure)| inner.actors.last(actor) == Some(*figure)).collect();
        current.sort_unstable();
        advance(&current)?.iter().for_each(|(actor, figure)| inner.actors.give_out(actor, *figure));
        Ok(())
    }

    /// What the names of this replica's actors begin with.
    pub(crate) fn actor_prefix(&self) -> &str {
        &self.prefix
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // Every change inside is a single insertion or assignment, so a panic elsewhere cannot leave it half done.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    /// An actor that neither this replica nor the state at hand has.
    fn new_actor(&mut self, node: &str, figures: impl Iterator<Item = (Name, u64)> + Clone) -> Result<Name> {
        for _ in 0..ACTOR_DRAWS {
            let suffix = hex_digits::<SUFFIX_BYTES>(self.entropy.as_mut());
            let actor = Name::from(format!("{node}~{suffix}"));
            if self.actors.last(&actor).is_none() && figures.clone().all(|(known, _)| known != actor) {
                return Ok(actor);
            }
        }
        Err(Error::new(Code::BadArgument, "the entropy source repeats itself"))
    }
}

impl fmt::Debug for Replica {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Replica").field("node", &self.node).finish_non_exhaustive()
    }
}

fn hex_digits<const N: usize>(entropy: &mut (impl Entropy + ?Sized)) -> Name {
    let mut bytes = [0; N];
    entropy.fill(&mut bytes);
    bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>().into()
}

/// Adds to a figure without leaving the range of a counter slot.
pub(crate) fn add_to_slot(count: u64, amount: u64) -> Result<u64> {
    count
        .checked_add(amount)
        .filter(|sum| *sum <= crate::generated::limit::COUNTER_SLOT)
        .ok_or_else(|| Error::new(Code::OutOfRange, "a counter slot ends at 2^63 - 1"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn replica(clock: ManualClock) -> Result<Replica> {
        Replica::new("n", clock, TestEntropy::new(7))
    }

    #[test]
    fn stamps_never_repeat_or_go_back() -> Result<()> {
        let clock = ManualClock::at_micros(100);
        let replica = replica(clock.clone())?;
        assert_eq!(replica.tick()?, Stamp::from_micros(100));
        clock.set_micros(0);
        assert_eq!(replica.tick()?, Stamp::from_micros(101));
        let tick = replica.tick_after(Stamp::from_micros(500))?;
        assert_eq!(tick, Tick { stamp: Stamp::from_micros(501), clock_ahead: None });
        let tick = replica.tick_after(Stamp::from_micros(1_000_000_000))?;
        assert_eq!(tick, Tick { stamp: Stamp::from_micros(60_000_001), clock_ahead: Some(1_000_000_000) });
        Ok(())
    }

    #[test]
    fn how_far_a_replica_follows_can_be_set() -> Result<()> {
        let replica = replica(ManualClock::at_micros(0))?.with_max_ahead(1_000);
        assert_eq!(replica.tick_after(Stamp::from_micros(1_000))?.clock_ahead, None);
        assert_eq!(replica.tick_after(Stamp::from_micros(5_000))?.clock_ahead, Some(5_000));
        Ok(())
    }

    #[test]
    fn an_actor_continues_only_at_its_last_figure() -> Result<()> {
        let replica = replica(ManualClock::at_micros(0))?;
        let next = |last| Ok(last + 1);
        let (actor, one) = replica.advance(std::iter::empty(), next)?;
        assert!(actor.starts_with("n~") && actor.len() == 12 && one == 1);
        let same = replica.advance([(actor.clone(), 1)].into_iter(), next)?;
        assert_eq!(same, (actor.clone(), 2));
        let behind = replica.advance([(actor.clone(), 1)].into_iter(), next)?;
        assert!(behind.0 != actor && behind.1 == 1);
        Ok(())
    }
}
