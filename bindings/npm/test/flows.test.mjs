// What programs do with the package, on every engine.
import assert from "node:assert/strict";
import { test } from "node:test";
import * as sdk from "../dist/node/index.mjs";
import { onEachEngine } from "./engines.mjs";

const { LWWMap, ORSet, PNCounter, Replica } = sdk;

function replicas() {
  return [new Replica({ node: "laptop" }), new Replica({ node: "phone" })];
}

/** Sends messages of two sessions until nobody has anything to say. */
function talk(left, right) {
  let messages = left.start();
  let [to, other] = [right, left];
  while (messages.length > 0) {
    messages = messages.flatMap((message) => to.receive(message));
    [to, other] = [other, to];
  }
}

onEachEngine(() => {
  test("two replicas count", () => {
    const [here, there] = replicas();
    const likes = new PNCounter(here);
    const theirs = new PNCounter(there);
    likes.increment(5);
    theirs.decrement(2);
    assert.equal(theirs.mergeFrom(likes.encode()).changed, true);
    likes.mergeFrom(theirs);
    assert.equal(likes.value, 3);
    assert.equal(likes.bigValue, 3n);
    assert.equal(likes.stateId, theirs.stateId);
    assert.equal(likes.compare(theirs), "equal");
    assert.ok(likes.equals(theirs));
    likes.increment();
    assert.equal(likes.compare(theirs), "after");
    assert.deepEqual(Object.keys(likes.slots().positive).length, 1);
  });

  test("counters count in the name of explicit nodes", () => {
    const counter = new sdk.GCounter().increment(2, { node: "a" }).increment(3n, { node: "b" });
    assert.deepEqual({ ...counter.slots().positive }, { a: 2, b: 3 });
  });

  test("a bounded counter needs rights", () => {
    const [here, there] = replicas();
    const seats = new sdk.BoundedCounter(here).increment(10);
    const theirs = seats.clone(there);
    assert.throws(() => theirs.decrement(1), { code: "OUT_OF_RANGE" });
    seats.transfer(theirs.rights().actor, 4);
    theirs.mergeFrom(seats);
    assert.equal(theirs.decrement(4).value, 6);
    assert.equal(theirs.rights().available, 0);
  });

  test("additions win in one set, removals in the other", () => {
    for (const [type, expected] of [
      [ORSet, ["milk"]],
      [sdk.RWSet, []],
    ]) {
      const [here, there] = replicas();
      const a = new type(here, ["milk", "eggs"]);
      const b = a.clone(there);
      a.delete("eggs");
      a.delete("milk");
      b.add("milk");
      assert.deepEqual([...a.merge(b)], expected, type.name);
      assert.equal(b.size, 2);
      assert.deepEqual(b.hasAll(["milk", "bread"]), [true, false]);
      b.clear();
      assert.equal(b.size, 0);
    }
  });

  test("elements are compared by value", () => {
    const set = new ORSet(replicas()[0], [new Uint8Array([1]), null, 5, sdk.float(5)]);
    assert.ok(set.has(new Uint8Array([1])) && set.has(null) && !set.has(new Uint8Array([2])));
    assert.equal(set.size, 4);
    assert.equal(set.addAll([new Uint8Array([1]), "new"]), 1);
    assert.throws(() => set.add([1]), { code: "BAD_VALUE" });
  });

  test("a clock that falls back gives no old stamps", () => {
    const clock = sdk.manualClock(1_767_225_600_000_000);
    const prefs = new LWWMap(new Replica({ node: "tablet", clock })).set("theme", "dark");
    clock.set(0);
    prefs.set("theme", "light");
    assert.equal(prefs.get("theme"), "light");
    assert.equal(prefs.entry("theme").stamp, 1_767_225_600_000_001);
    assert.equal(prefs.write("theme", "old", { stamp: 5, node: "import" }).changed, false);
    assert.equal(prefs.get("nothing"), undefined);
  });

  test("a map has the vocabulary of maps", () => {
    const map = new LWWMap(replicas()[0]);
    map.setAll({ b: 1, a: [true] }).changed;
    map.setAll([
      ["2", "two"],
      ["1", "one"],
    ]);
    assert.deepEqual(map.keys(), ["1", "2", "a", "b"]);
    assert.deepEqual([...map].at(-1), ["b", 1]);
    assert.ok(map.delete("b") && !map.has("b") && map.size === 3);
    assert.equal(map.tombstones().size, 1);
    assert.deepEqual(map.values(), ["one", "two", [true]]);
  });

  test("registers keep the newest value, or all that are concurrent", () => {
    const [here, there] = replicas();
    const one = new sdk.LWWRegister(here);
    assert.deepEqual([one.value, one.entries()], [null, []]);
    assert.equal(one.set("a").value, "a");
    assert.equal(one.write("old", { seconds: 5.5, node: "x" }).changed, false);
    const many = new sdk.MVRegister(here).set("left");
    const other = new sdk.MVRegister(there).set("right");
    many.mergeFrom(other);
    assert.deepEqual(many.values.sort(), ["left", "right"]);
    assert.deepEqual(many.set("both").values, ["both"]);
    assert.equal(many.entries()[0].value, "both");
  });

  test("exact reading of entries tells floats from integers", () => {
    const [here] = replicas();
    const map = new LWWMap(here).set("ratio", sdk.float(5)).set("count", 5);
    const entry = map.entry("ratio", { exact: true });
    assert.ok(entry.value instanceof sdk.Float && typeof entry.stamp === "number" && entry.node.startsWith("laptop"));
    assert.ok(map.values({ exact: true })[0] instanceof sdk.Int);
    const register = new sdk.MVRegister(here).set(sdk.float(5));
    assert.ok(register.get({ exact: true })[0] instanceof sdk.Float);
    assert.ok(register.entries({ exact: true })[0].value instanceof sdk.Float);
    assert.ok(map.describe({ exact: true }) instanceof Map);
  });

  test("flags", () => {
    const [here, there] = replicas();
    for (const [type, expected] of [
      [sdk.EWFlag, true],
      [sdk.DWFlag, false],
    ]) {
      const flag = new type(here);
      flag.enable();
      const other = flag.clone(there);
      flag.disable();
      other.enable();
      assert.equal(flag.merge(other).value, expected, type.name);
    }
  });

  test("clocks", () => {
    const [here, there] = replicas();
    const a = new sdk.VectorClock(here);
    assert.equal(a.tick(), 1);
    const b = a.clone(there);
    b.tick();
    assert.equal(a.compare(b), "before");
    a.tick({ node: "n" });
    assert.equal(a.compare(b), "concurrent");
    const dotted = new sdk.DottedVersionVector(here);
    dotted.tick({ node: "n" });
    assert.deepEqual(dotted.parts().dot, ["n", 1]);
    assert.deepEqual({ ...dotted.value }, { n: 1 });
  });

  test("sketches take columns", () => {
    const ids = BigInt64Array.from({ length: 5_000 }, (_, id) => BigInt(id));
    const users = new sdk.HyperLogLog({ precision: 14 }).addAll(ids);
    const again = new sdk.HyperLogLog({ precision: 14 }).addAll(Array.from(ids, Number));
    assert.equal(users.stateId, again.stateId);
    const { value, low, high } = users.estimate();
    assert.ok(low <= 5_000 && 5_000 <= high && Math.abs(value - 5_000) < 200, String(value));
    const seen = new sdk.BloomFilter({ capacity: 1_000, fpRate: 0.01 }).addAll(["a", "b"]);
    assert.deepEqual(seen.containsAll(["a", "z", "b"]), new Uint8Array([1, 0, 1]));
    assert.ok(seen.has("a"));
    const counts = new sdk.CountMinSketch(replicas()[0]).addAll(["x", "y"], { counts: [3, 1] });
    assert.equal(counts.count("x"), 3);
    assert.deepEqual(counts.countAll(["y", "z"]), [1, 0]);
    const same = new sdk.MinHash().addAll(["a", "b"]);
    assert.equal(same.similarity(new sdk.MinHash().addAll(["b", "a"])), 1);
  });

  test("sketches of version 1 keep their hash", () => {
    const old = new sdk.HyperLogLog({ hash: "md5" }).add("a").add(sdk.tuple("a", 1));
    const frame = old.encode({ wire: 1 });
    assert.equal(sdk.HyperLogLog.decode(frame).kind, "hll");
    assert.equal(sdk.HyperLogLog.decode(frame).clone().kind, "hll");
    assert.equal(sdk.decode(frame).stateId, old.stateId);
    assert.throws(() => sdk.BloomFilter.decode(frame), { code: "TYPE_MISMATCH" });
  });

  test("trees find differences", () => {
    const left = new sdk.MerkleTree({ branchingFactor: 4 }).set("a", { n: 1 }).set("b", { n: 2 });
    const right = new sdk.MerkleTree({ branchingFactor: 4 }).setKeyed(
      [
        { id: "a", n: 1 },
        { id: "c", n: 3 },
      ],
      "id",
    );
    assert.deepEqual(left.diff(right).onlyInLeft, ["b"]);
    assert.equal(left.get("a").record.n, 1);
    assert.equal(left.get("z"), undefined);
    assert.ok(left.delete("b") && left.size === 1);
  });

  test("gossip exchanges what is missing", () => {
    const a = new sdk.GossipState(new Replica({ node: "a" }), { fanout: 2 }).set("x", 1);
    const b = new sdk.GossipState(new Replica({ node: "b" })).set("y", 2);
    const { push, pull } = a.exchange(b.digests());
    assert.deepEqual(pull, ["y"]);
    assert.equal(b.apply(push), 1);
    assert.deepEqual(b.entries(), [
      ["x", 1],
      ["y", 2],
    ]);
    assert.deepEqual(new Replica().pickPeers(["a", "b", "c"], { fanout: 2, round: 1 }).length, 2);
  });

  test("a session brings two states together", () => {
    const [here, there] = replicas();
    const left = new ORSet(
      here,
      Array.from({ length: 600 }, (_, n) => n),
    );
    const right = new ORSet(
      there,
      Array.from({ length: 600 }, (_, n) => n + 500),
    );
    const [a, b] = [new sdk.SyncSession(left), new sdk.SyncSession(right)];
    talk(a, b);
    assert.ok(a.inSync && b.inSync && a.refusal === null);
    assert.equal(left.stateId, right.stateId);
    assert.equal(left.size, 1_100);
    assert.equal(typeof b.report.changed, "boolean");
  });

  test("deltas carry what a summary lacks", () => {
    const [here, there] = replicas();
    const left = new LWWMap(here).set("a", 1);
    const right = left.clone(there);
    right.set("b", 2);
    const report = left.mergeFrom(right.deltaFor(left.summary()), { keys: true });
    assert.deepEqual(report, { changed: true, conflicts: 0, ties: 0, changedKeys: ["b"] });
    left.delete("a");
    assert.equal(typeof left.compact([]), "number");
  });

  test("a large frame is merged between other tasks", async () => {
    const [here, there] = replicas();
    const large = new LWWMap(there);
    large.setAll(Array.from({ length: 20_000 }, (_, n) => [`key ${n}`, n]));
    const small = new LWWMap(here);
    const job = small.mergeFromAsync(large.encode());
    let steps = 0;
    for await (const progress of job) {
      steps += progress.done > 0 ? 1 : 0;
      assert.equal(small.size, 0, "the state changes at the end");
    }
    assert.ok(steps > 0);
    assert.equal((await job).changed, true);
    assert.equal(small.stateId, large.stateId);
  });

  test("a cancelled job changes nothing", async () => {
    const [here, there] = replicas();
    const frame = new ORSet(
      there,
      Array.from({ length: 5_000 }, (_, n) => n),
    ).encode();
    const set = new ORSet(here);
    await assert.rejects(async () => set.mergeFromAsync(frame, { signal: AbortSignal.abort() }), { code: "CANCELLED" });
    const job = set.mergeFromAsync(frame);
    job.cancel();
    await assert.rejects(Promise.resolve(job), { code: "CANCELLED" });
    assert.equal(set.size, 0);
  });

  test("a replica survives a restart", () => {
    const first = new Replica({ node: "home" });
    const counter = new sdk.GCounter(first).increment();
    const text = JSON.parse(JSON.stringify(first));
    const save = first.close();
    assert.throws(() => counter.increment(), { code: "CLOSED" });
    const { replica, save: durable } = Replica.open(save);
    const again = sdk.GCounter.decode(counter.encode(), { replica }).increment();
    assert.equal(Object.keys(again.slots().positive).length, 1, "the line of writes goes on");
    assert.ok(durable.length > 0 && replica.node === "home");
    assert.equal(Replica.open(text).replica.node, "home");
    assert.ok(replica.now() > 1_600_000_000_000_000);
  });

  test("a replica writes for its peers", () => {
    const old = new PNCounter(new Replica({ node: "a", wire: 1 })).increment();
    assert.equal(sdk.inspect(old.encode()).version, 1);
    assert.equal(sdk.inspect(old.encode({ wire: 2 })).version, 2);
  });

  test("frames without states", () => {
    const [here, there] = replicas();
    const a = new PNCounter(here).increment();
    const b = new PNCounter(there).increment();
    const v1 = a.encode({ wire: 1, compress: true });
    const info = sdk.inspect(v1);
    assert.deepEqual([info.kind, info.version, info.totalBytes], ["pn_counter", 1, v1.length]);
    const batch = sdk.frames.pack([v1, b.encode({ wire: 1 })]);
    assert.equal(sdk.frames.unpack(batch).length, 2);
    assert.equal(PNCounter.decode(sdk.frames.merge([v1, b.encode()])).value, 2);
    assert.equal(sdk.frames.stateId(v1), a.stateId);
    assert.deepEqual(sdk.frames.convert(v1, 2), a.encode());
    assert.equal(sdk.frames.read(v1).type, "pn_counter");
    assert.equal(sdk.frames.check(v1).compressed, info.compressed);
  });

  test("a frame of any kind", () => {
    const [here] = replicas();
    const made = [
      new sdk.GCounter(here),
      new PNCounter(here),
      new sdk.BoundedCounter(here),
      new sdk.LWWRegister(here),
      new sdk.MVRegister(here),
      new ORSet(here),
      new sdk.RWSet(here),
      new sdk.EWFlag(here),
      new sdk.DWFlag(here),
      new LWWMap(here),
      new sdk.VectorClock(here),
      new sdk.DottedVersionVector(here),
      new sdk.MerkleTree(),
      new sdk.GossipState(here),
      new sdk.HyperLogLog(),
      new sdk.BloomFilter(),
      new sdk.CountMinSketch(here),
      new sdk.MinHash(),
      new sdk.HyperLogLog({ hash: "md5" }),
      new sdk.BloomFilter({ hash: "md5" }),
      new sdk.CountMinSketch(here, { hash: "md5" }),
    ];
    for (const state of made) {
      const found = sdk.decode(state.encode());
      assert.deepEqual([found.constructor, found.kind, found.stateId], [state.constructor, state.kind, state.stateId]);
      assert.ok(found.equals(state.constructor.decode(state.encode())));
      assert.ok(typeof found.describe() === "object");
    }
    assert.equal(new Set(made.map((state) => state.kind)).size, sdk.libraryInfo().kinds.length);
  });

  test("laws of a function and of states", () => {
    const max = sdk.checkLaws((a, b) => (sdk.call("key_order", { a, b }) < 0 ? b : a), { trials: 50 });
    assert.equal(typeof max.isLawful, "boolean");
    const left = sdk.checkLaws((a) => a, { samples: [1, 2], trials: 100 });
    assert.equal(left.isLawful, false);
    const broken = Object.entries(left.laws).find(([, verdict]) => !verdict.holds);
    assert.ok(broken[1].operands.length > 0);
    const [here, there] = replicas();
    assert.ok(sdk.checkLaws([new ORSet(here, [1]), new ORSet(there, [2]).encode()]).isLawful);
    assert.throws(() => sdk.checkLaws(() => undefined), { code: "BAD_VALUE" });
  });

  test("many states are merged into one", () => {
    const states = ["a", "b", "c"].map((node) => new PNCounter(new Replica({ node })).increment(2));
    assert.equal(sdk.mergeAll(states).value, 6);
    assert.throws(() => sdk.mergeAll([]), { code: "BAD_ARGUMENT" });
  });
});
