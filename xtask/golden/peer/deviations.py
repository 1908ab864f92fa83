"""Why the reference's merge may differ from the lawful one: every single difference needs a reason.

Each predicate gets both inputs, the reference's answer and the expected one, all as plain payloads,
and gives the ids of the deviations that explain the differences it knows; what is left unexplained
fails the run. The ids are those of `deviations.toml`.
"""

import typed
from lawful import moment


class Unexplained(Exception):
    """The reference and the expectation differ where no listed deviation applies."""


def differing(left, right):
    """Keys under which two maps hold different things."""
    both = [key for key in left if key in right]
    alone = [key for key in {**left, **right} if key not in both]
    return alone + [key for key in both if not typed.same(left[key], right[key])]


def require(condition, place):
    """Fail unless the difference at this place is explained."""
    if not condition:
        raise Unexplained(place)


def is_tie(left, right):
    """Two writes that only a total order tells apart: one moment, one node, not the same."""
    one_moment = moment(left["timestamp"]) == moment(right["timestamp"])
    return one_moment and left["node_id"] == right["node_id"] and not typed.same(left, right)


def explain_lww_register(left, right, answer, expected):
    """Ties keep the left write in the reference."""
    require(is_tie(left, right), "register")
    return {"lww-tie"}


def explain_lww_map(left, right, answer, expected):
    """Ties in registers, tombstones that the reference loses or spells by position."""
    found = set()
    for key in differing(answer["registers"], expected["registers"]):
        require(is_tie(left["registers"][key], right["registers"][key]), f"register {key!r}")
        found.add("lww-tie")
    for key in differing(answer["tombstones"], expected["tombstones"]):
        found.add(explain_tombstone(key, left, right, answer, expected))
    return found


def explain_tombstone(key, left, right, answer, expected):
    """Not above zero and lost, or one moment in two spellings."""
    if key not in answer["tombstones"]:
        require(moment(expected["tombstones"][key]) <= 0, f"tombstone {key!r}")
        return "lww-map-tombstone-not-positive"
    pair = [side["tombstones"].get(key) for side in (left, right)]
    if None in pair:
        require(moment(expected["tombstones"][key]) <= 0, f"tombstone {key!r}")
        return "lww-map-tombstone-not-positive"
    require(moment(pair[0]) == moment(pair[1]), f"tombstone {key!r}")
    return "lww-map-tombstone-spelling"


def explain_or_set(left, right, answer, expected):
    """Removed tags come back; numbers that Python holds for equal become one element."""
    found = set()
    for text in differing(answer["elements"], expected["elements"]):
        lost = {*expected["elements"].get(text, [])} - {*answer["elements"].get(text, [])}
        back = {*answer["elements"].get(text, [])} - {*expected["elements"].get(text, [])}
        found |= explain_element(text, lost, back, (left, right))
    types = differing(answer["element_types"], expected["element_types"])
    require(not types or "or-set-equal-numbers" in found, f"element types {types}")
    return found


def explain_element(text, lost, back, sides):
    """One element with other tags than expected."""
    removed = {tag for side in sides for tag in side.get("removed", {}).get(text, [])}
    if text == "nan":
        require(all(text in side["elements"] for side in sides), "element 'nan'")
        return {"or-set-nan"}
    if not lost and back and back <= removed:
        return {"or-set-removed"}
    known = {other for side in sides for other in side["elements"] if other in ONE_NUMBER.get(text, ())}
    require(len(known) > 1, f"element {text!r}")
    return {"or-set-equal-numbers"} | ({"or-set-removed"} if removed else set())


ONE_NUMBER = {
    text: group
    for group in (("1", "1.0", "True"), ("0", "0.0", "-0.0", "False"))
    for text in group
}


def explain_bloom(left, right, answer, expected):
    """The reference keeps the left side's labels."""
    require(set(differing(answer, expected)) <= {"capacity", "fp_rate"}, "bits")
    return {"bloom-parameters"}


def explain_merkle_tree(left, right, answer, expected):
    """Branching factor of the left side; data of either side under one hash."""
    require(not differing(answer["records"], expected["records"]), "hashes")
    found = set()
    if answer["branching_factor"] != expected["branching_factor"]:
        require(answer["branching_factor"] == left["branching_factor"], "branching factor")
        found.add("merkle-branching-factor")
    for key in differing(answer["record_data"], expected["record_data"]):
        require(left["records"].get(key) == right["records"].get(key), f"record {key!r}")
        found.add("merkle-equal-hash")
    return found


def explain_gossip_state(left, right, answer, expected):
    """Contested entries: the reference goes by text, not by cause, and joins the clocks."""
    require(typed.same(answer["clock"], expected["clock"]), "clock")
    for key in differing(answer["entries"], expected["entries"]):
        contested = key in left["entries"] and key in right["entries"]
        require(contested and not typed.same(left["entries"][key], right["entries"][key]), f"entry {key!r}")
    return {"gossip-causality"}


EXPLAIN = {
    "lww_register": explain_lww_register,
    "lww_map": explain_lww_map,
    "or_set": explain_or_set,
    "bloom": explain_bloom,
    "merkle_tree": explain_merkle_tree,
    "gossip_state": explain_gossip_state,
}


def explain(kind, left, right, answer, expected):
    """Ids of the deviations that explain all differences; none where there are none."""
    if typed.same(answer, expected):
        return set()
    require(kind in EXPLAIN, kind)
    found = EXPLAIN[kind](left, right, answer, expected)
    require(found, kind)
    return found


def forgotten(kind, before, after):
    """Ids of the deviations that explain why a state reads differently after it went through us."""
    if kind in ("merge_plan", "mergeql_result") and typed.same(without_optimizations(before), after):
        return {"plan-optimizations"}
    return set()


def without_optimizations(content):
    """A plan, or a result with its plan, as if nothing had been optimised."""
    if "plan" in content:
        return {**content, "plan": without_optimizations(content["plan"])}
    return {**content, "optimizations": []}
