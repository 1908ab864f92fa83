//! States of every kind: made, read, written, copied, merged, compared.

use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use crdt_merge_protocol::{AnyState, Code, Error, Join, Result};

use super::Replica;

/// A state and the replica that writes in it.
pub(crate) struct State {
    held: RwLock<AnyState>,
    replica: Option<Arc<Replica>>,
}

impl State {
    pub(crate) fn new(state: AnyState, replica: Option<Arc<Replica>>) -> Self {
        State { held: RwLock::new(state), replica }
    }

    /// Reads run together.
    pub(super) fn read(&self) -> RwLockReadGuard<'_, AnyState> {
        self.held.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes wait for each other. What panics in the core leaves a state as it was or merged in part, never broken.
    pub(super) fn write(&self) -> RwLockWriteGuard<'_, AnyState> {
        self.held.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// The replica it was made with.
    pub(super) fn replica(&self) -> Option<&Arc<Replica>> {
        self.replica.as_ref()
    }

    /// The replica that writes. Fails with `NO_REPLICA`.
    pub(super) fn writer(&self) -> Result<&Replica> {
        self.replica.as_deref().ok_or_else(|| {
            Error::new(Code::NoReplica, "the state was made without a replica, so it can be read and merged only")
        })
    }

    /// Looks at two states at once. The locks are taken in one order for every pair, so that two threads cannot wait for each other.
    pub(super) fn with_both<T>(&self, other: &State, look: impl FnOnce(&AnyState, &AnyState) -> T) -> T {
        if std::ptr::eq(self, other) {
            let held = self.read();
            return look(&held, &held);
        }
        if std::ptr::from_ref(self) < std::ptr::from_ref(other) {
            let (here, there) = (self.read(), other.read());
            return look(&here, &there);
        }
        let there = other.read();
        look(&self.read(), &there)
    }

    /// Joins another state into this one, see [`State::with_both`].
    fn join_from<T>(&self, other: &State, join: impl FnOnce(&mut AnyState, &AnyState) -> T) -> T {
        if std::ptr::eq(self, other) {
            let copy = self.read().clone();
            return join(&mut self.write(), &copy);
        }
        if std::ptr::from_ref(self) < std::ptr::from_ref(other) {
            let mut here = self.write();
            return join(&mut here, &other.read());
        }
        let there = other.read();
        join(&mut self.write(), &there)
    }

    /// How two states relate in the order of their joins.
    fn relation(here: &AnyState, there: &AnyState) -> Result<&'static str> {
        let joined = here.joined(there)?;
        Ok(match (joined == *here, joined == *there) {
            (true, true) => "equal",
            (true, false) => "after",
            (false, true) => "before",
            (false, false) => "concurrent",
        })
    }
}

/// A kind that was expected, and what was found.
pub(super) fn not_for(expected: &'static str, found: &AnyState) -> Error {
    Error::new(Code::TypeMismatch, "this kind has no such operation")
        .with("expected", expected)
        .with("found", found.type_name())
}

pub(crate) mod operations {
    use crdt_merge::frames::mergeable;
    use crdt_merge_protocol::wire::{Compression, EncodeOptions, Wire};
    use crdt_merge_protocol::{
        BloomFilter, BoundedCounter, CompatBloom, CompatCountMin, CompatHll, CountMinSketch, DottedVersionVector,
        DwFlag, EwFlag, GCounter, GossipState, HyperLogLog, LwwMap, LwwRegister, MergeReport, MerkleTree, MinHash,
        MvRegister, OrSet, PnCounter, RwSet, Tag, VectorClock,
    };

    use super::*;
    use crate::arguments::{
        bad_argument, bytes, decode_options, int, is_set, member, number, optional, optional_int, text,
    };
    use crate::datum::Datum;
    use crate::handles::{self, Object};

    /// The state of the member `state`.
    pub(in crate::live) fn state(input: &Datum) -> Result<Arc<State>> {
        handles::state(int(input, "state")?)
    }

    /// Keeps a state under a handle.
    pub(in crate::live) fn keep(state: AnyState, replica: Option<Arc<Replica>>) -> Result<Datum> {
        handles::open(Object::State(Arc::new(State::new(state, replica)))).map(Datum::Int)
    }

    fn replica(input: &Datum) -> Result<Option<Arc<Replica>>> {
        optional_int(input, "replica")?.map(handles::replica).transpose()
    }

    pub(crate) fn state_new(input: &Datum) -> Result<Datum> {
        let replica = replica(input)?;
        let parameters = optional(input, "parameters").unwrap_or(&Datum::Null);
        let state = empty(text(input, "kind")?, parameters, replica.as_deref())?;
        keep(state, replica)
    }

