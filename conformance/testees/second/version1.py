"""Documents of version 1 and the states they stand for, kind by kind.

A table lists the members of a kind in the order in which they are checked and written; the fields of the
state have the same order.
"""

import re
from collections import namedtuple
from dataclasses import fields

from . import reports
from .fields import (
    REQUIRED, any_value, as_any_int, as_bool, as_float, as_i64, as_is, as_map, as_text, check_type, int_in, list_of,
    member, object_of, that,
)  # fmt: skip
from .orders import ZERO, Stamp, by_bytes, read_register_stamp, read_stamp, sorted_pairs, sorted_text
from .registry import I64_MAX, LIMITS, TAGS, U64_MAX, Refusal, name_of, require
from .states import (
    Bloom, Cms, Context, Delta, DottedVersionVector, GCounter, GossipEntry, GossipState, Hll, LwwMap,
    MerkleTree, Opaque, OrSet, PnCounter, Register, Report, VectorClock,
)  # fmt: skip
from .text import py_repr, py_str
from .values import Map, is_int

def sorted_map(write):
    """A writer of protocol-owned maps."""
    return lambda content: Map((key, write(value)) for key, value in sorted_pairs(content))

# One member: how it is read and written, and what a missing one stands for.
Member = namedtuple("Member", "name read write missing null_is_missing", defaults=[as_is, REQUIRED, False])

class Kind(namedtuple("Kind", "tag make members writes_type", defaults=[True])):
    """The table of a kind, and the constructor of its state."""

    def read(self, document):
        check_type(document, name_of(self.tag))
        return self.read_members(document)

    def read_members(self, document):
        as_map(document)
        return self.make(*(member(document, m.name, m.read, m.missing, m.null_is_missing) for m in self.members))

    def write(self, state):
        head = [("type", name_of(self.tag))] if self.writes_type else []
        values = (getattr(state, field.name) for field in fields(state))
        return Map(head + [(m.name, m.write(value)) for m, value in zip(self.members, values)])

# Counters and registers -------------------------------------------------------------------------
COUNT = int_in(0, I64_MAX)
G_COUNTER = Kind(0x01, GCounter, (Member("counts", object_of(COUNT), sorted_map(as_is), dict),))
PN_COUNTER = Kind(0x02, PnCounter, tuple(Member(half, G_COUNTER.read, G_COUNTER.write) for half in ("pos", "neg")))
REGISTER = Kind(0x03, Register, (
    Member("value", any_value), Member("timestamp", read_register_stamp, Stamp.wire_1),
    Member("node_id", as_text, as_is, ""),
))  # fmt: skip
LWW_MAP = Kind(0x05, LwwMap, (
    Member("registers", object_of(REGISTER.read), sorted_map(REGISTER.write), dict),
    Member("tombstones", object_of(read_stamp), sorted_map(Stamp.wire_1), dict),
))  # fmt: skip

# Observed-remove set ----------------------------------------------------------------------------
_DOT = re.compile(r"(.+)#([1-9][0-9]{0,19})", re.DOTALL | re.ASCII)
_INT = re.compile(r"0|-?[1-9][0-9]*", re.ASCII)
_BYTE_ESCAPE = re.compile(r"\\x([0-9a-f]{2})|\\(.)")
_BLANKS = {"t": "\t", "n": "\n", "r": "\r"}
_TYPE_NAMES = {type(None): "NoneType", bool: "bool", int: "int", float: "float", str: "str", bytes: "bytes"}
_KIND_ORDER = list(_TYPE_NAMES)

def read_dot(tag):
    """The dot an add tag spells, or none."""
    found = _DOT.fullmatch(tag)
    return (found[1], int(found[2])) if found and int(found[2]) <= U64_MAX else None

def dot_text(dot):
    return f"{dot[0]}#{dot[1]}"

def read_or_set(document):
    check_type(document, "or_set")
    tags = object_of(list_of(as_text))
    live = member(document, "elements", tags, dict)
    types = member(document, "element_types", object_of(as_text), dict)
    state = OrSet({}, member(document, "context", _read_context, Context))
    removed = member(document, "removed", tags, dict)
    for text, added in live.items():
        _place_tags(state, restore_element(text, types.get(text)), added, "dots", "plain").is_listed = True
    state.check_dots()
    for text, gone in removed.items():
        _place_tags(state, restore_element(text, types.get(text)), gone, "removed_dots", "removed")
    return _settled(state)

def _place_tags(state, value, tags, dots, plain):
    element = state.element(value)
    for tag in tags:
        dot = read_dot(tag)
        getattr(element, plain if dot is None else dots).add(dot or tag)
    return element

def _settled(state):
    """The state after what was removed is no longer live, with all its dots in the context."""
    elements = list(state.elements.values())
    dead = {dot for element in elements for dot in element.removed_dots}
    state.context.exceptions |= dead.union(*(element.dots for element in elements))
    for element in elements:
        element.dots -= dead
        element.plain -= element.removed
    state.context = state.context.normalised()
    return state

