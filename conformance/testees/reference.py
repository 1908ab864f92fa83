"""The Python reference as a testee: it answers with what a release of `crdt-merge` really does.

Run it with an interpreter that has the release installed. Only public names of the package are used;
what they cannot do is not offered. An exception becomes an error whose code is the name of its class,
and the file of the testee says which codes a class stands for.
"""

import json
import os
import struct
import sys

# Without a fixed seed the order of sets, and with it some answers, would change from run to run.
if os.environ.get("PYTHONHASHSEED") != "0":
    os.environ["PYTHONHASHSEED"] = "0"
    os.execv(sys.executable, [sys.executable, "-B", *sys.argv])

from importlib.metadata import version  # noqa: E402

from crdt_merge import clocks, core, delta, gossip, merkle, probabilistic, schema_evolution, wire  # noqa: E402
from crdt_merge.dedup import dedup_list as find_duplicates  # noqa: E402
from crdt_merge.dedup import dedup_records as find_duplicate_records  # noqa: E402

from protocol import Skip, serve  # noqa: E402

HEADER = 12
# Nested lists a recorded frame goes through before the interpreter gives up.
sys.setrecursionlimit(5000)

STATES = {
    "g_counter": (0x01, core.GCounter),
    "pn_counter": (0x02, core.PNCounter),
    "lww_register": (0x03, core.LWWRegister),
    "or_set": (0x04, core.ORSet),
    "lww_map": (0x05, core.LWWMap),
    "delta": (0x10, delta.Delta),
    "hll": (0x30, probabilistic.MergeableHLL),
    "bloom": (0x31, probabilistic.MergeableBloom),
    "cms": (0x32, probabilistic.MergeableCMS),
    "vector_clock": (0x40, clocks.VectorClock),
    "dotted_version_vector": (0x41, clocks.DottedVersionVector),
    "merkle_tree": (0x42, merkle.MerkleTree),
    "gossip_state": (0x43, gossip.GossipState),
    "gossip_entry": (0x44, gossip.GossipEntry),
    "schema_evolution_result": (0x45, schema_evolution.SchemaEvolutionResult),
    "schema_change": (0x46, schema_evolution.SchemaChange),
}
# Maps whose order carries no meaning after a merge; the recorded results have them sorted.
OWNED = {"counts", "elements", "element_types", "registers", "tombstones", "clocks", "entries", "records", "record_data"}


def frame_with(tag, payload):
    """A frame around given payload bytes."""
    return b"CRDT\x00\x01" + bytes([tag, 0]) + struct.pack(">I", len(payload)) + payload


def read_value(data):
    """A compact value through a generic frame."""
    return wire.deserialize(frame_with(0x20, data))


def write_value(value):
    """Compact bytes of a value: the one item of a list in a generic frame."""
    return wire.serialize([value])[HEADER + 5 :]


def payload_of(obj):
    """The payload the reference writes for an object."""
    if not isinstance(obj, (dict, list)) and not hasattr(obj, "__dict__") and not hasattr(obj, "__slots__"):
        return obj
    frame = wire.serialize(obj)
    if 0x40 <= frame[6] <= 0x5F:
        return json.loads(frame[HEADER:])
    payload = read_value(frame[HEADER:])
    if isinstance(obj, core.ORSet):
        # The order of tags changes from process to process and means nothing.
        payload["elements"] = {element: sorted(tags) for element, tags in payload["elements"].items()}
    return payload


def document(frame):
    """Kind and payload of a frame, by way of the object the reference makes of it."""
    return {"type": wire.peek_type(frame), "payload": payload_of(wire.deserialize(frame))}


def decode_prefix(data):
    """The reference never looks behind the first frame."""
    size = wire.wire_size(data)
    return {**document(data), "consumed": size["header_bytes"] + size["payload_bytes"]}


def encode(request):
    """A frame from a payload, by way of the class of its kind."""
    kind = request["type"]
    if kind == "generic":
        return wire.serialize(request["payload"])
    if kind not in STATES:
        raise Skip(f"no public way to make a {kind} from its payload")
    return wire.serialize(STATES[kind][1].from_dict(request["payload"]))


def canonical(value, owned=False):
    """Maps of the protocol in the order of their keys, as the recorded results have them."""
    if isinstance(value, dict):
        items = sorted(value.items()) if owned else value.items()
        return {key: canonical_member(key, item) for key, item in items}
    return value


def canonical_member(key, item):
    """User values are left as they are; tag lists and maps of the protocol are sorted."""
    if key in ("value", "record_data"):
        return dict(sorted(item.items())) if key == "record_data" else item
    if key == "elements":
        return {element: sorted(tags) for element, tags in sorted(item.items())}
    return canonical(item, key in OWNED)


