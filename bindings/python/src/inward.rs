//! Objects of Python as data.

use crdt_merge_facade::{Code, Datum, Error};
use pyo3::buffer::{Element, PyUntypedBuffer};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{
    PyBool, PyByteArray, PyBytes, PyDict, PyFloat, PyFrozenSet, PyInt, PyList, PySet, PyString, PyTuple, PyType,
};

use crate::errors;

/// Containers that may be open at once, as in the bytes of the C ABI. Ends circles too.
const MOST_DEPTH: usize = 200;

/// The class of tuples that stay tuples.
static TUPLE: PyOnceLock<Py<PyType>> = PyOnceLock::new();
/// The class of keys and members that Python takes for equal.
static TYPED: PyOnceLock<Py<PyType>> = PyOnceLock::new();

pub(crate) fn tuple_class(py: Python<'_>) -> PyResult<&Bound<'_, PyType>> {
    TUPLE.import(py, "crdt_merge._values", "Tuple")
}

pub(crate) fn typed_class(py: Python<'_>) -> PyResult<&Bound<'_, PyType>> {
    TYPED.import(py, "crdt_merge._values", "Typed")
}

/// Why an object does not cross, and where in the argument it stands, innermost first.
struct Refusal {
    error: Error,
    path: Vec<String>,
}

type Walked<T> = Result<T, Box<Refusal>>;

/// The datum of an object.
///
/// Raises `BAD_VALUE` for an object of another kind, `TOO_DEEP`, and `OUT_OF_RANGE` for integers that Python does not
/// spell, all with the `path` to what was refused.
pub(crate) fn datum(object: &Bound<'_, PyAny>) -> PyResult<Datum> {
    walk(object, MOST_DEPTH).map_err(|refusal| {
        let path: String = refusal.path.into_iter().rev().collect();
        let error = if path.is_empty() { refusal.error } else { refusal.error.with("path", path) };
        errors::raised(object.py(), &error)
    })
}

fn refusal(code: Code, message: &'static str, object: &Bound<'_, PyAny>) -> Box<Refusal> {
    let name = object.get_type().fully_qualified_name();
    let name = name.map_or_else(|_| "an object".to_owned(), |name| name.to_string());
    Box::new(Refusal { error: Error::new(code, message).with("found", name), path: Vec::new() })
}

/// What interrupts a walk that cannot fail: the object refuses to be looked at.
fn unreadable(object: &Bound<'_, PyAny>) -> Box<Refusal> {
    refusal(Code::BadValue, "an object that cannot be read", object)
}

/// Adds a step to the path of a refusal.
fn at<T>(walked: Walked<T>, step: impl FnOnce() -> String) -> Walked<T> {
    walked.map_err(|mut refusal| {
        refusal.path.push(step());
        refusal
    })
}

/// The common kinds first; objects that wrap others, and buffers, after them.
fn walk(object: &Bound<'_, PyAny>, depth: usize) -> Walked<Datum> {
    if let Some(datum) = scalar(object)? {
        return Ok(datum);
    }
    match container(object, depth)? {
        Some(datum) => Ok(datum),
        None => uncommon(object, depth),
    }
}

/// A bool is looked for before an int, whose class it extends.
fn scalar(object: &Bound<'_, PyAny>) -> Walked<Option<Datum>> {
    Ok(Some(if let Ok(words) = object.cast::<PyString>() {
        Datum::Text(text(words)?)
    } else if object.is_none() {
        Datum::Null
    } else if let Ok(flag) = object.cast::<PyBool>() {
        Datum::Bool(flag.is_true())
    } else if let Ok(integer) = object.cast::<PyInt>() {
        int(integer)?
    } else if let Ok(float) = object.cast::<PyFloat>() {
        Datum::Float(float.value())
    } else if let Ok(bytes) = object.cast::<PyBytes>() {
        Datum::Bytes(bytes.as_bytes().to_vec())
    } else {
        return Ok(None);
    }))
}

fn text(words: &Bound<'_, PyString>) -> Walked<String> {
    let message = "text with a lone surrogate is no Unicode text";
    words.to_str().map(str::to_owned).map_err(|_| refusal(Code::BadValue, message, words))
}

/// Of any size; digits are those of `int` itself, whatever a class that extends it says.
fn int(integer: &Bound<'_, PyInt>) -> Walked<Datum> {
    if let Ok(small) = integer.extract::<i64>() {
        return Ok(Datum::Int(small));
    }
    let digits = integer.py().get_type::<PyInt>().call_method1("__repr__", (integer,));
    let digits = digits.and_then(|digits| digits.extract::<String>());
    digits.map(Datum::Big).map_err(|_| refusal(Code::OutOfRange, "an integer with too many digits", integer))
}

fn container(object: &Bound<'_, PyAny>, depth: usize) -> Walked<Option<Datum>> {
    let within =
        || depth.checked_sub(1).ok_or_else(|| refusal(Code::TooDeep, "too many containers inside each other", object));
    Ok(Some(if let Ok(list) = object.cast::<PyList>() {
        Datum::List(items(list.iter(), within()?)?)
    } else if let Ok(dict) = object.cast::<PyDict>() {
        map(dict, within()?)?
    } else if let Ok(tuple) = object.cast::<PyTuple>() {
        sequence(tuple, within()?)?
    } else if let Ok(set) = object.cast::<PySet>() {
        Datum::Set(items(set.iter(), within()?)?)
    } else if let Ok(set) = object.cast::<PyFrozenSet>() {
        Datum::Set(items(set.iter(), within()?)?)
    } else {
        return Ok(None);
    }))
}

fn items<'py>(objects: impl Iterator<Item = Bound<'py, PyAny>>, depth: usize) -> Walked<Vec<Datum>> {
    objects.enumerate().map(|(place, item)| at(walk(&item, depth), || format!("[{place}]"))).collect()
}

fn map(dict: &Bound<'_, PyDict>, depth: usize) -> Walked<Datum> {
    let pair = |(key, value): (Bound<'_, PyAny>, Bound<'_, PyAny>)| {
        let step = || key.str().map_or_else(|_| ".?".to_owned(), |name| format!(".{name}"));
        Ok((at(walk(&key, depth), step)?, at(walk(&value, depth), step)?))
    };
    Ok(Datum::Map(dict.iter().map(pair).collect::<Walked<_>>()?))
}

/// A tuple is a list, unless it asks to be one.
fn sequence(tuple: &Bound<'_, PyTuple>, depth: usize) -> Walked<Datum> {
    let members = items(tuple.iter(), depth)?;
    let is_exact = tuple.is_exact_instance_of::<PyTuple>();
    let class = tuple_class(tuple.py()).map_err(|_| unreadable(tuple))?;
    let asks = !is_exact && tuple.is_instance(class).map_err(|_| unreadable(tuple))?;
    Ok(if asks { Datum::Tuple(members) } else { Datum::List(members) })
}

fn uncommon(object: &Bound<'_, PyAny>, depth: usize) -> Walked<Datum> {
    if let Ok(bytes) = object.cast::<PyByteArray>() {
        return Ok(Datum::Bytes(bytes.to_vec()));
    }
    let class = typed_class(object.py()).map_err(|_| unreadable(object))?;
    if object.is_instance(class).map_err(|_| unreadable(object))? {
        return walk(&object.getattr("value").map_err(|_| unreadable(object))?, depth);
    }
    let buffer = PyUntypedBuffer::get(object).ok().filter(|buffer| buffer.dimensions() == 1);
    let column = buffer.and_then(|buffer| column(object.py(), buffer));
    column.ok_or_else(|| refusal(Code::BadValue, "objects of this class are no values", object))
}

/// One dimension of numbers. Bytes are bytes; narrower numbers are widened, which is exact.
fn column(py: Python<'_>, buffer: PyUntypedBuffer) -> Option<Datum> {
    // In native byte order; the letters are those of Python's module struct.
    let format = buffer.format().to_bytes();
    let letter = format.strip_prefix(b"@").or(format.strip_prefix(b"<")).unwrap_or(format);
    match (letter, buffer.item_size()) {
        (b"B" | b"c", 1) => cells::<u8>(py, buffer).map(Datum::Bytes),
        (b"b", 1) => widened::<i8, i64>(py, buffer).map(Datum::Ints),
        (b"h", 2) => widened::<i16, i64>(py, buffer).map(Datum::Ints),
        (b"H", 2) => widened::<u16, i64>(py, buffer).map(Datum::Ints),
        (b"i" | b"l", 4) => widened::<i32, i64>(py, buffer).map(Datum::Ints),
        (b"I" | b"L", 4) => widened::<u32, i64>(py, buffer).map(Datum::Ints),
        (b"q" | b"l", 8) => cells::<i64>(py, buffer).map(Datum::Ints),
        (b"f", 4) => widened::<f32, f64>(py, buffer).map(Datum::Floats),
        (b"d", 8) => cells::<f64>(py, buffer).map(Datum::Floats),
        _ => None,
    }
}

fn cells<T: Element>(py: Python<'_>, buffer: PyUntypedBuffer) -> Option<Vec<T>> {
    buffer.into_typed::<T>().and_then(|buffer| buffer.to_vec(py)).ok()
}

fn widened<T: Element, W: From<T>>(py: Python<'_>, buffer: PyUntypedBuffer) -> Option<Vec<W>> {
    Some(cells::<T>(py, buffer)?.into_iter().map(W::from).collect())
}
