"""Why a cell of the coverage table can be empty: each gap is tried, not believed.

A gap is justified when the reference refuses to build or write the planted value, when it writes
another kind in its place, or when the frame it writes is one that the specification refuses (then
the frame is handed over and the program under test must refuse it). `PLANTS` builds the value;
`REASONS` says in words why it cannot be there.
"""

import reference as ref
import typed
from coverage import KIND_CELLS, walk
from reading import state
from samples import I64_MIN
from tags import JOINED, KINDS

REASONS = {
    "slots": "slots are whole numbers from 0 up",
    "json": "JSON payloads carry neither bytes nor sets",
    "settext": "a set's text has no fixed order, so a sketch would hash it differently in every process",
    "hashable": "set elements must be hashable and are kept as text",
    "field": "the field is typed",
    "nojoin": "the kind has no join, so nothing can tie",
    "jsonsafe": "decisions are made safe for JSON first: bytes become text, sets become lists",
}

PLANTED = {
    "null": None,
    "bool": True,
    "float": 1.5,
    "bytes": b"x",
    "list": ["x"],
    "map": {"x": 1},
    "set": {1},
    "nested": [[["x"]]],
    "min": I64_MIN,
    "nan": float("nan"),
}


def gaps(cells, reason):
    """A reason for several cells."""
    return {cell: reason for cell in cells.split()}


SLOT_GAPS = gaps("null bool float bytes list set nested min nan", "slots")
JSON_GAPS = gaps("bytes set", "json")
SAFE_GAPS = gaps("bytes set", "jsonsafe")

GAPS = {
    "g_counter": SLOT_GAPS,
    "pn_counter": SLOT_GAPS,
    "vector_clock": SLOT_GAPS,
    "dotted_version_vector": {cell: why for cell, why in SLOT_GAPS.items() if cell != "list"},
    "or_set": gaps("map nested", "hashable"),
    "hll": gaps("set", "settext"),
    "bloom": gaps("set", "settext"),
    "cms": gaps("set", "settext"),
    "merkle_tree": JSON_GAPS,
    "gossip_state": JSON_GAPS,
    "gossip_entry": JSON_GAPS,
    "schema_evolution_result": JSON_GAPS,
    "schema_change": JSON_GAPS,
    "mergeql_result": JSON_GAPS,
    "conflict_record": SAFE_GAPS,
    "conflict_topology": SAFE_GAPS,
    "merkle_diff": {**gaps("null float map nested min nan", "field"), **JSON_GAPS},
    "mergeql_query": {**gaps("float nested nan", "field"), **JSON_GAPS},
    "merge_plan": {**gaps("null float nested nan", "field"), **JSON_GAPS},
    "parquet_merge_metadata": {**gaps("float list nested nan", "field"), **JSON_GAPS},
}


def reason(kind, cell):
    """The reason for a gap, or nothing where the cell must be filled."""
    if cell == "ties" and kind not in JOINED:
        return "nojoin"
    return GAPS.get(kind, {}).get(cell)


def all_gaps():
    """Every (kind, cell) that is stated to be impossible."""
    cells = KIND_CELLS + ["nested", "min", "nan", "ties"]
    return [(kind, cell) for kind in KINDS.values() for cell in cells if reason(kind, cell)]


# --- planting -------------------------------------------------------------------------------


def counted(make):
    """A counter with the value as the increment."""

    def plant(value):
        counter = make()
        counter.increment("n", value)
        return counter

    return plant


def added(value):
    """An OR-set with the value as an element."""
    target = ref.core.ORSet()
    target.add(value)
    return target


def gossiped(value):
    """A gossip node that stores the value."""
    node = ref.gossip.GossipState("n")
    node.update("k", value)
    return node


def evolved(value):
    """An evolution with the value as a default."""
    return ref.schema_evolution.evolve_schema({"a": "int"}, {}, defaults={"a": value})


def decided(value):
    """A merge record that decided for the value."""
    made = ref.provenance.MergeDecision("f", "a", "LWW", value, value)
    return ref.provenance.MergeRecord("k", "merged", [made])


def planned(value, sources=("x",)):
    """A merge plan with the value as its row estimate."""
    return ref.mergeql.MergePlan(list(sources), {}, "id", {}, value, False, False, [])


