"""A template: a small testee that implements `echo` and `decode` from the specification alone.

Copy it, keep the loop, replace the operations by calls of your own implementation, and add the ones you
have; list what you do not have by leaving it out of OPERATIONS. It needs nothing but Python.
"""

import json
import struct
import sys
import zlib

NAMES = {
    0x01: "g_counter", 0x02: "pn_counter", 0x03: "lww_register", 0x04: "or_set", 0x05: "lww_map",
    0x10: "delta", 0x20: "generic", 0x30: "hll", 0x31: "bloom", 0x32: "cms",
    0x40: "vector_clock", 0x41: "dotted_version_vector", 0x42: "merkle_tree", 0x43: "gossip_state",
    0x44: "gossip_entry", 0x45: "schema_evolution_result", 0x46: "schema_change", 0x47: "merkle_diff",
    0x50: "mergeql_query", 0x51: "merge_plan", 0x52: "mergeql_result", 0x53: "parquet_merge_metadata",
    0x54: "conflict_record", 0x55: "conflict_topology",
}
GENERIC = 0x20
MAX_DEPTH = 128
MAX_INFLATED = 256 << 20
CONTAINERS = ("l", "m", "set")


class Refusal(Exception):
    """A code of spec/errors.toml."""


class NotOffered(Exception):
    """The template does not go this far."""


# Values stay in the tagged form of the corpus all the way: nothing can be rounded.


def echo(value):
    """The value, after checking that it is one."""
    check(value)
    return value


def check(value):
    """Refuses what no value of version 1 can hold."""
    if value is None or isinstance(value, bool):
        return
    ((tag, body),) = value.items()
    if tag == "i" and not -(2**63) <= int(body) < 2**63:
        raise Refusal("OUT_OF_RANGE")
    if tag == "l":
        any(check(item) for item in body)
    if tag == "set":
        any(check_key(item) for item in body)
    if tag == "m":
        any(check_key(key) or check(item) for key, item in body)


def check_key(value):
    """Keys and members of sets are no containers."""
    if isinstance(value, dict) and next(iter(value)) in CONTAINERS:
        raise Refusal("BAD_KEY")
    check(value)


class Reader:
    """Compact values from bytes."""

    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, count):
        if count > len(self.data) - self.at:
            raise Refusal("TRUNCATED")
        self.at += count
        return self.data[self.at - count : self.at]

    def number(self, form):
        return struct.unpack(">" + form, self.take(struct.calcsize(form)))[0]

    def count(self, each):
        found = self.number("I")
        if found * each > len(self.data) - self.at:
            raise Refusal("TRUNCATED")
        return found

    def value(self, depth=0):
        tag = self.take(1)[0]
        if tag in (7, 8, 10) and depth >= MAX_DEPTH:
            raise Refusal("TOO_DEEP")
        if tag in (0, 1, 2):
            return (None, True, False)[tag]
        if tag in (3, 9):
            return {"i": str(self.number("q" if tag == 3 else "b"))}
        if tag == 4:
            return {"f": self.take(8).hex()}
        if tag == 5:
            return {"s": text(self.take(self.number("I")))}
        if tag == 6:
            return {"b": self.take(self.number("I")).hex()}
        if tag == 7:
            return {"l": [self.value(depth + 1) for _ in range(self.count(1))]}
        if tag == 8:
            return {"m": last_wins([self.pair(depth + 1) for _ in range(self.count(2))])}
        if tag == 10:
            return {"set": once([self.key(depth + 1) for _ in range(self.count(1))])}
        raise Refusal("BAD_VALUE_TAG")

    def pair(self, depth):
        return [self.key(depth), self.value(depth)]

    def key(self, depth):
        key = self.value(depth)
        if isinstance(key, dict) and next(iter(key)) in CONTAINERS:
            raise Refusal("BAD_KEY")
        return key


def text(data):
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise Refusal("BAD_UTF8") from None


def last_wins(pairs):
    """A key given twice keeps its first place and takes the last value."""
    found = {}
    for key, value in pairs:
        found.setdefault(json.dumps(key), [key, None])[1] = value
    return list(found.values())


def once(members):
    return list({json.dumps(member): member for member in members}.values())


def decode(argument):
    """Strict reading of a frame: the checks in the order of the specification."""
    data = bytes.fromhex(argument["b"])
    if len(data) < 12:
        raise Refusal("TOO_SHORT")
    magic, version, tag, flags, length = struct.unpack(">4sHBBI", data[:12])
    if magic != b"CRDT":
        raise Refusal("BAD_MAGIC")
    if version != 1:
        raise Refusal("BAD_VERSION")
    if flags & ~1:
        raise Refusal("BAD_FLAGS")
    if tag not in NAMES:
        raise Refusal("UNKNOWN_TYPE")
    payload = data[12 : 12 + length]
    if len(payload) < length:
        raise Refusal("TRUNCATED")
    if len(data) > 12 + length:
        raise Refusal("TRAILING_BYTES")
    if flags:
        payload = inflate(payload)
    if tag >= 0x40:
        raise NotOffered("JSON payloads")
    reader = Reader(payload)
    value = reader.value()
    if reader.at < len(payload):
        raise Refusal("TRAILING_BYTES")
    if tag != GENERIC:
        raise NotOffered("the schema of this kind")
    return {"m": [[{"s": "type"}, {"s": NAMES[tag]}], [{"s": "payload"}, value]]}


def inflate(payload):
    stream = zlib.decompressobj()
    try:
        found = stream.decompress(payload, MAX_INFLATED + 1)
    except zlib.error:
        raise Refusal("BAD_ZLIB") from None
    if len(found) > MAX_INFLATED:
        raise Refusal("TOO_LARGE")
    if not stream.eof:
        raise Refusal("BAD_ZLIB")
    if stream.unused_data:
        raise Refusal("TRAILING_BYTES")
    return found


OPERATIONS = {"echo": echo, "decode": decode}
FEATURES = ["version_1_only"]
ABOUT = {"name": "template", "language": "python", "version": "1", "kind": "template"}


def reply(request):
    """The answer to one line, or none when the conversation is over."""
    if request["cmd"] == "hello":
        return {"protocol": 1, "impl": ABOUT, "ops": sorted(OPERATIONS), "features": FEATURES}
    if request["cmd"] != "run":
        return None
    seq = request["seq"]
    try:
        return {"seq": seq, "out": OPERATIONS[request["op"]](request["in"])}
    except KeyError:
        return {"seq": seq, "skip": "not offered"}
    except NotOffered as reason:
        return {"seq": seq, "skip": str(reason)}
    except Refusal as refusal:
        return {"seq": seq, "error": {"code": str(refusal), "message": ""}}


def main():
    for line in sys.stdin:
        answer = reply(json.loads(line))
        if answer is None:
            return
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
