//! The library itself.

use crdt_merge_protocol::Result;

use super::states::operations::kinds;
use crate::arguments::{bytes, int, member};
use crate::datum::Datum;
use crate::generated::{ABI, OPERATIONS};
use crate::handles;

/// Versions and what there is. A binding compares `version` and `abi` with its own before it calls anything else.
pub(crate) fn library_info(_: &Datum) -> Result<Datum> {
    Ok(Datum::map([
        ("version", Datum::text(env!("CARGO_PKG_VERSION"))),
        ("abi", Datum::text(ABI)),
        ("wire", Datum::List(vec![Datum::Int(1), Datum::Int(2)])),
        ("kinds", kinds()),
        ("operations", Datum::count(OPERATIONS.len() as u64)),
    ]))
}

/// Lets go of the object of a handle. Whether it was open.
pub(crate) fn handle_close(input: &Datum) -> Result<Datum> {
    Ok(Datum::Bool(handles::close(int(input, "handle")?)))
}

/// How many objects are open: what a test of leaks looks at.
pub(crate) fn handle_count(_: &Datum) -> Result<Datum> {
    Ok(Datum::count(handles::count() as u64))
}

/// What the bytes of a frame say of themselves, without more than the header.
pub(crate) fn frame_inspect(input: &Datum) -> Result<Datum> {
    let info = crdt_merge::frames::inspect(bytes(member(input, "frame")?)?)?;
    Ok(Datum::map([
        ("kind", Datum::text(info.type_name)),
        ("tag", Datum::int(info.tag)),
        ("version", Datum::int(info.version)),
        ("flags", Datum::int(info.flags)),
        ("compressed", Datum::Bool(info.is_compressed)),
        ("payload_bytes", Datum::int(info.payload_bytes)),
        ("total_bytes", Datum::count(info.total_bytes as u64)),
    ]))
}
