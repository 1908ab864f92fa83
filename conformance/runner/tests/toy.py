"""A good testee small enough to test the runner with: echo, decode, and joins of registers.

It builds on the template and adds `merge` for last-writer-wins registers, written from the rule for ties.
"""

import os
import struct
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "testees", "template", "python"))

import testee  # noqa: E402

REGISTER = 0x03


def encode(value):
    """Compact bytes of a tagged value."""
    if value is None or isinstance(value, bool):
        return bytes([{None: 0, True: 1, False: 2}[value]])
    ((tag, body),) = value.items()
    if tag == "i":
        number = int(body)
        return struct.pack(">Bb", 9, number) if -128 <= number <= 127 else struct.pack(">Bq", 3, number)
    if tag == "f":
        return b"\x04" + bytes.fromhex(body)
    if tag in ("s", "b"):
        data = body.encode() if tag == "s" else bytes.fromhex(body)
        return struct.pack(">BI", 5 if tag == "s" else 6, len(data)) + data
    parts = [item for pair in body for item in pair] if tag == "m" else body
    return struct.pack(">BI", {"l": 7, "m": 8, "set": 10}[tag], len(body)) + b"".join(map(encode, parts))


def register(frame):
    """The members of a register's frame."""
    data = bytes.fromhex(frame["b"])
    if data[6] != REGISTER:
        raise testee.NotOffered("another kind than a register")
    return {key["s"]: value for key, value in testee.Reader(data[12:]).value()["m"]}


def seconds(stamp):
    ((tag, body),) = stamp.items()
    return int(body) if tag == "i" else struct.unpack(">d", bytes.fromhex(body))[0]


def order(members):
    """What is compared: stamp, node, bytes of the value, bytes of the stamp."""
    node = members["node_id"]["s"].encode()
    return seconds(members["timestamp"]), node, encode(members["value"]), encode(members["timestamp"])


def merge(argument):
    winner = max((register(frame) for frame in argument["l"]), key=order)
    payload = encode({"m": [[{"s": key}, value] for key, value in winner.items()]})
    return {"b": (b"CRDT\x00\x01\x03\x00" + struct.pack(">I", len(payload)) + payload).hex()}


testee.OPERATIONS["merge"] = merge

if __name__ == "__main__":
    testee.main()
