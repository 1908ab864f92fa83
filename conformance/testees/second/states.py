"""The states of all kinds and their joins (laws.md).

Most states are tuples of joins: `lattice` names the fields and how each of them joins. A join makes a new
state and leaves both operands as they were.
"""

import math
import operator
from copy import copy
from dataclasses import dataclass, field, make_dataclass

from .compaction import join_with_floors
from .orders import Stamp, gossip_key, record_key, register_key
from .registry import TAGS, Refusal, has_join, require
from .values import identity

class State:
    """What every state carries beside its own content."""

    ext = {}  # extension fields with even ids
    floor = None  # what compaction has settled

def lattice(tag, **joins):
    """A kind of state whose fields join one by one."""
    def join(self, other):
        return type(self)(*(join(getattr(self, name), getattr(other, name)) for name, join in joins.items()))
    return make_dataclass("Lattice", joins, bases=(State,), namespace={"tag": tag, "join": join})

def record(tag, *names):
    """A kind with named fields that has no join, or a join of its own."""
    return make_dataclass("Record", names, bases=(State,), namespace={"tag": tag} if tag else {})

def joined(left, right):
    return left.join(right)

def first(left, _):
    return left

def equal(left, right):
    """Parameters are no part of the lattice."""
    require(left == right, "PARAMETER_MISMATCH")
    return left

def slots(join):
    """Key by key; a missing slot is lowest."""
    def join_slots(left, right):
        both = {key: join(left[key], right[key]) for key in left.keys() & right.keys()}
        return {**left, **right, **both}
    return join_slots

def cells(join):
    """Place by place; the number of places is a parameter."""
    return lambda left, right: list(map(join, left, right)) if equal(len(left), len(right)) else []

def parts(*joins):
    """Part by part of a tuple."""
    return lambda left, right: tuple(join(*pair) for join, *pair in zip(joins, left, right))

def greater(key):
    """The maximum of a total order."""
    return lambda left, right: max(left, right, key=key)

MAX_SLOTS = slots(max)

# Counters, clocks, registers --------------------------------------------------------------------
GCounter = lattice(0x01, counts=MAX_SLOTS)
PnCounter = lattice(0x02, pos=joined, neg=joined)
# Rights are by creator and holder; used is what each actor has spent.
BoundedCounter = lattice(0x0A, rights=slots(MAX_SLOTS), used=MAX_SLOTS)
VectorClock = lattice(0x40, clocks=MAX_SLOTS)

class DottedVersionVector(record(0x41, "base", "dot")):
    """The dot is a pair of node and counter, or none."""

    def effective(self):
        """The base with the slot of the dot raised to it."""
        return VectorClock(MAX_SLOTS(self.base.clocks, dict([self.dot] if self.dot else [])))

    def join(self, other):
        return DottedVersionVector(self.effective().join(other.effective()), None)

class Register(record(0x03, "value", "stamp", "node")):
    def order(self):
        return register_key(self.value, self.stamp, self.node)

    def join(self, other):
        return max(self, other, key=Register.order)

class LwwMap(lattice(0x05, registers=slots(joined), tombstones=slots(greater(Stamp.order)))):
    def is_dominated(self, key):
        """Whether the tombstone of a key is before its register."""
        register = self.registers.get(key)
        return register is not None and self.tombstones[key].seconds() < register.stamp.seconds()

# Sets and other maps of dots --------------------------------------------------------------------
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
        contiguous = MAX_SLOTS(self.contiguous, other.contiguous)
        return Context(contiguous, self.exceptions | other.exceptions).normalised()

    def size(self):
        return sum(self.contiguous.values()) + len(self.exceptions)

def join_dots(left, left_context, right, right_context):
    """The live dots of a join: live on both sides, or live on one and unseen by the other."""
    only_left = {dot for dot in left - right if not right_context.covers(dot)}
    only_right = {dot for dot in right - left if not left_context.covers(dot)}
    return (left & right) | only_left | only_right

class DotMap(record(None, "tag", "live", "context")):
    """A multi-value register, a remove-wins set or a flag (multi-value.md): marks of live dots."""

    def join(self, other):
        both = self.live.keys() & other.live.keys()
        require(all(self.live[dot] == other.live[dot] for dot in both), "DOT_CONFLICT")
        dots = join_dots(self.live.keys(), self.context, other.live.keys(), other.context)
        marks = {**self.live, **other.live}
        return DotMap(self.tag, {dot: marks[dot] for dot in dots}, self.context.join(other.context))

@dataclass
class Element:
    """What is known of one element of a set."""

    value: object
    dots: set = field(default_factory=set)
    plain: set = field(default_factory=set)
    removed: set = field(default_factory=set)
    removed_dots: set = field(default_factory=set)  # only while a document is read
    is_listed: bool = False  # named by `elements` of a frame of version 1

    def says_something(self):
        return bool(self.dots or self.plain or self.removed)

