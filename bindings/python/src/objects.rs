//! Objects that own a handle, and the calls on them that are too quick for anything but themselves.

use crdt_merge_facade::{self as facade, Datum};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyInt, PyString};

use crate::{calls, errors, inward};

/// A handle that is closed when nobody refers to it any more.
struct Owned(facade::Handle);

impl Drop for Owned {
    fn drop(&mut self) {
        facade::close(self.0);
    }
}

/// Owns the handle of a replica, session or job.
#[pyclass(frozen, subclass, weakref, module = "crdt_merge._native")]
pub(crate) struct Handle(Owned);

#[pymethods]
impl Handle {
    #[new]
    #[pyo3(signature = (handle, /))]
    fn new(handle: i64) -> Self {
        Handle(Owned(handle))
    }

    /// The number of the object in the library.
    #[getter]
    fn _handle(&self) -> i64 {
        self.0.0
    }

    /// A copy would be a second owner: refused, and with it pickling.
    fn __reduce__(&self) -> PyResult<()> {
        Err(PyTypeError::new_err("replicas, sessions and jobs are neither copied nor pickled"))
    }

    /// Lets go of the object; whoever uses it afterwards gets `CLOSED`. Whether it was open.
    fn _close(&self) -> bool {
        facade::close(self.0.0)
    }
}

/// Owns the handle of a state.
#[pyclass(frozen, subclass, weakref, module = "crdt_merge._native")]
pub(crate) struct State(Owned);

#[pymethods]
impl State {
    #[new]
    #[pyo3(signature = (handle, /))]
    fn new(handle: i64) -> Self {
        State(Owned(handle))
    }

    /// The number of the state in the library.
    #[getter]
    fn _handle(&self) -> i64 {
        self.0.0
    }

    /// Adds `amount` to a counter, in the name of its replica or of an explicit node.
    #[pyo3(signature = (node_id = None, amount = None))]
    fn _increment(
        &self,
        py: Python<'_>,
        node_id: Option<&Bound<'_, PyAny>>,
        amount: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<()> {
        self.add(py, node_id, amount, Direction::Up)
    }

    /// Takes `amount` from a counter, in the name of its replica or of an explicit node.
    #[pyo3(signature = (node_id = None, amount = None))]
    fn _decrement(
        &self,
        py: Python<'_>,
        node_id: Option<&Bound<'_, PyAny>>,
        amount: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<()> {
        self.add(py, node_id, amount, Direction::Down)
    }
}

#[derive(Clone, Copy)]
enum Direction {
    Up,
    Down,
}

impl Direction {
    /// The amount that the facade adds; none beyond 64 bits.
    fn signed(self, amount: i64) -> Option<i64> {
        match self {
            Direction::Up => Some(amount),
            Direction::Down => amount.checked_neg(),
        }
    }
}

/// An amount as the quick call takes it: an `int` of 64 bits and nothing else, 1 when it is left out.
fn quick_amount(amount: Option<&Bound<'_, PyAny>>) -> Option<i64> {
    match amount {
        None => Some(1),
        Some(amount) => amount.cast_exact::<PyInt>().ok()?.extract().ok(),
    }
}

/// A node as the quick call takes it: text, or none; nothing for anything else.
fn quick_name<'a>(node: Option<&'a Bound<'_, PyAny>>) -> Option<Option<&'a str>> {
    match node {
        None => Some(None),
        Some(node) => node.cast::<PyString>().ok()?.to_str().ok().map(Some),
    }
}

impl State {
    fn add(
        &self,
        py: Python<'_>,
        node: Option<&Bound<'_, PyAny>>,
        amount: Option<&Bound<'_, PyAny>>,
        direction: Direction,
    ) -> PyResult<()> {
        let quick = quick_amount(amount).and_then(|amount| direction.signed(amount));
        let (Some(size), Some(name)) = (quick, quick_name(node)) else {
            return self.add_slowly(py, node, amount, direction);
        };
        facade::counter_add(self.0.0, size, name).map_err(|error| errors::raised(py, &error))
    }

    /// Everything that is not the common case, with the facade's checks.
    fn add_slowly(
        &self,
        py: Python<'_>,
        node: Option<&Bound<'_, PyAny>>,
        amount: Option<&Bound<'_, PyAny>>,
        direction: Direction,
    ) -> PyResult<()> {
        let amount = match (amount.map(inward::datum).transpose()?.unwrap_or(Datum::Int(1)), direction) {
            (Datum::Int(amount), Direction::Down) => Datum::int(-i128::from(amount)),
            (amount, _) => amount,
        };
        let node = node.map(inward::datum).transpose()?.unwrap_or(Datum::Null);
        let input = Datum::map([("state", Datum::Int(self.0.0)), ("amount", amount), ("node", node)]);
        let operation = PyString::intern(py, "counter_add");
        calls::invoke(py, calls::number(operation.as_any())?, input).map(drop)
    }
}
