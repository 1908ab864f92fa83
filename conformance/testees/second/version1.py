"""Documents of version 1 and the states they stand for: `read` and `write`, kind by kind.

Members are checked in the order of the tables of the specification.
"""

import re

from . import reports
from .fields import (
    any_value, as_bool, as_float, as_i64, as_map, as_object, as_text, check_type, int_in, list_of, member, object_of,
)  # fmt: skip
from .orders import ZERO, read_stamp, sorted_pairs
from .registry import I64_MAX, LIMITS, TAGS, U64_MAX, Refusal, require
from .states import (
    Bloom, Cms, Context, Delta, DottedVersionVector, Element, EntryMessage, GCounter, GossipEntry, GossipState, Hll,
    LwwMap, MerkleTree, OrSet, PnCounter, Register, Report, VectorClock, sorted_text,
)  # fmt: skip
from .text import py_repr, py_str
from .values import Map, identity, is_int

# Counters ---------------------------------------------------------------------------------------


def read_g_counter(document):
    check_type(document, "g_counter")
    return GCounter(member(document, "counts", object_of(int_in(0, I64_MAX)), dict))


def write_g_counter(state):
    return Map([("type", "g_counter"), ("counts", Map(sorted_pairs(state.counts)))])


def read_pn_counter(document):
    check_type(document, "pn_counter")
    return PnCounter(member(document, "pos", read_g_counter), member(document, "neg", read_g_counter))


def write_pn_counter(state):
    halves = [("pos", write_g_counter(state.pos)), ("neg", write_g_counter(state.neg))]
    return Map([("type", "pn_counter"), *halves])


# Registers --------------------------------------------------------------------------------------


def read_register(document):
    check_type(document, "lww_register")
    value = member(document, "value", any_value)
    stamp = member(document, "timestamp", read_stamp)
    return Register(value, stamp, member(document, "node_id", as_text, ""))


def write_register(state):
    stamp = state.stamp.wire_1()
    return Map([("type", "lww_register"), ("value", state.value), ("timestamp", stamp), ("node_id", state.node)])


def read_lww_map(document):
    check_type(document, "lww_map")
    registers = member(document, "registers", object_of(read_register), dict)
    return LwwMap(registers, member(document, "tombstones", object_of(read_stamp), dict))


def write_lww_map(state):
    registers = Map((key, write_register(register)) for key, register in sorted_pairs(state.registers))
    tombstones = Map((key, stamp.wire_1()) for key, stamp in sorted_pairs(state.tombstones))
    return Map([("type", "lww_map"), ("registers", registers), ("tombstones", tombstones)])


# Observed-remove set ----------------------------------------------------------------------------

_DOT = re.compile(r"(.+)#([1-9][0-9]{0,19})", re.DOTALL | re.ASCII)
_INT = re.compile(r"0|-?[1-9][0-9]*", re.ASCII)
_BYTE_ESCAPE = re.compile(r"\\x([0-9a-f]{2})|\\(.)")
_BLANKS = {"t": "\t", "n": "\n", "r": "\r"}
_TYPE_NAMES = {int: "int", float: "float", bool: "bool", type(None): "NoneType", bytes: "bytes"}


def read_dot(tag):
    """The dot an add tag spells, or none."""
    found = _DOT.fullmatch(tag)
    if not found or int(found[2]) > U64_MAX:
        return None
    return found[1], int(found[2])


def dot_text(dot):
    return f"{dot[0]}#{dot[1]}"


def read_or_set(document):
    check_type(document, "or_set")
    tags = object_of(list_of(as_text))
    live = member(document, "elements", tags, dict)
    types = member(document, "element_types", object_of(as_text), dict)
    context = member(document, "context", _read_context, Context)
    removed = member(document, "removed", tags, dict)
    return _make_set(live, types, context, removed)


def _make_set(live, types, context, removed):
    state, dead, owners = OrSet({}, context), set(), {}
    for texts, is_removed in ((live, False), (removed, True)):
        for text, tags in texts.items():
            element = state.element(restore_element(text, types.get(text)))
            for tag in tags:
                _place_tag(element, tag, is_removed, context, dead)
                _one_owner(owners, read_dot(tag), identity(element.value))
    for element in state.elements.values():
        element.dots -= dead
        element.plain -= element.removed
    state.context = context.normalised()
    return state


