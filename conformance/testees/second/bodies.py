"""Bodies of version 2, kind by kind (version-2.md 4): fields on the wire, states in memory.

`BODIES[tag]` has the spelling of the fields, how a state is made from them (with the conditions that are
judged at the end) and how a state becomes fields again.
"""

from collections import namedtuple
from dataclasses import fields

from . import reports, version1
from .payloads import read_payload
from .registry import I64_MAX, LIMITS, require
from .spelling import (
    BOOL, BYTES, CLOCKS, CONTEXT, COUNTS, DOT, DOTS, F64, I64, I64_COUNT, MAP_VALUE, RECORD, REGISTER_STAMP, SCALAR,
    STAMP, TEXT, TEXTS, U8, U32, U64, VALUE, Spelling, dict_of, fixed, list_of, map_of, option, set_of,
    struct_of, unsigned, write_value,
)  # fmt: skip
from .states import (
    Bloom, BloomNative, BoundedCounter, Cms, CmsNative, Context, Delta, DotMap, DottedVersionVector, Element, GCounter,
    GossipEntry, GossipState, Hll, HllNative, LwwMap, MerkleTree, Message, MinHash, OrSet, PnCounter, Register, Report,
    Save, VectorClock,
)  # fmt: skip
from .text import json_text
from .values import Map, identity

def in_order(state):
    """The fields of a state as they stand in it."""
    return tuple(getattr(state, field.name) for field in fields(state))

# The spelling of the fields, the state made of them (judging what is judged at the end), and the fields of a state.
Body = namedtuple("Body", "fields make split", defaults=[in_order])

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
    struct_of(COUNTS, COUNTS), lambda pos, neg: PnCounter(GCounter(pos), GCounter(neg)),
    lambda state: [nonzero(state.pos.counts), nonzero(state.neg.counts)],
)  # fmt: skip
REGISTER_FIELDS = struct_of(VALUE, REGISTER_STAMP, TEXT)
REGISTER = Body(REGISTER_FIELDS, Register)

def make_lww_map(registers, tombstones):
    state = LwwMap({key: Register(*fields) for key, fields in registers.items()}, tombstones)
    refuse_if(any(state.is_dominated(key) for key in tombstones), "NOT_CANONICAL", "a tombstone before its register")
    return state

def split_lww_map(state):
    registers = {key: in_order(register) for key, register in state.registers.items()}
    return registers, {key: stamp for key, stamp in state.tombstones.items() if not state.is_dominated(key)}

LWW_MAP = Body(struct_of(dict_of(TEXT, REGISTER_FIELDS), dict_of(TEXT, STAMP)), make_lww_map, split_lww_map)

# Sets -------------------------------------------------------------------------------------------
def not_empty(content):
    require(any(content), "NOT_CANONICAL", "something empty")

PLAIN_TAGS = TEXTS.checked(lambda tags: refuse_if(any(map(version1.read_dot, tags)), "NOT_CANONICAL", "a dot"))
SOME_TAGS = PLAIN_TAGS.checked(lambda tags: require(tags, "NOT_CANONICAL", "no tags"))
LIVE = struct_of(DOTS, PLAIN_TAGS).checked(not_empty)

def make_context(fields):
    return Context(fields[0], set(fields[1]))

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
    return live, in_order(state.context), removed

OR_SET_FIELDS = struct_of(map_of(SCALAR, LIVE), CONTEXT, map_of(SCALAR, SOME_TAGS))
OR_SET = Body(OR_SET_FIELDS, make_or_set, split_or_set)

# Operations, values, reports --------------------------------------------------------------------
RECORDS = list_of(RECORD)
REMOVED = Spelling(TEXTS.read, lambda texts: TEXTS.write(set(texts)))
DELTA = Body(struct_of(RECORDS, RECORDS, REMOVED, I64_COUNT, STAMP, TEXT), Delta)
GENERIC = Body(struct_of(VALUE), lambda value: Report(0x20, value), lambda state: [state.payload])

def report_body(tag):
    """The map that version 1 writes for the report, without the member that repeats the kind."""
    def split(state):
        written = read_payload(json_text(state.payload).encode("ascii"))
        return [Map((name, value) for name, value in written.items() if name != "__type")]

    def make(value):
        state = reports.read_report(tag, value)
        require(write_value(split(state)[0]) == write_value(value), "NOT_CANONICAL", "not as it is written")
        return state
    return Body(struct_of(VALUE), make, split)

# Sketches ---------------------------------------------------------------------------------------
OCTETS = Spelling(lambda reader: list(BYTES.read(reader)), lambda figures: BYTES.write(bytes(figures)))

def size_if(condition):
    """A check of sizes, lengths and shapes."""
    return lambda found: require(condition(found), "BAD_SCHEMA", "a size, a length or a shape")

def octets_of(length):
    return OCTETS.checked(size_if(lambda octets: len(octets) == length))

def is_precision(precision):
    return LIMITS["hll_precision_min"] <= precision <= LIMITS["hll_precision_max"]

