//! What the sketches share: items, their hashes and estimates with bounds.
//!
//! The native sketches hash the canonical bytes of an item ([`CanonicalItem`]), quickly and with a seed of the state. Whoever
//! chooses items and knows the seed can choose their hashes.
//!
//! The sketches of version 1 hash an item as text ([`SketchItem`]): the hash with a seed is the MD5 digest of the text that
//! `repr` gives, followed by the seed in four big-endian bytes. It is not meant to withstand chosen input.
//!
//! For both, `5`, `"5"` and `5.0` are three items.

mod canonical;
mod estimate;
mod hash;
mod item;
mod native;
mod positions;
mod wire;

pub(crate) use canonical::for_batches;
pub use canonical::{CanonicalItem, ItemHash, ItemHashes};
pub use estimate::Estimate;
pub(crate) use hash::hash_all;
pub use hash::{h64, h128};
pub use item::{ItemText, SketchItem, TextBuffer, Tuple};
pub(crate) use native::{described, estimate_members, integer, same_parameters};
pub(crate) use positions::Positions;
pub(crate) use wire::{missing, push_byte_list, read_bytes};
