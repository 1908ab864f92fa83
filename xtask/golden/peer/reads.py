"""What the reference answers when a state is asked: values, estimates, roots and comparisons.

The program under test is asked the same of the same frames. Answers are spelled in the typed
notation; the key of each answer says what was asked.
"""

import reference as ref
import typed
from reading import by_key


def counter(a, b):
    """The sum."""
    return {"value": a.value}


def register(a, b):
    """The written value."""
    return {"value": a.value}


def members(a, b):
    """The texts of the live elements; the kinds of null and bytes are lost on reading there."""
    return {"members": sorted({str(element) for element in a.value}, key=lambda text: text.encode("utf-8"))}


def entries(a, b):
    """The live keys with their values."""
    return {"value": by_key(a.value)}


def hll(a, b):
    """The estimated number of distinct items."""
    return {"estimate": a.cardinality()}


def bloom(a, b):
    """The error rate at this filling."""
    return {"error_rate": a.estimated_fp_rate()}


def cms(a, b):
    """The total, and the estimate of a text that may or may not have been added."""
    return {"total": a.total, "estimate": a.estimate("x")}


def vector_clock(a, b):
    """How the two clocks compare."""
    return {"compare": a.compare(b).value}


def dotted_version_vector(a, b):
    """Whether the first has seen everything the second has."""
    return {"descends": a.descends(b)}


def merkle_tree(a, b):
    """Root hash, height, and the difference of the two trees.

    Two roots can be equal there although the keys differ, which hides the difference; then it is not asked for.
    """
    answers = {"root_hash": a.root_hash, "height": a.height}
    if a.root_hash == b.root_hash and a.keys() != b.keys():
        return answers
    found = ref.merkle.merkle_diff(a, b).to_dict()
    lists = ("only_in_left", "only_in_right", "common_different")
    return {**answers, **{name: by_bytes(found[name]) for name in lists}}


def by_bytes(texts):
    """Texts in the order of their bytes."""
    return sorted(texts, key=lambda text: text.encode("utf-8"))


def gossip_state(a, b):
    """Digests of the entries; release 0.11.0 digests floats in another way, see `omitted`."""
    return {"digest": {key: text for key, text in by_key(a.digest()).items() if key not in omitted(a)}}


def omitted(state):
    """Keys whose digest is known to differ: floats in releases after 0.9."""
    if ref.release().startswith("0.9."):
        return set()
    return {key for key, entry in state.to_dict()["entries"].items() if isinstance(entry["value"], float)}


READS = {
    "g_counter": counter,
    "pn_counter": counter,
    "lww_register": register,
    "or_set": members,
    "lww_map": entries,
    "hll": hll,
    "bloom": bloom,
    "cms": cms,
    "vector_clock": vector_clock,
    "dotted_version_vector": dotted_version_vector,
    "merkle_tree": merkle_tree,
    "gossip_state": gossip_state,
}


def reads(kind, frames):
    """All answers about a pair, spelled; none for kinds that are only relayed."""
    if kind not in READS:
        return None
    a, b = (ref.wire.deserialize(frame) for frame in frames)
    return {name: typed.spell(answer) for name, answer in READS[kind](a, b).items()}