def _one_owner(owners, dot, element):
    """A dot stands on one element."""
    if dot is not None:
        require(owners.setdefault(dot, element) == element, "DOT_CONFLICT")


def _place_tag(element, tag, is_removed, context, dead):
    dot = read_dot(tag)
    if dot is None:
        (element.removed if is_removed else element.plain).add(tag)
        return
    (dead if is_removed else element.dots).add(dot)
    context.exceptions.add(dot)


def _read_context(value):
    document = as_map(value)
    contiguous = member(document, "contiguous", object_of(int_in(0, I64_MAX)), dict)
    dots = [read_dot(text) for text in member(document, "exceptions", list_of(as_text), list)]
    require(None not in dots, "BAD_SCHEMA", "no dot")
    return Context(contiguous, set(dots))


def restore_element(text, name):
    """The element that a text and the name of a kind stand for."""
    if name == "int":
        require(_INT.fullmatch(text), "BAD_SCHEMA")
        return as_i64(int(text))
    if name == "float":
        return _restored(_parse_float(text), text)
    if name == "bool":
        return text.isascii() and text.lower() == "true"
    if name == "NoneType":
        return _restored(None, text)
    if name == "bytes":
        return _restored(_parse_bytes(text), text)
    return text


def _restored(value, text):
    require(py_repr(value) == text, "BAD_SCHEMA", "the text of another element")
    return value


def _parse_float(text):
    try:
        return float(text)
    except ValueError:
        raise Refusal("BAD_SCHEMA") from None


def _parse_bytes(text):
    def unescape(found):
        return chr(int(found[1], 16)) if found[1] else _BLANKS.get(found[2], found[2])

    try:
        return _BYTE_ESCAPE.sub(unescape, text[2:-1]).encode("latin-1")
    except UnicodeEncodeError:
        raise Refusal("BAD_SCHEMA") from None


def write_or_set(state):
    chosen = _elements_by_text(state)
    live = [(text, _all_tags(element)) for text, element in sorted_pairs(chosen)]
    removed = [(text, sorted_text(element.removed)) for text, element in sorted_pairs(chosen) if element.removed]
    types = [(text, _TYPE_NAMES[type(one.value)]) for text, one in sorted_pairs(chosen) if type(one.value) is not str]
    members = [("type", "or_set"), ("elements", Map(live))]
    members += [("element_types", Map(types))] if types else []
    members += [("context", _write_context(state.context))] if _covers_dead_dots(state) else []
    return Map(members + ([("removed", Map(removed))] if removed else []))


def _elements_by_text(state):
    """One element per text; two that say something cannot be told apart."""
    chosen = {}
    for element in sorted(state.elements.values(), key=_says_something):
        text = py_str(element.value)
        require(not (text in chosen and _says_something(chosen[text])), "NOT_IN_V1")
        chosen[text] = element
    return chosen


def _says_something(element):
    return bool(element.dots or element.plain or element.removed)


def _all_tags(element):
    return sorted_text([*map(dot_text, element.dots), *element.plain])


def _covers_dead_dots(state):
    return state.context.size() > sum(len(element.dots) for element in state.elements.values())


def _write_context(context):
    sequences = [*context.contiguous.values(), *(sequence for _, sequence in context.exceptions)]
    require(all(sequence <= I64_MAX for sequence in sequences), "NOT_IN_V1")
    exceptions = sorted(context.exceptions, key=lambda dot: (dot[0].encode("utf-8"), dot[1]))
    return Map([("contiguous", Map(sorted_pairs(context.contiguous))), ("exceptions", list(map(dot_text, exceptions)))])


# Sketches ---------------------------------------------------------------------------------------

_BYTE = int_in(0, 255)


def _read_octets(count):
    """A reader of `count` octets, given as a list of ints or as bytes."""

    def read(value):
        octets = bytes(value) if isinstance(value, bytes) else bytes(list_of(_BYTE)(value))
        require(len(octets) == count, "BAD_SCHEMA")
        return octets

    return read


