//! The kinds of version 1, one module each: `state` (operations and reads), `join`, `wire`.

pub(crate) mod fields;
pub mod g_counter;
pub mod generic;
pub mod pn_counter;

pub use g_counter::GCounter;
pub use generic::Generic;
pub use pn_counter::PnCounter;
