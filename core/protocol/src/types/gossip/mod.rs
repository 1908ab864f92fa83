//! Gossip: the state, tag 0x43, and one entry on its way, tag 0x44.

mod entry;
mod exchange;
mod floor;
mod join;
mod ranges;
mod state;
mod wire;

pub use entry::GossipEntry;
pub use exchange::{AntiEntropy, Digests, anti_entropy};
pub use state::GossipState;
pub(crate) use wire::push_contents;
