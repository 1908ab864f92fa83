"""Frames, identity and chunks of version 2 (version-2.md 1, 2, 5, 6, 7)."""

import hashlib
import struct
import zlib
from collections import namedtuple

from .bodies import BODIES
from .compaction import check_normal
from .registry import LIMITS, has_join, require
from .spelling import BYTES, STAMP, fixed, read_count, read_varint, unsigned, write_varint
from .states import Opaque
from .values import Reader

ZLIB, TRAILER, CHUNK = 1, 2, 4
MAGIC, HEADER = b"CRDT", struct.Struct(">4sHBBI")
TRAILER_BYTES = 16
NEVER_SENT = 2**32 - 1

# Extension fields -------------------------------------------------------------------------------
FLOOR_ID = 1
FLOORS = {0x04: fixed(0), 0x05: STAMP, 0x43: unsigned(1, code="NOT_CANONICAL")}

def read_ext(reader):
    """The extension fields by their ids (step 15)."""
    ext, last = {}, -1
    for _ in range(read_count(reader, 2)):
        number = read_varint(reader)
        require(number, "BAD_SCHEMA", "id 0")
        require(number > last, "NOT_CANONICAL", "ids not ascending")
        require(number % 2 == 0 or number == FLOOR_ID, "UNKNOWN_FIELD")
        ext[number], last = BYTES.read(reader), number
    return ext

def read_floor(tag, content):
    reader = Reader(content)
    floor = FLOORS[tag].read(reader)
    require(reader.left() == 0, "TRAILING_BYTES")
    return floor

def write_ext(state):
    fields = dict(state.ext)
    if state.floor is not None:
        fields[FLOOR_ID] = FLOORS[state.tag].write(state.floor)
    return write_varint(len(fields)) + b"".join(write_varint(n) + BYTES.write(fields[n]) for n in sorted(fields))

# Bodies -----------------------------------------------------------------------------------------
def read_body(tag, data, max_depth=None):
    """The state a body stands for (steps 12 to 18); what this implementation does not know is opaque."""
    reader = Reader(data, max_depth)
    schema = read_varint(reader)
    require(schema, "BAD_SCHEMA", "schema 0")
    if tag not in BODIES or schema > 1:
        return Opaque(tag, data)
    state = BODIES[tag].make(*BODIES[tag].fields.read(reader))
    ext = read_ext(reader)
    require(reader.left() == 0, "TRAILING_BYTES")
    if FLOOR_ID in ext:
        require(tag in FLOORS, "UNKNOWN_FIELD")
        state.floor = read_floor(tag, ext.pop(FLOOR_ID))
        check_normal(state)
    state.ext = ext
    return state if has_join(tag) or not ext else Opaque(tag, data)

def write_body(state):
    """The one body of a state."""
    if isinstance(state, Opaque):
        return state.body
    body = BODIES[state.tag]
    return write_varint(1) + body.fields.write(tuple(body.split(state))) + write_ext(state)

# Frames -----------------------------------------------------------------------------------------
def check_header(tag, flags, length):
    """Steps 4 to 6 of reading that look at the header alone."""
    require(flags & ~(ZLIB | TRAILER | CHUNK) == 0, "BAD_FLAGS")
    require(tag not in (0x00, 0xFF), "UNKNOWN_TYPE")
    require(length != NEVER_SENT, "TOO_LARGE")
    require(length >= TRAILER_BYTES or not flags & TRAILER, "TRUNCATED", "no room for the trailer")

def content_of(data, as_chunk=False):
    """The content of a frame, after its trailer was checked and taken off (step 8)."""
    flags, content = data[7], data[HEADER.size :]
    if flags & TRAILER:
        require(trailer_of(data[:-TRAILER_BYTES]) == data[-TRAILER_BYTES:], "BAD_INTEGRITY")
        content = content[:-TRAILER_BYTES]
    require(bool(flags & CHUNK) == as_chunk, "CHUNK_MISMATCH")
    return content

def trailer_of(data):
    return hashlib.sha256(data).digest()[:TRAILER_BYTES]

