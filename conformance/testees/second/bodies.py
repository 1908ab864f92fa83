"""Bodies of version 2, kind by kind (version-2.md 4): fields on the wire, states in memory.

`BODIES[tag]` has the spelling of the fields, how a state is made from them (with the conditions that are
judged at the end) and how a state becomes fields again.
"""

from dataclasses import dataclass
from typing import Callable

from . import reports, version1
from .registry import LIMITS, require
from .spelling import (
    BOOL, CLOCKS, CONTEXT, COUNTS, DOTS, F64, I64_COUNT, MAP_VALUE, RECORD, SCALAR, STAMP, TEXT, TEXTS, U8, VALUE,
    Spelling, dict_of, fixed, list_of, map_of, octets_of, option, struct_of, unsigned, write_value,
)  # fmt: skip
from .states import (
    Bloom, Cms, Context, Delta, DottedVersionVector, Element, EntryMessage, GCounter, GossipEntry, GossipState, Hll,
    LwwMap, MerkleTree, OrSet, PnCounter, Register, Report, VectorClock,
)  # fmt: skip
from .values import Map, identity


@dataclass(frozen=True)
class Body:
    fields: Spelling  # of a tuple
    make: Callable  # state from fields; judges what is judged at the end
    split: Callable  # fields from state


def then(head, tail):
    """Some fields, and one more whose spelling they fix."""

    def read(reader):
        first = head.read(reader)
        return (*first, tail(*first).read(reader))

    def write(fields):
        return head.write(fields[:-1]) + tail(*fields[:-1]).write(fields[-1])

    return Spelling(read, write)


def nonzero(counts):
    return {key: count for key, count in counts.items() if count}


def refuse_if(found, code, message=""):
    require(not found, code, message)


# Counters and registers -------------------------------------------------------------------------

G_COUNTER = Body(struct_of(COUNTS), GCounter, lambda state: [nonzero(state.counts)])
PN_COUNTER = Body(
    struct_of(COUNTS, COUNTS),
    lambda pos, neg: PnCounter(GCounter(pos), GCounter(neg)),
    lambda state: [nonzero(state.pos.counts), nonzero(state.neg.counts)],
)
REGISTER_FIELDS = struct_of(VALUE, STAMP, TEXT)


def register_fields(state):
    return state.value, state.stamp, state.node


REGISTER = Body(REGISTER_FIELDS, Register, register_fields)


def make_lww_map(registers, tombstones):
    state = LwwMap({key: Register(*fields) for key, fields in registers.items()}, tombstones)
    refuse_if(any(state.is_dominated(key) for key in tombstones), "NOT_CANONICAL", "a tombstone before its register")
    return state


def split_lww_map(state):
    registers = {key: register_fields(register) for key, register in state.registers.items()}
    return registers, {key: stamp for key, stamp in state.tombstones.items() if not state.is_dominated(key)}


LWW_MAP = Body(struct_of(dict_of(TEXT, REGISTER_FIELDS), dict_of(TEXT, STAMP)), make_lww_map, split_lww_map)

# Sets -------------------------------------------------------------------------------------------


def not_empty(content):
    require(any(content), "NOT_CANONICAL", "something empty")


PLAIN_TAGS = set_of(TEXT.checked(lambda tag: refuse_if(version1.read_dot(tag), "NOT_CANONICAL", "a dot as plain tag")))
LIVE = struct_of(DOTS, PLAIN_TAGS).checked(not_empty)


def make_context(fields):
    return Context(fields[0], set(fields[1]))


def context_fields(context):
    return context.contiguous, context.exceptions


def check_dots(owned_dots, context):
    """One dot has one owner, and the context covers it; `owned_dots` are pairs of owner and dots."""
    owners = {}
    dots = [(owner, dot) for owner, found in owned_dots for dot in found]
    for owner, dot in dots:
        require(owners.setdefault(dot, owner) == owner, "DOT_CONFLICT")
    require(all(context.covers(dot) for dot in owners), "NOT_CANONICAL", "a dot the context does not cover")


def make_or_set(elements, context, removed):
    state = OrSet({}, make_context(context))
    for value, (dots, plain) in elements:
        state.elements[identity(value)] = Element(value, set(dots), set(plain))
    check_dots([(key, element.dots) for key, element in state.elements.items()], state.context)
    for value, tags in removed:
        element = state.element(value)
        refuse_if(element.plain.intersection(tags), "NOT_CANONICAL", "a tag live and removed")
        element.removed.update(tags)
    return state


def split_or_set(state):
    elements = state.elements.values()
    live = [(one.value, (one.dots, one.plain)) for one in elements if one.dots or one.plain]
    removed = [(one.value, one.removed) for one in elements if one.removed]
    return live, context_fields(state.context), removed


OR_SET_FIELDS = struct_of(map_of(SCALAR, LIVE), CONTEXT, map_of(SCALAR, PLAIN_TAGS.checked(not_empty)))
OR_SET = Body(OR_SET_FIELDS, make_or_set, split_or_set)

# Operations, values, reports --------------------------------------------------------------------

RECORDS = list_of(RECORD)
DELTA_FIELDS = struct_of(RECORDS, RECORDS, TEXTS, I64_COUNT, STAMP, TEXT)


