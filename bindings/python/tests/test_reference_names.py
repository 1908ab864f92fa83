"""The modules with the names and signatures of the original package."""

from typing import Any

import pytest

import crdt_merge
from crdt_merge import CrdtError, delta, frames, wire
from crdt_merge.clocks import DottedVersionVector, Ordering, VectorClock
from crdt_merge.core import GCounter, LWWMap, LWWRegister, ORSet, PNCounter
from crdt_merge.dedup import DedupIndex, MinHashDedup, dedup_list, dedup_records
from crdt_merge.gossip import GossipEntry, GossipState, anti_entropy
from crdt_merge.merkle import MerkleDiff, MerkleNode, MerkleTree, compare_datasets, merkle_diff
from crdt_merge.probabilistic import MergeableBloom, MergeableCMS, MergeableHLL
from crdt_merge.schema_evolution import TYPE_WIDENING, SchemaPolicy, check_compatibility, evolve_schema, widen_type
from crdt_merge.verify import CRDTVerificationError, verified_merge, verify_crdt


def some_of_all() -> list[Any]:
    """One object of every class that is serialized."""
    counter, both = GCounter("a", 5), PNCounter()
    both.increment("a", 3)
    both.decrement("b")
    tags, registers = ORSet(), LWWMap()
    tags.add("x")
    tags.add("y")
    tags.remove("y")
    registers.set("k", 1, 1.5, "n")
    registers.delete("gone", 3)
    log, seen, counts = MergeableHLL(4), MergeableBloom(10, 0.1), MergeableCMS(10, 2)
    for sketch in (log, seen, counts):
        sketch.add("x")
    gossip = GossipState("n1")
    gossip.update("k", 5)
    tree = MerkleTree.from_records([{"id": 1, "x": 2}], "id")
    evolved = evolve_schema({"a": "int32"}, {"a": "int64"})
    states = [counter, both, LWWRegister("v", 3, "n"), tags, registers, log, seen, counts, tree, gossip]
    clock = VectorClock({"a": 1})
    clocks = [clock, DottedVersionVector(clock, ("b", 1))]
    reports = [merkle_diff(tree, MerkleTree()), evolved, evolved.changes[0], GossipEntry("k", 5, clock)]
    return [*states, *clocks, *reports, delta.Delta([{"id": 1}], [], ["2"], 1, 1.5, "n"), {"a": [1, b"x"]}, [1, None]]


@pytest.mark.parametrize("item", some_of_all(), ids=lambda item: type(item).__name__)
def test_what_is_serialized_is_read(item: Any) -> None:
    for compress in (False, True):
        frame = wire.serialize(item, compress=compress)
        again = wire.deserialize(frame)
        assert type(again) is type(item) and wire.serialize(again) == wire.serialize(item)
        assert wire.wire_size(frame)["protocol_version"] == 1 and wire.peek_type(frame) == frames.inspect(frame).kind
    if hasattr(item, "to_dict"):
        assert type(item).from_dict(item.to_dict()).to_dict() == item.to_dict()


def test_batches() -> None:
    items = [item for item in some_of_all() if not isinstance(item, (dict, list))]
    for compress in (False, True):
        batch = wire.serialize_batch(items, compress=compress)
        assert [type(item) for item in wire.deserialize_batch(batch)] == [type(item) for item in items]


@pytest.mark.parametrize(
    ("damage", "words"),
    [(b"x", "too short"), (b"XXXX" + bytes(20), "Invalid magic"), (wire.serialize({"a": 1})[:-1], "truncated")],
)
def test_errors_begin_with_the_usual_words(damage: bytes, words: str) -> None:
    with pytest.raises(wire.WireError, match=words):
        wire.deserialize(damage)
    with pytest.raises(wire.WireError, match="Cannot serialize type: int"):
        wire.serialize(5)


def test_states_of_version_2_are_read_too() -> None:
    counter = crdt_merge.BoundedCounter(crdt_merge.Replica())
    counter.increment(amount=2)
    again = wire.deserialize(counter.encode())
    assert isinstance(again, crdt_merge.BoundedCounter) and again.value == 2
    assert wire.deserialize(GCounter("a", 2).encode(wire=2)).value == 2


def test_states_merge_into_new_ones() -> None:
    a, b = GCounter("a", 2), GCounter("b", 3)
    assert (a.merge(b).value, a.value, b.value) == (5, 2, 3)
    assert isinstance(a, crdt_merge.GCounter) and repr(a) == "GCounter(value=2, nodes=1)"
    for counter in (a, PNCounter()):
        with pytest.raises(ValueError, match="non-negative"):
            counter.increment("a", -1)


def test_older_writes_change_nothing() -> None:
    register = LWWRegister("v", 3, "n")
    assert not register.set("older", 2, "m") and register.value == "v" and register.timestamp == 3
    assert register.set("newer") and register.value == "newer"
    registers = LWWMap()
    registers.set("k", 1, 5)
    assert not registers.set("k", 2, 4) and not registers.delete("k", 4) and registers.value == {"k": 1}
    registers["other"] = 2
    del registers["k"]
    assert registers.value == {"other": 2} and repr(registers) == "LWWMap(keys=1)"


def test_removed_elements_stay_removed() -> None:
    a = ORSet()
    tag = a.add("x")
    b = a.copy()
    a.remove("x")
    assert len(tag) == 12 and a.merge(b).value == set() and b.merge(a).value == set()
    b.add("x")
    assert a.merge(b).value == {"x"} and a.merge(b).contains("x")


