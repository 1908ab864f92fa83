"""Reading members of documents (wire.md 7): each reader gives the member or refuses."""

from .registry import I64_MAX, I64_MIN, require
from .values import Map, is_int

REQUIRED = object()

def that(test):
    """A reader of values that pass a test."""
    def read(value):
        require(test(value), "BAD_SCHEMA")
        return value
    return read

as_map = that(lambda value: isinstance(value, Map))
as_text = that(lambda value: isinstance(value, str))
as_bool = that(lambda value: isinstance(value, bool))
as_any_int = that(is_int)
as_number = that(lambda value: isinstance(value, float) or is_int(value))  # it keeps its kind

def as_object(value):
    """A map whose keys are text, as a dictionary."""
    pairs = as_map(value).items()
    require(all(isinstance(key, str) for key, _ in pairs), "BAD_SCHEMA")
    return dict(pairs)

def as_i64(value):
    require(I64_MIN <= as_any_int(value) <= I64_MAX, "OUT_OF_RANGE")
    return value

def as_float(value):
    try:
        return float(as_number(value))
    except OverflowError:
        return float("inf") if value > 0 else float("-inf")

def int_in(low, high):
    """A reader of ints in a range; every other number is BAD_SCHEMA."""
    return that(lambda value: is_int(value) and low <= value <= high)

def one_of(*words):
    return that(lambda value: isinstance(value, str) and value in words)

def any_value(value):
    """Any value a state can hold: ints in it have 64 bits."""
    if is_int(value):
        return as_i64(value)
    if isinstance(value, list):
        return [any_value(item) for item in value]
    if isinstance(value, Map):
        return Map((any_value(key), any_value(item)) for key, item in value.items())
    return value

def as_is(value):
    return value

def list_of(read):
    def read_list(value):
        require(isinstance(value, list), "BAD_SCHEMA")
        return [read(item) for item in value]
    return read_list

def object_of(read):
    def read_object(value):
        return {key: read(item) for key, item in as_object(value).items()}
    return read_object

def optional(read):
    return lambda value: None if value is None else read(value)

def member(document, name, read, missing=REQUIRED, null_is_missing=False):
    """One member of a document; `missing` is made afresh by calling it where it is callable."""
    value = document.get(name) if name in document else REQUIRED
    if value is REQUIRED or (null_is_missing and value is None):
        require(missing is not REQUIRED, "BAD_SCHEMA", f"{name} is missing")
        return missing() if callable(missing) else missing
    return read(value)

def check_type(document, name, member_name="type"):
    """The member that repeats the name of the kind, if it is there."""
    as_map(document)
    if member_name in document:
        require(document.get(member_name) == name, "BAD_SCHEMA", "another kind")
    return document
