"""How version 2 spells things (version-2.md 3). A spelling reads and writes one thing in its only form.

Reading judges everything as soon as it has been read; `order` gives what keys and members are sorted by.
"""

import math
import struct
from dataclasses import dataclass
from typing import Callable

from .orders import Stamp, by_bytes, read_stamp
from .registry import I64_MAX, I64_MIN, LIMITS, U64_MAX, require
from .values import Map, Set, utf8

CANONICAL_NAN = bytes.fromhex("000000000000f87f")

@dataclass(frozen=True)
class Spelling:
    read: Callable  # from a values.Reader
    write: Callable  # to bytes
    order: Callable = lambda value: value

    def checked(self, check):
        """The same spelling with a judgement on what was read or is to be written."""
        def read(reader):
            value = self.read(reader)
            check(value)
            return value

        def write(value):
            check(value)
            return self.write(value)
        return Spelling(read, write, self.order)

# Numbers ----------------------------------------------------------------------------------------
def read_varint(reader):
    number = 0
    for shift in range(0, 70, 7):
        byte = reader.take(1)[0]
        require(shift < 63 or byte <= 1, "OUT_OF_RANGE")
        number |= (byte & 0x7F) << shift
        if byte < 0x80:
            break
    require(byte or shift == 0, "NOT_CANONICAL", "a needless byte")
    return number

def write_varint(number):
    require(0 <= number <= U64_MAX, "OUT_OF_RANGE")
    out = bytearray()
    while number >= 0x80:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])

def unsigned(low=0, high=U64_MAX, code="BAD_SCHEMA", width=64):
    """A varint of a width, in a range."""
    def check(number):
        require(number < 1 << width, "OUT_OF_RANGE")
        require(low <= number <= high, code)
    return Spelling(read_varint, write_varint).checked(check)

def _read_i64(reader):
    number = read_varint(reader)
    return -(number >> 1) - 1 if number & 1 else number >> 1

def _write_i64(number):
    require(I64_MIN <= number <= I64_MAX, "OUT_OF_RANGE")
    return write_varint(-2 * number - 1 if number < 0 else 2 * number)

def _read_f64(reader):
    data = reader.take(8)
    number = struct.unpack("<d", data)[0]
    require(number == number or data == CANONICAL_NAN, "NOT_CANONICAL", "another NaN")
    return number

def _write_f64(number):
    return struct.pack("<d", number) if number == number else CANONICAL_NAN

def _read_bool(reader):
    byte = reader.take(1)[0]
    require(byte <= 1, "NOT_CANONICAL")
    return bool(byte)

def not_zero(number):
    require(number, "NOT_CANONICAL", "a zero that has no place")

U64, U32 = unsigned(), unsigned(width=32)
I64 = Spelling(_read_i64, _write_i64)
F64 = Spelling(_read_f64, _write_f64)
U8 = Spelling(lambda reader: reader.take(1)[0], lambda number: bytes([number]))
BOOL = Spelling(_read_bool, lambda value: bytes([value]))
I64_COUNT = unsigned(high=I64_MAX, code="OUT_OF_RANGE")

# Texts, bytes and containers --------------------------------------------------------------------
def read_count(reader, each=1):
    count = read_varint(reader)
    require(count * each <= reader.left(), "TRUNCATED")
    return count

def _read_octets(reader):
    return bytes(reader.take(read_count(reader)))

def _write_octets(data):
    return write_varint(len(data)) + data

BYTES = Spelling(_read_octets, _write_octets)
TEXT = Spelling(lambda reader: utf8(_read_octets(reader)), lambda text: _write_octets(by_bytes(text)), by_bytes)

def fixed(count):
    return Spelling(lambda reader: bytes(reader.take(count)), bytes)

def option(content):
    """None, or a content."""
    def write(value):
        return b"\x00" if value is None else b"\x01" + content.write(value)
    return Spelling(lambda reader: content.read(reader) if _read_bool(reader) else None, write)

def struct_of(*members):
    """One member after the other, as a tuple."""
    def write(values):
        return b"".join(member.write(value) for member, value in zip(members, values, strict=True))

    def order(values):
        return tuple(member.order(value) for member, value in zip(members, values))
    return Spelling(lambda reader: tuple(member.read(reader) for member in members), write, order)

def list_of(member, least=0, most=U64_MAX):
    """Members after their count, which may be bounded."""
    def read(reader):
        count = read_count(reader)
        require(least <= count <= most, "BAD_SCHEMA", "another length")
        return [member.read(reader) for _ in range(count)]
    return Spelling(read, lambda values: write_varint(len(values)) + b"".join(map(member.write, values)))

def ascending(last, following):
    """The key that follows another; it is greater."""
    require(last is None or last < following, "NOT_CANONICAL", "order or repetition")
    return following

def map_of(key, value):
    """Pairs with ascending keys; a list of pairs in memory."""
    def read(reader):
        pairs, last = [], None
        for _ in range(read_count(reader, 2)):
            name = key.read(reader)
            last = ascending(last, key.order(name))
            pairs.append((name, value.read(reader)))
        return pairs

    def write(pairs):
        pairs = sorted(pairs, key=lambda pair: key.order(pair[0]))
        return write_varint(len(pairs)) + b"".join(key.write(name) + value.write(item) for name, item in pairs)
    return Spelling(read, write)

