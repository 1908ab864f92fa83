"""Two replicas of every type, written by the reference through its own operations.

A writer takes a sampler and gives a `Pair`. Replicas share a past: a common state goes through the
wire to both of them and is then changed on each side, so merges meet ties, old news and conflicts.
"""

import copy
import dataclasses

import reference as ref
from samples import I64_MAX, I64_MIN, STAMPS
from tags import JSON_KINDS


@dataclasses.dataclass
class Pair:
    """Two objects of the reference; what was put into each of them where that is the point."""

    a: object
    b: object
    items: tuple = None
    note: str = ""


def fork(state):
    """Two replicas of one state, each read from the frame of it."""
    frame = ref.wire.serialize(state)
    return ref.wire.deserialize(frame), ref.wire.deserialize(frame)


def steps(sampler):
    """How many local operations: none, one, some or many."""
    return sampler.choice([0, 1, 1, 2, 3, 5, 8] + ([40] if sampler.chance(0.1) else []))


def diverge(sampler, start, change):
    """A pair with a shared past: changes on the start, a fork, changes on both sides."""
    for _ in range(steps(sampler)):
        change(start)
    a, b = fork(start)
    for replica in (a, b):
        for _ in range(steps(sampler)):
            change(replica)
    return Pair(a, b)


# --- counters -------------------------------------------------------------------------------


def amount(sampler, slot):
    """An increment that keeps the slot within 64 bits, at times exactly filling it."""
    if sampler.chance(0.05):
        return I64_MAX - slot
    return min(sampler.choice([0, 1, 1, 2, 100, 127, 128, 2**31, 2**40]), I64_MAX - slot)


def write_g_counter(sampler):
    """Increments by several nodes."""

    def change(counter):
        node = sampler.node()
        slot = counter.to_dict()["counts"].get(node, 0)
        counter.increment(node, amount(sampler, slot))

    return diverge(sampler, ref.core.GCounter(), change)


def write_pn_counter(sampler):
    """Increments and decrements by several nodes."""

    def change(counter):
        node, half = sampler.node(), sampler.choice(["pos", "neg"])
        slot = counter.to_dict()[half]["counts"].get(node, 0)
        move = counter.increment if half == "pos" else counter.decrement
        move(node, amount(sampler, slot))

    return diverge(sampler, ref.core.PNCounter(), change)


# --- registers and sets ---------------------------------------------------------------------


def contested_writes(sampler):
    """Two (value, stamp, node): a third with one stamp, half of those with one node too."""
    first = (sampler.value(), sampler.stamp(), sampler.node())
    if sampler.chance(0.1):
        return first, first
    stamp = respell(sampler, first[1]) if sampler.chance(0.4) else sampler.stamp()
    node = first[2] if sampler.chance(0.5) else sampler.node()
    return first, (sampler.value(), stamp, node)


def respell(sampler, stamp):
    """The same moment, now and then as the other number kind where that loses nothing."""
    if sampler.chance(0.7):
        return stamp
    other = float(stamp) if isinstance(stamp, int) else int(stamp)
    return other if other == stamp and abs(other) <= I64_MAX else stamp


def write_lww_register(sampler):
    """Two writes, often contested; at times one side has never been set."""
    registers = []
    for write in contested_writes(sampler):
        register = ref.core.LWWRegister()
        if not sampler.chance(0.06):
            register.set(*write)
        registers.append(register)
    return Pair(*registers)


ELEMENTS = ["x", "milk", "", "é", "\u0130", "\U0001f600", 0, 1, -5, 2**63 - 1, -(2**63), 2.5, -0.0]
ELEMENTS += [1.0, 1e16, float("inf"), float("nan"), True, False, None, b"raw", (1, "a")]
ELEMENTS += [frozenset([1])]


def add_element(sampler, target):
    """Add an element unless the set holds another one with the same text."""
    element = sampler.choice(ELEMENTS[:13] if sampler.chance(0.5) else ELEMENTS)
    types = target.to_dict().get("element_types", {})
    known = str(element) in target.to_dict()["elements"]
    if not known or types.get(str(element), "str") == type(element).__name__:
        target.add(element)


def change_set(sampler, target):
    """Add, or remove something that is there."""
    present = sorted(target.value, key=repr)
    if present and sampler.chance(0.3):
        target.remove(sampler.choice(present))
    else:
        add_element(sampler, target)