class OrSet(record(0x04, "elements", "context")):
    """Elements by their identity."""

    def element(self, value):
        """What is known of an element, after making it known."""
        return self.elements.setdefault(identity(value), Element(value))

    def has_dead_dots(self):
        """Whether the context covers a dot that is not live."""
        return self.context.size() > sum(len(element.dots) for element in self.elements.values())

    def check_dots(self, other=None):
        """One dot, one element: here, or here and in another set."""
        owners = {}
        for state in filter(None, (self, other)):
            for key, element in state.elements.items():
                require(all(owners.setdefault(dot, key) == key for dot in element.dots), "DOT_CONFLICT")

    def join(self, other):
        self.check_dots(other)
        elements = {}
        for key, known in {**other.elements, **self.elements}.items():
            nothing = Element(known.value)
            left, right = self.elements.get(key, nothing), other.elements.get(key, nothing)
            elements[key] = self._join_element(left, right, other.context)
        return OrSet(elements, self.context.join(other.context))

    def _join_element(self, left, right, right_context):
        dots = join_dots(left.dots, self.context, right.dots, right_context)
        removed = left.removed | right.removed
        is_listed = left.is_listed or right.is_listed
        return Element(left.value, dots, (left.plain | right.plain) - removed, removed, is_listed=is_listed)

# Sketches ---------------------------------------------------------------------------------------
Hll = lattice(0x30, precision=equal, registers=cells(max))

class Bloom(lattice(0x31, capacity=max, fp_rate=min, size=equal, hashes=equal, bits=cells(operator.or_), count=max)):
    def join(self, other):
        result = super().join(other)
        estimate = result.estimated_count()
        result.count = result.count if estimate is None else estimate
        return result

    def estimated_count(self):
        """How many items the bits suggest; none if all are set."""
        ones = sum(byte.bit_count() for byte in self.bits)
        if ones == self.size:
            return None
        return math.trunc(-self.size / self.hashes * math.log(max(1 - ones / self.size, 1e-10)))

Cms = lattice(0x32, width=equal, depth=equal, table=cells(cells(max)), total=max)
HllNative = lattice(0x33, seed=equal, precision=equal, registers=cells(max))
BloomNative = lattice(0x34, seed=equal, blocks=equal, bits=cells(operator.or_))
# A node has its cells row by row, and their total.
CmsNative = lattice(0x35, seed=equal, width=equal, depth=equal, nodes=slots(parts(cells(max), max)))
MinHash = lattice(0x36, seed=equal, signature=cells(min))

# Merkle tree and gossip -------------------------------------------------------------------------
# A record is its content hash, and itself or none.
MerkleTree = lattice(0x42, branching_factor=max, records=slots(greater(lambda entry: record_key(*entry))))

class GossipEntry(record(0x44, "key", "value", "clock", "tombstone")):
    def order(self):
        return gossip_key(self.value, self.clock.clocks, self.tombstone)

    def join(self, other):
        return max(self, other, key=GossipEntry.order)

GossipState = lattice(0x43, node=first, fanout=first, entries=slots(joined), clock=joined)

# What is no state -------------------------------------------------------------------------------
Delta = record(0x10, "added", "modified", "removed", "version", "stamp", "source")
# A value nobody interprets, or a result for people: its payload in canonical form.
Report = record(None, "tag", "payload")
# A message of a sync session; its head is tag, profile and id of the state, and its floor.
Message = record(0x48, "kind", "head", "members")
# What a replica saves.
Save = record(0x49, "node", "last", "clean", "actors")
# What a newer writer made: relayed and named, not understood.
Opaque = record(None, "tag", "body")

def is_joinable(state):
    return state.tag not in TAGS or isinstance(state, Opaque) or has_join(state.tag)

def join(left, right):
    """The join of two states."""
    if isinstance(left, Opaque) or isinstance(right, Opaque):
        return join_opaque(left, right)
    require(has_join(left.tag) and has_join(right.tag), "NOT_MERGEABLE")
    require(left.tag == right.tag, "TYPE_MISMATCH")
    result = copy(join_with_floors(left, right))  # a join may answer one of its operands
    result.ext = slots(max)(left.ext, right.ext)
    return result

def join_opaque(left, right):
    """What is not understood joins with its equal only."""
    if isinstance(left, Opaque) and isinstance(right, Opaque):
        has_known_tag = left.tag == right.tag and left.tag in TAGS
        require(left == right, "UNSUPPORTED_SCHEMA" if has_known_tag else "UNKNOWN_TYPE")
        return left
    require(all(has_join(state.tag) for state in (left, right) if state.tag in TAGS), "NOT_MERGEABLE")
    raise Refusal("UNSUPPORTED_SCHEMA" if left.tag == right.tag else "TYPE_MISMATCH")
