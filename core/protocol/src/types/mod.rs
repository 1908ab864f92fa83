//! The kinds, one module each: `state` (operations and reads), `join`, `wire`.

pub mod bloom;
pub mod cms;
pub mod delta;
pub mod dotted_version_vector;
pub(crate) mod fields;
pub mod g_counter;
pub mod generic;
pub mod gossip;
pub mod hll;
pub(crate) mod json_kind;
pub mod lww_map;
pub mod lww_register;
pub mod merkle;
pub mod opaque;
pub mod or_set;
pub mod pn_counter;
pub mod report;
pub mod schema_evolution;
pub mod vector_clock;

pub use bloom::{BloomSizing, CompatBloom};
pub use cms::CompatCountMin;
pub use delta::Delta;
pub use dotted_version_vector::DottedVersionVector;
pub use g_counter::GCounter;
pub use generic::Generic;
pub use gossip::{GossipEntry, GossipState};
pub use hll::{CompatHll, HllPosition};
pub use lww_map::LwwMap;
pub use lww_register::LwwRegister;
pub use merkle::{MerkleDiff, MerkleTree};
pub use opaque::Opaque;
pub use or_set::OrSet;
pub use pn_counter::PnCounter;
pub use report::Report;
pub use schema_evolution::{SchemaChange, SchemaEvolution};
pub use vector_clock::{Causality, VectorClock};
