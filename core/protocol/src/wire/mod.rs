//! Both versions of the wire: frames, compact values, canonical bodies, chunks, batches.
//!
//! A frame is twelve bytes of header and a payload or body. [`Document`] keeps a decoded frame with its exact bytes; states are made
//! from it or decoded directly. [`inspect`] and [`peek_type`] look at a header only.

mod batch;
pub mod body;
mod chunk;
mod compact;
mod document;
mod extensions;
mod frame;
mod options;
mod payload;
mod sink;
mod state_id;
mod version2;
mod zlib;

pub use batch::{BatchWriter, pack, unpack};
pub use chunk::{ChunkAssembler, ChunkOptions, split_frame};
pub(crate) use compact::{
    Item, Reader, push_float, push_int, push_list_header, push_map_header, push_stamp, push_text, push_value,
};
pub use compact::{decode_value, encode_value};
pub use document::{Body, Document};
pub use extensions::Extensions;
pub(crate) use extensions::{FLOOR_ID, Tail, unknown_field};
pub(crate) use frame::{AnyFrame, write_frame};
pub use frame::{FrameInfo, HEADER_BYTES, MAGIC, VERSION, inspect, peek_type};
pub use options::{Compression, DecodeOptions, EncodeOptions, Limits, Mode, Wire};
pub(crate) use payload::{decode_compact, parse_json_payload};
pub use sink::Sink;
pub(crate) use sink::{Hashing, Length};
pub use state_id::StateId;
pub use version2::VERSION_2;
pub(crate) use version2::{Frame2, SCHEMA, read_body, tag_name, write_frame2, write_hashed_form};
