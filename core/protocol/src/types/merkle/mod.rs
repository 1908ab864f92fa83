//! The Merkle tree, tag 0x42, and the diff of two, tag 0x47.

mod diff;
mod join;
mod leaf;
mod many;
mod roots;
mod short;
mod state;
mod store;
mod wire;

pub use diff::MerkleDiff;
pub use leaf::{content_hash, guessed_key_field};
pub use state::MerkleTree;
