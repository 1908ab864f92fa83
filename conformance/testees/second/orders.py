"""Stamps and the orders that decide joins (orders.md)."""

import math
from dataclasses import dataclass
from fractions import Fraction

from .registry import I64_MAX, I64_MIN, require
from .values import encode, is_int, with_one_nan

MICROS = 10**6
_MICROS_BELOW = 9.2e12  # seconds; beyond it a float is never a whole number of microseconds in range

@dataclass(frozen=True)
class Stamp:
    """The time of a write: "micros" (int), "int" or "float" seconds."""

    spelling: str
    number: object

    def seconds(self):
        """The exact time."""
        return Fraction(self.number, MICROS) if self.spelling == "micros" else Fraction(self.number)

    def wire_1(self):
        """The value version 1 carries: seconds."""
        return self.number / MICROS if self.spelling == "micros" else self.number

    def order(self):
        """Orders stamps: exact time, then the compact bytes of version 1."""
        return self.seconds(), encode(self.wire_1())

ZERO = Stamp("micros", 0)

def read_register_stamp(number):
    """The stamp of a register, where int 0 is read as 0.0."""
    stamp = read_stamp(number)
    return stamp if stamp.number else ZERO

def read_stamp(number):
    """The stamp a number of version 1 spells; refused with BAD_SCHEMA if it spells none."""
    if number is None:
        return ZERO
    if is_int(number):
        require(I64_MIN <= number <= I64_MAX, "OUT_OF_RANGE")
        return Stamp("int", number)
    require(isinstance(number, float) and math.isfinite(number), "BAD_SCHEMA", "no stamp")
    return _float_stamp(number)

def _float_stamp(seconds):
    """A float that is the nearest one to a whole number of microseconds is that number."""
    if abs(seconds) < _MICROS_BELOW:
        below = math.floor(Fraction(seconds) * MICROS)
        for micros in (below, below + 1):
            if I64_MIN <= micros <= I64_MAX and micros / MICROS == seconds:
                return Stamp("micros", micros)
    return Stamp("float", seconds)

def value_bytes(value):
    """The bytes that decide, where all NaN are one; what they do not tell apart is equal, its raw bytes decide last."""
    return encode(with_one_nan(value))

def register_key(value, stamp, node):
    """Order W of registers."""
    return stamp.seconds(), by_bytes(node), value_bytes(value), encode(stamp.wire_1()), encode(value)

def gossip_key(value, clock, tombstone):
    """Order W of gossip entries; `clock` maps nodes to counters."""
    slots = sorted((by_bytes(node), count) for node, count in clock.items())
    return sum(clock.values()), slots, tombstone, value_bytes(value), encode(value)

def record_key(content_hash, record):
    """Order W of Merkle records; no record is lowest."""
    return content_hash, *((b"", b"") if record is None else (value_bytes(record), encode(record)))

def by_bytes(text):
    """The order of text: its UTF-8 bytes."""
    return text.encode("utf-8")

def sorted_pairs(mapping):
    """The pairs of a dictionary with text keys in canonical order."""
    return sorted(mapping.items(), key=lambda pair: by_bytes(pair[0]))

def sorted_text(texts):
    """Texts in canonical order."""
    return sorted(texts, key=by_bytes)
