"""What the reference makes of a frame, spelled so that two readings can be compared.

`state` is the plain content of a decoded object. `meaning` is its typed spelling with everything
put in order that has none: the maps the protocol owns (slots, registers, entries …) and add tags.
The order inside users' values stays as it is.
"""

import dataclasses
import re

import reference as ref
import typed

GENERIC = 0x20

# Add tags of the form `<actor>#<n>`.
DOT = re.compile(r".+#[1-9][0-9]*")

# Names of element types that a reader makes more of than text.
RESTORED = ("int", "float", "bool", "NoneType", "bytes")


def read(frame):
    """Decode a frame with the reference and give the plain content."""
    return state(ref.wire.deserialize(frame))


def written(frame):
    """What a frame of compact values says, word for word: the reference reads it as a plain value."""
    return ref.wire.deserialize(frame[:6] + bytes([GENERIC]) + frame[7:])


def state(decoded):
    """Plain content of a decoded object: its dict form, or the fields of a data class."""
    if isinstance(decoded, (dict, list)):
        return decoded
    if hasattr(decoded, "to_dict"):
        return decoded.to_dict()
    if dataclasses.is_dataclass(decoded):
        fields = dataclasses.fields(decoded)
        return {field.name: inner(getattr(decoded, field.name)) for field in fields}
    raise TypeError(f"no plain content in {type(decoded).__name__}")


def inner(member):
    """A field's content; a nested data class (the plan of a result) is opened too."""
    return state(member) if dataclasses.is_dataclass(member) else member


def by_key(mapping):
    """A protocol-owned map in canonical order."""
    return dict(sorted(mapping.items(), key=lambda pair: str(pair[0]).encode("utf-8")))


def counts(content):
    """A counter half or a vector clock, slots in order."""
    member = "counts" if "counts" in content else "clocks"
    return {**content, member: by_key(content[member])}


def settle_pn_counter(content):
    """Both halves in order."""
    return {**content, "pos": counts(content["pos"]), "neg": counts(content["neg"])}


def tag_lists(lists):
    """Elements and their tags in order."""
    return {text: sorted(tags) for text, tags in by_key(lists).items()}


def settle_or_set(content):
    """Elements and tags in order; nothing and an empty map are the same; types that no reader restores are text."""
    types = {text: name for text, name in content.get("element_types", {}).items() if name in RESTORED}
    return {
        "type": content["type"],
        "elements": tag_lists(content["elements"]),
        "element_types": by_key(types),
        "removed": plain_removals(content.get("removed", {})),
    }


def plain_removals(removed):
    """Removed tags that are no dots: what a set knows of dead dots has more than one spelling."""
    plain = {text: [tag for tag in tags if not DOT.fullmatch(tag)] for text, tags in removed.items()}
    return tag_lists({text: tags for text, tags in plain.items() if tags})


def settle_lww_map(content):
    """Registers and tombstones in order."""
    return {
        **content,
        "registers": by_key(content["registers"]),
        "tombstones": by_key(content["tombstones"]),
    }


def settle_dotted_version_vector(content):
    """The base in order."""
    return {**content, "base": counts(content["base"])}


def settle_merkle_tree(content):
    """Hashes and records in order."""
    return {
        **content,
        "records": by_key(content["records"]),
        "record_data": by_key(content["record_data"]),
    }


def settle_gossip_entry(content):
    """The entry's clock in order."""
    return {**content, "clock": counts(content["clock"])}


def settle_gossip_state(content):
    """Entries and clocks in order."""
    entries = {key: settle_gossip_entry(entry) for key, entry in by_key(content["entries"]).items()}
    return {**content, "entries": entries, "clock": counts(content["clock"])}


SETTLE = {
    "g_counter": counts,
    "pn_counter": settle_pn_counter,
    "or_set": settle_or_set,
    "lww_map": settle_lww_map,
    "vector_clock": counts,
    "dotted_version_vector": settle_dotted_version_vector,
    "merkle_tree": settle_merkle_tree,
    "gossip_entry": settle_gossip_entry,
    "gossip_state": settle_gossip_state,
}


def settled(kind, content):
    """The content with everything unordered put in order."""
    return SETTLE.get(kind, lambda same: same)(content)


def meaning(kind, content):
    """The typed spelling of the settled content."""
    return typed.spell(settled(kind, content))


# --- equality after a merge -----------------------------------------------------------------


def effective_clock(content):
    """What a dotted version vector knows: its base, raised by its dot."""
    slots = dict(content["base"]["clocks"])
    if content.get("dot"):
        node, figure = content["dot"]
        slots[node] = max(slots.get(node, 0), figure)
    return by_key({node: figure for node, figure in slots.items() if figure})


def replicated(kind, content):
    """The part of a state that replicas share, and therefore the part a merge must settle.

    Left out: the local name and fanout of a gossip node, the `count` statistic of a Bloom filter.
    A dotted version vector is what it knows, not how base and dot share it.
    """
    content = settled(kind, content)
    if kind == "gossip_state":
        return {name: content[name] for name in ("entries", "clock")}
    if kind == "bloom":
        return {name: member for name, member in content.items() if name != "count"}
    return effective_clock(content) if kind == "dotted_version_vector" else content


def merged_meaning(kind, content):
    """The typed spelling of the replicated part."""
    return typed.spell(replicated(kind, content))
