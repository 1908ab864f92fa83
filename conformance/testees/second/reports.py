"""Results for people and tools: 0x45 to 0x47 and 0x50 to 0x55, as tables of members."""

from .fields import (
    as_any_int, as_bool, as_is, as_map, as_number, as_text, check_type, list_of, member, object_of, one_of,
    optional, that,
)  # fmt: skip
from .registry import name_of
from .orders import sorted_text
from .states import Report
from .text import fit_for_json
from .values import Map, is_int

def _table(rows):
    """A reader of the members of a table, in its order."""
    return lambda document: Map((name, member(as_map(document), name, *how)) for name, *how in rows)

def _map_of(read):
    """A map with any keys; JSON makes texts of them on writing."""
    return lambda value: Map((key, read(item)) for key, item in as_map(value).items())

def _columns(read):
    """A map whose keys are names of columns."""
    return lambda value: Map(object_of(read)(value).items())

TEXTS, OBJECT = list_of(as_text), as_map
TEXT_OBJECT, INT_OBJECT = _map_of(as_text), _map_of(as_any_int)
MAYBE_TEXT = optional(as_text)

def _text_set(value):
    return sorted_text(set(TEXTS(value)))

# 0x45, 0x46, 0x47 -------------------------------------------------------------------------------
CHANGE_TYPES = one_of("added", "removed", "type_changed", "unchanged", "rename")
POLICIES = one_of("union", "intersection", "left_priority", "right_priority")

schema_change = _table([
    ("column", as_text), ("change_type", CHANGE_TYPES), ("old_type", MAYBE_TEXT, None), ("new_type", MAYBE_TEXT, None),
    ("resolved_type", MAYBE_TEXT, None), ("default_value", as_is, None),
])  # fmt: skip
rename = _table([("old_name", as_text), ("new_name", as_text), ("version", MAYBE_TEXT, None)])
evolution_result = _table([
    ("resolved_schema", _columns(as_text)), ("changes", list_of(schema_change)), ("defaults", _columns(as_is), Map),
    ("policy_used", POLICIES), ("is_compatible", as_bool), ("warnings", TEXTS, list),
    ("renames", list_of(rename), list),
])  # fmt: skip

def schema_evolution_result(document):
    found = evolution_result(document)
    return Map((name, value) for name, value in found.items() if name != "renames" or value)

diff_members = _table([
    *((name, _text_set, list) for name in ("differing_keys", "only_in_left", "only_in_right", "common_different")),
    ("comparisons_made", that(lambda value: is_int(value) and value >= 0), 0),
])  # fmt: skip

def merkle_diff(document):
    found = diff_members(document)
    found.put("is_identical", not found.get("differing_keys"))
    return found

# 0x50 to 0x55 -----------------------------------------------------------------------------------
query = _table([
    ("sources", TEXTS), ("on_key", as_text), ("strategies", TEXT_OBJECT, Map), ("where_clause", MAYBE_TEXT, None),
    ("explain", as_bool, False), ("schema_mapping", optional(OBJECT), None), ("limit", optional(as_any_int), None),
])  # fmt: skip
plan = _table([
    ("sources", TEXTS), ("source_sizes", INT_OBJECT), ("merge_key", as_text), ("strategies", TEXT_OBJECT),
    ("estimated_output_rows", as_any_int), ("schema_evolution_needed", as_bool), ("arrow_backend", as_bool),
    ("steps", TEXTS),
])  # fmt: skip
result = _table([
    ("data", list_of(as_map)), ("plan", plan), ("conflicts", as_any_int),
    ("provenance", optional(list_of(as_is)), None), ("merge_time_ms", as_number, 0.0),
    ("sources_merged", as_any_int, 0),
])  # fmt: skip
metadata = _table([
    ("key_column", as_text), ("strategies", TEXT_OBJECT, Map), ("provenance_enabled", as_bool, True),
    ("schema_version", as_text, "1.0"), ("created_at", MAYBE_TEXT, None), ("source_count", as_any_int, 0),
    ("merge_count", as_any_int, 0),
])  # fmt: skip
decision = _table([
    ("field", as_text), ("source", as_text), ("strategy", as_text), ("value", fit_for_json),
    ("alternative", fit_for_json, None),
])  # fmt: skip
record_members = _table([("key", fit_for_json), ("origin", as_text), ("decisions", list_of(decision), list)])

def conflict_record(document):
    found = record_members(document)
    decisions = found.get("decisions")
    conflicts = sum(one.get("source") == "conflict_resolved" for one in decisions)
    head = [("key", found.get("key")), ("origin", found.get("origin"))]
    return Map([*head, ("conflict_count", conflicts), ("decisions", decisions)])

topology = _table([
    *((name, as_any_int, 0) for name in (
        "total_rows", "merged_rows", "unique_a_rows", "unique_b_rows", "total_conflicts")),
    ("duration_ms", as_number, 0.0), ("records", list_of(conflict_record), list),
])  # fmt: skip

TABLES = {
    0x45: schema_evolution_result, 0x46: schema_change, 0x47: merkle_diff, 0x50: query, 0x51: plan, 0x52: result,
    0x53: metadata, 0x54: conflict_record, 0x55: topology,
}  # fmt: skip

def read_report(tag, document):
    """A report in canonical form."""
    has_type_member = tag >= 0x50
    check_type(document, name_of(tag), "__type" if has_type_member else "type")
    payload = TABLES[tag](document)
    if has_type_member:
        payload.put("__type", name_of(tag))
    return Report(tag, payload)