def canonical_frame(obj):
    """The frame of a state with its maps in canonical order."""
    frame = wire.serialize(obj)
    if frame[6] >= 0x40:
        return frame_with(frame[6], json.dumps(canonical(json.loads(frame[HEADER:]))).encode())
    state = canonical(obj.to_dict())
    return frame_with(frame[6], write_value(state))


def merge(frames):
    """States joined from the left."""
    objects = [wire.deserialize(frame) for frame in frames]
    merged = objects[0]
    for other in objects[1:]:
        merged = merged.merge(other)
    return canonical_frame(merged)


def apply(request):
    """A local operation on a state."""
    state = wire.deserialize(request["frame"])
    done = LOCAL.get((type(state).__name__, request["do"]))
    if done is None or "tag" in request:
        raise Skip("no such local operation")
    return canonical_frame(done(state, request) or state)


def unchanged(state, _):
    """The state itself; what the operation gives back is another thing."""
    return state


LOCAL = {
    ("GCounter", "increment"): lambda s, r: s.increment(r["node"], r["n"]),
    ("PNCounter", "increment"): lambda s, r: s.increment(r["node"], r["n"]),
    ("PNCounter", "decrement"): lambda s, r: s.decrement(r["node"], r["n"]),
    ("LWWRegister", "set"): lambda s, r: s.set(r["value"], r["stamp"], r["node"]),
    ("LWWMap", "set"): lambda s, r: s.set(r["key"], r["value"], r["stamp"], r["node"]),
    ("LWWMap", "delete"): lambda s, r: s.delete(r["key"], r["stamp"]),
    ("MergeableHLL", "add"): lambda s, r: s.add(r["item"]),
    ("MergeableBloom", "add"): lambda s, r: s.add(r["item"]),
    ("MergeableCMS", "add"): lambda s, r: s.add(r["item"], r["n"]),
    ("ORSet", "remove"): lambda s, r: s.remove(r["item"]),
    ("VectorClock", "increment"): lambda s, r: s.increment(r["node"]),
    ("GossipState", "update"): lambda s, r: unchanged(s, s.update(r["key"], r["value"])),
    ("GossipState", "delete"): lambda s, r: unchanged(s, s.delete(r["key"])),
    ("DottedVersionVector", "advance"): lambda s, r: s.advance(r["node"]),
}


def read(request):
    """One read of a state."""
    return read_state(wire.deserialize(request["frame"]), request["name"], request.get("item"))


def read_state(state, name, item):
    """Reads that are methods, properties or members of the dict form."""
    if name == "elements":
        return list(state.value)
    if name == "value" and isinstance(state, clocks.DottedVersionVector):
        return plain_clock(state.value)
    if name == "num_hashes" or (name == "size" and isinstance(state, probabilistic.MergeableBloom)) or name == "count":
        return state.to_dict()[name]
    if name == "node_id" and isinstance(state, core.LWWRegister):
        return state.to_dict()["node_id"]
    if not hasattr(state, name):
        raise Skip(f"no public read {name}")
    found = getattr(state, name)
    if not callable(found):
        return plain_clock(found)
    return found() if item is None else found(item)


def plain_clock(value):
    """The slots of a clock, or anything else unchanged."""
    return value.to_dict()["clocks"] if isinstance(value, clocks.VectorClock) else value


def compare(request):
    """How two clocks or two dotted version vectors relate."""
    a, b = wire.deserialize(request["a"]), wire.deserialize(request["b"])
    if isinstance(a, clocks.VectorClock):
        return a.compare(b).value
    relation = {(True, True): "equal", (True, False): "after", (False, True): "before", (False, False): "concurrent"}
    return relation[a.descends(b), b.descends(a)]


def merkle_diff(request):
    """How two trees differ."""
    found = merkle.merkle_diff(wire.deserialize(request["a"]), wire.deserialize(request["b"]))
    return payload_of(found)


def anti_entropy(request):
    """What two gossip states have to exchange."""
    local, remote = wire.deserialize(request["local"]), wire.deserialize(request["remote"])
    lists = gossip.anti_entropy(local.digest(), remote.digest())
    push, pull = local.anti_entropy_push_pull(remote.digest())
    names = ("missing_local", "missing_remote", "different")
    return {**{name: lists[name] for name in names}, "push": sorted(push), "pull": sorted(pull)}


def sketch_build(request):
    """A sketch after adding items, or one read of it."""
    parameters, kind = request["parameters"], request["type"]
    sketch = STATES[kind][1](**parameters)
    for item in request["items"]:
        sketch.add(*item) if kind == "cms" else sketch.add(item)
    return read_state(sketch, request["read"], request.get("item")) if "read" in request else wire.serialize(sketch)


def hll_position(request):
    """The one register an item raises."""
    sketch = probabilistic.MergeableHLL(request["precision"])
    sketch.add(request["item"])
    registers = list(sketch.to_dict()["registers"])
    rank = max(registers)
    return {"index": registers.index(rank), "rank": rank}


