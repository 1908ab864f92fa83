"""Objects as frames, with the signatures of the original package. ``serialize`` writes wire version 1,
``deserialize`` reads both."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from . import clocks, core, delta, gossip, merkle, probabilistic, schema_evolution
from ._compat import frame_of, refuse
from ._errors import FAMILY_CLASSES, CrdtError, error_of
from ._generated import KINDS
from ._library import call
from ._states import State

__all__ = [
    "FLAG_COMPRESSED",
    "MAGIC",
    "PROTOCOL_VERSION",
    "WireError",
    "deserialize",
    "deserialize_batch",
    "peek_type",
    "serialize",
    "serialize_batch",
    "wire_size",
]

WireError = FAMILY_CLASSES["wire"]

MAGIC = b"CRDT"
PROTOCOL_VERSION = 1
FLAG_COMPRESSED = 1

TAG_GCOUNTER = 0x01
TAG_PNCOUNTER = 0x02
TAG_LWWREGISTER = 0x03
TAG_ORSET = 0x04
TAG_LWWMAP = 0x05
TAG_DELTA = 0x10
TAG_GENERIC = 0x20
TAG_HLL = 0x30
TAG_BLOOM = 0x31
TAG_CMS = 0x32
TAG_VECTOR_CLOCK = 0x40
TAG_DOTTED_VERSION_VECTOR = 0x41
TAG_MERKLE_TREE = 0x42
TAG_GOSSIP_STATE = 0x43
TAG_GOSSIP_ENTRY = 0x44
TAG_SCHEMA_EVOLUTION_RESULT = 0x45
TAG_SCHEMA_CHANGE = 0x46
TAG_MERKLE_DIFF = 0x47
TAG_MERGEQL_QUERY = 0x50
TAG_MERGE_PLAN = 0x51
TAG_MERGEQL_RESULT = 0x52
TAG_PARQUET_MERGE_META = 0x53
TAG_CONFLICT_RECORD = 0x54
TAG_CONFLICT_TOPOLOGY = 0x55

# What a frame of each kind is read as: states from their frames, the others from their payloads.
_STATES: dict[str, type[State]] = {
    "g_counter": core.GCounter,
    "pn_counter": core.PNCounter,
    "lww_register": core.LWWRegister,
    "or_set": core.ORSet,
    "lww_map": core.LWWMap,
    "hll": probabilistic.MergeableHLL,
    "bloom": probabilistic.MergeableBloom,
    "cms": probabilistic.MergeableCMS,
    "vector_clock": clocks.VectorClock,
    "dotted_version_vector": clocks.DottedVersionVector,
    "merkle_tree": merkle.MerkleTree,
}
_DOCUMENTS: dict[str, Any] = {
    "delta": delta.Delta,
    "gossip_state": gossip.GossipState,
    "gossip_entry": gossip.GossipEntry,
    "merkle_diff": merkle.MerkleDiff,
    "schema_change": schema_evolution.SchemaChange,
    "schema_evolution_result": schema_evolution.SchemaEvolutionResult,
}


# How the original package begins its messages.
_WORDS = {
    "TOO_SHORT": "Data too short",
    "BAD_MAGIC": "Invalid magic bytes",
    "BAD_VERSION": "Unsupported protocol version",
    "UNKNOWN_TYPE": "Unknown type tag",
    "TRUNCATED": "Payload truncated",
}


@contextmanager
def _worded() -> Iterator[None]:
    """Puts these words before those of an error."""
    try:
        yield
    except CrdtError as error:
        if error.code not in _WORDS:
            raise
        raise error_of(error.code, f"{_WORDS[error.code]}: {error.message}", error.detail) from None


def _frame(obj: object) -> bytes:
    if isinstance(obj, State):
        return obj.encode(wire=1)
    if isinstance(obj, (dict, list)):
        return frame_of("generic", obj)
    for kind, made in _DOCUMENTS.items():
        if isinstance(obj, made):
            return frame_of(kind, obj.to_dict())
    raise refuse("UNKNOWN_TYPE", f"Cannot serialize type: {type(obj).__name__}")


def serialize(obj: Any, *, compress: bool = False) -> bytes:
    """The frame of an object: a state, a report, a dictionary or a list. Raises ``UNKNOWN_TYPE`` for others."""
    frame = _frame(obj)
    compressed: bytes = call("compress", frame) if compress else frame
    return compressed


@_worded()
def deserialize(data: bytes) -> Any:
    """The object in a frame; of a kind that has no class here, the payload."""
    kind = call("frame_inspect", {"frame": data})["kind"]
    if kind in _STATES:
        return _STATES[kind].decode(data)
    if kind in KINDS and kind not in _DOCUMENTS:
        return State.decode(data)
    payload = call("decode", data)["payload"]
    return _DOCUMENTS[kind].from_dict(payload) if kind in _DOCUMENTS else payload


@_worded()
def peek_type(data: bytes) -> str:
    """The name of the kind, from the header alone."""
    name: str = call("peek", data)["type_name"]
    return name


@_worded()
def wire_size(data: bytes) -> dict[str, Any]:
    """Sizes of a frame, from the header alone."""
    sizes: dict[str, Any] = call("peek", data)
    return sizes


def serialize_batch(objects: list[Any], *, compress: bool = False) -> bytes:
    """A batch of the frames of several objects."""
    batch: bytes = call("batch_pack", {"items": [_frame(obj) for obj in objects], "compress": compress})
    return batch


@_worded()
def deserialize_batch(data: bytes) -> list[Any]:
    """The objects in a batch."""
    return [deserialize(frame) for frame in call("batch_unpack", data)]
