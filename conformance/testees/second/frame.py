"""Frames and batches of both versions (wire.md, version-2.md 1)."""

import struct
import zlib
from collections import namedtuple

from . import values, version2
from .payloads import read_payload
from .registry import LIMITS, TAGS, Refusal, name_of, require
from .text import json_text
from .version1 import is_json, read_state, write_state
from .version2 import HEADER, MAGIC

COMPRESSED = 1

# A frame that was read; the payload is a document of version 1, the state what it stands for.
Frame = namedtuple("Frame", "version tag payload state data")

class Budget:
    """Bytes that the payloads of one reading may still inflate to, and how deep they may nest."""

    def __init__(self, inflated=None, depth=None):
        self.inflated = LIMITS["inflated_bytes"] if inflated is None else inflated
        self.depth = LIMITS["depth"] if depth is None else depth

def header(data):
    """The fields of a header after the two checks every reader begins with."""
    require(len(data) >= HEADER.size, "TOO_SHORT")
    magic, version, tag, flags, length = HEADER.unpack_from(data)
    require(magic == MAGIC, "BAD_MAGIC")
    return version, tag, flags, length

def peek(data):
    """What the header alone says."""
    version, tag, flags, length = header(data)
    is_named = tag in TAGS and TAGS[tag]["since"] <= max(version, 1)
    name = name_of(tag) if is_named else ("unknown" if version > 1 else "generic")
    return {
        "total_bytes": len(data), "header_bytes": HEADER.size, "payload_bytes": length,
        "compressed": bool(flags & COMPRESSED), "protocol_version": version, "type_name": name,
    }  # fmt: skip

def check_header(data, prefix=False):
    """Steps 1 to 7 of strict reading: how many bytes the frame takes."""
    version, tag, flags, length = header(data)
    require(version in (1, 2), "BAD_VERSION")
    if version == 2:
        version2.check_header(tag, flags, length)
    else:
        require(flags & ~COMPRESSED == 0, "BAD_FLAGS")
        require(tag in TAGS and TAGS[tag]["since"] == 1, "UNKNOWN_TYPE")
    end = HEADER.size + length
    require(end <= len(data), "TRUNCATED")
    require(prefix or end == len(data), "TRAILING_BYTES")
    return end

def decode(data, budget=None, prefix=False):
    """Strict reading of one frame."""
    budget = budget or Budget()
    data = data[: check_header(data, prefix)]
    version, tag, _, _ = header(data)
    content = plain_content(data, budget)
    if version == 2:
        return Frame(2, tag, None, version2.read_body(tag, content, budget.depth), data)
    document = read_payload(content, budget.depth) if is_json(tag) else values.decode(content, budget.depth)
    return Frame(1, tag, document, read_state(tag, document), data)

def plain_content(data, budget):
    """What a frame holds, inflated if it is compressed, without its trailer."""
    version, _, flags, _ = header(data)
    content = version2.content_of(data) if version == 2 else data[HEADER.size :]
    return inflate(content, budget) if flags & COMPRESSED else content

def inflate(payload, budget):
    """The content of a zlib stream that fills the payload."""
    stream = zlib.decompressobj()
    try:
        plain = stream.decompress(payload, budget.inflated + 1)
    except zlib.error:
        raise Refusal("BAD_ZLIB") from None
    require(len(plain) <= budget.inflated, "TOO_LARGE")
    require(stream.eof, "BAD_ZLIB")
    require(not stream.unused_data, "TRAILING_BYTES")
    budget.inflated -= len(plain)
    return plain

def encode(tag, document):
    """The frame of a document, members in the order given; what is no state of the tag is refused."""
    payload = json_text(document).encode("ascii") if is_json(tag) else values.encode(document)
    read_state(tag, document)
    return version2.build(1, tag, b"", payload)

def encode_state(state):
    """The canonical frame of a state or report."""
    return encode(state.tag, write_state(state))

def compress(data):
    """The frame with its payload compressed if that is smaller."""
    found = decode(data)
    content = plain_content(found.data, Budget())
    return version2.build(found.version, found.tag, b"", content, compress=True)

def decode_chunk(data):
    """One chunk of a stream."""
    check_header(data)
    return version2.read_chunk(data, lambda content, limit: inflate(content, Budget(limit)))

# Batches ----------------------------------------------------------------------------------------
_SIZE = struct.Struct(">I")

def batch_pack(frames, compressed):
    """A batch of frames, each checked strictly."""
    items = [compress(frame) if compressed else decode(frame).data for frame in frames]
    return _SIZE.pack(len(items)) + b"".join(_SIZE.pack(len(item)) + item for item in items)

def batch_unpack(data):
    """The frames of a batch as they stand in it."""
    items, budget = _batch_items(data), Budget()
    return [decode(item, budget).data for item in items]

def _batch_items(data):
    require(len(data) >= _SIZE.size, "TRUNCATED")
    (count,), at, items = _SIZE.unpack_from(data), _SIZE.size, []
    require(count * _SIZE.size <= len(data) - at, "TRUNCATED")
    for _ in range(count):
        require(len(data) - at >= _SIZE.size, "TRUNCATED")
        (size,) = _SIZE.unpack_from(data, at)
        at += _SIZE.size
        require(size <= len(data) - at, "TRUNCATED")
        items.append(data[at : at + size])
        check_header(items[-1])
        at += size
    require(at == len(data), "TRAILING_BYTES")
    return items
