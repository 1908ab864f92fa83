//! Summaries, deltas, sessions and compaction of every kind, over drawn states.
#![allow(clippy::unwrap_used, reason = "tests")]

#[path = "sync/compaction.rs"]
mod compaction;
#[path = "sync/deltas.rs"]
mod deltas;
#[path = "sync/draw.rs"]
mod draw;
#[path = "sync/hostile.rs"]
mod hostile;
#[path = "sync/network.rs"]
mod network;
#[path = "sync/sessions.rs"]
mod sessions;