def dict_of(key, value):
    """A map whose keys are hashable; a dictionary in memory."""
    pairs = map_of(key, value)
    return Spelling(lambda reader: dict(pairs.read(reader)), lambda content: pairs.write(content.items()))

def set_of(member, least_bytes=1):
    def read(reader):
        members, last = [], None
        for _ in range(read_count(reader, least_bytes)):
            members.append(member.read(reader))
            last = ascending(last, member.order(members[-1]))
        return members

    def write(members):
        members = sorted(members, key=member.order)
        return write_varint(len(members)) + b"".join(map(member.write, members))
    return Spelling(read, write)

# Value ------------------------------------------------------------------------------------------
def read_value(reader, opened=0, as_key=False):
    kind = read_varint(reader)
    require(kind <= 8, "BAD_VALUE_TAG")
    if kind < 6:
        return _SCALARS[kind].read(reader) if kind else None
    require(not as_key, "BAD_KEY")
    require(opened < reader.max_depth, "TOO_DEEP")
    count = read_count(reader, 2 if kind == 7 else 1)
    if kind == 6:
        return [read_value(reader, opened + 1) for _ in range(count)]
    return _read_map(reader, count, opened + 1) if kind == 7 else _read_set(reader, count, opened + 1)

def _read_map(reader, count, opened):
    found = Map((read_value(reader, opened, as_key=True), read_value(reader, opened)) for _ in range(count))
    require(len(found) == count, "NOT_CANONICAL", "a key twice")
    return found

def _read_set(reader, count, opened):
    members, last = [], None
    for _ in range(count):
        members.append(read_value(reader, opened, as_key=True))
        last = ascending(last, write_value(members[-1]))
    return Set(members)

def write_value(value, opened=0):
    if value is None:
        return b"\x00"
    for kind, (python_type, spelling) in enumerate(_SCALAR_KINDS, 1):
        if isinstance(value, python_type):
            return bytes([kind]) + spelling.write(value)
    require(opened < LIMITS["depth"], "TOO_DEEP")
    if isinstance(value, list):
        parts, kind = [write_value(item, opened + 1) for item in value], 6
    elif isinstance(value, Map):
        parts, kind = [write_value(key) + write_value(item, opened + 1) for key, item in value.items()], 7
    else:
        parts, kind = sorted(map(write_value, value.members())), 8
    return bytes([kind]) + write_varint(len(parts)) + b"".join(parts)

_SCALAR_KINDS = ((bool, BOOL), (int, I64), (float, F64), (str, TEXT), (bytes, BYTES))
_SCALARS = dict(enumerate((spelling for _, spelling in _SCALAR_KINDS), 1))
VALUE = Spelling(read_value, write_value, write_value)
SCALAR = Spelling(lambda reader: read_value(reader, as_key=True), write_value, write_value)
MAP_VALUE = VALUE.checked(lambda value: require(isinstance(value, Map), "BAD_SCHEMA"))

def _new_name(names, name):
    require(name not in names, "NOT_CANONICAL", "a name twice")
    return name

def _read_record(reader):
    record = Map()
    for _ in range(read_count(reader, 2)):
        record.put(_new_name(record, TEXT.read(reader)), read_value(reader))
    return record

def _write_record(record):
    require(all(isinstance(name, str) for name, _ in record.items()), "BAD_VALUE", "a field name that is no text")
    pairs = (TEXT.write(name) + write_value(value) for name, value in record.items())
    return write_varint(len(record)) + b"".join(pairs)

RECORD = Spelling(_read_record, _write_record)

# Stamps, dots, contexts, clocks -----------------------------------------------------------------
SPELLINGS = ("int", "float", "micros")

def _read_stamp(reader):
    kind = read_varint(reader)
    require(kind <= 2, "BAD_VALUE_TAG")
    number = struct.unpack("<d", reader.take(8))[0] if kind == 1 else _read_i64(reader)
    require(math.isfinite(number), "BAD_STAMP", "no time")
    stamp = Stamp(SPELLINGS[kind], number)
    require(kind == 2 or read_stamp(number) == stamp, "NOT_CANONICAL", "whole microseconds")
    return stamp

def _write_stamp(stamp):
    kind = SPELLINGS.index(stamp.spelling)
    return bytes([kind]) + (F64 if kind == 1 else I64).write(stamp.number)

STAMP = Spelling(_read_stamp, _write_stamp)
REGISTER_STAMP = STAMP.checked(lambda stamp: require(stamp != Stamp("int", 0), "NOT_CANONICAL", "int 0"))
def _check_dot(dot):
    not_zero(dot[1])
    require(dot[0], "BAD_TEXT", "an actor without a name")

DOT = struct_of(TEXT, U64).checked(_check_dot)
DOTS = set_of(DOT, least_bytes=2)
TEXTS = set_of(TEXT)
CLOCKS = dict_of(TEXT, U64.checked(not_zero))
COUNTS = dict_of(TEXT, I64_COUNT.checked(not_zero))

def _no_needless_exception(fields):
    contiguous, exceptions = fields
    for actor, sequence in exceptions:
        require(sequence > contiguous.get(actor, 0) + 1, "NOT_CANONICAL", "a needless exception")

CONTIGUOUS = CLOCKS.checked(lambda counts: require("" not in counts, "BAD_TEXT", "an actor without a name"))
CONTEXT = struct_of(CONTIGUOUS, DOTS).checked(_no_needless_exception)