def write_or_set(sampler):
    """Adds and removals; a quarter carries our `removed` member, a few clash 1 with "1"."""
    pair = diverge(sampler, ref.core.ORSet(), lambda target: change_set(sampler, target))
    if sampler.chance(0.03):
        return clash(pair)
    if sampler.chance(0.3):
        pair = with_dots(sampler, pair)
    if sampler.chance(0.25):
        pair = with_removals(sampler, pair)
    return pair


def clash(pair):
    """The number 41 on one side and the text "41" on the other: version 1 cannot hold both."""
    pair.a.add(41)
    pair.b.add("41")
    return Pair(pair.a, pair.b, note="clash")


def with_dots(sampler, pair):
    """Add tags of the form `<actor>#<n>`, one line of numbers for each element."""
    sides = [pair.a.to_dict(), pair.b.to_dict()]
    texts = sorted({text for side in sides for text in side["elements"]})
    for side in sides:
        for text, tags in side["elements"].items():
            if sampler.chance(0.5):
                tags.append(f"node~{texts.index(text):010x}#{sampler.between(1, 3)}")
    return Pair(ref.Payload(sides[0]), ref.Payload(sides[1]), note="dots")


def with_removals(sampler, pair):
    """One side has removed tags that it saw, and says so in the `removed` member."""
    left, right = copy.deepcopy(pair.a.to_dict()), copy.deepcopy(pair.b.to_dict())
    removed = {}
    for text, tags in left["elements"].items():
        gone = sorted(tag for tag in tags if sampler.chance(0.6))
        if gone:
            removed[text] = gone
            left["elements"][text] = [tag for tag in tags if tag not in gone]
    if removed:
        left["removed"] = removed
    sides = [ref.Payload(left), ref.Payload(right)]
    sampler.random.shuffle(sides)
    return Pair(*sides, note="removed")


KEYS = ["k", "name", "é", "", "\u0130", "\U0001f600", "key with space"]


def write_lww_map(sampler):
    """Writes and deletes of few keys at few stamps."""

    def change(target):
        key = sampler.choice(KEYS)
        if sampler.chance(0.3):
            target.delete(key, sampler.stamp())
        else:
            target.set(key, sampler.value(), sampler.stamp(), sampler.node())

    pair = diverge(sampler, ref.core.LWWMap(), change)
    if sampler.chance(0.6):
        contest(sampler, pair)
    return pair


def contest(sampler, pair):
    """Both sides write one key, often at one stamp and one node."""
    key = sampler.choice(KEYS)
    for target, write in zip((pair.a, pair.b), contested_writes(sampler)):
        target.set(key, *write)
    if sampler.chance(0.4):
        stamp = sampler.stamp()
        pair.a.delete(key, stamp)
        pair.b.delete(key, respell(sampler, stamp))


# --- deltas and plain values ----------------------------------------------------------------


def table(sampler, json_only=False):
    """Rows with few keys, so that two tables share some of them."""
    rows = []
    for key in sampler.random.sample([1, 2, "é", "1", 2.5, True, None], sampler.below(5)):
        rows.append(sampler.record("id", key, json_only))
    return rows


def one_delta(sampler):
    """A computed delta or one built by hand with chosen version, stamp and node."""
    if sampler.chance(0.5):
        old, new = table(sampler), table(sampler)
        return ref.delta.compute_delta(old, new, "id", sampler.below(1000), sampler.node())
    stamp = sampler.choice([s for s in STAMPS if s])
    removed = [sampler.text() for _ in range(sampler.below(4))]
    return ref.delta.Delta(
        table(sampler), table(sampler), removed, sampler.between(0, I64_MAX), stamp, sampler.node()
    )


def write_delta(sampler):
    """Two deltas; a delta is a change and has no join."""
    return Pair(one_delta(sampler), one_delta(sampler))


def one_generic(sampler):
    """A dict or a list, the two top-level kinds the reference writes as generic."""
    if sampler.chance(0.5):
        return [sampler.value() for _ in range(sampler.below(5))]
    return {sampler.map_key(False): sampler.value() for _ in range(sampler.below(5))}


def write_generic(sampler):
    """Two plain values."""
    return Pair(one_generic(sampler), one_generic(sampler))


# --- sketches -------------------------------------------------------------------------------


def sketch_item(sampler):
    """Anything hashable to a sketch: every value kind but sets, whose text has no fixed order."""
    item = sampler.value()
    return "no set" if holds_set(item) else item


def holds_set(value):
    """Whether a set is anywhere in the value."""
    if isinstance(value, (set, frozenset)):
        return True
    if isinstance(value, (list, tuple)):
        return any(holds_set(member) for member in value)
    return isinstance(value, dict) and any(holds_set(member) for member in value.values())


