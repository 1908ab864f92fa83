//! The protocol core of crdt-merge: values, total orders, wire frames, mergeable types, replicas and the law checker.
//!
//! Everything here is a pure function of its inputs: no I/O, no threads, no clock and no randomness of its own, so that every
//! history can be replayed. Time and entropy come in through [`Clock`] and [`Entropy`].
#![forbid(unsafe_code)]
#![warn(missing_docs)]

pub mod dedup;
mod dot;
pub mod error;
pub mod generated;
mod hex;
pub mod job;
mod join;
pub mod json;
pub mod laws;
mod merge_job;
mod names;
pub mod order;
pub mod replica;
pub mod sketch;
mod stamp;
mod state;
pub mod sync;
pub mod text;
pub mod types;
mod update;
pub mod value;
pub mod wire;

pub use dot::{Context, Dot};
pub use error::{Code, Error, Family, Result};
pub use generated::{PayloadForm, Tag};
pub use job::Job;
pub use join::{Changed, Join, MergeReport, Observer};
pub use merge_job::MergeJob;
pub use replica::{Clock, Entropy, ManualClock, Opening, Replica, ReplicaSave, TestEntropy, Tick, Written};
pub use stamp::Stamp;
pub use state::{AnyState, Framed, State};
pub use sync::{Reconcile, Summary, SyncMessage, SyncOptions, SyncSession, pick_peers};
pub use types::{
    BloomFilter, BoundedCounter, Causality, CompatBloom, CompatCountMin, CompatHll, CountMinSketch, Delta,
    DottedVersionVector, DwFlag, EwFlag, GCounter, Generic, GossipEntry, GossipState, HyperLogLog, LwwMap, LwwRegister,
    MerkleDiff, MerkleTree, MinHash, MvRegister, Opaque, OrSet, PnCounter, Report, RwSet, SchemaChange,
    SchemaEvolution, Sibling, VectorClock,
};
pub use update::Update;
pub use value::{JsonValue, Kind, Value};
pub use wire::{EncodeOptions, Extensions, StateId, Wire};
