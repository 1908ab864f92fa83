"""What the generated frames hold: one counter per type and cell, counted from what was written."""

import math

from lawful import gossip_rank, moment
from reading import effective_clock
from samples import I64_MAX, I64_MIN

KIND_CELLS = ["null", "bool", "int", "float", "text", "bytes", "list", "map", "set"]
SIZE_CELLS = ["empty", "one", "many"]
BORDER_CELLS = ["nested", "zlib", "unicode", "max", "min", "nan", "ties"]
CELLS = KIND_CELLS + SIZE_CELLS + BORDER_CELLS

NAMES = {
    type(None): "null",
    bool: "bool",
    int: "int",
    float: "float",
    str: "text",
    bytes: "bytes",
    list: "list",
    tuple: "list",
    dict: "map",
    set: "set",
    frozenset: "set",
}

ELEMENT_TYPES = {"NoneType": "null", "str": "text", "tuple": "list", "frozenset": "set"}

RECORD_FIELDS = [
    {"key", "value", "clock", "tombstone"},
    {"column", "change_type", "old_type", "new_type", "resolved_type", "default_value"},
    {"field", "source", "strategy", "value", "alternative"},
    {"key", "origin", "conflict_count", "decisions"},
    {"old_name", "new_name", "version"},
]

def is_record(mapping):
    """Whether a map is one of the protocol's own records, whose keys are names and not data."""
    return "type" in mapping or "merge_key" in mapping or set(mapping) in RECORD_FIELDS

def walk(value, top=False):
    """Every value of a payload, data keys included, type names and field names left out."""
    if isinstance(value, dict):
        yield from walk_map(value, top or is_record(value))
    elif isinstance(value, (list, tuple, set, frozenset)):
        if not top:
            yield value
        for member in value:
            yield from walk(member)
    else:
        yield value

def walk_map(mapping, record):
    """A record gives its fields' values, a map of data itself, its keys and its values."""
    if not record:
        yield mapping
        yield from mapping
    for key, member in mapping.items():
        if not (record and key == "type"):
            yield from walk(member)

def depth(value):
    """How many containers deep a value is."""
    if isinstance(value, dict):
        return 1 + max(map(depth, value.values()), default=0)
    if isinstance(value, (list, tuple, set, frozenset)):
        return 1 + max(map(depth, value), default=0)
    return 0

def columns(rows):
    """All column values of some records."""
    return [value for row in rows or [] for value in row.values()]

def decisions(record):
    """Key and decided values of a merge record."""
    values = [(made["value"], made["alternative"]) for made in record["decisions"]]
    return [record["key"]] + [value for pair in values for value in pair]

USER_VALUES = {
    "lww_register": lambda c: [c["value"]],
    "lww_map": lambda c: [register["value"] for register in c["registers"].values()],
    "delta": lambda c: columns(c["added"]) + columns(c["modified"]),
    "generic": lambda c: [c],
    "merkle_tree": lambda c: columns(c["record_data"].values()),
    "gossip_state": lambda c: [entry["value"] for entry in c["entries"].values()],
    "gossip_entry": lambda c: [c["value"]],
    "schema_evolution_result": lambda c: list(c["defaults"].values()),
    "schema_change": lambda c: [c["default_value"]],
    "mergeql_result": lambda c: columns(c["data"]) + columns(c["provenance"]),
    "conflict_record": decisions,
    "conflict_topology": lambda c: [value for record in c["records"] for value in decisions(record)],
}

def register_size(content):
    """Unset, one scalar, or a container of several members."""
    value = content["value"]
    if value is None and not content["node_id"]:
        return 0
    return 2 if depth(value) and len(value) > 1 else 1

SIZES = {
    "g_counter": lambda c: len(c["counts"]),
    "pn_counter": lambda c: len(c["pos"]["counts"]) + len(c["neg"]["counts"]),
    "lww_register": register_size,
    "or_set": lambda c: len(c["elements"]),
    "lww_map": lambda c: len({**c["registers"], **c["tombstones"]}),
    "delta": lambda c: len(c["added"]) + len(c["modified"]) + len(c["removed"]),
    "generic": len,
    "cms": lambda c: min(c["total"], 2),
    "vector_clock": lambda c: len(c["clocks"]),
    "dotted_version_vector": lambda c: len(effective_clock(c)),
    "merkle_tree": lambda c: len(c["records"]),
    "gossip_state": lambda c: len(c["entries"]),
    "gossip_entry": lambda c: len(c["clock"]["clocks"]),
    "schema_evolution_result": lambda c: len(c["changes"]),
    "schema_change": lambda c: sum(c[name] is not None for name in ("old_type", "new_type", "resolved_type")),
    "merkle_diff": lambda c: len(c["differing_keys"]),
    "mergeql_query": lambda c: len(c["sources"]),
    "merge_plan": lambda c: len(c["sources"]),
    "mergeql_result": lambda c: len(c["data"]),
    "parquet_merge_metadata": lambda c: len(c["strategies"]),
    "conflict_record": lambda c: len(c["decisions"]),
    "conflict_topology": lambda c: len(c["records"]),
}

