"""The compact value encoding of version 1, written from the specification.

It exists here a second time on purpose: order W breaks ties by these bytes, and an expectation that
asked the program under test for them would prove nothing. `test_golden.py` compares it with the
reference's own encoder.
"""

import struct

NULL, TRUE, FALSE, INTEGER, FLOAT, TEXT, BYTES, LIST, MAP, SMALL, SET = range(11)


def encode(value):
    """Compact bytes of a plain value; sets are ordered by member text, then member bytes."""
    if value is None:
        return bytes([NULL])
    if isinstance(value, bool):
        return bytes([TRUE if value else FALSE])
    if isinstance(value, int):
        return encode_integer(value)
    if isinstance(value, float):
        return bytes([FLOAT]) + struct.pack(">d", value)
    if isinstance(value, str):
        return counted(TEXT, value.encode("utf-8"))
    if isinstance(value, (bytes, bytearray)):
        return counted(BYTES, bytes(value))
    return encode_container(value)


def encode_integer(value):
    """One byte where it fits, eight otherwise."""
    if -128 <= value <= 127:
        return bytes([SMALL]) + struct.pack(">b", value)
    return bytes([INTEGER]) + struct.pack(">q", value)


def encode_container(value):
    """Compact bytes of a list, map or set."""
    if isinstance(value, (list, tuple)):
        return members(LIST, [encode(member) for member in value])
    if isinstance(value, dict):
        return members(MAP, [encode(key) + encode(member) for key, member in value.items()])
    if isinstance(value, (set, frozenset)):
        ordered = sorted(value, key=lambda member: (str(member).encode("utf-8"), encode(member)))
        return members(SET, [encode(member) for member in ordered])
    raise TypeError(f"no compact form for {type(value).__name__}")


def counted(tag, body):
    """Tag, byte length, bytes."""
    return bytes([tag]) + struct.pack(">I", len(body)) + body


def members(tag, parts):
    """Tag, member count, members."""
    return bytes([tag]) + struct.pack(">I", len(parts)) + b"".join(parts)
