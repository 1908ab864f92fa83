//! Bringing two replicas of one state together by sending only what differs.
//!
//! A [`Summary`] says what a replica has in a few hundred bytes; [`Reconcile::delta_for`] gives what the replica behind a summary
//! lacks; a [`SyncSession`] does both in turns until the two are equal. Messages may be lost, repeated and reordered. Nothing here
//! reads a clock or draws a number: a salt, where one is wanted, is an argument.

mod any;
mod compact;
mod item;
pub(crate) mod kinds;
mod message;
mod peers;
mod reconcile;
mod session;
mod summary;
mod symbol;

pub use compact::Peers;
pub use item::{ITEM_BYTES, Item};
pub use message::{Content, Head, Symbols, SyncMessage};
pub use peers::pick_peers;
pub use reconcile::{Form, Profile, Reconcile};
pub use session::{Received, SyncSession};
pub use summary::{Summary, SyncOptions};
pub use symbol::{Decoded, Difference, FIRST_SYMBOLS, MOST_SYMBOLS, Symbol, decode, symbols};
