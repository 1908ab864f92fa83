"""Rates of the reference for the benchmarks named on the command line, as JSON: operations a second."""

import json
import random
import sys
import time

from crdt_merge import wire
from crdt_merge.clocks import VectorClock
from crdt_merge.core import GCounter, LWWRegister
from crdt_merge.gossip import GossipState
from crdt_merge.merkle import MerkleTree
from crdt_merge.probabilistic import MergeableBloom, MergeableCMS, MergeableHLL
from crdt_merge.schema_evolution import evolve_schema


def rate(operations, call, seconds=0.4):
    """Best of three rounds of at least `seconds` each."""
    best = 0.0
    for _ in range(3):
        done, start = 0, time.perf_counter()
        while time.perf_counter() - start < seconds:
            call()
            done += operations
        best = max(best, done / (time.perf_counter() - start))
    return best


def counter_by_name():
    names = [f"node-{n:04}" for n in range(1000)]
    order = [random.randrange(1000) for _ in range(10_000)]
    counter = GCounter()
    return rate(len(order), lambda: [counter.increment(names[n]) for n in order])


def clock():
    state = [VectorClock()]
    names = [f"node-{n:04}" for n in range(1000)]

    def call():
        for _ in range(100):
            state[0] = state[0].increment(names[random.randrange(1000)])

    return rate(100, call)


def small_counter():
    counter = GCounter()
    counter.increment("node-a", 7)
    counter.increment("node-b", 3)
    return counter


def register():
    return LWWRegister("value 7", timestamp=1.7e9, node_id="node-a")


def encode(state):
    return rate(100, lambda: [wire.serialize(state) for _ in range(100)])


def decode(state):
    frame = wire.serialize(state)
    return rate(100, lambda: [wire.deserialize(frame) for _ in range(100)])


def batch_encode():
    states = [small_counter() for _ in range(2000)]
    return rate(2000, lambda: wire.serialize_batch(states))


def batch_decode():
    packed = wire.serialize_batch([small_counter() for _ in range(2000)])
    return rate(2000, lambda: wire.deserialize_batch(packed))


def hll():
    sketch = MergeableHLL(precision=14)
    items = list(range(5000))
    return rate(5000, lambda: [sketch.add(item) for item in items])


def bloom():
    sketch = MergeableBloom(capacity=1_000_000, fp_rate=0.01)
    items = list(range(5000))
    return rate(5000, lambda: [sketch.add(item) for item in items])


def count_min():
    sketch = MergeableCMS(width=2000, depth=7)
    items = list(range(2000))
    return rate(2000, lambda: [sketch.add(item) for item in items])


def records(count):
    return [{"id": f"k{n:07}", "name": f"name {n}", "n": n} for n in range(count)]


def merkle_build():
    rows = records(2000)
    return rate(2000, lambda: MerkleTree.from_records(rows, key="id").root_hash)


def gossip():
    state = GossipState("n1")
    keys = [f"key-{n:04}" for n in range(1000)]
    return rate(1000, lambda: [state.update(key, 1) for key in keys])


def schema():
    old = {f"column_{n:05}": "int32" for n in range(2000)}
    new = {f"column_{n:05}": "int64" for n in range(1000, 3000)}
    return rate(3000, lambda: evolve_schema(old, new))


BENCHMARKS = {
    "counter increment by name": counter_by_name,
    "vector clock increment": clock,
    "encode G-counter": lambda: encode(small_counter()),
    "decode G-counter": lambda: decode(small_counter()),
    "encode LWW register": lambda: encode(register()),
    "decode LWW register": lambda: decode(register()),
    "batch encode": batch_encode,
    "batch decode": batch_decode,
    "HLL compat add": hll,
    "Bloom compat add": bloom,
    "count-min compat add": count_min,
    "Merkle build": merkle_build,
    "gossip update": gossip,
    "schema evolution": schema,
}

if __name__ == "__main__":
    random.seed(2026)
    wanted = [name for name in sys.argv[1:] if name in BENCHMARKS]
    json.dump({name: BENCHMARKS[name]() for name in wanted}, sys.stdout)