def fill(sampler, make, shared):
    """A sketch filled with the shared items and some of its own, and what went in."""
    items = list(shared) + [sketch_item(sampler) for _ in range(steps(sampler))]
    sketch = make()
    for item in items:
        sketch.add(item)
    return sketch, items


def sketch_pair(sampler, make_a, make_b):
    """Two sketches that share some items."""
    shared = [sketch_item(sampler) for _ in range(steps(sampler))]
    (a, in_a), (b, in_b) = fill(sampler, make_a, shared), fill(sampler, make_b, shared)
    return Pair(a, b, items=(in_a, in_b))


def write_hll(sampler):
    """HyperLogLog, mostly small, the usual precision of 14 now and then."""
    precision = 14 if sampler.chance(0.01) else sampler.choice([4, 4, 5, 6, 8])
    make = lambda: ref.probabilistic.MergeableHLL(precision)  # noqa: E731
    return sketch_pair(sampler, make, make)


def write_bloom(sampler):
    """Bloom filters of one size; a fifth was configured differently but is just as large."""
    capacity, rate = sampler.choice([(1, 0.5), (10, 0.1), (50, 0.01), (300, 0.03)])
    make_a = lambda: ref.probabilistic.MergeableBloom(capacity, rate)  # noqa: E731
    pair = sketch_pair(sampler, make_a, make_a)
    if sampler.chance(0.2):
        relabelled = pair.b.to_dict()
        relabelled.update(capacity=capacity + sampler.between(-1, 1), fp_rate=rate / 2)
        pair.b = ref.Payload(relabelled)
    return pair


def write_cms(sampler):
    """Count-min sketches, some items counted several times."""
    width, depth = sampler.choice([(1, 1), (4, 2), (16, 3), (50, 5)])
    make = lambda: ref.probabilistic.MergeableCMS(width, depth)  # noqa: E731
    pair = sketch_pair(sampler, make, make)
    if sampler.chance(0.1):
        pair.a.add("border", I64_MAX - pair.a.to_dict()["total"])
        pair.items = None
    return pair


# --- clocks ---------------------------------------------------------------------------------


def clock(sampler):
    """A vector clock, made by increments or from figures."""
    figures = {sampler.node(): sampler.choice([1, 2, 3, 3, 1000]) for _ in range(steps(sampler))}
    if sampler.chance(0.1):
        figures["edge"] = sampler.choice([I64_MAX, 2**63, 2**64 - 1])
    made = ref.clocks.VectorClock(figures)
    return made.increment(sampler.choice(["a", "b"])) if sampler.chance(0.3) else made


def write_vector_clock(sampler):
    """Two clocks: one past, both counted on."""
    base = clock(sampler).to_dict()["clocks"]
    pair = []
    for _ in range(2):
        figures = dict(base)
        for _ in range(sampler.below(4)):
            node = sampler.node()
            figures[node] = max(figures.get(node, 0), sampler.between(0, 5))
        pair.append(ref.clocks.VectorClock(figures))
    return Pair(*pair)


def write_dotted_version_vector(sampler):
    """Clocks with and without an outstanding dot."""
    clocks = write_vector_clock(sampler)
    dot = (sampler.node(), sampler.choice([1, 2, 3, 6]))
    dots = [sampler.choice([None, dot, (sampler.node(), sampler.between(1, 6))]) for _ in range(2)]
    make = ref.clocks.DottedVersionVector
    return Pair(make(clocks.a, dots[0]), make(clocks.b, dots[1]))


# --- Merkle trees and gossip ----------------------------------------------------------------


def one_tree(sampler, rows):
    """A tree over rows, with an insert and a delete on the way at times."""
    factor = sampler.choice([2, 3, 16, 16, 16])
    tree = ref.merkle.MerkleTree.from_records(copy.deepcopy(rows), "id", factor)
    if sampler.chance(0.4):
        tree.insert("extra", sampler.record("id", "extra", True))
    if rows and sampler.chance(0.2):
        tree.delete(str(rows[0]["id"]))
    return tree


def merkle_rows(sampler):
    """Shared rows and one row more or changed on each side."""
    shared = table(sampler, json_only=True)
    sides = [shared + table(sampler, json_only=True)[:2] for _ in range(2)]
    return shared, sides


def write_merkle_tree(sampler):
    """Two trees over overlapping rows; some rows have other data under an equal hash."""
    _, sides = merkle_rows(sampler)
    pair = Pair(one_tree(sampler, sides[0]), one_tree(sampler, sides[1]))
    return equal_hash(sampler) if sampler.chance(0.05) else pair


