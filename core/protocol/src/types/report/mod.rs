//! Reports, tags 0x50 to 0x55: results for people and tools, read, relayed and written, never joined.

mod conform;
mod schema;
mod state;
mod wire;

pub use state::Report;