def result(value):
    """A query result with the value in a row."""
    return ref.mergeql.MergeQLResult([{"v": value}], planned(1), 0)


def differing(value):
    """A Merkle diff with the value as a key, or as the number of comparisons."""
    if isinstance(value, int) and not isinstance(value, bool):
        return ref.merkle.MerkleDiff({"x"}, set(), set(), {"x"}, value)
    return ref.merkle.MerkleDiff({value}, set(), set(), {value}, 1)


def dotted(value):
    """A dotted version vector whose base counts the value."""
    return ref.clocks.DottedVersionVector(ref.clocks.VectorClock({"n": value}))


PLANTS = {
    "g_counter": counted(lambda: ref.core.GCounter()),
    "pn_counter": counted(lambda: ref.core.PNCounter()),
    "vector_clock": lambda value: ref.clocks.VectorClock({"n": value}),
    "dotted_version_vector": dotted,
    "or_set": added,
    "merkle_tree": lambda value: ref.merkle.MerkleTree.from_records([{"id": 1, "v": value}], "id"),
    "gossip_state": gossiped,
    "gossip_entry": lambda value: ref.gossip.GossipEntry("k", value, ref.clocks.VectorClock({})),
    "schema_evolution_result": evolved,
    "schema_change": lambda value: ref.schema_evolution.SchemaChange("c", "added", default_value=value),
    "mergeql_result": result,
    "conflict_record": decided,
    "conflict_topology": lambda value: ref.provenance.ProvenanceLog([decided(value)]),
    "merkle_diff": differing,
    "mergeql_query": lambda value: ref.mergeql.MergeAST(["x"], "id", limit=value),
    "merge_plan": planned,
    "parquet_merge_metadata": lambda value: ref.parquet.ParquetMergeMetadata("id", {}, merge_count=value),
}


def probe(kind, cell):
    """Try one gap: `refused`, `converted`, `shown`, or a `frame` that the reader must refuse."""
    why = reason(kind, cell)
    report = {"kind": kind, "cell": cell, "reason": why}
    if why == "nojoin":
        return {**report, **probe_join(kind)}
    if why == "settext":
        return {**report, **probe_set_text(kind)}
    return {**report, **probe_plant(kind, cell)}


def probe_plant(kind, cell):
    """Build and write the planted value."""
    try:
        frame = ref.wire.serialize(PLANTS[kind](PLANTED[cell]))
    except (TypeError, ValueError) as refusal:
        return {"outcome": "refused", "evidence": f"{type(refusal).__name__}: {refusal}"}
    back = state(ref.wire.deserialize(frame))
    if not any(typed.same(value, PLANTED[cell]) for value in walk(back, top=True)):
        return {"outcome": "converted", "evidence": typed.text(typed.spell(back))}
    return {"outcome": "frame", "evidence": "written by the reference", "frame": frame.hex()}


def probe_join(kind):
    """The reference has no merge for the kind; the program under test must refuse to join it."""
    from samples import Sampler
    from writers import WRITERS

    sampler = Sampler(0, kind, 0)
    ref.TAPE.start(sampler)
    if hasattr(WRITERS[kind](sampler).a, "merge"):
        return {"outcome": "unjustified", "evidence": "the reference's object has a merge"}
    return {"outcome": "shown", "evidence": "the reference's object has no merge"}


def probe_set_text(kind):
    """Two equal sets, built in two orders, leave different marks in the sketch."""
    makers = {
        "hll": lambda: ref.probabilistic.MergeableHLL(8),
        "bloom": lambda: ref.probabilistic.MergeableBloom(100, 0.01),
        "cms": lambda: ref.probabilistic.MergeableCMS(64, 3),
    }
    marks = []
    for members in ([0, 8], [8, 0]):
        sketch = makers[kind]()
        sketch.add(set(members))
        marks.append(typed.text(typed.spell(sketch.to_dict())))
    if marks[0] == marks[1]:
        return {"outcome": "unjustified", "evidence": "equal sets left equal marks"}
    return {"outcome": "shown", "evidence": "{0, 8} == {8, 0}, yet their marks differ"}
