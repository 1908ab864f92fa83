//! What the sketches of version 1 share: the hash of an item and how items become text.
//!
//! The hash of an item with a seed is the MD5 digest of the item's text as `repr` gives it, followed by the seed in four
//! big-endian bytes. So `5`, `"5"` and `5.0` are three items. It is not meant to withstand chosen input.

mod estimate;
mod hash;
mod item;
mod positions;
mod wire;

pub use estimate::Estimate;
pub(crate) use hash::hash_all;
pub use hash::{h64, h128};
pub use item::{ItemText, SketchItem, TextBuffer, Tuple};
pub(crate) use positions::Positions;
pub(crate) use wire::{missing, push_byte_list, read_bytes};
