"""The nine kinds of value and their compact encoding (values.md).

null, bool, int, float, text, bytes and list are the Python types of these names. Maps and sets have
classes of their own, because Python takes 1, 1.0 and True for one key.
"""

import struct

from .registry import I64_MAX, I64_MIN, LIMITS, Refusal, require

ONE_NAN = struct.unpack(">d", bytes.fromhex("7ff8000000000000"))[0]

def identity(scalar):
    """A hashable stand-in for a scalar value: equal exactly where the values are equal."""
    if isinstance(scalar, float):
        return ("float", "nan") if scalar != scalar else ("float", struct.pack(">d", scalar))
    if isinstance(scalar, (list, Map, Set)):
        raise Refusal("BAD_KEY", "a container as map key or set member")
    return (type(scalar).__name__, scalar)

class Map:
    """Pairs in the order given; a repeated key keeps its first place and takes the last value."""

    def __init__(self, pairs=()):
        self._slots = {}
        for key, value in pairs:
            self.put(key, value)

    def put(self, key, value):
        slot = identity(key)
        first_key = self._slots[slot][0] if slot in self._slots else key
        self._slots[slot] = (first_key, value)

    def __contains__(self, key):
        return identity(key) in self._slots

    def __len__(self):
        return len(self._slots)

    def get(self, key, default=None):
        return self._slots.get(identity(key), (key, default))[1]

    def items(self):
        return list(self._slots.values())

class Set:
    """Distinct scalar members; their order says nothing."""

    def __init__(self, members=()):
        self._slots = {}
        for member in members:
            self._slots.setdefault(identity(member), member)

    def __len__(self):
        return len(self._slots)

    def members(self):
        return list(self._slots.values())

def with_one_nan(value):
    """The value with every NaN, at any depth, as the one NaN."""
    if isinstance(value, float) and value != value:
        return ONE_NAN
    if isinstance(value, list):
        return [with_one_nan(item) for item in value]
    if isinstance(value, Map):
        return Map((with_one_nan(key), with_one_nan(item)) for key, item in value.items())
    return Set(map(with_one_nan, value.members())) if isinstance(value, Set) else value

def is_int(value):
    """Whether a value is of kind int; bool is no number."""
    return isinstance(value, int) and not isinstance(value, bool)

# Writing ----------------------------------------------------------------------------------------
def encode(value, opened=0):
    """The compact bytes of a value inside `opened` containers."""
    if value is None:
        return b"\x00"
    if isinstance(value, bool):
        return b"\x01" if value else b"\x02"
    if isinstance(value, int):
        return _encode_int(value)
    if isinstance(value, float):
        return b"\x04" + struct.pack(">d", value)
    if isinstance(value, str):
        return _counted(5, value.encode("utf-8"))
    if isinstance(value, bytes):
        return _counted(6, value)
    return _encode_container(value, opened)

def _encode_int(value):
    require(I64_MIN <= value <= I64_MAX, "OUT_OF_RANGE")
    return struct.pack(">Bb", 9, value) if -128 <= value <= 127 else struct.pack(">Bq", 3, value)

def _count(tag, count):
    require(count < 2**32, "TOO_LARGE")
    return struct.pack(">BI", tag, count)

def _counted(tag, data):
    return _count(tag, len(data)) + data

def _encode_container(value, opened):
    require(opened < LIMITS["depth"], "TOO_DEEP")
    if isinstance(value, list):
        return _count(7, len(value)) + b"".join(encode(item, opened + 1) for item in value)
    if isinstance(value, Map):
        pairs = (encode(part, opened + 1) for pair in value.items() for part in pair)
        return _count(8, len(value)) + b"".join(pairs)
    require(isinstance(value, Set), "BAD_VALUE")
    return _count(10, len(value)) + b"".join(encode(member) for member in sorted_members(value))

def sorted_members(members):
    """The members of a set in the order in which they are written: by text, then by bytes."""
    from .text import py_str
    return sorted(members.members(), key=lambda member: (py_str(member).encode("utf-8"), encode(member)))

# Reading ----------------------------------------------------------------------------------------
class Reader:
    """Reads compact values from the front of some bytes."""

    too_short = "TRUNCATED"

    def __init__(self, data, max_depth=None):
        self.data, self.at = data, 0
        self.max_depth = LIMITS["depth"] if max_depth is None else max_depth

    def left(self):
        return len(self.data) - self.at

    def take(self, count):
        require(count <= self.left(), self.too_short)
        self.at += count
        return self.data[self.at - count : self.at]

    def number(self, form):
        return struct.unpack(">" + form, self.take(struct.calcsize(form)))[0]

    def value(self, opened=0, as_key=False):
        """One value; `as_key` refuses a container before anything in it is read."""
        tag = self.take(1)[0]
        require(tag <= 10, "BAD_VALUE_TAG")
        if tag in (7, 8, 10):
            return self._container(tag, opened, as_key)
        if tag in (5, 6):
            return self._string(tag)
        if tag in (3, 9):
            return self.number("q" if tag == 3 else "b")
        return self.number("d") if tag == 4 else (None, True, False)[tag]

    def _string(self, tag):
        data = self.take(self.number("I"))
        return utf8(data) if tag == 5 else bytes(data)

    def _container(self, tag, opened, as_key):
        require(opened < self.max_depth, "TOO_DEEP")
        count = self.number("I")
        require(count * (2 if tag == 8 else 1) <= self.left(), "TRUNCATED")
        require(not as_key, "BAD_KEY")
        inside = opened + 1
        if tag == 7:
            return [self.value(inside) for _ in range(count)]
        if tag == 10:
            return Set(self.value(inside, as_key=True) for _ in range(count))
        return Map((self.value(inside, as_key=True), self.value(inside)) for _ in range(count))

def utf8(data):
    """The text of UTF-8 bytes."""
    try:
        return bytes(data).decode("utf-8")
    except UnicodeDecodeError:
        raise Refusal("BAD_UTF8") from None

def decode(data, max_depth=None):
    """The one compact value that fills the bytes."""
    reader = Reader(data, max_depth)
    value = reader.value()
    require(reader.left() == 0, "TRAILING_BYTES")
    return value
