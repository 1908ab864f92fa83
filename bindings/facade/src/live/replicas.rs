//! Replicas: who writes.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use crdt_merge_protocol as protocol;
use protocol::{AnyState, Clock, Code, Entropy, Error, Result, Wire};
use sha2::{Digest, Sha256};

use crate::datum::Datum;

/// A replica whose clock is what the host last showed it.
pub(crate) struct Replica {
    /// Empty once it was closed.
    inner: RwLock<Option<Arc<protocol::Replica>>>,
    clock: Arc<AtomicI64>,
}

impl Replica {
    fn new(replica: protocol::Replica, clock: Arc<AtomicI64>) -> Self {
        Replica { inner: RwLock::new(Some(Arc::new(replica))), clock }
    }

    /// Lets the replica of the core do something, without a lock: states have locks of their own, and no order is kept between them.
    ///
    /// Fails with `CLOSED` after `replica_close`.
    pub(super) fn with<T>(&self, act: impl FnOnce(&protocol::Replica) -> Result<T>) -> Result<T> {
        let inner = self.inner.read().unwrap_or_else(PoisonError::into_inner).clone();
        act(&*inner.ok_or_else(closed)?)
    }

    /// Ends it and gives its last save. Fails with `BAD_ARGUMENT` while a write is under way.
    fn close(&self) -> Result<Vec<u8>> {
        let mut inner = self.inner.write().unwrap_or_else(PoisonError::into_inner);
        match Arc::try_unwrap(inner.take().ok_or_else(closed)?) {
            Ok(replica) => Ok(replica.close()),
            Err(busy) => {
                *inner = Some(busy);
                Err(Error::new(Code::BadArgument, "a write of this replica is under way"))
            }
        }
    }

    /// Shows the host's clock.
    pub(super) fn show_clock(&self, micros: i64) {
        self.clock.store(micros, Ordering::Relaxed);
    }

    /// Its clock goes past the stamps of a state that is bound to it, as far as it follows them.
    pub(super) fn attach(&self, state: &AnyState) -> Result<Option<i64>> {
        self.with(|replica| Ok(replica.attach_any(state)))
    }

    /// The version that its peers read.
    pub(super) fn wire(&self) -> Option<Wire> {
        self.with(|replica| Ok(replica.wire())).ok()
    }
}

fn closed() -> Error {
    Error::new(Code::Closed, "the replica was closed")
}

/// What the host last said its clock shows.
struct HostClock(Arc<AtomicI64>);

impl Clock for HostClock {
    fn now_micros(&self) -> i64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// A stream of bytes from 32 of the host's: SHA-256 of them and a counter.
struct Stream {
    key: [u8; 32],
    next: u64,
}

/// Bytes that a stream is made from.
const KEY_BYTES: usize = 32;

impl Stream {
    fn new(key: &[u8]) -> Result<Self> {
        let key = key.try_into().map_err(|_| {
            Error::new(Code::BadArgument, "32 bytes of entropy were expected")
                .with("expected", KEY_BYTES)
                .with("found", key.len())
        })?;
        Ok(Stream { key, next: 0 })
    }
}

impl Entropy for Stream {
    fn fill(&mut self, bytes: &mut [u8]) {
        for part in bytes.chunks_mut(KEY_BYTES) {
            let mut block = Sha256::new_with_prefix(self.key);
            block.update(self.next.to_be_bytes());
            self.next += 1;
            part.iter_mut().zip(block.finalize()).for_each(|(byte, random)| *byte = random);
        }
    }
}

pub(crate) mod operations {
    use super::*;
    use crate::arguments::{all_words, bad_argument, bytes, int, member, optional, optional_int, text};
    use crate::handles::{self, Object};

    fn wire(input: &Datum) -> Result<Wire> {
        match optional_int::<u8>(input, "wire")? {
            Some(1) => Ok(Wire::V1),
            None | Some(2) => Ok(Wire::V2),
            Some(other) => Err(bad_argument("there are versions 1 and 2").with("found", other)),
        }
    }

    /// What a host may say of a new or opened replica.
    fn settled(mut replica: protocol::Replica, input: &Datum) -> Result<protocol::Replica> {
        replica.set_wire(wire(input)?);
        if let Some(micros) = optional_int(input, "max_ahead")? {
            replica.set_max_ahead(micros);
        }
        Ok(replica)
    }

    fn keep(replica: protocol::Replica, clock: Arc<AtomicI64>) -> Result<Datum> {
        handles::open(Object::Replica(Arc::new(Replica::new(replica, clock)))).map(Datum::Int)
    }

    pub(crate) fn replica_new(input: &Datum) -> Result<Datum> {
        let clock = Arc::new(AtomicI64::new(0));
        let entropy = Stream::new(bytes(member(input, "entropy")?)?)?;
        let host = HostClock(Arc::clone(&clock));
        let replica = match optional(input, "node") {
            Some(_) => protocol::Replica::new(text(input, "node")?, host, entropy)?,
            None => protocol::Replica::random(host, entropy),
        };
        keep(settled(replica, input)?, clock)
    }

    /// The replica, and the save that the host makes durable before the first write.
    pub(crate) fn replica_open(input: &Datum) -> Result<Datum> {
        let clock = Arc::new(AtomicI64::new(0));
        let entropy = Stream::new(bytes(member(input, "entropy")?)?)?;
        let opening = protocol::Replica::open(bytes(member(input, "save")?)?, HostClock(Arc::clone(&clock)), entropy)?;
        let save = opening.save();
        let replica = opening.make_durable(|_| Ok::<(), Error>(()))?;
        Ok(Datum::map([("replica", keep(settled(replica, input)?, clock)?), ("save", Datum::Bytes(save))]))
    }

    fn replica(input: &Datum) -> Result<Arc<Replica>> {
        handles::replica(int(input, "replica")?)
    }

    pub(crate) fn replica_save(input: &Datum) -> Result<Datum> {
        replica(input)?.with(|replica| Ok(Datum::Bytes(replica.save())))
    }

    pub(crate) fn replica_close(input: &Datum) -> Result<Datum> {
        replica(input)?.close().map(Datum::Bytes)
    }

    pub(crate) fn replica_info(input: &Datum) -> Result<Datum> {
        replica(input)?.with(|replica| {
            let version: i64 = if replica.wire() == Wire::V1 { 1 } else { 2 };
            Ok(Datum::map([
                ("node", Datum::text(replica.node())),
                ("last", replica.last_micros().map_or(Datum::Null, Datum::Int)),
                ("wire", Datum::Int(version)),
            ]))
        })
    }

    pub(crate) fn replica_now(input: &Datum) -> Result<Datum> {
        let replica = replica(input)?;
        replica.show_clock(int(input, "now")?);
        replica.with(|replica| Ok(Datum::Int(replica.tick()?.floor_micros())))
    }

    pub(crate) fn replica_attach(input: &Datum) -> Result<Datum> {
        let (replica, state) = (replica(input)?, handles::state(int(input, "state")?)?);
        replica.show_clock(int(input, "now")?);
        let ahead = replica.attach(&state.read())?;
        Ok(ahead.map_or(Datum::Null, Datum::Int))
    }

    pub(crate) fn pick_peers(input: &Datum) -> Result<Datum> {
        let peers = all_words(member(input, "peers")?)?;
        let picked = protocol::pick_peers(&peers, int(input, "fanout")?, int(input, "seed")?);
        Ok(Datum::List(picked.into_iter().map(Datum::int).collect()))
    }
}
