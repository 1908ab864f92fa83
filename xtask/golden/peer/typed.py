"""Typed notation: one JSON spelling per value, so that 1, 1.0, True and "1" never look alike.

Floats are written by their IEEE-754 bits (big-endian), therefore NaN payloads and the sign of zero
count. Maps keep their order because the order of a user's map is part of its meaning; sets are
sorted by the spelling of their members because theirs is not.
"""

import json
import struct


def float_bits(number):
    """The sixteen hexadecimal digits of a double, most significant byte first."""
    return struct.pack(">d", number).hex()


def spell(value):
    """Spell a plain Python value in the typed notation; other kinds are refused."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return {"i": str(value)}
    if isinstance(value, float):
        return {"f": float_bits(value)}
    if isinstance(value, str):
        return {"s": value}
    if isinstance(value, (bytes, bytearray)):
        return {"b": bytes(value).hex()}
    return spell_container(value)


def spell_container(value):
    """Spell a list, tuple, map or set."""
    if isinstance(value, (list, tuple)):
        return {"l": [spell(member) for member in value]}
    if isinstance(value, dict):
        return {"m": [[spell(key), spell(member)] for key, member in value.items()]}
    if isinstance(value, (set, frozenset)):
        return {"set": sorted((spell(member) for member in value), key=text)}
    raise TypeError(f"no typed spelling for {type(value).__name__}")


def text(spelling):
    """The one text of a spelling, for comparing and sorting."""
    return json.dumps(spelling, sort_keys=True)


def same(left, right):
    """Whether two plain values are the same, kind by kind and bit by bit."""
    return text(spell(left)) == text(spell(right))


def difference(got, wanted, path="at"):
    """The first place where two spellings differ, in words."""
    if isinstance(got, dict) and isinstance(wanted, dict) and list(got) == list(wanted):
        places = [(name, got[name], wanted[name]) for name in got]
    elif isinstance(got, list) and isinstance(wanted, list) and len(got) == len(wanted):
        places = [(str(index), one, other) for index, (one, other) in enumerate(zip(got, wanted))]
    else:
        return f"{path}: {text(got)} instead of {text(wanted)}"
    for name, one, other in places:
        if text(one) != text(other):
            return difference(one, other, f"{path} {name}")
    return "no difference"