    /// Default sizes of sketches: about 16 KiB each, and the reference's for its own.
    fn empty(kind: &str, parameters: &Datum, replica: Option<&Replica>) -> Result<AnyState> {
        let size = |name: &str, default: u32| optional_int(parameters, name).map(|size| size.unwrap_or(default));
        let seed = || optional_int(parameters, "seed").map(Option::unwrap_or_default);
        Ok(match kind {
            "g_counter" => GCounter::new().into(),
            "pn_counter" => PnCounter::new().into(),
            "bounded_counter" => BoundedCounter::new().into(),
            "lww_register" => LwwRegister::new().into(),
            "mv_register" => MvRegister::new().into(),
            "or_set" => OrSet::new().into(),
            "rw_set" => RwSet::new().into(),
            "ew_flag" => EwFlag::new().into(),
            "dw_flag" => DwFlag::new().into(),
            "lww_map" => LwwMap::new().into(),
            "vector_clock" => VectorClock::new().into(),
            "dotted_version_vector" => DottedVersionVector::new().into(),
            "merkle_tree" => MerkleTree::new().with_branching_factor(size("branching_factor", 16)?).into(),
            "gossip_state" => gossip(parameters, replica)?.into(),
            "hll_native" => HyperLogLog::with_seed(small(size("precision", 14)?)?, seed()?)?.into(),
            "bloom_native" => filter(parameters, seed()?)?.into(),
            "cms_native" => CountMinSketch::with_seed(size("width", 2048)?, size("depth", 4)?, seed()?)?.into(),
            "minhash" => MinHash::with_seed(size("length", 128)? as usize, seed()?)?.into(),
            "hll" => CompatHll::new(small(size("precision", 14)?)?)?.into(),
            "bloom" => {
                let capacity = optional_int(parameters, "capacity")?.unwrap_or(10_000);
                CompatBloom::with_capacity(capacity, rate(parameters)?)?.into()
            }
            "cms" => CompatCountMin::new(size("width", 2000)?.into(), size("depth", 7)?.into())?.into(),
            _ => return Err(bad_argument("no kind of state has this name").with("found", kind)),
        })
    }

    fn small(precision: u32) -> Result<u8> {
        u8::try_from(precision).map_err(|_| bad_argument("a precision is small").with("found", precision))
    }

    fn rate(parameters: &Datum) -> Result<f64> {
        optional(parameters, "fp_rate").map_or(Ok(0.01), |_| number(parameters, "fp_rate"))
    }

    /// By size in blocks, or for so many items at a rate of false positives.
    fn filter(parameters: &Datum, seed: u64) -> Result<BloomFilter> {
        let blocks = match optional_int(parameters, "blocks")? {
            Some(blocks) => blocks,
            None => {
                BloomFilter::blocks_for(optional_int(parameters, "capacity")?.unwrap_or(10_000), rate(parameters)?)?
            }
        };
        BloomFilter::with_seed(blocks, seed)
    }

    /// Its node is the one given, or the replica's.
    fn gossip(parameters: &Datum, replica: Option<&Replica>) -> Result<GossipState> {
        let state = match (optional(parameters, "node"), replica) {
            (Some(_), _) => GossipState::new(text(parameters, "node")?)?,
            (None, Some(replica)) => replica.with(|replica| GossipState::new(replica.node()))?,
            (None, None) => return Err(bad_argument("a gossip state has a node or a replica")),
        };
        Ok(match optional_int(parameters, "fanout")? {
            Some(fanout) => state.with_fanout(fanout),
            None => state,
        })
    }

    /// Whatever a frame holds that merges; one of another kind than `kind` is `TYPE_MISMATCH`.
    fn read_frame(input: &Datum) -> Result<AnyState> {
        let state = mergeable(AnyState::decode_with(bytes(member(input, "frame")?)?, &decode_options(input)?)?)?;
        match optional(input, "kind").and_then(Datum::as_text) {
            Some(kind) if kind != state.type_name() => Err(Error::new(Code::TypeMismatch, "a frame of another kind")
                .with("expected", kind)
                .with("found", state.type_name())),
            _ => Ok(state),
        }
    }

    pub(crate) fn state_decode(input: &Datum) -> Result<Datum> {
        let (state, replica) = (read_frame(input)?, replica(input)?);
        if let Some(replica) = &replica {
            replica.attach(&state)?;
        }
        keep(state, replica)
    }

    /// In the version asked for, else in that of the replica's peers.
    fn encode_options(input: &Datum, state: &State) -> Result<EncodeOptions> {
        let wire = match optional_int::<u8>(input, "wire")? {
            Some(1) => Wire::V1,
            Some(2) => Wire::V2,
            Some(other) => return Err(bad_argument("there are versions 1 and 2").with("found", other)),
            None => state.replica.as_deref().and_then(Replica::wire).unwrap_or_default(),
        };
        let compression = if is_set(input, "compress")? { Compression::Zlib } else { Compression::None };
        Ok(EncodeOptions { wire, compression, has_trailer: is_set(input, "trailer")? })
    }

    pub(crate) fn state_encode(input: &Datum) -> Result<Datum> {
        let state = state(input)?;
        let options = encode_options(input, &state)?;
        state.read().encode_as(&options).map(Datum::Bytes)
    }

