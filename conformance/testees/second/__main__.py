"""The testee `second`: an implementation written from the specification and the corpus alone."""

import sys
from pathlib import Path

if __package__ in (None, ""):  # started by its path, as the runner does
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    __package__ = "second"

from . import frame, states, values  # noqa: E402
from .registry import LIMITS, TAG_OF_NAME, U64_MAX, require  # noqa: E402
from .tagged import serve  # noqa: E402
from .text import py_repr, py_str  # noqa: E402
from .values import Map, is_int  # noqa: E402

def argument(given, name, kind, missing=None):
    """One member of an argument; another kind is refused."""
    require(isinstance(given, Map), "BAD_ARGUMENT")
    if name not in given and missing is not None:
        return missing
    return of_kind(given.get(name), kind)

def of_kind(value, kind):
    fits = is_int(value) if kind is int else isinstance(value, kind)
    require(fits, "BAD_ARGUMENT", f"no {kind.__name__}")
    return value

def frames_of(items):
    return [of_kind(item, bytes) for item in of_kind(items, list)]

def document(found):
    return {"type": frame.name_of(found.tag), "payload": found.payload}

def echo(value):
    values.encode(value)
    return value

def decode(data):
    return document(frame.decode(of_kind(data, bytes)))

def decode_prefix(data):
    found = frame.decode(of_kind(data, bytes), prefix=True)
    return {**document(found), "consumed": len(found.data)}

def decode_within(given):
    limits = [argument(given, name, int, U64_MAX) for name in ("max_inflated", "max_depth")]
    budget = frame.Budget(min(limits[0], LIMITS["inflated_bytes"]), min(limits[1], LIMITS["depth"]))
    return document(frame.decode(argument(given, "frame", bytes), budget))

def encode(given):
    name = argument(given, "type", str)
    require(name in TAG_OF_NAME, "BAD_ARGUMENT", "no kind is called so")
    return frame.encode(TAG_OF_NAME[name], given.get("payload"))

def canonicalize(data):
    return frame.encode_state(frame.decode(of_kind(data, bytes)).state)

def batch_pack(given):
    return frame.batch_pack(frames_of(given.get("items")), argument(given, "compress", bool))

def merge(items):
    found = [frame.decode(item).state for item in frames_of(items)]
    require(found, "BAD_ARGUMENT", "nothing to join")
    joined = found[0]
    require(states.is_joinable(joined) or len(found) > 1, "NOT_MERGEABLE")
    for other in found[1:]:
        joined = states.join(joined, other)
    return frame.encode_state(joined)

OPERATIONS = {
    "echo": echo,
    "value_encode": values.encode,
    "value_decode": lambda data: values.decode(of_kind(data, bytes)),
    "py_str": py_str,
    "py_repr": py_repr,
    "decode": decode,
    "decode_prefix": decode_prefix,
    "decode_within": decode_within,
    "encode": encode,
    "roundtrip": lambda data: frame.decode(of_kind(data, bytes)).data,
    "compress": lambda data: frame.compress(of_kind(data, bytes)),
    "peek": lambda data: frame.peek(of_kind(data, bytes)),
    "canonicalize": canonicalize,
    "batch_pack": batch_pack,
    "batch_unpack": lambda data: frame.batch_unpack(of_kind(data, bytes)),
    "merge": merge,
}
ABOUT = {"name": "second", "language": "python", "version": "1", "kind": "independent"}

if __name__ == "__main__":
    sys.setrecursionlimit(10_000)
    serve(ABOUT, OPERATIONS, [])
