"""States that our program has merged and then changed: the reference must see the change.

Every check compares something the reference reads from our frame with what follows from the lawful
merge and the change, which is the same for all types: the text below is written, added or inserted,
counters move by five, clocks by one.
"""

import reference as ref
from coverage import pn_slots
from lawful import moment
from reading import by_key, effective_clock, merged_meaning, settled, state
from reads import READS

TEXT = "touched \u0130"
AMOUNT = 5

# Stamps at or above this cannot be overtaken by a clock that counts microseconds in 64 bits.
LAST_SECOND = 9_000_000_000_000


JSON_CLASSES = {
    "vector_clock": ref.clocks.VectorClock,
    "dotted_version_vector": ref.clocks.DottedVersionVector,
    "merkle_tree": ref.merkle.MerkleTree,
    "gossip_state": ref.gossip.GossipState,
}


def restored(content):
    """The reference's object of a payload, its maps in canonical order."""
    content = settled(content["type"], content)
    if content["type"] in JSON_CLASSES:
        return JSON_CLASSES[content["type"]].from_dict(content)
    return ref.wire.deserialize(ref.wire.serialize(ref.Payload(content)))


def counter(content, seen):
    """Five more."""
    return seen.value, sum(content["counts"].values()) + AMOUNT


def pn_counter(content, seen):
    """Five less."""
    signs = {"pos": 1, "neg": -1}
    slots = pn_slots(content).items()
    return seen.value, sum(signs[half] * figure for (half, _), figure in slots) - AMOUNT


def register(content, seen):
    """The text, unless the register was written at the end of time."""
    return seen.value, TEXT if moment(content["timestamp"]) < LAST_SECOND else content["value"]


def members(content, seen):
    """The text among the members."""
    before = {str(element) for element in restored(content).value}
    return sorted(map(str, seen.value)), sorted(before | {TEXT})


def entries(content, seen):
    """The text under its own key."""
    return by_key(seen.value), by_key({**restored(content).value, TEXT: TEXT})


def sketch(kind):
    """What the reference's own sketch looks like with the text added."""

    def check(content, seen):
        wanted = restored({**content, "count": 0} if kind == "bloom" else content)
        wanted.add(TEXT)
        return merged_meaning(kind, state(seen)), merged_meaning(kind, state(wanted))

    return check


def vector_clock(content, seen):
    """One event more, and after what was."""
    before = restored(content)
    total = sum(state(seen)["clocks"].values())
    return (total, before.compare(seen).value), (sum(content["clocks"].values()) + 1, "before")


def dotted_version_vector(content, seen):
    """One event more, and it has seen what was."""
    total = sum(effective_clock(state(seen)).values())
    return (total, seen.descends(restored(content))), (sum(effective_clock(content).values()) + 1, True)


def merkle_tree(content, seen):
    """The root that the reference's own tree has with the record in it."""
    wanted = restored(content)
    wanted.insert(TEXT, {"id": TEXT, "v": AMOUNT})
    return (seen.root_hash, sorted(seen.keys())), (wanted.root_hash, sorted(wanted.keys()))


def gossip_state(content, seen):
    """The text under its own key, written by one who has seen everything; the rest untouched."""
    others = {key: READS["gossip_state"](seen, seen)["digest"].get(key) for key in content["entries"]}
    before = READS["gossip_state"](restored(content), None)["digest"]
    entry = seen.get_entry(TEXT)
    order = restored(content).clock.compare(entry.clock).value
    wanted_others = {key: before.get(key) for key in content["entries"]}
    return (entry.value, entry.tombstone, order, others), (TEXT, False, "before", wanted_others)


CHECKS = {
    "g_counter": counter,
    "pn_counter": pn_counter,
    "lww_register": register,
    "or_set": members,
    "lww_map": entries,
    "hll": sketch("hll"),
    "bloom": sketch("bloom"),
    "cms": sketch("cms"),
    "vector_clock": vector_clock,
    "dotted_version_vector": dotted_version_vector,
    "merkle_tree": merkle_tree,
    "gossip_state": gossip_state,
}


def touched(kind, content, frame):
    """What the reference sees in our changed frame, and what it should see."""
    return CHECKS[kind](content, ref.wire.deserialize(frame))