def equal_hash(sampler):
    """One hash, two records: the key field is not hashed, so other key values hash alike."""
    value = sampler.value(json_only=True)
    keys = sampler.random.sample([1, "1"], 2)
    trees = [ref.merkle.MerkleTree.from_records([{"id": key, "v": value}], "id") for key in keys]
    return Pair(*trees, note="equal hash")


def write_merkle_diff(sampler):
    """What the reference's own diff answers for two trees."""
    diffs = []
    for _ in range(2):
        _, sides = merkle_rows(sampler)
        diffs.append(ref.merkle.merkle_diff(one_tree(sampler, sides[0]), one_tree(sampler, sides[1])))
    if sampler.chance(0.05):
        diffs[0].comparisons_made = I64_MAX
    return Pair(*diffs)


def write_gossip_state(sampler):
    """Nodes that write, delete, exchange entries and merge before they meet."""
    names = sampler.random.sample(["a", "b", "Zoë", "\U0001f600"], 3)
    nodes = [ref.gossip.GossipState(name, sampler.choice([3, 3, 1, 7])) for name in names]
    for _ in range(steps(sampler) + steps(sampler)):
        gossip_step(sampler, nodes)
    return Pair(nodes[0], nodes[1])


def gossip_step(sampler, nodes):
    """One write, delete or exchange."""
    node, other = sampler.random.sample(nodes, 2)
    move = sampler.below(10)
    if move < 6:
        node.update(sampler.choice(KEYS[:4]), sampler.value(json_only=True))
    elif move < 8:
        node.delete(sampler.choice(KEYS[:4]))
    else:
        wanted = node.anti_entropy_pull(other.digest())
        node.apply_entries(other.get_entries(wanted))


def write_gossip_entry(sampler):
    """Single entries."""

    def entry():
        value = sampler.value(json_only=True)
        return ref.gossip.GossipEntry(sampler.text(), value, clock(sampler), sampler.chance(0.3))

    return Pair(entry(), entry())


# --- reports --------------------------------------------------------------------------------

COLUMN_TYPES = ["int", "float", "str", "int32", "int64", "float32", "float64", "größe"]


def columns(sampler):
    """A schema of up to four columns."""
    names = sampler.random.sample(["id", "v", "näme", "when", ""], sampler.below(5))
    return {name: sampler.choice(COLUMN_TYPES) for name in names}


def evolution(sampler):
    """What the reference answers for two random schemas."""
    module = ref.schema_evolution
    policy = sampler.choice(list(module.SchemaPolicy))
    old, new = columns(sampler), columns(sampler)
    defaults = {name: sampler.value(json_only=True) for name in {**old, **new}}
    chosen = {name: value for name, value in defaults.items() if sampler.chance(0.6)}
    return module.evolve_schema(old, new, policy, chosen, sampler.chance(0.5))


def write_schema_evolution_result(sampler):
    """Two evolutions; 0.11.0 notes a rename in some."""
    results = [evolution(sampler), evolution(sampler)]
    if hasattr(results[0], "rename_column") and sampler.chance(0.3):
        for column in list(results[0].resolved_schema)[:1]:
            results[0].rename_column(column, "renamed ö", "2.0")
    return Pair(*results)


def write_schema_change(sampler):
    """Single changes, from an evolution or by hand."""

    def change():
        found = evolution(sampler).changes
        if found and sampler.chance(0.5):
            return sampler.choice(found)
        options = [None] if sampler.chance(0.1) else COLUMN_TYPES + [None]
        types = [sampler.choice(options) for _ in range(3)]
        kind = sampler.choice(["added", "removed", "type_changed", "unchanged"])
        value = sampler.value(json_only=True)
        return ref.schema_evolution.SchemaChange(sampler.text(), kind, *types, value)

    return Pair(change(), change())


def strategies(sampler):
    """Strategy names by column."""
    return {sampler.text(): sampler.choice(["lww", "max", "union"]) for _ in range(sampler.below(4))}


def write_mergeql_query(sampler):
    """Queries, parsed by the reference or built by hand."""

    def query():
        if sampler.chance(0.3):
            text = "MERGE x, y ON id STRATEGY v='max' WHERE v > 1 LIMIT 5"
            return ref.mergeql.MergeQLParser().parse(text)
        mapping = sampler.choice([None, {}, {"öld": "new"}])
        limit = sampler.choice([None, 0, 5, I64_MAX, I64_MIN])
        sources = [sampler.text() for _ in range(sampler.below(4))]
        where = sampler.choice([None, "v > 1", "näme = 'x'"])
        arguments = (strategies(sampler), where, sampler.chance(0.5), mapping, limit)
        return ref.mergeql.MergeAST(sources, sampler.text(), *arguments)

    return Pair(query(), query())