def element_kinds(content):
    """The kinds of a set's elements, by the type names it was written with."""
    types = content.get("element_types", {})
    names = {types.get(text, "str") for text in content["elements"]}
    return {ELEMENT_TYPES.get(name, name) for name in names}

def restore_elements(content):
    """Numbers and texts of a set's elements, for the border cells."""
    readers = {"int": int, "float": float}
    types = content.get("element_types", {})
    return [readers.get(types.get(text), str)(text) for text in content["elements"]]

def content_cells(kind, content, items):
    """Cells that one written state fills; a sketch is described by what was put into it."""
    if kind == "or_set":
        values, kinds = restore_elements(content), element_kinds(content)
    else:
        values = list(walk(content if items is None else items, top=True))
        kinds = {NAMES[type(value)] for value in values}
    size = SIZES[kind](content) if items is None else len(items)
    users = USER_VALUES.get(kind, lambda _: [])(content) if items is None else items
    cells = kinds | {SIZE_CELLS[min(size, 2)]} | border_cells(values)
    return cells | ({"nested"} if max(map(depth, users), default=0) >= 3 else set())

def border_cells(values):
    """Borders of integers, NaN and texts outside ASCII."""
    numbers = [value for value in values if type(value) is int]
    cells = {name for name, border in (("max", I64_MAX), ("min", I64_MIN)) if border in numbers}
    if any(isinstance(value, float) and math.isnan(value) for value in values):
        cells.add("nan")
    if any(isinstance(value, str) and not value.isascii() for value in values):
        cells.add("unicode")
    return cells

# --- ties -----------------------------------------------------------------------------------

def equal_slot(left, right):
    """Whether some slot holds the same figure on both sides."""
    return any(figure and right.get(node) == figure for node, figure in left.items())

def writes(kind, content):
    """All stamped writes of a register or map, by key."""
    return {"": content} if kind == "lww_register" else content["registers"]

def contested(kind, left, right):
    """Pairs of writes to one key."""
    ours, theirs = writes(kind, left), writes(kind, right)
    return [(ours[key], theirs[key]) for key in ours if key in theirs]

def stamp_ties(kind, left, right):
    """Whether some contested key has one stamp, and one stamp with one node."""
    if kind not in ("lww_register", "lww_map"):
        return False, False
    pairs = contested(kind, left, right)
    tied = [p for p in pairs if moment(p[0]["timestamp"]) == moment(p[1]["timestamp"])]
    return bool(tied), any(one["node_id"] == other["node_id"] for one, other in tied)

def equal_cell(left, right):
    """Whether two lists of numbers have an equal non-zero cell."""
    return any(one and one == other for one, other in zip(left, right))

def gossip_tie(left, right):
    """Whether some key has two entries of equal clock sum that are not the same entry."""
    ours, theirs = left["entries"], right["entries"]
    ranks = [(gossip_rank(ours[key]), gossip_rank(theirs[key])) for key in ours if key in theirs]
    return any(one[0] == other[0] and one != other for one, other in ranks)

def shared_tag(left, right):
    """Whether some add tag is on both sides."""
    return any(set(tags) & set(right["elements"].get(text, [])) for text, tags in left["elements"].items())

def pn_slots(content):
    """Both halves of a counter as one slot map."""
    halves = [(half, content[half]["counts"]) for half in ("pos", "neg")]
    return {(half, node): figure for half, counts in halves for node, figure in counts.items()}

TIES = {
    "g_counter": lambda a, b: equal_slot(a["counts"], b["counts"]),
    "pn_counter": lambda a, b: equal_slot(pn_slots(a), pn_slots(b)),
    "lww_register": lambda a, b: stamp_ties("lww_register", a, b)[0],
    "lww_map": lambda a, b: stamp_ties("lww_map", a, b)[0],
    "or_set": shared_tag,
    "hll": lambda a, b: equal_cell(a["registers"], b["registers"]),
    "bloom": lambda a, b: any(one & other for one, other in zip(a["bits"], b["bits"])),
    "cms": lambda a, b: any(map(equal_cell, a["table"], b["table"])),
    "vector_clock": lambda a, b: equal_slot(a["clocks"], b["clocks"]),
    "dotted_version_vector": lambda a, b: equal_slot(effective_clock(a), effective_clock(b)),
    "merkle_tree": lambda a, b: equal_slot(a["records"], b["records"]),
    "gossip_state": gossip_tie,
}

def pair_cells(kind, left, right, items, compressed):
    """Cells that a pair fills."""
    in_left, in_right = items or (None, None)
    cells = content_cells(kind, left, in_left) | content_cells(kind, right, in_right)
    if compressed:
        cells.add("zlib")
    if kind in TIES and TIES[kind](left, right):
        cells.add("ties")
    return cells

