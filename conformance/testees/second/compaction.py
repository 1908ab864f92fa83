"""Floors: what compaction has settled, and joins of states that have one (compaction.md 3).

An entry is what a state holds under one key: (register, tombstone) in a map, (entry,) in a gossip state;
what is not there is none.
"""

from collections import namedtuple

from .orders import Stamp
from .registry import require

# What floors mean in a kind: the keys of a state, the entry of a key, the entry without what a floor makes needless,
# what of the entry a floor is about, how an entry is put into a state, and the order of floors.
Rules = namedtuple("Rules", "keys entry norm old store order")

def at_or_below(stamp, floor):
    return stamp.seconds() <= floor.seconds()

def is_hidden(register, tombstone):
    return tombstone is not None and tombstone.seconds() >= register.stamp.seconds()

def norm_cell(entry, floor):
    register, tombstone = entry
    if register and is_hidden(register, tombstone) and at_or_below(register.stamp, floor):
        register = None
    dominated = tombstone and entry[0] and not is_hidden(*entry)
    if tombstone and (dominated or at_or_below(tombstone, floor)):
        tombstone = None
    return register, tombstone

def old_cell(entry, floor):
    register, tombstone = entry
    if register and (is_hidden(register, tombstone) or not at_or_below(register.stamp, floor)):
        register = None
    return register, tombstone if tombstone and at_or_below(tombstone, floor) else None

def store_cell(state, key, entry):
    for content, part in zip((state.registers, state.tombstones), entry):
        content.pop(key, None)
        if part is not None:
            content[key] = part

def is_settled(entry, floor):
    return sum(entry.clock.clocks.values()) <= floor

def norm_gossip(entries, floor):
    return tuple(None if one and one.tombstone and is_settled(one, floor) else one for one in entries)

def old_gossip(entries, floor):
    return tuple(one if one and is_settled(one, floor) else None for one in entries)

def store_gossip(state, key, entries):
    state.entries.pop(key) if entries[0] is None else state.entries.update({key: entries[0]})

def cell_keys(state):
    return state.registers.keys() | state.tombstones.keys()

def cell(state, key):
    return state.registers.get(key), state.tombstones.get(key)

def gossip_entry(state, key):
    return (state.entries.get(key),)

RULES = {
    0x05: Rules(cell_keys, cell, norm_cell, old_cell, store_cell, Stamp.order),
    0x43: Rules(lambda state: state.entries, gossip_entry, norm_gossip, old_gossip, store_gossip, int),
}

def join_parts(left, right):
    """The join of two entries, part by part; a missing part is lowest."""
    pairs = ([part for part in parts if part is not None] for parts in zip(left, right))
    return tuple(max(present, key=lambda part: part.order()) if present else None for present in pairs)

def same(left, right):
    return [part and part.order() for part in left] == [part and part.order() for part in right]

def check_not_stale(state, peer):
    """What a state holds at or below the floor of its peer has to be in the peer."""
    if peer.floor is None:
        return
    if state.tag == 0x04:
        return check_tags_known(state, peer)
    rules, floor = RULES[state.tag], peer.floor
    for key in rules.keys(state):
        theirs = rules.entry(peer, key)
        joined = join_parts(rules.old(rules.entry(state, key), floor), theirs)
        require(same(rules.norm(joined, floor), theirs), "STALE_STATE", key)

def check_tags_known(state, closed):
    """A closed set knows every plain tag that is live in its peer."""
    for key, element in state.elements.items():
        known = closed.elements.get(key)
        require(element.plain <= (known.plain | known.removed if known else set()), "STALE_STATE")

def settle(state, floor):
    """Gives a joined state its floor, and every entry its normal form there."""
    state.floor = floor
    for key in list(RULES[state.tag].keys(state)) if state.tag in RULES else ():
        rules = RULES[state.tag]
        rules.store(state, key, rules.norm(rules.entry(state, key), floor))

def join_with_floors(left, right):
    """The join of two states of one kind, of which one may have a floor."""
    check_not_stale(left, right)
    check_not_stale(right, left)
    result = left.join(right)
    floors = [state.floor for state in (left, right) if state.floor is not None]
    if floors:
        settle(result, max(floors, key=RULES[left.tag].order) if left.tag in RULES else floors[0])
    return result

def check_normal(state):
    """A body holds nothing that its floor makes needless."""
    if state.floor is not None and state.tag in RULES:
        rules = RULES[state.tag]
        entries = [rules.entry(state, key) for key in rules.keys(state)]
        require(all(same(rules.norm(one, state.floor), one) for one in entries), "NOT_CANONICAL", "below the floor")