def engine(sampler):
    """A query engine with two registered tables."""
    made = ref.mergeql.MergeQL()
    for name in ("x", "y"):
        rows = [sampler.record("id", key, True) for key in sampler.random.sample(range(9), 3)]
        made.register(name, rows)
    return made


def plan(sampler):
    """A plan, explained by the reference or built by hand."""
    if sampler.chance(0.4):
        return engine(sampler).explain("MERGE x, y ON id STRATEGY v='lww'")
    sources = [sampler.text() for _ in range(sampler.below(4))]
    sizes = {source: sampler.choice([0, 3, I64_MAX]) for source in sources}
    flags = (sampler.chance(0.5), sampler.chance(0.5))
    steps_taken = [sampler.text() for _ in range(sampler.below(3))]
    rows = sampler.choice([0, 12, I64_MAX, I64_MIN])
    made = ref.mergeql.MergePlan(sources, sizes, "id", strategies(sampler), rows, *flags, steps_taken)
    if hasattr(made, "optimizations") and sampler.chance(0.5):
        made.optimizations.append("predicate pushdown")
    return made


def write_merge_plan(sampler):
    """Two plans."""
    return Pair(plan(sampler), plan(sampler))


def write_mergeql_result(sampler):
    """Results, from a run of the reference's engine or built by hand."""

    def result():
        if sampler.chance(0.3):
            made = engine(sampler).execute("MERGE x, y ON id STRATEGY v='lww'")
            made.merge_time_ms = sampler.choice([0.25, 1.0, 3])
            return made
        rows = [sampler.record("id", sampler.text(), True) for _ in range(sampler.below(4))]
        trail = sampler.choice([None, [], [sampler.record("key", 1, True)]])
        elapsed = sampler.choice([0.0, 1.5, float("nan")])
        conflicts = sampler.below(9)
        return ref.mergeql.MergeQLResult(rows, plan(sampler), conflicts, trail, elapsed, 2)

    return Pair(result(), result())


def write_parquet_merge_metadata(sampler):
    """Metadata blocks."""

    def block():
        counts = (sampler.choice([0, 1, I64_MAX, I64_MIN]), sampler.below(100))
        created = sampler.choice([None, "2024-05-06T07:08:09Z", "später"])
        arguments = (strategies(sampler), sampler.chance(0.5), "1.0", created, *counts)
        return ref.parquet.ParquetMergeMetadata(sampler.text(), *arguments)

    return Pair(block(), block())


def decided(sampler):
    """A value of a decision; the reference writes bytes as text and sets of numbers as lists."""
    if sampler.chance(0.1):
        return sampler.choice([b"raw", {1, 2, 3}, (1, "two")])
    return sampler.value(json_only=True)


def merge_record(sampler):
    """The decisions about one row."""
    decisions = []
    for _ in range(sampler.below(4)):
        side = sampler.choice(["a", "b", "conflict_resolved"])
        values = decided(sampler), decided(sampler)
        decisions.append(ref.provenance.MergeDecision(sampler.text(), side, "LWW", *values))
    origin = sampler.choice(["merged", "unique_a"])
    return ref.provenance.MergeRecord(decided(sampler), origin, decisions)


def write_conflict_record(sampler):
    """Two such records."""
    return Pair(merge_record(sampler), merge_record(sampler))


def write_conflict_topology(sampler):
    """Whole logs, from a merge by the reference or built by hand."""

    def log():
        if sampler.chance(0.3):
            rows = [[sampler.record("id", key, True) for key in (1, 2)] for _ in range(2)]
            _, made = ref.provenance.merge_with_provenance(rows[0], rows[1], "id")
            made.duration_ms = 0.5
            return made
        records = [merge_record(sampler) for _ in range(sampler.below(4))]
        figures = [sampler.choice([0, 1, 250, I64_MAX]) for _ in range(5)]
        return ref.provenance.ProvenanceLog(records, *figures, sampler.choice([0.0, 12.5]))

    return Pair(log(), log())


WRITERS = {
    name[len("write_") :]: function
    for name, function in list(globals().items())
    if name.startswith("write_")
}

assert JSON_KINDS < set(WRITERS)
