//! States that replicas edit on their own and merge in any order, any number of times, with one result.
//!
//! ```
//! use crdt_merge::prelude::*;
//!
//! # fn main() -> Result<()> {
//! let (laptop, phone) = (Replica::new("laptop")?, Replica::new("phone")?);
//! let (mut likes, mut theirs) = (PnCounter::new(), PnCounter::new());
//! likes.increment(&laptop, 5)?;
//! theirs.decrement(&phone, 2)?;
//! likes.merge_frame(&theirs.encode())?;
//! theirs.merge_frame(&likes.encode())?;
//! assert_eq!((likes.value(), theirs.value()), (3, 3));
//! assert_eq!(likes.state_id(), theirs.state_id());
//! # Ok(())
//! # }
//! ```
//!
//! # The three things to know
//!
//! * A [`Replica`] writes. It is the only object with a clock and a source of chance; every local write borrows it. One replica
//!   serves any number of states and threads.
//! * A state merges: counters, registers, sets, flags, maps, clocks and sketches all have the verbs of [`State`]. Merging
//!   is commutative, associative and idempotent, so neither order nor repetition of exchanges matters.
//! * A frame is one state as bytes, equal bytes for equal states. [`frames`] works on bytes alone, for relays and tools; [`AnyState`] is a state whose kind
//!   is known only at run time.
//!
//! # Features
//!
//! `std` (default): [`SystemClock`], [`SystemEntropy`], the constructors of [`Replica`] that use them, and the module `store` for
//! states, logs and replicas in files. Without it a replica is made by [`Replica::from_parts`] from a clock and an entropy of yours, on
//! hosts where the standard library has neither.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

pub mod frames;
pub mod prelude;
mod replica;
#[cfg(feature = "std")]
pub mod store;
#[cfg(feature = "std")]
mod system;

pub use crdt_merge_protocol::{
    AnyState, BloomFilter, BoundedCounter, Causality, Changed, Clock, Code, CompatBloom, CompatCountMin, CompatHll,
    Context, CountMinSketch, Delta, Dot, DottedVersionVector, DwFlag, EncodeOptions, Entropy, Error, EwFlag,
    Extensions, Family, Framed, GCounter, Generic, GossipEntry, GossipState, HyperLogLog, Job, Join, JsonValue, Kind,
    LwwMap, LwwRegister, ManualClock, MergeJob, MergeReport, MerkleDiff, MerkleTree, MinHash, MvRegister, Observer,
    Opaque, Opening, OrSet, PayloadForm, PnCounter, Reconcile, ReplicaSave, Report, Result, RwSet, SchemaChange,
    SchemaEvolution, Sibling, Stamp, State, StateId, Summary, SyncMessage, SyncOptions, SyncSession, Tag, TestEntropy,
    Tick, Update, Value, VectorClock, Wire, Written, pick_peers,
};
pub use crdt_merge_protocol::{dedup, job, json, laws, order, sync, text};

pub use replica::Replica;
#[cfg(feature = "std")]
pub use replica::ReplicaBuilder;
#[cfg(feature = "std")]
pub use system::{SystemClock, SystemEntropy};

/// The parts that values are made of; [`Value`] itself is at the root.
pub mod value {
    pub use crdt_merge_protocol::value::{BigInteger, Integer, JsonInteger, Map, Node, Set, canonical_bytes};
}

/// Counting again and again in one slot of a counter or clock, without looking it up.
pub mod slot {
    pub use crdt_merge_protocol::types::g_counter::Slot;
    pub use crdt_merge_protocol::types::vector_clock::ClockSlot;
}

/// Patches of record lists; [`Delta`] itself is at the root. Applying one is no merge: it depends on order and forgets.
pub mod delta {
    pub use crdt_merge_protocol::types::delta::{DeltaStore, Record, record_hash};
}

/// What [`GossipState`]s exchange to find out what the other lacks.
pub mod gossip {
    pub use crdt_merge_protocol::types::gossip::{AntiEntropy, Digests, anti_entropy};
}

/// Hashes of records in a [`MerkleTree`].
pub mod merkle {
    pub use crdt_merge_protocol::types::merkle::{content_hash, guessed_key_field};
}

/// Evolution of column schemas: a function of two schemas, directed and no join.
pub mod schema {
    pub use crdt_merge_protocol::types::schema_evolution::{
        ChangeKind, ColumnRename, EvolutionOptions, EvolutionPolicy, Schema, check, evolve, widen,
    };
}

/// What the sketches share: items, their hashes, and estimates with bounds.
pub mod sketch {
    pub use crdt_merge_protocol::sketch::{
        CanonicalItem, Estimate, ItemHash, ItemHashes, ItemText, SketchItem, TextBuffer, Tuple, h64, h128,
    };
    pub use crdt_merge_protocol::types::{BloomSizing, HllPosition};
}

#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct README;