def _read_context(value):
    document = as_map(value)
    contiguous = member(document, "contiguous", object_of(COUNT), dict)
    dots = [read_dot(text) for text in member(document, "exceptions", list_of(as_text), list)]
    require(None not in dots and "" not in contiguous, "BAD_SCHEMA", "no dot")
    return Context(contiguous, set(dots))

def restore_element(text, name):
    """The element that a text and the name of a kind stand for."""
    if name == "int":
        require(_INT.fullmatch(text), "BAD_SCHEMA")
        return as_i64(int(text))
    if name == "bool":
        return text.isascii() and text.lower() == "true"
    if name not in ("float", "NoneType", "bytes"):
        return text
    try:
        value = {"float": float, "NoneType": lambda _: None, "bytes": _parse_bytes}[name](text)
    except (ValueError, UnicodeEncodeError):
        raise Refusal("BAD_SCHEMA") from None
    require(py_repr(value) == text, "BAD_SCHEMA", "the text of another element")
    return value

def _parse_bytes(text):
    def unescape(found):
        return chr(int(found[1], 16)) if found[1] else _BLANKS.get(found[2], found[2])
    return _BYTE_ESCAPE.sub(unescape, text[2:-1]).encode("latin-1")

def write_or_set(state):
    chosen = sorted_pairs(_elements_by_text(state))
    tags = [(text, sorted_text([*map(dot_text, one.dots), *one.plain])) for text, one in chosen]
    live = [pair for pair, (_, one) in zip(tags, chosen) if one.is_listed or pair[1]]
    removed = [(text, sorted_text(element.removed)) for text, element in chosen if element.removed]
    types = [(text, _TYPE_NAMES[type(one.value)]) for text, one in chosen if type(one.value) is not str]
    members = [("type", "or_set"), ("elements", Map(live))]
    members += [("element_types", Map(types))] if types else []
    members += [("context", _write_context(state.context))] if state.has_dead_dots() else []
    return Map(members + ([("removed", Map(removed))] if removed else []))

def _elements_by_text(state):
    """One element per text; two that say something cannot be told apart."""
    chosen = {}
    written = [one for one in state.elements.values() if one.is_listed or one.says_something()]
    for element in sorted(written, key=_precedence):
        text = py_str(element.value)
        require(not (text in chosen and chosen[text].says_something()), "NOT_IN_V1")
        chosen[text] = element
    return chosen

def _precedence(element):
    """What says something comes last and wins; of the others the one whose kind stands first."""
    return element.says_something(), -_KIND_ORDER.index(type(element.value))

def _write_context(context):
    require(all(count <= I64_MAX for count in context.contiguous.values()), "NOT_IN_V1")
    exceptions = sorted(context.exceptions, key=lambda dot: (by_bytes(dot[0]), dot[1]))
    return Map([("contiguous", Map(sorted_pairs(context.contiguous))), ("exceptions", list(map(dot_text, exceptions)))])

# Sketches ---------------------------------------------------------------------------------------
def _octets(value):
    """Octets, given as a list of ints or as bytes."""
    return value if isinstance(value, bytes) else bytes(list_of(int_in(0, 255))(value))

def make_hll(precision, registers):
    require(len(registers) == 1 << precision, "BAD_SCHEMA")
    return Hll(precision, list(registers))

