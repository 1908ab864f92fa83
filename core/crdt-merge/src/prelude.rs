//! What most programs need, in one line: `use crdt_merge::prelude::*;`.
//!
//! Everything here is at home at the root of the crate.

#[doc(no_inline)]
pub use crate::{
    AnyState, BloomFilter, BoundedCounter, Causality, Changed, Code, CompatBloom, CompatCountMin, CompatHll,
    CountMinSketch, DottedVersionVector, DwFlag, EncodeOptions, Error, EwFlag, Framed, GCounter, Generic, GossipState,
    HyperLogLog, Join, LwwMap, LwwRegister, MergeReport, MerkleTree, MinHash, MvRegister, OrSet, PnCounter, Reconcile,
    Replica, Result, RwSet, Stamp, State, StateId, SyncSession, Update, Value, VectorClock, Wire,
};
