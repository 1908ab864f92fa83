//! The parts of each kind.

mod atomic;
mod causal;
mod count_min_sketch;
mod dot_maps;
mod gossip;
mod lww_map;
mod merkle;
mod or_set;
mod slots;