def make_hll(precision, registers):
    size_if(is_precision)(precision)
    size_if(lambda found: len(found) == 1 << precision)(registers)
    return Hll(precision, registers)

BITS_AND_HASHES = struct_of(U64, U32).checked(
    size_if(lambda found: 1 <= found[0] <= LIMITS["bloom_bits"] and 1 <= found[1] <= LIMITS["bloom_hashes"])
)

def make_bloom(capacity, fp_rate, sizes, bits):
    size, hashes = sizes
    size_if(lambda found: fp_rate == fp_rate and len(found) == (size + 7) // 8)(bits)
    refuse_if(size % 8 and bits[-1] >> size % 8, "NOT_CANONICAL", "spare bits")
    state = Bloom(capacity, fp_rate, size, hashes, bits, 0)
    state.count = state.estimated_count() or 0
    return state

def split_bloom(state):
    return max(state.capacity, 0), state.fp_rate, (state.size, state.hashes), state.bits

def is_shape(width, depth):
    return width >= 1 and depth >= 1 and width * depth <= LIMITS["cms_cells"]

def make_cms(width, depth, table, total):
    size_if(lambda found: is_shape(width, depth) and len(found) == width * depth)(table)
    return Cms(width, depth, [table[at : at + width] for at in range(0, len(table), width)], total)

def split_cms(state):
    return state.width, state.depth, [cell for row in state.table for cell in row], state.total

HLL = Body(struct_of(U8, OCTETS), make_hll)
BLOOM = Body(struct_of(unsigned(high=I64_MAX), F64, BITS_AND_HASHES, OCTETS), make_bloom, split_bloom)
CMS = Body(struct_of(U64, U32, list_of(I64_COUNT), I64_COUNT), make_cms, split_cms)

# Clocks, trees, gossip --------------------------------------------------------------------------
VECTOR_CLOCK = Body(struct_of(CLOCKS), VectorClock)
DOTTED = Body(
    struct_of(CLOCKS), lambda clocks: DottedVersionVector(VectorClock(clocks), None),
    lambda state: [state.effective().clocks],
)  # fmt: skip

def make_merkle_tree(branching, records):
    return MerkleTree(branching, {key: (content.hex(), record) for key, (content, record) in records.items()})

def split_merkle_tree(state):
    records = {key: (bytes.fromhex(content), record) for key, (content, record) in state.records.items()}
    return state.branching_factor, records

MERKLE_FIELDS = struct_of(unsigned(2, width=32), dict_of(TEXT, struct_of(fixed(32), option(MAP_VALUE))))
MERKLE_TREE = Body(MERKLE_FIELDS, make_merkle_tree, split_merkle_tree)
ENTRY_FIELDS = (VALUE, CLOCKS, BOOL)

def make_entry(key, value, clocks, tombstone):
    return GossipEntry(key, value, VectorClock(clocks), tombstone)

def entry_fields(entry):
    return entry.key, entry.value, entry.clock.clocks, entry.tombstone

GOSSIP_STATE = Body(
    struct_of(dict_of(TEXT, struct_of(*ENTRY_FIELDS)), CLOCKS),
    lambda entries, clock: GossipState("", 3, {k: make_entry(k, *e) for k, e in entries.items()}, VectorClock(clock)),
    lambda state: ({key: entry_fields(entry)[1:] for key, entry in state.entries.items()}, state.clock.clocks),
)
GOSSIP_ENTRY = Body(struct_of(TEXT, *ENTRY_FIELDS), make_entry, entry_fields)

# Kinds of version 2 -----------------------------------------------------------------------------
def dot_map(tag, fields, marks_of, fields_of):
    """A body of live dots with marks, and a context.

    `marks_of` gives pairs of mark and dots from the fields, `fields_of` the fields from such pairs.
    """

    def make(*content):
        context, owned = make_context(content[-1]), marks_of(*content[:-1])
        check_dots(owned, context)
        return DotMap(tag, {dot: mark for mark, dots in owned for dot in dots}, context)

    def split(state):
        owned = {}
        for dot, mark in state.live.items():
            owned.setdefault(mark, []).append(dot)
        return (*fields_of(owned), in_order(state.context))
    return Body(struct_of(*fields, CONTEXT), make, split)

def encoded(spelling):
    """A thing kept as its bytes, which are compared and never looked into."""
    return Spelling(lambda reader: spelling.write(spelling.read(reader)), bytes)

def marks_of_elements(elements):
    return [((e, is_add), dots) for e, both in elements for is_add, dots in zip((True, False), both)]

def elements_of_marks(owned):
    elements = {element for element, _ in owned}
    return [[(e, (owned.get((e, True), []), owned.get((e, False), []))) for e in elements]]

MV_REGISTER = dot_map(
    0x06, [map_of(DOT, encoded(struct_of(VALUE, STAMP)))], lambda siblings: [(mark, [dot]) for dot, mark in siblings],
    lambda owned: [[(dot, mark) for mark, dots in owned.items() for dot in dots]],
)  # fmt: skip
RW_SET = dot_map(
    0x07, [map_of(encoded(SCALAR), struct_of(DOTS, DOTS).checked(not_empty))], marks_of_elements, elements_of_marks,
)  # fmt: skip
EW_FLAG = dot_map(0x08, [DOTS], lambda dots: [(True, dots)], lambda owned: [owned.get(True, [])])
DW_FLAG = dot_map(
    0x09, [DOTS, DOTS], lambda enables, disables: [(True, enables), (False, disables)],
    lambda owned: [owned.get(True, []), owned.get(False, [])],
)  # fmt: skip
RIGHTS = dict_of(TEXT, COUNTS.checked(lambda counts: require(counts, "NOT_CANONICAL", "an empty row")))
BOUNDED_COUNTER = Body(struct_of(RIGHTS, COUNTS), BoundedCounter)

PRECISION = U8.checked(size_if(is_precision))
RANKED = size_if(lambda registers: max(registers) <= 65)
HLL_NATIVE = Body(then(struct_of(U64, PRECISION), lambda _, p: octets_of(1 << p).checked(RANKED)), HllNative)
BLOCKS = unsigned(1, 2**24, width=32)
BLOOM_NATIVE = Body(then(struct_of(U64, BLOCKS), lambda _, blocks: octets_of(32 * blocks)), BloomNative)
SHAPE = struct_of(U64, unsigned(1, width=32), unsigned(1, 64, width=32)).checked(size_if(lambda f: is_shape(*f[1:])))

def nodes_of(seed, width, depth):
    """Per node its cells row by row, and its total."""
    node = struct_of(list_of(U64, width * depth, width * depth), U64)
    return dict_of(TEXT, node.checked(lambda found: not_empty([*found[0], found[1]])))

CMS_NATIVE = Body(then(SHAPE, nodes_of), CmsNative)
MINHASH = Body(struct_of(U64, list_of(U32, 1, 65_536)), MinHash)

# Sync messages and saves of replicas ------------------------------------------------------------
SYMBOL = struct_of(fixed(16), fixed(4), I64)
REFUSALS = (
    "TYPE_MISMATCH", "PARAMETER_MISMATCH", "SCHEMA_MISMATCH", "SPEC_MISMATCH", "STALE_STATE", "UNSUPPORTED_SCHEMA",
    "TOO_LARGE",
)  # fmt: skip
REFUSAL = TEXT.checked(lambda code: require(code in REFUSALS, "BAD_SCHEMA", "no code of a refusal"))
MESSAGE_MEMBERS = [
    struct_of(option(I64), BYTES, U64, U64, U64, list_of(SYMBOL)),  # summary
    struct_of(fixed(32), U64, U64, U64),  # more
    struct_of(fixed(32), BYTES, BOOL, set_of(fixed(16)), BYTES),  # delta
    struct_of(),  # done
    struct_of(REFUSAL, dict_of(TEXT, TEXT)),  # refuse
]
MESSAGE_KIND = U8.checked(lambda kind: require(kind < len(MESSAGE_MEMBERS), "BAD_SCHEMA", "no kind of message"))
MESSAGE_HEAD = struct_of(U8, fixed(16), fixed(32), option(BYTES))
MESSAGE = Body(then(struct_of(MESSAGE_KIND, MESSAGE_HEAD), lambda kind, head: MESSAGE_MEMBERS[kind]), Message)

def check_node(node):
    fits = 1 <= len(node.encode("utf-8")) <= LIMITS["node_id_bytes"] and "\0" not in node
    require(fits, "BAD_TEXT", "no node id")

def make_save(node, last, clean, actors):
    require(clean or not actors, "NOT_CANONICAL", "actors of an open replica")
    require(all(actor == node or actor.startswith(f"{node}~") for actor in actors), "BAD_SCHEMA", "another's actor")
    return Save(node, last, clean, actors)

SAVE = Body(struct_of(TEXT.checked(check_node), I64, BOOL, CLOCKS), make_save)

BODIES = {
    0x01: G_COUNTER, 0x02: PN_COUNTER, 0x03: REGISTER, 0x04: OR_SET, 0x05: LWW_MAP, 0x10: DELTA, 0x20: GENERIC,
    0x30: HLL, 0x31: BLOOM, 0x32: CMS, 0x40: VECTOR_CLOCK, 0x41: DOTTED, 0x42: MERKLE_TREE, 0x43: GOSSIP_STATE,
    0x44: GOSSIP_ENTRY, 0x06: MV_REGISTER, 0x07: RW_SET, 0x08: EW_FLAG, 0x09: DW_FLAG, 0x0A: BOUNDED_COUNTER,
    0x33: HLL_NATIVE, 0x34: BLOOM_NATIVE, 0x35: CMS_NATIVE, 0x36: MINHASH, 0x48: MESSAGE, 0x49: SAVE,
    **{tag: report_body(tag) for tag in reports.TABLES},
}  # fmt: skip
