"""The testee `second`: an implementation written from the specification and the corpus alone."""

import sys
from functools import reduce
from pathlib import Path

if __package__ in (None, ""):  # started by its path, as the runner does
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    __package__ = "second"

from . import frame, states, values, version2  # noqa: E402
from .registry import LIMITS, TAG_OF_NAME, U64_MAX, name_of, require  # noqa: E402
from .tagged import serve  # noqa: E402
from .text import py_repr, py_str  # noqa: E402
from .values import Map, is_int  # noqa: E402
from .version1 import write_state  # noqa: E402

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
    payload = found.payload if found.version == 1 else write_state(found.state)
    return {"type": name_of(found.tag), "payload": payload}

def state_of(data):
    return frame.decode(of_kind(data, bytes)).state

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

def batch_pack(given):
    return frame.batch_pack(frames_of(given.get("items")), argument(given, "compress", bool))

def joined(items):
    found = [state_of(item) for item in frames_of(items)]
    require(found, "BAD_ARGUMENT", "nothing to join")
    require(states.is_joinable(found[0]) or len(found) > 1, "NOT_MERGEABLE")
    return reduce(states.join, found)

def convert(given):
    wire, state = argument(given, "wire", int), state_of(given.get("frame"))
    require(wire in (1, 2), "BAD_ARGUMENT", "no such version")
    return frame.encode_state(state) if wire == 1 else version2.encode(state)

def seal(given):
    compress, trailer = argument(given, "compress", bool), argument(given, "trailer", bool)
    return version2.encode(state_of(given.get("frame")), compress, trailer)

def chunk(given):
    size = argument(given, "slice", int)
    require(1 <= size <= LIMITS["most_chunk_bytes"], "BAD_ARGUMENT", "no size of a slice")
    return version2.split_into_chunks(state_of(given.get("frame")), size)

def assemble(items):
    return version2.encode(version2.join_chunks([frame.decode_chunk(item) for item in frames_of(items)]))

OPERATIONS = {
    "echo": lambda value: values.decode(values.encode(value)),
    "value_encode": values.encode,
    "value_decode": lambda data: values.decode(of_kind(data, bytes)),
    **{"py_str": py_str, "py_repr": py_repr},
    "decode": lambda data: document(frame.decode(of_kind(data, bytes))),
    **{"decode_prefix": decode_prefix, "decode_within": decode_within, "encode": encode},
    "roundtrip": lambda data: frame.decode(of_kind(data, bytes)).data,
    "compress": lambda data: frame.compress(of_kind(data, bytes)),
    "peek": lambda data: frame.peek(of_kind(data, bytes)),
    "canonicalize": lambda data: frame.encode_state(state_of(data)),
    "batch_pack": batch_pack,
    "batch_unpack": lambda data: frame.batch_unpack(of_kind(data, bytes)),
    "merge": lambda items: frame.encode_state(joined(items)),
    "convert": convert,
    "state_id": lambda data: version2.state_id(state_of(data)).hex(),
    "join": lambda items: version2.encode(joined(items)),
    **{"seal": seal, "chunk": chunk, "assemble": assemble},
}
ABOUT = {"name": "second", "language": "python", "version": "2", "kind": "independent"}

if __name__ == "__main__":
    sys.setrecursionlimit(10_000)
    serve(ABOUT, OPERATIONS, [])