    pub(crate) fn state_identify(input: &Datum) -> Result<Datum> {
        Ok(Datum::Text(state(input)?.read().state_id()?.to_string()))
    }

    pub(crate) fn state_info(input: &Datum) -> Result<Datum> {
        let state = state(input)?;
        let of_replica = |replica: &Arc<Replica>| replica.with(|replica| Ok(Datum::text(replica.node()))).ok();
        let node = state.replica.as_ref().and_then(of_replica);
        let held = state.read();
        Ok(Datum::map([
            ("kind", Datum::text(held.type_name())),
            ("tag", Datum::int(held.tag_byte())),
            ("node", node.unwrap_or(Datum::Null)),
            ("is_known", Datum::Bool(!matches!(*held, AnyState::Opaque(_)))),
        ]))
    }

    /// A copy that is written by the replica given, else by the one of the original.
    pub(crate) fn state_copy(input: &Datum) -> Result<Datum> {
        let state = state(input)?;
        let replica = replica(input)?.or_else(|| state.replica.clone());
        let copy = state.read().clone();
        keep(copy, replica)
    }

    fn report(input: &Datum) -> Result<MergeReport> {
        Ok(if is_set(input, "keys")? { MergeReport::with_keys() } else { MergeReport::default() })
    }

    /// What a merge did.
    pub(in crate::live) fn reported(report: MergeReport) -> Datum {
        Datum::map([
            ("changed", Datum::Bool(report.changed)),
            ("conflicts", Datum::count(report.conflicts)),
            ("ties", Datum::count(report.ties)),
            ("changed_keys", report.changed_keys.map_or(Datum::Null, Datum::texts)),
        ])
    }

    pub(crate) fn state_merge(input: &Datum) -> Result<Datum> {
        let (here, there) = (state(input)?, handles::state(int(input, "other")?)?);
        let report = report(input)?;
        here.join_from(&there, |here, there| report.of(here, there)).map(reported)
    }

    pub(crate) fn state_merge_frame(input: &Datum) -> Result<Datum> {
        let (here, report) = (state(input)?, report(input)?);
        let there = AnyState::decode_with(bytes(member(input, "frame")?)?, &decode_options(input)?)?;
        report.of(&mut *here.write(), &there).map(reported)
    }

    pub(crate) fn state_compare(input: &Datum) -> Result<Datum> {
        let (here, there) = (state(input)?, handles::state(int(input, "other")?)?);
        here.with_both(&there, State::relation).map(Datum::text)
    }

    pub(crate) fn state_equal(input: &Datum) -> Result<Datum> {
        let (here, there) = (state(input)?, handles::state(int(input, "other")?)?);
        Ok(Datum::Bool(here.with_both(&there, |here, there| here == there)))
    }

    /// The members by name, for people and tools.
    pub(crate) fn state_describe(input: &Datum) -> Result<Datum> {
        Ok(Datum::from(&state(input)?.read().describe()?))
    }

    /// What a user sees in a state.
    pub(crate) fn state_value(input: &Datum) -> Result<Datum> {
        let state = state(input)?;
        let held = state.read();
        Ok(match &*held {
            AnyState::GCounter(counter) => Datum::count(counter.value()),
            AnyState::PnCounter(counter) => Datum::int(counter.value()),
            AnyState::BoundedCounter(counter) => Datum::count(counter.value()),
            AnyState::LwwRegister(register) => Datum::from(register.value()),
            AnyState::MvRegister(register) => Datum::List(register.values().map(Datum::from).collect()),
            AnyState::OrSet(set) => Datum::Set(set.iter().map(Datum::from).collect()),
            AnyState::RwSet(set) => Datum::Set(set.iter().map(Datum::from).collect()),
            AnyState::EwFlag(flag) => Datum::Bool(flag.is_on()),
            AnyState::DwFlag(flag) => Datum::Bool(flag.is_on()),
            AnyState::LwwMap(map) => Datum::Map(
                map.iter().map(|(key, register)| (Datum::text(key), Datum::from(register.value()))).collect(),
            ),
            AnyState::VectorClock(clock) => slots(clock),
            AnyState::DottedVersionVector(vector) => slots(&vector.effective()),
            AnyState::GossipState(gossip) => {
                let live = gossip
                    .entries()
                    .filter_map(|entry| Some((Datum::text(entry.key()), Datum::from(entry.live_value()?))));
                Datum::Map(live.collect())
            }
            other => return Err(not_for("a kind with a value", other)),
        })
    }

    fn slots(clock: &VectorClock) -> Datum {
        Datum::Map(clock.slots().map(|(node, count)| (Datum::text(node), Datum::count(count))).collect())
    }

    /// Kinds whose states can be made, by name.
    pub(in crate::live) fn kinds() -> Datum {
        Datum::texts(Tag::ALL.iter().filter(|tag| tag.is_join()).map(|tag| tag.name()))
    }
}
