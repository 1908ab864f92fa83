"""The joins, written a second time from the specification, as the judge of merges.

They work on plain payloads. Where the reference's answer obeys the laws both must agree, which
tests this file; where it does not, this file says what is expected, and `deviations.py` must name
the reason.
"""

from fractions import Fraction

from compact import encode


def slots(left, right):
    """The larger figure of every slot."""
    return {key: max(left.get(key, 0), right.get(key, 0)) for key in {**left, **right}}


def join_counts(left, right):
    """Counter halves and vector clocks."""
    member = "counts" if "counts" in left else "clocks"
    return {**left, member: slots(left[member], right[member])}


def join_pn_counter(left, right):
    """Half by half."""
    return {**left, **{half: join_counts(left[half], right[half]) for half in ("pos", "neg")}}


def moment(stamp):
    """The exact value of a stamp; an infinite one is larger than all others."""
    return stamp if stamp in (float("inf"), float("-inf")) else Fraction(stamp)


def order_w(register):
    """Order W: moment, node, bytes of the value, bytes of the stamp."""
    stamp = register["timestamp"]
    return moment(stamp), register["node_id"].encode("utf-8"), encode(register["value"]), encode(stamp)


def join_lww_register(left, right):
    """The greater write."""
    return max(left, right, key=order_w)


def keyed(join, left, right):
    """A map joined key by key."""
    both = {key: join(left[key], right[key]) for key in left if key in right}
    return {**left, **right, **both}


def later(left, right):
    """The later tombstone; equal moments go by the greater bytes."""
    return max(left, right, key=lambda stamp: (moment(stamp), encode(stamp)))


def join_lww_map(left, right):
    """Registers by order W, tombstones by the later one; nothing is dropped."""
    return {
        **left,
        "registers": keyed(join_lww_register, left["registers"], right["registers"]),
        "tombstones": keyed(later, left["tombstones"], right["tombstones"]),
    }


def union(left, right):
    """Tag lists by element, united."""
    return {text: sorted({*left.get(text, []), *right.get(text, [])}) for text in {**left, **right}}


def join_or_set(left, right):
    """Tags united, less the removed ones."""
    removed = union(left.get("removed", {}), right.get("removed", {}))
    elements = {
        text: [tag for tag in tags if tag not in removed.get(text, [])]
        for text, tags in union(left["elements"], right["elements"]).items()
    }
    types = {**left.get("element_types", {}), **right.get("element_types", {})}
    joined = {"type": "or_set", "elements": elements, "element_types": types}
    return {**joined, "removed": removed} if removed else joined


def join_hll(left, right):
    """The larger of each register."""
    return {**left, "registers": [max(pair) for pair in zip(left["registers"], right["registers"])]}


def join_bloom(left, right):
    """All bits of both; capacity is the larger, the promised error rate the smaller."""
    return {
        **left,
        "capacity": max(left["capacity"], right["capacity"]),
        "fp_rate": min(left["fp_rate"], right["fp_rate"]),
        "bits": [one | other for one, other in zip(left["bits"], right["bits"])],
    }


def join_cms(left, right):
    """The larger of each cell and of the totals."""
    rows = zip(left["table"], right["table"])
    table = [[max(pair) for pair in zip(*row)] for row in rows]
    return {**left, "table": table, "total": max(left["total"], right["total"])}


def join_dotted_version_vector(left, right):
    """Bases joined with both dots folded in; no dot remains."""
    base = join_counts(folded(left), folded(right))
    return {"type": left["type"], "base": base}


def folded(vector):
    """The base with the dot in it."""
    dot = dict([vector["dot"]]) if vector.get("dot") else {}
    return {**vector["base"], "clocks": slots(vector["base"]["clocks"], dot)}


def join_merkle_tree(left, right):
    """The record with the greater hash; equal hashes go by the greater bytes of the record."""

    def rank(tree, key):
        return tree["records"][key], encode(tree["record_data"][key])

    def winner(key):
        holders = [tree for tree in (left, right) if key in tree["records"]]
        return max(holders, key=lambda tree: rank(tree, key))

    keys = {**left["records"], **right["records"]}
    return {
        **left,
        "branching_factor": max(left["branching_factor"], right["branching_factor"]),
        "records": {key: winner(key)["records"][key] for key in keys},
        "record_data": {key: winner(key)["record_data"][key] for key in keys},
    }


def gossip_rank(entry):
    """Sum of the clock, the clock, tombstone, bytes of the value."""
    figures = sorted(entry["clock"]["clocks"].items(), key=lambda pair: pair[0].encode("utf-8"))
    written = [(node.encode("utf-8"), figure) for node, figure in figures]
    return sum(figure for _, figure in figures), written, entry["tombstone"], encode(entry["value"])


def join_gossip_state(left, right):
    """Entry by entry the winner with its own clock; the node clocks joined."""
    winner = lambda one, other: max(one, other, key=gossip_rank)  # noqa: E731
    return {
        **left,
        "entries": keyed(winner, left["entries"], right["entries"]),
        "clock": join_counts(left["clock"], right["clock"]),
    }


JOINS = {
    "g_counter": join_counts,
    "pn_counter": join_pn_counter,
    "lww_register": join_lww_register,
    "or_set": join_or_set,
    "lww_map": join_lww_map,
    "hll": join_hll,
    "bloom": join_bloom,
    "cms": join_cms,
    "vector_clock": join_counts,
    "dotted_version_vector": join_dotted_version_vector,
    "merkle_tree": join_merkle_tree,
    "gossip_state": join_gossip_state,
}


def join(kind, left, right):
    """The lawful join of two payloads of one kind."""
    return JOINS[kind](left, right)
