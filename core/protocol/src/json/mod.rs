//! The one JSON reader and the one JSON writer of the project.
//!
//! The writer has four switches ([`JsonStyle`]); escapes and float text never vary. The reader keeps integers of any size and
//! tells `1` from `1.0` by their text.

mod message_pack;
mod read;
mod write;

pub(crate) use message_pack::parse as parse_message_pack;
pub use read::parse;
pub use write::{JsonStyle, NonFinite, Other, to_text};
pub(crate) use write::{push_integer, push_key, push_text, push_value};
