//! Data as objects of Python.

use crdt_merge_facade::{Code, Datum, Error};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyFrozenSet, PyInt, PyList, PySet, PyTuple};

use crate::errors;
use crate::inward::{tuple_class, typed_class};

/// The object of a result.
///
/// Raises `OUT_OF_RANGE` for an integer that Python does not read, `BAD_KEY` for a map that is a key.
pub(crate) fn object(py: Python<'_>, datum: Datum) -> PyResult<Bound<'_, PyAny>> {
    match datum {
        Datum::List(items) => Ok(PyList::new(py, objects(py, items)?)?.into_any()),
        Datum::Map(pairs) => dict(py, pairs),
        Datum::Set(members) => set(py, members),
        Datum::Tuple(members) => tuple_class(py)?.call1((PyTuple::new(py, objects(py, members)?)?,)),
        other => scalar(py, other),
    }
}

fn objects(py: Python<'_>, items: Vec<Datum>) -> PyResult<Vec<Bound<'_, PyAny>>> {
    items.into_iter().map(|item| object(py, item)).collect()
}

fn scalar(py: Python<'_>, datum: Datum) -> PyResult<Bound<'_, PyAny>> {
    Ok(match datum {
        Datum::Bool(flag) => flag.into_pyobject(py)?.to_owned().into_any(),
        Datum::Int(integer) => integer.into_pyobject(py)?.into_any(),
        Datum::Big(digits) => big(py, &digits)?,
        Datum::Float(float) => float.into_pyobject(py)?.into_any(),
        Datum::Text(words) => words.into_pyobject(py)?.into_any(),
        Datum::Bytes(bytes) => PyBytes::new(py, &bytes).into_any(),
        Datum::Ints(column) => PyList::new(py, column)?.into_any(),
        Datum::Floats(column) => PyList::new(py, column)?.into_any(),
        Datum::Texts(column) => PyList::new(py, column)?.into_any(),
        _ => py.None().into_bound(py),
    })
}

fn big<'py>(py: Python<'py>, digits: &str) -> PyResult<Bound<'py, PyAny>> {
    py.get_type::<PyInt>().call1((digits,)).map_err(|_| {
        let error = Error::new(Code::OutOfRange, "an integer with more digits than Python reads");
        errors::raised(py, &error.with("found", digits.len()).with("hint", "sys.set_int_max_str_digits"))
    })
}

fn dict(py: Python<'_>, pairs: Vec<(Datum, Datum)>) -> PyResult<Bound<'_, PyAny>> {
    let dict = PyDict::new(py);
    for (key, value) in pairs {
        let mut name = hashable(py, &key)?;
        if is_number(&key) && dict.contains(&name)? {
            name = typed_class(py)?.call1((name,))?;
        }
        dict.set_item(name, object(py, value)?)?;
    }
    Ok(dict.into_any())
}

fn set(py: Python<'_>, members: Vec<Datum>) -> PyResult<Bound<'_, PyAny>> {
    let set = PySet::empty(py)?;
    for member in members {
        let mut object = hashable(py, &member)?;
        if is_number(&member) && set.contains(&object)? {
            object = typed_class(py)?.call1((object,))?;
        }
        set.add(object)?;
    }
    Ok(set.into_any())
}

/// Whether Python may take the key for one of another kind: 1, 1.0 and true, or 0.0 and -0.0.
const fn is_number(key: &Datum) -> bool {
    matches!(key, Datum::Bool(_) | Datum::Int(_) | Datum::Big(_) | Datum::Float(_))
}

/// What stands as a key or member. States have no containers there, JSON documents may.
fn hashable<'py>(py: Python<'py>, datum: &Datum) -> PyResult<Bound<'py, PyAny>> {
    let all = |items: &[Datum]| items.iter().map(|item| hashable(py, item)).collect::<PyResult<Vec<_>>>();
    match datum {
        Datum::List(items) => Ok(PyTuple::new(py, all(items)?)?.into_any()),
        Datum::Set(members) => Ok(PyFrozenSet::new(py, all(members)?)?.into_any()),
        Datum::Map(_) => {
            let error = Error::new(Code::BadKey, "a map as a key or member has no form in Python");
            Err(errors::raised(py, &error))
        }
        other => object(py, other.clone()),
    }
}
