//! Finding duplicate texts and records.
//!
//! Two texts are equal under [`Method::Exact`] when their lower-case forms are, and alike under [`Method::Fuzzy`] when their
//! normalised forms are equal or share enough pairs of neighbouring characters. [`DedupIndex`] remembers what was seen and
//! merges with the index of another replica. [`MinHasher`] compares large texts by short signatures.

mod bigrams;
mod index;
mod list;
mod min_hash;
mod normal;

pub use bigrams::{Bigrams, dice};
pub use index::DedupIndex;
pub use list::{Deduplicated, Method, dedup_list, dedup_records};
pub use min_hash::{MinHasher, Signature};
pub use normal::{TextKey, exact_key, fuzzy_key, normalize};

/// The Dice coefficient from which on two texts are duplicates when nothing else is asked for.
pub const DEFAULT_THRESHOLD: f64 = 0.85;
