// What goes wrong, and how a program is told.
import assert from "node:assert/strict";
import { test } from "node:test";
import * as sdk from "../dist/node/index.mjs";
import { onEachEngine } from "./engines.mjs";

const { CrdtError, LWWMap, ORSet, PNCounter, Replica } = sdk;

/** The error that a function throws. */
function thrown(run) {
  try {
    run();
  } catch (error) {
    return error;
  }
  return assert.fail("nothing was thrown");
}

onEachEngine(() => {
  test("an error has code, family, message and details", () => {
    const error = thrown(() => PNCounter.decode(new Uint8Array([67, 82, 68, 84, 0, 1, 2])));
    assert.ok(error instanceof CrdtError && error instanceof Error);
    assert.deepEqual([error.name, error.code, error.family], ["CrdtError", "TOO_SHORT", "wire"]);
    assert.ok(error.detail.offset !== undefined && error.message.length > 0);
  });

  test("kinds do not mix", () => {
    const likes = new PNCounter(new Replica());
    const set = new ORSet(new Replica(), ["a"]);
    assert.equal(thrown(() => likes.mergeFrom(set)).code, "TYPE_MISMATCH");
    assert.equal(thrown(() => likes.mergeFrom(set.encode())).code, "TYPE_MISMATCH");
    assert.equal(thrown(() => PNCounter.decode(set.encode())).code, "TYPE_MISMATCH");
    assert.equal(thrown(() => likes.merge(set)).code, "TYPE_MISMATCH");
    assert.equal(likes.value, 0);
  });

  test("who has no replica does not write", () => {
    for (const write of [() => new PNCounter().increment(), () => new LWWMap().set("a", 1), () => new ORSet().add(1)]) {
      assert.equal(thrown(write).code, "NO_REPLICA");
    }
  });

  test("amounts that no counter takes", () => {
    const counter = new PNCounter(new Replica());
    assert.equal(thrown(() => new sdk.GCounter(new Replica()).increment(-1)).code, "OUT_OF_RANGE");
    assert.equal(thrown(() => counter.increment(2n ** 63n)).code, "OUT_OF_RANGE");
    assert.equal(thrown(() => counter.increment(0.5)).code, "BAD_ARGUMENT");
    assert.equal(thrown(() => counter.increment("1")).code, "BAD_ARGUMENT");
    counter.increment(2n ** 62n);
    assert.equal(thrown(() => counter.value).code, "OUT_OF_RANGE");
    assert.equal(counter.bigValue, 2n ** 62n);
  });

  test("what was disposed is closed", () => {
    const replica = new Replica();
    const counter = new PNCounter(replica).increment();
    const other = new PNCounter(replica);
    counter.dispose();
    counter.dispose();
    for (const use of [
      () => counter.value,
      () => counter.increment(),
      () => other.mergeFrom(counter),
      () => counter.clone(),
    ]) {
      assert.equal(thrown(use).code, "CLOSED");
    }
    other[Symbol.dispose]();
    assert.equal(thrown(() => other.encode()).code, "CLOSED");
    replica.dispose();
    assert.equal(thrown(() => new PNCounter(replica)).code, "CLOSED");
  });

  test("objects of two engines do not meet", () => {
    const before = new PNCounter(new Replica()).increment();
    const replica = before.replica;
    const { engine } = sdk.libraryInfo();
    sdk.initSync({ reset: true, engine: "wasm" });
    const after = new PNCounter(new Replica());
    assert.equal(thrown(() => after.mergeFrom(before)).code, "BAD_ARGUMENT");
    assert.equal(thrown(() => new PNCounter(replica)).code, "BAD_ARGUMENT");
    assert.equal(after.mergeFrom(before.encode()).changed, true);
    assert.equal(before.increment().value, 2, "objects stay with their engine");
    assert.equal(typeof engine, "string");
  });

  test("arguments of another kind", () => {
    const counter = new PNCounter(new Replica());
    const wrong = [
      () => new PNCounter({}),
      () => new sdk.SyncSession({}),
      () => counter.mergeFrom({}),
      () => counter.equals("counter"),
      () => PNCounter.decode("frame"),
      () => new LWWMap(new Replica()).set(5, 1),
      () => new sdk.HyperLogLog({ precision: 99 }),
    ];
    for (const use of wrong) assert.equal(thrown(use).code, "BAD_ARGUMENT", String(use));
  });

  test("an operation that there is not", () => {
    assert.equal(thrown(() => sdk.call("no_such", {})).code, "BAD_ARGUMENT");
  });

  test("stamps that are none", () => {
    const map = new LWWMap(new Replica());
    assert.equal(thrown(() => map.write("a", 1, { seconds: Number.NaN, node: "n" })).code, "BAD_STAMP");
    assert.equal(thrown(() => map.write("a", 1, { stamp: 0.5, node: "n" })).code, "BAD_STAMP");
    assert.equal(thrown(() => Replica.open("no base64!")).code, "BAD_TEXT");
  });
});