def build(version, tag, prefix, content, compress=False, trailer=False, flags=0):
    """A frame of either version: a prefix that stays as it is, and content that may be compressed."""
    smaller = zlib.compress(content, 6) if compress else content
    if len(smaller) < len(content):
        content, flags = smaller, flags | ZLIB
    length = len(prefix) + len(content) + (TRAILER_BYTES if trailer else 0)
    require(length < NEVER_SENT + (version == 1), "TOO_LARGE")
    data = HEADER.pack(MAGIC, version, tag, flags | (TRAILER if trailer else 0), length) + prefix + content
    return data + trailer_of(data) if trailer else data

def encode(state, compress=False, trailer=False):
    """The frame of a state; the canonical one unless asked otherwise."""
    return build(2, state.tag, b"", write_body(state), compress, trailer)

def state_id(state):
    """The 32 bytes that name a state."""
    body = write_body(state)
    length = min(len(body), NEVER_SENT)
    long_length = struct.pack(">Q", len(body)) if length == NEVER_SENT else b""
    return hashlib.sha256(HEADER.pack(MAGIC, 2, state.tag, 0, length) + long_length + body).digest()

# Chunks -----------------------------------------------------------------------------------------
# One slice of a body under way; `end` is (total length, state id) on the last chunk.
Chunk = namedtuple("Chunk", "tag stream index end slice")

def split_into_chunks(state, slice_bytes):
    """The chunk frames of a state."""
    body, name = write_body(state), state_id(state)
    starts = range(0, max(len(body), 1), slice_bytes)
    return [_chunk_frame(state.tag, name, body, start, slice_bytes) for start in starts]

def _chunk_frame(tag, name, body, start, slice_bytes):
    last = start + slice_bytes >= len(body)
    prefix = name[:16] + write_varint(start // slice_bytes) + bytes([last])
    if last:
        prefix += write_varint(len(body)) + name
    return build(2, tag, prefix, body[start : start + slice_bytes], flags=CHUNK)

def read_chunk(data, inflate):
    """One chunk of a frame whose header was checked."""
    reader = Reader(content_of(data, as_chunk=True))
    stream, index = bytes(reader.take(16)), read_varint(reader)
    is_last = reader.take(1)[0]
    require(is_last <= 1, "NOT_CANONICAL")
    end = (read_varint(reader), bytes(reader.take(32))) if is_last else None
    content = reader.take(reader.left())
    content = inflate(content, LIMITS["most_chunk_bytes"]) if data[7] & ZLIB else content
    require(len(content) <= LIMITS["most_chunk_bytes"], "TOO_LARGE")
    return Chunk(data[6], stream, index, end, bytes(content))

def join_chunks(chunks):
    """The state that the chunks of one stream make up."""
    require(len({(chunk.stream, chunk.tag) for chunk in chunks}) == 1, "CHUNK_MISMATCH")
    slices = {}
    for chunk in chunks:
        require(slices.setdefault(chunk.index, chunk) == chunk, "CHUNK_MISMATCH", "one index, two contents")
    require(sum(len(chunk.slice) for chunk in slices.values()) <= LIMITS["inflated_bytes"], "TOO_LARGE")
    body, (total, name) = _joined_body(slices)
    require(len(body) == total, "CHUNK_MISMATCH", "another total")
    tag = chunks[0].tag
    header = HEADER.pack(MAGIC, 2, tag, 0, len(body))
    require(hashlib.sha256(header + body).digest() == name, "CHUNK_MISMATCH", "another state")
    return read_body(tag, body)

def _joined_body(slices):
    lasts = [chunk for chunk in slices.values() if chunk.end]
    require(len(lasts) == 1, "CHUNK_MISMATCH", "no last chunk, or two")
    last = lasts[0]
    is_complete = len(slices) == last.index + 1 and max(slices) == last.index
    require(is_complete, "CHUNK_MISMATCH", "a chunk is missing or beyond the last")
    sizes = {len(slices[index].slice) for index in range(last.index)}
    require(len(sizes) <= 1 and 0 not in sizes, "CHUNK_MISMATCH", "slices of other lengths")
    fits = not sizes or len(last.slice) <= max(sizes)
    require(fits, "CHUNK_MISMATCH", "the last slice")
    return b"".join(slices[index].slice for index in range(last.index + 1)), last.end