def read_hll(document):
    check_type(document, "hll")
    limits = int_in(LIMITS["hll_precision_min"], LIMITS["hll_precision_max"])
    precision = member(document, "precision", limits)
    return Hll(precision, list(member(document, "registers", _read_octets(1 << precision))))


def write_hll(state):
    return Map([("type", "hll"), ("precision", state.precision), ("registers", state.registers)])


def read_bloom(document):
    check_type(document, "bloom")
    capacity = member(document, "capacity", as_i64)
    rate = member(document, "fp_rate", as_float)
    require(rate == rate, "BAD_SCHEMA", "NaN")
    size = member(document, "size", int_in(1, LIMITS["bloom_bits"]))
    hashes = member(document, "num_hashes", int_in(1, LIMITS["bloom_hashes"]))
    bits = member(document, "bits", _read_octets((size + 7) // 8))
    require(size % 8 == 0 or bits[-1] >> size % 8 == 0, "BAD_SCHEMA", "spare bits")
    return Bloom(capacity, rate, size, hashes, bits, member(document, "count", int_in(0, I64_MAX), 0))


def write_bloom(state):
    parameters = [("capacity", state.capacity), ("fp_rate", state.fp_rate), ("size", state.size)]
    content = [("num_hashes", state.hashes), ("bits", list(state.bits)), ("count", state.count)]
    return Map([("type", "bloom"), *parameters, *content])


def read_cms(document):
    check_type(document, "cms")
    width, depth = (member(document, name, int_in(1, LIMITS["cms_cells"])) for name in ("width", "depth"))
    require(width * depth <= LIMITS["cms_cells"], "BAD_SCHEMA")
    cell = int_in(0, I64_MAX)
    table = member(document, "table", list_of(list_of(cell)))
    require(len(table) == depth and all(len(row) == width for row in table), "BAD_SCHEMA")
    return Cms(width, depth, table, member(document, "total", cell, 0))


def write_cms(state):
    shape = [("width", state.width), ("depth", state.depth)]
    return Map([("type", "cms"), *shape, ("table", state.table), ("total", state.total)])


# Clocks -----------------------------------------------------------------------------------------


def _counter(value):
    require(is_int(value) and value >= 0, "BAD_SCHEMA")
    require(value <= U64_MAX, "OUT_OF_RANGE")
    return value


def read_vector_clock(document):
    check_type(document, "vector_clock")
    clocks = member(document, "clocks", object_of(_counter), dict, null_is_missing=True)
    return VectorClock({node: count for node, count in clocks.items() if count})


def write_vector_clock(state):
    return Map([("type", "vector_clock"), ("clocks", Map(sorted_pairs(state.clocks)))])


def _read_clock_dot(value):
    require(isinstance(value, list) and len(value) == 2, "BAD_SCHEMA")
    node, count = as_text(value[0]), _counter(value[1])
    return (node, count) if count else None


def read_dotted(document):
    check_type(document, "dotted_version_vector")
    base = member(document, "base", read_vector_clock, lambda: VectorClock({}), null_is_missing=True)
    return DottedVersionVector(base, member(document, "dot", _read_clock_dot, None, null_is_missing=True))


def write_dotted(state):
    dot = [("dot", list(state.dot))] if state.dot else []
    return Map([("type", "dotted_version_vector"), ("base", write_vector_clock(state.base)), *dot])


# Merkle tree and gossip -------------------------------------------------------------------------

_CONTENT_HASH = re.compile(r"[0-9a-f]{64}")
_MOST_BRANCHES = 2**32 - 1


def _branching(value):
    return max(int_in(as_i64(value), _MOST_BRANCHES)(value), 2)


def _content_hash(value):
    require(_CONTENT_HASH.fullmatch(as_text(value)), "BAD_SCHEMA")
    return value


def _record(value):
    return any_value(as_map(value))


def read_merkle_tree(document):
    check_type(document, "merkle_tree")
    branching = member(document, "branching_factor", _branching, 16)
    hashes = member(document, "records", object_of(_content_hash), dict)
    data = member(document, "record_data", object_of(_record), dict)
    return MerkleTree(branching, {key: (content, data.get(key)) for key, content in hashes.items()})


def write_merkle_tree(state):
    records = sorted_pairs(state.records)
    hashes = Map((key, content) for key, (content, _) in records)
    data = Map((key, record) for key, (_, record) in records if record is not None)
    head = [("type", "merkle_tree"), ("branching_factor", state.branching_factor)]
    return Map([*head, ("records", hashes), ("record_data", data)])


def read_gossip_entry(document, expected_key=None):
    key = member(as_map(document), "key", as_text)
    require(expected_key in (None, key), "BAD_SCHEMA", "under another key")
    value = member(document, "value", any_value)
    clock = member(document, "clock", read_vector_clock)
    return key, GossipEntry(value, clock, member(document, "tombstone", as_bool, False))


def write_gossip_entry(key, entry):
    content = [("value", entry.value), ("clock", write_vector_clock(entry.clock)), ("tombstone", entry.tombstone)]
    return Map([("key", key), *content])


def _read_entries(value):
    return {key: read_gossip_entry(entry, key)[1] for key, entry in as_object(value).items()}


def read_gossip_state(document):
    check_type(document, "gossip_state")
    node = member(document, "node_id", as_text)
    fanout = member(document, "fanout", as_i64, 3)
    entries = member(document, "entries", _read_entries, dict)
    return GossipState(node, fanout, entries, member(document, "clock", read_vector_clock, lambda: VectorClock({})))


def write_gossip_state(state):
    entries = Map((key, write_gossip_entry(key, entry)) for key, entry in sorted_pairs(state.entries))
    head = [("type", "gossip_state"), ("node_id", state.node), ("fanout", state.fanout)]
    return Map([*head, ("entries", entries), ("clock", write_vector_clock(state.clock))])


# Operations and messages ------------------------------------------------------------------------


def read_delta(document):
    check_type(document, "delta")
    records, texts = list_of(_record), list_of(as_text)
    read = [("added", records, list), ("modified", records, list), ("removed", texts, list)]
    read += [("version", as_i64, 0), ("timestamp", read_stamp, ZERO), ("source_node", as_text, "")]
    return Delta(*(member(document, name, check, missing, True) for name, check, missing in read))


def write_delta(state):
    records = [("added", state.added), ("modified", state.modified), ("removed", state.removed)]
    origin = [("version", state.version), ("timestamp", state.stamp.wire_1()), ("source_node", state.source)]
    return Map(records + origin)


def read_entry_message(document):
    check_type(document, "gossip_entry")
    return EntryMessage(*read_gossip_entry(document))


def write_entry_message(state):
    return write_gossip_entry(state.key, state.entry)


KINDS = {
    0x01: (read_g_counter, write_g_counter),
    0x02: (read_pn_counter, write_pn_counter),
    0x03: (read_register, write_register),
    0x04: (read_or_set, write_or_set),
    0x05: (read_lww_map, write_lww_map),
    0x10: (read_delta, write_delta),
    0x20: (lambda value: Report(0x20, value), lambda state: state.payload),
    0x30: (read_hll, write_hll),
    0x31: (read_bloom, write_bloom),
    0x32: (read_cms, write_cms),
    0x40: (read_vector_clock, write_vector_clock),
    0x41: (read_dotted, write_dotted),
    0x42: (read_merkle_tree, write_merkle_tree),
    0x43: (read_gossip_state, write_gossip_state),
    0x44: (read_entry_message, write_entry_message),
}


def read_state(tag, document):
    """The state, or the report, a document stands for."""
    return KINDS[tag][0](document) if tag in KINDS else reports.read_report(tag, document)


def write_state(state):
    """The canonical document of a state or report."""
    if state.tag in KINDS:
        return KINDS[state.tag][1](state)
    require(state.tag in reports.TABLES, "NOT_IN_V1", "a kind version 1 has not")
    return state.payload


def is_json(tag):
    return TAGS[tag]["payload"] == "json"
