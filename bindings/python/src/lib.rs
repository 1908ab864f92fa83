//! The native part of the Python package: converts arguments, calls the facade, converts the result.
//!
//! Nothing is decided here. The interpreter is let go of while the facade works, so other threads run meanwhile.
#![forbid(unsafe_code)]

mod calls;
mod errors;
mod inward;
mod objects;
mod outward;

use pyo3::pymodule;

/// The native module `crdt_merge._native`.
#[pymodule]
mod _native {
    #[pymodule_export]
    use super::calls::call;
    #[pymodule_export]
    use super::objects::{Handle, State};

    /// What the Python files of the package must have been made for.
    #[pymodule_export]
    const ABI: &str = crdt_merge_facade::ABI;
}
