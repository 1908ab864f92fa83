//! Schema evolution, tags 0x45 and 0x46: from an old and a new table schema to one that serves both.
//!
//! It is a directed function and **not a CRDT**: old and new are told apart, and evolving in another order gives another schema.
//! Its results are reports: they travel, and they have no join.

mod change;
mod evolve;
mod result;
mod schema;
mod widen;
mod wire;

pub use change::{ChangeKind, SchemaChange};
pub use evolve::{EvolutionOptions, EvolutionPolicy, check, evolve};
pub use result::{ColumnRename, SchemaEvolution};
pub use schema::Schema;
pub use widen::widen;
