"""The states of all kinds and their joins (laws.md).

A state is a value: `join` makes a new one and leaves both operands as they were.
"""

import math
from dataclasses import dataclass, field

from .orders import by_bytes, gossip_key, record_key, register_key
from .registry import require
from .values import identity


def maximum_by_key(left, right):
    """Slot by slot the greater number; a missing slot is lowest."""
    joined = dict(left)
    for key, number in right.items():
        joined[key] = max(number, joined.get(key, number))
    return joined


def join_by_key(left, right, join):
    """Slot by slot the join of two values; a missing slot is lowest."""
    joined = dict(left)
    for key, value in right.items():
        joined[key] = join(joined[key], value) if key in joined else value
    return joined


# Counters ---------------------------------------------------------------------------------------


@dataclass
class GCounter:
    tag = 0x01
    counts: dict

    def join(self, other):
        return GCounter(maximum_by_key(self.counts, other.counts))


@dataclass
class PnCounter:
    tag = 0x02
    pos: GCounter
    neg: GCounter

    def join(self, other):
        return PnCounter(self.pos.join(other.pos), self.neg.join(other.neg))


# Registers --------------------------------------------------------------------------------------


@dataclass
class Register:
    tag = 0x03
    value: object
    stamp: object
    node: str

    def key(self):
        return register_key(self.value, self.stamp, self.node)

    def join(self, other):
        return max(self, other, key=Register.key)


@dataclass
class LwwMap:
    tag = 0x05
    registers: dict
    tombstones: dict

    def join(self, other):
        tombstones = join_by_key(self.tombstones, other.tombstones, _later)
        return LwwMap(join_by_key(self.registers, other.registers, Register.join), tombstones)

    def is_dominated(self, key):
        """Whether the tombstone of a key is before its register."""
        register = self.registers.get(key)
        return register is not None and self.tombstones[key].seconds() < register.stamp.seconds()


def _later(left, right):
    return max(left, right, key=lambda stamp: stamp.key())


# Observed-remove set ----------------------------------------------------------------------------


@dataclass
class Context:
    """A set of dots: per actor all of 1 … n, and exceptions beyond."""

    contiguous: dict = field(default_factory=dict)
    exceptions: set = field(default_factory=set)

    def covers(self, dot):
        return dot[1] <= self.contiguous.get(dot[0], 0) or dot in self.exceptions

    def normalised(self):
        """The same dots with every gap closed that can be; actors without dots left out."""
        contiguous = {actor: count for actor, count in self.contiguous.items() if count > 0}
        exceptions = set()
        for actor, sequence in sorted(self.exceptions):
            if sequence == contiguous.get(actor, 0) + 1:
                contiguous[actor] = sequence
            elif sequence > contiguous.get(actor, 0):
                exceptions.add((actor, sequence))
        return Context(contiguous, exceptions)

    def join(self, other):
        contiguous = maximum_by_key(self.contiguous, other.contiguous)
        return Context(contiguous, self.exceptions | other.exceptions).normalised()

    def size(self):
        return sum(self.contiguous.values()) + len(self.exceptions)


@dataclass
class Element:
    """What is known of one element of a set."""

    value: object
    dots: set = field(default_factory=set)
    plain: set = field(default_factory=set)
    removed: set = field(default_factory=set)


@dataclass
class OrSet:
    tag = 0x04
    elements: dict  # identity -> Element
    context: Context

    def element(self, value):
        """What is known of an element, after making it known."""
        return self.elements.setdefault(identity(value), Element(value))

    def join(self, other):
        self._check_conflicts(other)
        joined = OrSet({}, self.context.join(other.context))
        for key in {**self.elements, **other.elements}:
            known = self.elements.get(key) or other.elements[key]
            left = self.elements.get(key) or Element(known.value)
            right = other.elements.get(key) or Element(known.value)
            joined.elements[key] = self._join_element(left, right, other.context)
        return joined

    def _check_conflicts(self, other):
        owners = {dot: key for key, element in self.elements.items() for dot in element.dots}
        for key, element in other.elements.items():
            require(all(owners.get(dot, key) == key for dot in element.dots), "DOT_CONFLICT")

    def _join_element(self, left, right, right_context):
        dots = join_dots(left.dots, self.context, right.dots, right_context)
        removed = left.removed | right.removed
        return Element(left.value, dots, (left.plain | right.plain) - removed, removed)


