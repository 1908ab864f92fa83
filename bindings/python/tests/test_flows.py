"""What users do, layer by layer."""

import asyncio
import copy
import pickle
from pathlib import Path

import pytest

from crdt_merge import (
    BloomFilter,
    BoundedCounter,
    CountMinSketch,
    CrdtError,
    DottedVersionVector,
    DWFlag,
    EWFlag,
    GCounter,
    GossipState,
    HyperLogLog,
    LWWMap,
    LWWRegister,
    ManualClock,
    MerkleTree,
    MinHash,
    MVRegister,
    ORSet,
    PNCounter,
    Replica,
    RWSet,
    State,
    SyncSession,
    VectorClock,
    check_laws,
    check_states,
    decode,
    frames,
    inspect,
    law_job,
    merge_all,
    values,
)


def test_two_replicas_count(here: Replica, there: Replica) -> None:
    likes, theirs = PNCounter(here), PNCounter(there)
    likes.increment(amount=5)
    theirs.decrement(amount=2)
    report = theirs.merge_from(likes.encode())
    assert report and report.changed and report.changed_keys is None
    likes |= theirs
    assert likes.value == 3 and likes.state_id == theirs.state_id and likes == theirs
    assert likes.compare(theirs) == "equal"
    assert not likes.merge_from(theirs).changed


def test_a_node_can_be_named(here: Replica) -> None:
    likes = PNCounter()
    likes.increment("laptop", 5)
    likes.decrement("laptop")
    assert likes.value == 4 and likes.slots() == ({"laptop": 5}, {"laptop": 1})
    grown = GCounter(here)
    grown.increment()
    assert grown.value == 1 and list(grown.slots().values()) == [1]


def test_a_removal_covers_what_it_has_seen(here: Replica, there: Replica) -> None:
    a = ORSet(here, ["milk", "eggs"])
    b = a.copy(there)
    assert a.remove("eggs") and a.remove("milk") and not a.remove("milk")
    assert not b.add("milk")
    assert set(a | b) == {"milk"} and (a | b).value == {"milk"}
    assert len(a) == 0 and "milk" in b and b.contains_all(["milk", "tea"]) == [True, False]


def test_a_removal_wins_in_a_remove_wins_set(here: Replica, there: Replica) -> None:
    a = RWSet(here, [1])
    b = a.copy(there)
    a.remove(1)
    b.add(1)
    assert (a | b).value == set()


def test_time_comes_from_the_clock_of_the_replica(clock: ManualClock) -> None:
    prefs = LWWMap(Replica("tablet", clock=clock))
    prefs["theme"] = "dark"
    clock.set(0)
    prefs["theme"] = "light"
    assert prefs["theme"] == "light"
    assert not prefs.set("theme", "old", timestamp=5.0, node_id="import")
    entry = prefs.entry("theme")
    assert entry is not None and entry.node == "tablet" and entry.micros == 1_767_225_600_000_001


def test_a_map_is_a_mapping(here: Replica) -> None:
    prefs = LWWMap(here)
    prefs.update({"a": 1}, b=[1, {"c": None}])
    assert dict(prefs) == {"a": 1, "b": [1, {"c": None}]} and len(prefs) == 2 and "a" in prefs
    assert prefs.pop("a") == 1 and prefs.get("a") is None and prefs.setdefault("d", 4) == 4
    with pytest.raises(KeyError):
        prefs["a"]
    with pytest.raises(KeyError):
        del prefs["a"]
    assert list(prefs.tombstones()) == ["a"]
    assert list(prefs.items()) == [("b", [1, {"c": None}]), ("d", 4)]


def test_registers(here: Replica, there: Replica) -> None:
    title = LWWRegister(here)
    assert title.value is None and title.entry is None and title.node_id == ""
    assert title.set("first") and title.value == "first" and title.node_id == "here"
    assert not title.set("older", timestamp=1.5, node_id="import")
    several = MVRegister(here)
    several.set("mine")
    other = MVRegister(there)
    other.set("yours")
    several |= other
    assert several.value == ["mine", "yours"] and len(several.entries) == 2


def test_flags_and_bounded_counters(here: Replica, there: Replica) -> None:
    on, off = EWFlag(here), DWFlag(here)
    assert on.enable() and bool(on) and off.enable() and off.disable() and not off
    stock, shop = BoundedCounter(here), BoundedCounter(there)
    stock.increment(amount=3)
    stock.transfer(shop.actor, 2)
    shop |= stock
    shop.decrement(amount=2)
    with pytest.raises(OverflowError):
        shop.decrement()
    assert (shop.value, shop.available, stock.available) == (1, 0, 1)


def test_clocks(here: Replica) -> None:
    clock = VectorClock(here)
    assert clock.tick() == 1 and clock.tick("x") == 1 and clock.get("x") == 1 and clock.get("y") == 0
    vector = DottedVersionVector()
    assert vector.tick("n") == 1 and vector.tick("n") == 2
    assert vector.dot == ("n", 2) and vector.base == {"n": 1} and vector.value == {"n": 2}


