//! Operations on objects that live between calls: replicas, states, sessions, jobs.
//!
//! Each takes the handle of its object as the member that is named like the kind of object.

mod clocks;
mod counters;
mod gossip;
mod jobs;
mod laws;
mod library;
mod maps;
mod registers;
mod replicas;
mod sessions;
mod sets;
mod sketches;
mod states;
mod sync;
mod trees;
mod writes;

pub use clocks::clock_tick;
pub use counters::counter_add;
pub(crate) use jobs::Job;
pub(crate) use replicas::Replica;
pub(crate) use sessions::Session;
pub(crate) use states::State;

/// One module of operations each.
pub(crate) mod operations {
    pub(crate) use super::clocks::operations::*;
    pub(crate) use super::counters::operations::*;
    pub(crate) use super::gossip::*;
    pub(crate) use super::jobs::operations::*;
    pub(crate) use super::laws::*;
    pub(crate) use super::library::*;
    pub(crate) use super::maps::*;
    pub(crate) use super::registers::*;
    pub(crate) use super::replicas::operations::*;
    pub(crate) use super::sessions::operations::*;
    pub(crate) use super::sets::*;
    pub(crate) use super::sketches::*;
    pub(crate) use super::states::operations::*;
    pub(crate) use super::sync::*;
    pub(crate) use super::trees::*;
}
