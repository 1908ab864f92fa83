//! Errors of the facade as exceptions. The classes live in `crdt_merge/_errors.py`.

use crdt_merge_facade::Error;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{IntoPyDict, PyDict};

/// The function that makes the exception of a code.
static MAKER: PyOnceLock<Py<PyAny>> = PyOnceLock::new();

/// The exception for an error.
pub(crate) fn raised(py: Python<'_>, error: &Error) -> PyErr {
    made(py, error).unwrap_or_else(|failure| failure)
}

fn made(py: Python<'_>, error: &Error) -> PyResult<PyErr> {
    let maker = MAKER.import(py, "crdt_merge._errors", "error_of")?;
    let detail: Bound<'_, PyDict> = error.details().into_py_dict(py)?;
    Ok(PyErr::from_value(maker.call1((error.code().as_str(), error.message(), detail))?))
}