def test_trees_differ(here: Replica) -> None:
    left, right = MerkleTree(branching_factor=4), MerkleTree(branching_factor=4)
    left.update({"a": {"n": 1}, "b": {"n": 2}})
    right.update({"b": {"n": 3}, "c": {"n": 4}})
    found = left.diff(right)
    assert found.differing_keys == {"a", "b", "c"} and found.common_different == {"b"} and not found.is_identical
    assert left.get_record("a") == {"n": 1} and "c" not in left and left.keys() == ["a", "b"] and len(left) == 2
    assert left.delete("a") and not left.delete("a") and left.height == 1


def test_gossip(here: Replica, there: Replica) -> None:
    mine, theirs = GossipState(here), GossipState(there)
    mine["a"] = 1
    theirs["b"] = 2
    frames_to_push, keys_to_pull = mine.exchange(theirs.digests())
    assert keys_to_pull == ["b"] and theirs.apply(frames_to_push) == 1
    assert dict(theirs) == {"a": 1, "b": 2}


def test_sketches_take_lists_and_iterables(here: Replica) -> None:
    users = HyperLogLog(precision=12)
    users.add_all(f"user {n % 1_000}" for n in range(5_000))
    users.add("one more")
    estimate = users.estimate()
    assert estimate.low < 1_001 < estimate.high and users.info()["precision"] == 12
    seen = BloomFilter(capacity=100, fp_rate=0.01)
    seen.add_all(["a", "b"])
    assert "a" in seen and seen.contains_all(["a", "b"]) == [True, True]
    counts = CountMinSketch(here, width=512, depth=4)
    counts.add("x", 3)
    counts.add_all(["x", "y"], [2, 1])
    assert (counts.estimate("x"), counts.total, counts.estimate_all(["y"])) == (5, 6, [1])
    one, two = MinHash(length=256), MinHash(length=256)
    one.add_all(range(1_000))
    two.add_all(range(500, 1_500))
    assert 0.2 < one.similarity(two) < 0.5


def test_deltas_and_compaction(here: Replica, there: Replica) -> None:
    a = LWWMap(here)
    a.update({str(n): n for n in range(100)})
    b = a.copy(there)
    a["new"] = 1
    delta = a.delta_for(b.summary())
    assert len(delta) < len(a.encode()) / 4
    b.merge_from(delta)
    assert a == b
    del a["new"]
    b |= a
    assert a.compact([b.summary()], last=10**16) >= 0


@pytest.mark.parametrize("max_message", [None, 1_024])
def test_sessions_bring_states_together(here: Replica, there: Replica, max_message: int | None) -> None:
    a, b = ORSet(here, range(600)), ORSet(there, range(500, 1_100))
    with SyncSession(a, max_message=max_message) as one, SyncSession(b, max_message=max_message) as two:
        talk(one, two)
        assert one.in_sync and one.report.changed and one.refusal is None
    assert a == b and len(a) == 1_100


def talk(one: SyncSession, two: SyncSession) -> None:
    """Carries messages until none is under way."""
    under_way, receiver, sender = one.start(), two, one
    while under_way:
        under_way = [reply for message in under_way for reply in receiver.receive(message)]
        receiver, sender = sender, receiver


def test_a_large_frame_is_merged_in_steps(here: Replica, there: Replica) -> None:
    a, b = LWWMap(here), LWWMap(there)
    b.update({str(n): n for n in range(30_000)})
    job = a.merge_job(b.encode(), keys=True)
    steps = list(job)
    assert len(steps) > 1 and steps[-1].done <= (steps[-1].total or 10**9) and len(a) == 0
    report = job.result()
    assert report.changed and len(report.changed_keys or []) == 30_000 and a == b


def test_a_cancelled_job_changes_nothing(here: Replica, there: Replica) -> None:
    a, b = LWWMap(here), LWWMap(there)
    b.update({str(n): n for n in range(30_000)})
    job = a.merge_job(b.encode())
    for _progress in job:
        break
    with pytest.raises(CrdtError) as refused:
        job.result()
    assert refused.value.code == "CANCELLED" and len(a) == 0


def test_a_job_is_awaited(here: Replica, there: Replica) -> None:
    a, b = LWWMap(here), LWWMap(there)
    b.update({str(n): n for n in range(30_000)})
    turns = 0

    async def others() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    async def main() -> bool:
        beside = asyncio.create_task(others())
        report = await a.merge_job(b.encode())
        beside.cancel()
        return report.changed

    assert asyncio.run(main()) and a == b and turns > 1


def test_replicas_are_not_copied(here: Replica) -> None:
    for refused in (copy.copy, copy.deepcopy, pickle.dumps):
        with pytest.raises(TypeError, match="neither copied nor pickled"):
            refused(here)