def test_clocks_are_values() -> None:
    first = VectorClock({"a": 1})
    later = first.increment("b")
    assert first.value == {"a": 1} and later.get("b") == 1 and first.compare(later) is Ordering.BEFORE
    assert later == VectorClock({"b": 1, "a": 1}) and hash(later) == hash(VectorClock({"b": 1, "a": 1}))
    vector = DottedVersionVector().advance("n")
    assert vector.dot == ("n", 1) and vector.advance("m").descends(vector) and not vector.descends(vector.advance("m"))


def test_trees_and_their_nodes() -> None:
    found = compare_datasets([{"id": 1}], [{"id": 1, "a": 2}, {"id": 2}])
    assert found.to_dict()["differing_keys"] == ["1", "2"] and found.num_differences == 2
    assert MerkleDiff.from_dict(found.to_dict()) == found
    tree = MerkleTree.from_records([{"id": 1}], "id")
    root = tree.root
    assert root is not None and root.hash == tree.root_hash and root.key_range == ("1", "1") and root.count == tree.size
    node = MerkleNode("ab", [MerkleNode("cd")], ("a", "b"), 1)
    assert MerkleNode.from_dict(node.to_dict()) == node and not node.is_leaf


def test_gossip_states_exchange_entries() -> None:
    mine, theirs = GossipState("a"), GossipState("b")
    assert mine.update("k", 1) == VectorClock({"a": 1})
    theirs.update("q", 2, VectorClock({"x": 4}))
    assert anti_entropy(mine.digest(), theirs.digest()) == {
        "missing_local": ["q"],
        "missing_remote": ["k"],
        "different": [],
    }
    push, pull = mine.anti_entropy_push_pull(theirs.digest())
    assert (push, pull) == ({"k"}, {"q"}) and theirs.apply_entries(mine.get_entries(push)) == 1
    mine.delete("k")
    assert mine.get("k") is None and mine.size == 0 and mine.merge(theirs) == theirs.merge(mine)


def test_deltas() -> None:
    old, new = [{"id": 1, "a": 1}, {"id": 2}], [{"id": 1, "a": 2}, {"id": 3}]
    found = delta.compute_delta(old, new, "id", 2, "n")
    assert repr(found) == "Delta(+1 ~1 -1, v2)" and delta.apply_delta(old, found, "id") == new
    assert delta.compose_deltas(found, found, key="id").size == 3 and delta.compose_deltas().is_empty
    store = delta.DeltaStore("id", "n")
    assert store.ingest(old) is None and store.version == 0
    second = store.ingest(new)
    assert second is not None and second.size == 3 and (store.version, store.size) == (1, 2)
    with pytest.raises(CrdtError) as refused:
        delta.apply_delta(old, found, "id", schema=object())
    assert refused.value.code == "UNSUPPORTED"


def test_schemas() -> None:
    result = evolve_schema({"a": "int32", "b": "string"}, {"a": "int64"}, SchemaPolicy.UNION)
    assert result.resolved_schema == {"a": "int64", "b": "string"} and result.policy_used is SchemaPolicy.UNION
    assert widen_type("int32", "int64") == TYPE_WIDENING["int32", "int64"] == "int64" and len(TYPE_WIDENING) == 13
    assert check_compatibility({"a": "int32"}, {"a": "string"})[0] is False


def test_duplicates() -> None:
    called: Any = crdt_merge.dedup
    texts = ["hello world", "hello worle", "x", "x"]
    assert dedup_list(texts) == (["hello world", "hello worle", "x"], [3])
    assert called(texts, "fuzzy", 0.7) == (["hello world", "x"], [1, 3])
    assert dedup_list(["a1", "b2", "c1"], key=lambda text: text[1]) == (["a1", "b2"], [2])
    assert dedup_records([{"a": 1, "b": 1}, {"a": 1, "b": 2}], ["a"]) == ([{"a": 1, "b": 1}], 1)
    assert dedup_records([{"a": text} for text in texts[:2]], method="fuzzy", threshold=0.7)[1] == 1
    index, other = DedupIndex("n"), DedupIndex()
    assert index.add_exact("a") and not index.add_exact("A") and index.add_fuzzy("hello world") == (True, None)
    assert index.add_fuzzy("hello worle")[0] is False and other.add_exact("q") and index.merge(other).size == 3
    near = MinHashDedup()
    assert near.add(1, "the quick brown fox jumps") and not near.add(2, "the quick brown fox jumped")
    assert near.dedup(["a b c", "a b c", "zzz yyy"], str) == ["a b c", "zzz yyy"]
    with pytest.raises(ValueError, match="fuzzy"):
        dedup_list(["a"], "nope")


def test_merges_are_verified() -> None:
    numbers = iter(range(10_000))
    found = verify_crdt(lambda a, b: a, lambda: next(numbers), trials=5)
    assert not found.passed and found.commutativity.failures == 5 and "FAILED" in found.summary()
    assert verify_crdt(max, lambda: next(numbers), trials=5).passed

    def left(a: Any, b: Any) -> Any:
        return a

    for options in ({"gen_fn": lambda: next(numbers)}, {}, {"samples": [1, 2]}):
        with pytest.raises(CRDTVerificationError) as refused:
            verified_merge(left, **options)
        assert refused.value.code == "LAW_VIOLATION" and refused.value.detail["law"].startswith("commutativ")
    with pytest.warns(UserWarning, match="left"):
        verified_merge(gen_fn=lambda: next(numbers), on_fail="warn")(left)


def test_merges_are_verified_at_each_call() -> None:
    @verified_merge(check="call")
    def union(a: set[int], b: set[int]) -> set[int]:
        return a | b

    @verified_merge(check="call", key=len)
    def left(a: str, b: str) -> str:
        return a

    assert union({1}, {2}) == {1, 2} and left("a", "b") == "a"
    with pytest.raises(CRDTVerificationError):
        left("a", "bc")
    with pytest.raises(ValueError, match="decoration or call"):
        verified_merge(check="never")