def make_bloom(capacity, fp_rate, size, hashes, bits, count):
    require(fp_rate == fp_rate and len(bits) == (size + 7) // 8, "BAD_SCHEMA")
    require(size % 8 == 0 or bits[-1] >> size % 8 == 0, "BAD_SCHEMA", "spare bits")
    return Bloom(capacity, fp_rate, size, hashes, bits, count)

def make_cms(width, depth, table, total):
    require(width * depth <= LIMITS["cms_cells"], "BAD_SCHEMA")
    require(len(table) == depth and all(len(row) == width for row in table), "BAD_SCHEMA")
    return Cms(width, depth, table, total)

HLL = Kind(0x30, make_hll, (
    Member("precision", int_in(LIMITS["hll_precision_min"], LIMITS["hll_precision_max"])), Member("registers", _octets),
))  # fmt: skip
BLOOM = Kind(0x31, make_bloom, (
    Member("capacity", as_i64), Member("fp_rate", as_float), Member("size", int_in(1, LIMITS["bloom_bits"])),
    Member("num_hashes", int_in(1, LIMITS["bloom_hashes"])), Member("bits", _octets, list),
    Member("count", COUNT, as_is, 0),
))  # fmt: skip
CMS = Kind(0x32, make_cms, (
    Member("width", int_in(1, LIMITS["cms_cells"])), Member("depth", int_in(1, LIMITS["cms_cells"])),
    Member("table", list_of(list_of(COUNT))), Member("total", COUNT, as_is, 0),
))  # fmt: skip

# Clocks -----------------------------------------------------------------------------------------
def _counter(value):
    require(is_int(value) and value >= 0, "BAD_SCHEMA")
    require(value <= U64_MAX, "OUT_OF_RANGE")
    return value

def make_clock(clocks):
    return VectorClock({node: count for node, count in clocks.items() if count})

def _clock_dot(value):
    require(isinstance(value, list) and len(value) == 2, "BAD_SCHEMA")
    node, count = as_text(value[0]), _counter(value[1])
    return (node, count) if count else None

VECTOR_CLOCK = Kind(0x40, make_clock, (Member("clocks", object_of(_counter), sorted_map(as_is), dict, True),))
DOTTED = Kind(0x41, DottedVersionVector, (
    Member("base", VECTOR_CLOCK.read, VECTOR_CLOCK.write, lambda: VectorClock({}), True),
    Member("dot", _clock_dot, lambda dot: list(dot) if dot else None, None, True),
))  # fmt: skip

def write_dotted(state):
    return Map(pair for pair in DOTTED.write(state).items() if pair[1] is not None)

# Merkle tree, gossip, delta ---------------------------------------------------------------------
_CONTENT_HASH = that(lambda value: isinstance(value, str) and re.fullmatch("[0-9a-f]{64}", value))

def _branching(value):
    require(as_any_int(value) < 2**32, "BAD_SCHEMA")
    return max(value, 2)

def _record(value):
    return any_value(as_map(value))

def read_merkle_tree(document):
    check_type(document, "merkle_tree")
    branching = member(document, "branching_factor", _branching, 16)
    hashes = member(document, "records", object_of(_CONTENT_HASH), dict)
    data = member(document, "record_data", object_of(_record), dict)
    return MerkleTree(branching, {key: (content, data.get(key)) for key, content in hashes.items()})

def write_merkle_tree(state):
    records = sorted_pairs(state.records)
    hashes = Map((key, content) for key, (content, _) in records)
    data = Map((key, record) for key, (_, record) in records if record is not None)
    head = [("type", "merkle_tree"), ("branching_factor", state.branching_factor)]
    return Map([*head, ("records", hashes), ("record_data", data)])

ENTRY = Kind(0x44, GossipEntry, (
    Member("key", as_text), Member("value", any_value), Member("clock", VECTOR_CLOCK.read, VECTOR_CLOCK.write),
    Member("tombstone", as_bool, as_is, False),
), writes_type=False)  # fmt: skip

def read_entries(value):
    entries = object_of(ENTRY.read_members)(value)
    require(all(entry.key == key for key, entry in entries.items()), "BAD_SCHEMA", "under another key")
    return entries

GOSSIP_STATE = Kind(0x43, GossipState, (
    Member("node_id", as_text), Member("fanout", as_i64, as_is, 3),
    Member("entries", read_entries, sorted_map(ENTRY.write), dict),
    Member("clock", VECTOR_CLOCK.read, VECTOR_CLOCK.write, lambda: VectorClock({})),
))  # fmt: skip
DELTA = Kind(0x10, Delta, (
    Member("added", list_of(_record), as_is, list, True), Member("modified", list_of(_record), as_is, list, True),
    Member("removed", list_of(as_text), as_is, list, True), Member("version", as_i64, as_is, 0, True),
    Member("timestamp", read_stamp, Stamp.wire_1, ZERO, True), Member("source_node", as_text, as_is, "", True),
), writes_type=False)  # fmt: skip

# All kinds --------------------------------------------------------------------------------------
TABLES = (G_COUNTER, PN_COUNTER, REGISTER, LWW_MAP, HLL, BLOOM, CMS, VECTOR_CLOCK, DOTTED, GOSSIP_STATE, DELTA, ENTRY)
KINDS = {kind.tag: (kind.read, kind.write) for kind in TABLES} | {
    0x04: (read_or_set, write_or_set),
    0x20: (lambda value: Report(0x20, value), lambda state: state.payload),
    0x41: (DOTTED.read, write_dotted),
    0x42: (read_merkle_tree, write_merkle_tree),
}

def read_state(tag, document):
    """The state, or the report, a document stands for."""
    return KINDS[tag][0](document) if tag in KINDS else reports.read_report(tag, document)

def write_state(state):
    """The canonical document of a state or report."""
    require(state.floor is None and not isinstance(state, Opaque), "NOT_IN_V1", "a floor, or something opaque")
    if state.tag in KINDS:
        return KINDS[state.tag][1](state)
    require(state.tag in reports.TABLES, "NOT_IN_V1", "a kind version 1 has not")
    return state.payload

def is_json(tag):
    return TAGS[tag]["payload"] == "json"
