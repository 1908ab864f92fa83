//! The law checker: is a merge function a join?
//!
//! A merge is safe to run anywhere, in any order and any number of times, if it is **commutative** (`a⊔b = b⊔a`),
//! **associative** (`(a⊔b)⊔c = a⊔(b⊔c)`), **idempotent** (`a⊔a = a`) and if its result is above both sides (**monotone**:
//! `a⊔(a⊔b) = a⊔b`). [`check`] tries a function on drawn samples, [`check_all`] on every pair and triple of given ones, and both
//! hand back the smallest counterexample they can shrink to.
//!
//! Passing is evidence over samples, not a proof. Everything is a function of the seed, so a failing check can be repeated.

mod check;
mod job;
pub mod kinds;
mod random;
mod report;
mod samples;
mod state;
mod value;

pub use check::{LawOptions, check, check_all, check_operations};
pub use job::{LawJob, MergePair, Merged};
pub use random::Random;
pub use report::{Counterexample, Law, LawReport, Verdict};
pub use samples::{Mixed, Sampler, Samples};
pub use state::{StateSampler, check_any_states, check_state, check_states};
pub use value::ValueSampler;
