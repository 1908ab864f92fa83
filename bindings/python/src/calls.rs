//! The one way in.

use std::collections::HashMap;
use std::sync::LazyLock;

use crdt_merge_facade::{self as facade, Code, Datum, Error, OPERATIONS};
use pyo3::prelude::*;
use pyo3::types::PyString;

use crate::{errors, inward, outward};

/// The number of every operation.
static NUMBERS: LazyLock<HashMap<&str, usize>> =
    LazyLock::new(|| OPERATIONS.iter().enumerate().map(|(number, name)| (*name, number)).collect());

/// The number of an operation that is given by name or by number.
pub(crate) fn number(operation: &Bound<'_, PyAny>) -> PyResult<usize> {
    let Ok(name) = operation.cast::<PyString>() else { return operation.extract() };
    let name = name.to_str()?;
    NUMBERS.get(name).copied().ok_or_else(|| {
        let unknown = Error::new(Code::BadArgument, "no operation has this name").with("found", name);
        errors::raised(operation.py(), &unknown)
    })
}

/// Calls the facade without holding the interpreter.
pub(crate) fn invoke(py: Python<'_>, number: usize, input: Datum) -> PyResult<Bound<'_, PyAny>> {
    let reply = py.detach(move || facade::invoke(number, &input));
    outward::object(py, reply.map_err(|error| errors::raised(py, &error))?)
}

/// Calls an operation, given by name or number, with its one argument; the result.
///
/// Raises a `CrdtError`.
#[pyfunction]
#[pyo3(signature = (operation, input, /))]
pub(crate) fn call<'py>(operation: &Bound<'py, PyAny>, input: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    invoke(input.py(), number(operation)?, inward::datum(input)?)
}
