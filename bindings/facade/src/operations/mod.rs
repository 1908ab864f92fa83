//! Pure operations: values, texts and bytes in, the same out. They are those of the conformance protocol (`spec/operations.toml`).

mod merging;
mod records;
mod sketches;
mod sync;
mod values;
mod version2;
mod wire;

pub(crate) use merging::*;
pub(crate) use records::*;
pub(crate) use sketches::*;
pub(crate) use sync::*;
pub(crate) use values::*;
pub(crate) use version2::*;
pub(crate) use wire::*;