def test_laws() -> None:
    report = check_laws(lambda a, b: a, samples=[1, 2], trials=200, seed=7)
    verdict = report.laws["commutative"]
    assert not report and not verdict.holds and verdict.left is not None and verdict.right is not None
    raising = check_laws(lambda a, b: a < b and a, trials=50)
    assert not raising.is_lawful
    lawful = check_laws(lambda a, b: max(a, b, key=lambda value: (type(value).__name__, repr(value))), trials=300)
    assert lawful.laws["commutative"].holds
    job = law_job(lambda a, b: a, trials=50)
    assert not job.result()


def test_states_are_lawful(here: Replica, there: Replica) -> None:
    a, b = ORSet(here, [1, 2]), ORSet(there, [2, 3])
    assert check_states([a.encode(), b.encode(), (a | b).encode()], trials=20)


def test_frames_are_handled_as_bytes(here: Replica) -> None:
    likes = PNCounter(here)
    likes.increment(amount=3)
    first = likes.encode(wire=1, compress=True)
    info = inspect(first)
    assert (info.type, info.version, info.total_bytes) == ("pn_counter", 1, len(first))
    batch = frames.pack([first, likes.encode()])
    assert frames.unpack(batch) == [first, likes.encode()]
    both = frames.merge([first, likes.encode()])
    assert both == likes.encode() and frames.check(both).version == 2
    assert frames.state_id(first) == likes.state_id
    assert frames.convert(both, wire=1) == likes.encode(wire=1)
    assert frames.payload(likes.encode(wire=1))[0] == "pn_counter"
    sealed = frames.seal(both, trailer=True)
    assert frames.state_id(sealed) == likes.state_id
    assert frames.assemble(reversed(frames.chunk(both, 8))) == both


def test_a_frame_of_any_kind_is_decoded(here: Replica) -> None:
    likes = PNCounter(here)
    likes.increment()
    again = decode(likes.encode(), here)
    assert isinstance(again, PNCounter) and again == likes and again.kind == "pn_counter"
    again.increment()
    assert isinstance(State.decode(likes.encode()), PNCounter)
    assert merge_all([likes, again]).encode() == again.encode()
    with pytest.raises(ValueError, match="one or more"):
        merge_all([])


def test_states_are_copied_pickled_and_shown(here: Replica) -> None:
    words = ORSet(here, ["a"])
    for other in (copy.copy(words), copy.deepcopy(words), pickle.loads(pickle.dumps(words))):
        assert other == words and other is not words and type(other) is ORSet
    assert (repr(words) == "<ORSet {'a'}>" and "members" not in words.describe()) or words.describe()
    with pytest.raises(TypeError, match="unhashable"):
        hash(words)
    assert words != 5 and (words == "a") is False


def test_a_replica_survives_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "home.replica"
    replica = Replica("home")
    counter = GCounter(replica)
    counter.increment()
    replica.save(path)
    replica.close()
    with pytest.raises(CrdtError) as refused:
        counter.increment()
    assert refused.value.code == "CLOSED"
    with Replica.load(path) as again:
        opened = path.read_bytes()
        counter = GCounter.decode(counter.encode(), again)
        counter.increment()
    assert counter.value == 2 and len(counter.slots()) == 1, "the line of writes goes on"
    assert path.read_bytes() != opened and [entry.name for entry in tmp_path.iterdir()] == ["home.replica"]


def test_a_save_is_stored_before_the_first_write() -> None:
    save = Replica("home").close()
    stored: list[bytes] = []
    replica = Replica.open(save, stored.append)
    assert len(stored) == 1 and stored[0] != save and replica.node == "home"

    def full(_save: bytes) -> None:
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        Replica.open(save, full)


def test_replicas_say_who_they_are(clock: ManualClock) -> None:
    replica = Replica("a", clock=clock, wire=1)
    assert (replica.node, replica.wire, replica.last) == ("a", 1, None)
    first = replica.now()
    assert replica.now() == first + 1 and replica.last == first + 1
    likes = PNCounter(replica)
    assert inspect(likes.encode()).version == 1 and likes.encode(wire=2) != likes.encode()
    assert replica.attach(likes) is None
    assert len(Replica().node) == 32
    picked = replica.pick_peers(["n1", "n2", "n3"], fanout=2, round=4)
    assert len(picked) == 2 and picked == replica.pick_peers(["n1", "n2", "n3"], fanout=2, round=4)


def test_values_have_bytes_and_text() -> None:
    value = {"a": [True, None, 2.5, b"\x01", {3}]}
    assert values.decode(values.encode(value)) == value
    assert values.text("x") == "x" and values.quoted(["x", 1.0]) == "['x', 1.0]"
    assert values.json_text({"b": 1, "a": 2}, sort_keys=True) == '{"a": 2, "b": 1}'
    assert values.compare_keys(1, 2) == -1 and values.order_text({"b": 1, "a": 2}) == "{'a': 2, 'b': 1}"
