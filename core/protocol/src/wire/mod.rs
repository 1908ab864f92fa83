//! Version 1 of the wire: frames, compact values, batches.
//!
//! A frame is twelve bytes of header and a payload. [`Document`] keeps a decoded frame with its exact bytes; states are made
//! from it or decoded directly. [`inspect`] and [`peek_type`] look at a header only.

mod batch;
mod compact;
mod document;
mod frame;
mod options;
mod payload;
mod zlib;

pub use batch::{BatchWriter, pack, unpack};
pub(crate) use compact::{
    Item, Reader, push_float, push_int, push_list_header, push_map_header, push_stamp, push_text, push_value,
};
pub use compact::{decode_value, encode_value};
pub use document::{Body, Document};
pub(crate) use frame::{Frame, write_frame};
pub use frame::{FrameInfo, HEADER_BYTES, MAGIC, VERSION, inspect, peek_type};
pub use options::{Compression, DecodeOptions, Limits, Mode};
pub(crate) use payload::{decode_compact, parse_json_payload};