def join_dots(left, left_context, right, right_context):
    """The live dots of a join: live on both sides, or live on one and unseen by the other."""
    only_left = {dot for dot in left - right if not right_context.covers(dot)}
    only_right = {dot for dot in right - left if not left_context.covers(dot)}
    return (left & right) | only_left | only_right


# Sketches of version 1 --------------------------------------------------------------------------


@dataclass
class Hll:
    tag = 0x30
    precision: int
    registers: list

    def join(self, other):
        require(self.precision == other.precision, "PARAMETER_MISMATCH")
        return Hll(self.precision, list(map(max, self.registers, other.registers)))


@dataclass
class Bloom:
    tag = 0x31
    capacity: int
    fp_rate: float
    size: int
    hashes: int
    bits: bytes
    count: int

    def join(self, other):
        require((self.size, self.hashes) == (other.size, other.hashes), "PARAMETER_MISMATCH")
        bits = bytes(left | right for left, right in zip(self.bits, other.bits))
        capacity, rate = max(self.capacity, other.capacity), min(self.fp_rate, other.fp_rate)
        count = self.estimated_count(self.size, self.hashes, bits)
        count = max(self.count, other.count) if count is None else count
        return Bloom(capacity, rate, self.size, self.hashes, bits, count)

    @staticmethod
    def estimated_count(size, hashes, bits):
        """How many items the bits suggest; none if all are set."""
        ones = sum(byte.bit_count() for byte in bits)
        if ones == size:
            return None
        return math.trunc(-size / hashes * math.log(max(1 - ones / size, 1e-10)))


@dataclass
class Cms:
    tag = 0x32
    width: int
    depth: int
    table: list
    total: int

    def join(self, other):
        require((self.width, self.depth) == (other.width, other.depth), "PARAMETER_MISMATCH")
        table = [list(map(max, *rows)) for rows in zip(self.table, other.table)]
        return Cms(self.width, self.depth, table, max(self.total, other.total))


# Clocks -----------------------------------------------------------------------------------------


@dataclass
class VectorClock:
    tag = 0x40
    clocks: dict

    def join(self, other):
        return VectorClock(maximum_by_key(self.clocks, other.clocks))


@dataclass
class DottedVersionVector:
    tag = 0x41
    base: VectorClock
    dot: object  # (node, counter) or none

    def effective(self):
        """The base with the slot of the dot raised to it."""
        return VectorClock(maximum_by_key(self.base.clocks, dict([self.dot] if self.dot else [])))

    def join(self, other):
        return DottedVersionVector(self.effective().join(other.effective()), None)


# Merkle tree and gossip -------------------------------------------------------------------------


@dataclass
class MerkleTree:
    tag = 0x42
    branching_factor: int
    records: dict  # key -> (content hash, record or none)

    def join(self, other):
        greater = max(self.branching_factor, other.branching_factor)
        return MerkleTree(greater, join_by_key(self.records, other.records, _greater_record))


def _greater_record(left, right):
    return max(left, right, key=lambda entry: record_key(*entry))


@dataclass
class GossipEntry:
    value: object
    clock: VectorClock
    tombstone: bool

    def key(self):
        return gossip_key(self.value, self.clock.clocks, self.tombstone)

    def join(self, other):
        return max(self, other, key=GossipEntry.key)


@dataclass
class GossipState:
    tag = 0x43
    node: str
    fanout: int
    entries: dict
    clock: VectorClock

    def join(self, other):
        entries = join_by_key(self.entries, other.entries, GossipEntry.join)
        return GossipState(self.node, self.fanout, entries, self.clock.join(other.clock))


# What is no state -------------------------------------------------------------------------------


@dataclass
class Delta:
    tag = 0x10
    added: list
    modified: list
    removed: list
    version: int
    stamp: object
    source: str


@dataclass
class EntryMessage:
    tag = 0x44
    key: str
    entry: GossipEntry


@dataclass
class Report:
    """A value nobody interprets, or a result for people: its payload in canonical form."""

    tag: int
    payload: object


def is_joinable(state):
    return hasattr(state, "join")


def join(left, right):
    """The join of two states."""
    require(left.tag == right.tag, "TYPE_MISMATCH")
    require(is_joinable(left), "NOT_MERGEABLE")
    return left.join(right)


def sorted_text(texts):
    """Texts in canonical order."""
    return sorted(texts, key=by_bytes)