def bloom_sizing(request):
    """Size and hashes of a new filter."""
    made = probabilistic.MergeableBloom(request["capacity"], request["fp_rate"]).to_dict()
    return {"size": made["size"], "num_hashes": made["num_hashes"]}


def cms_positions(request):
    """The one column an item raises in each row."""
    sketch = probabilistic.MergeableCMS(request["width"], request["depth"])
    sketch.add(request["item"])
    return [row.index(1) for row in sketch.to_dict()["table"]]


def leaf_hash(request):
    """The hash a tree keeps for a record, and the text our documents say it hashes."""
    record, key = request["record"], request["key"]
    tree = merkle.MerkleTree.from_records([record], key)
    rest = {name: value for name, value in record.items() if name != key}
    return {"json": json.dumps(rest, sort_keys=True, default=str), "hash": tree.get_hash(str(record.get(key, "")))}


def stamped(change, stamp):
    """The frame of a delta at a given time; the reference takes its clock."""
    return wire.serialize(delta.Delta.from_dict({**change.to_dict(), "timestamp": stamp}))


def delta_compute(request):
    """The delta between two lists of records."""
    found = delta.compute_delta(request["old"], request["new"], request["key"], request["version"], request["source_node"])
    return stamped(found, request["stamp"])


def delta_apply(request):
    """Records after a delta."""
    return delta.apply_delta(request["records"], wire.deserialize(request["delta"]), request["key"])


def delta_compose(request):
    """Several deltas in one."""
    parts = [wire.deserialize(frame) for frame in request["deltas"]]
    composed = delta.compose_deltas(*parts, key=request["key"])
    ordered = delta.Delta.from_dict({**composed.to_dict(), "removed": sorted(composed.to_dict()["removed"])})
    return stamped(ordered, max(part.to_dict()["timestamp"] for part in parts))


def schema_evolve(request):
    """How a schema becomes a newer one."""
    found = schema_evolution.evolve_schema(
        request["old"],
        request["new"],
        schema_evolution.SchemaPolicy(request["policy"]),
        request["defaults"],
        request["allow_type_narrowing"],
    )
    return payload_of(found)


def schema_check(request):
    """Whether two schemas agree."""
    compatible, problems = schema_evolution.check_compatibility(request["old"], request["new"])
    return {"compatible": compatible, "problems": problems}


def dedup_list(request):
    """The first of each group of texts."""
    unique, duplicates = find_duplicates(request["items"], request["method"], request["threshold"])
    return {"unique": unique, "duplicates": duplicates}


def dedup_records(request):
    """The first of each group of records."""
    unique, removed = find_duplicate_records(request["records"], request["columns"])
    return {"unique": unique, "removed": removed}


def batch_pack(request):
    """A batch of the objects in some frames."""
    return wire.serialize_batch([wire.deserialize(item) for item in request["items"]], compress=request["compress"])


OPERATIONS = {
    "echo": lambda value: value,
    "value_encode": write_value,
    "value_decode": read_value,
    "py_str": str,
    "py_repr": repr,
    "decode": document,
    "decode_lenient": document,
    "decode_prefix": decode_prefix,
    "encode": encode,
    "roundtrip": lambda frame: wire.serialize(wire.deserialize(frame)),
    "compress": lambda frame: wire.serialize(wire.deserialize(frame), compress=True),
    "peek": lambda data: {**wire.wire_size(data), "type_name": wire.peek_type(data)},
    "canonicalize": lambda frame: canonical_frame(wire.deserialize(frame)),
    "batch_pack": batch_pack,
    "batch_unpack": lambda data: [wire.serialize(item) for item in wire.deserialize_batch(data)],
    "merge": merge,
    "apply": apply,
    "read": read,
    "compare": compare,
    "merkle_diff": merkle_diff,
    "anti_entropy": anti_entropy,
    "sketch_build": sketch_build,
    "hll_position": hll_position,
    "bloom_sizing": bloom_sizing,
    "cms_positions": cms_positions,
    "leaf_hash": leaf_hash,
    "delta_compute": delta_compute,
    "delta_apply": delta_apply,
    "delta_compose": delta_compose,
    "schema_evolve": schema_evolve,
    "schema_widen": lambda request: schema_evolution.widen_type(request["a"], request["b"]),
    "schema_check": schema_check,
    "dedup_list": dedup_list,
    "dedup_records": dedup_records,
}
FEATURES = ["compat", "lenient", "tuple", "wide_integers", "version_1_only"]


def refusal_of(error):
    """The class of an exception stands for a set of codes."""
    return type(error).__name__, str(error)[:200]


if __name__ == "__main__":
    ABOUT = {"name": "crdt-merge", "language": "python", "version": version("crdt-merge"), "kind": "reference"}
    serve(ABOUT, OPERATIONS, FEATURES, refusal_of)