def split_delta(state):
    return state.added, state.modified, set(state.removed), state.version, state.stamp, state.source


DELTA = Body(DELTA_FIELDS, Delta, split_delta)
GENERIC = Body(struct_of(VALUE), lambda value: Report(0x20, value), lambda state: [state.payload])


def report_body(tag):
    """The map that version 1 writes for the report, without the member that repeats the kind."""

    def split(state):
        return [Map((name, value) for name, value in state.payload.items() if name != "__type")]

    def make(value):
        state = reports.read_report(tag, value)
        require(write_value(split(state)[0]) == write_value(value), "NOT_CANONICAL", "not as it is written")
        return state

    return Body(struct_of(VALUE), make, split)


# Sketches ---------------------------------------------------------------------------------------

PRECISION = U8.checked(
    lambda p: require(LIMITS["hll_precision_min"] <= p <= LIMITS["hll_precision_max"], "BAD_SCHEMA")
)
HLL = Body(
    then(struct_of(PRECISION), lambda precision: octets_of(1 << precision)),
    lambda precision, registers: Hll(precision, list(registers)),
    lambda state: (state.precision, bytes(state.registers)),
)


def bloom_bits(capacity, fp_rate, size, hashes):
    def no_spare_bits(bits):
        refuse_if(size % 8 and bits[-1] >> size % 8, "NOT_CANONICAL", "spare bits")

    return octets_of((size + 7) // 8).checked(no_spare_bits)


def make_bloom(capacity, fp_rate, size, hashes, bits):
    return Bloom(capacity, fp_rate, size, hashes, bits, Bloom.estimated_count(size, hashes, bits) or 0)


BLOOM_HEAD = struct_of(
    I64_COUNT,
    F64.checked(lambda rate: require(rate == rate, "BAD_SCHEMA", "NaN")),
    unsigned(1, LIMITS["bloom_bits"]),
    unsigned(1, LIMITS["bloom_hashes"], width=32),
)
BLOOM = Body(
    then(BLOOM_HEAD, bloom_bits),
    make_bloom,
    lambda state: (max(state.capacity, 0), state.fp_rate, state.size, state.hashes, state.bits),
)


def shape_of(*head):
    """Fields that end with width and depth, whose product is bounded."""
    return struct_of(*head).checked(lambda fields: require(fields[-2] * fields[-1] <= LIMITS["cms_cells"], "BAD_SCHEMA"))


def cells_of(width, depth):
    return struct_of(list_of(I64_COUNT, width * depth), I64_COUNT)


def rows(table, width):
    return [table[at : at + width] for at in range(0, len(table), width)]


CMS = Body(
    then(shape_of(unsigned(1), unsigned(1, width=32)), cells_of),
    lambda width, depth, cells: Cms(width, depth, rows(cells[0], width), cells[1]),
    lambda state: (state.width, state.depth, (sum(state.table, []), state.total)),
)

# Clocks, trees, gossip --------------------------------------------------------------------------

VECTOR_CLOCK = Body(struct_of(CLOCKS), VectorClock, lambda state: [state.clocks])
DOTTED = Body(
    struct_of(CLOCKS),
    lambda clocks: DottedVersionVector(VectorClock(clocks), None),
    lambda state: [state.effective().clocks],
)


def make_merkle_tree(branching, records):
    return MerkleTree(branching, {key: (content.hex(), record) for key, (content, record) in records.items()})


def split_merkle_tree(state):
    records = {key: (bytes.fromhex(content), record) for key, (content, record) in state.records.items()}
    return state.branching_factor, records


MERKLE_FIELDS = struct_of(unsigned(2, width=32), dict_of(TEXT, struct_of(fixed(32), option(MAP_VALUE))))
MERKLE_TREE = Body(MERKLE_FIELDS, make_merkle_tree, split_merkle_tree)
ENTRY_FIELDS = (VALUE, CLOCKS, BOOL)


def make_entry(value, clocks, tombstone):
    return GossipEntry(value, VectorClock(clocks), tombstone)


def entry_fields(entry):
    return entry.value, entry.clock.clocks, entry.tombstone


GOSSIP_STATE = Body(
    struct_of(dict_of(TEXT, struct_of(*ENTRY_FIELDS)), CLOCKS),
    lambda entries, clock: GossipState("", 3, {k: make_entry(*e) for k, e in entries.items()}, VectorClock(clock)),
    lambda state: ({key: entry_fields(entry) for key, entry in state.entries.items()}, state.clock.clocks),
)
GOSSIP_ENTRY = Body(
    struct_of(TEXT, *ENTRY_FIELDS),
    lambda key, *fields: EntryMessage(key, make_entry(*fields)),
    lambda state: (state.key, *entry_fields(state.entry)),
)

BODIES = {
    0x01: G_COUNTER, 0x02: PN_COUNTER, 0x03: REGISTER, 0x04: OR_SET, 0x05: LWW_MAP, 0x10: DELTA, 0x20: GENERIC,
    0x30: HLL, 0x31: BLOOM, 0x32: CMS, 0x40: VECTOR_CLOCK, 0x41: DOTTED, 0x42: MERKLE_TREE, 0x43: GOSSIP_STATE,
    0x44: GOSSIP_ENTRY, **{tag: report_body(tag) for tag in reports.TABLES},
}  # fmt: skip
