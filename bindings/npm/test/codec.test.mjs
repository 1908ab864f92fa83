// Values across the border.
import assert from "node:assert/strict";
import { test } from "node:test";
import vm from "node:vm";
import * as sdk from "../dist/node/index.mjs";
import { onEachEngine, randomFrom } from "./engines.mjs";

const { call, float, Float, int, Int, tuple, Tuple } = sdk;
const echo = (value, options) => call("echo", value, options);
const exactly = (value) => echo(value, { exact: true });

/** The spelling of a value in which nothing is equal that is different. */
function spelled(value) {
  if (value instanceof Int) return `i${value.value}`;
  if (value instanceof Float) return `f${value.bits.toString(16)}`;
  if (value instanceof Uint8Array) return `b${Buffer.from(value).toString("hex")}`;
  if (Array.isArray(value)) return `l(${value.map(spelled).join(" ")})`;
  if (value instanceof Tuple) return `t(${value.items.map(spelled).join(" ")})`;
  if (value instanceof Map) return `m(${Array.from(value, (pair) => pair.map(spelled).join("=")).join(" ")})`;
  if (value instanceof Set) return `s(${Array.from(value, spelled).sort().join(" ")})`;
  return JSON.stringify(value);
}

const TEXTS = [
  "",
  "a",
  "é",
  "\u{1F600}",
  "\0",
  "x".repeat(47),
  "y".repeat(49),
  "ü".repeat(60),
  "\uFEFFbom",
  "7",
  "__proto__",
];
const INTS = [0n, 1n, -1n, 2n ** 31n, 2n ** 53n - 1n, 2n ** 53n, -(2n ** 53n), 2n ** 63n - 1n, -(2n ** 63n)];
const BITS = [0n, 1n << 63n, 0x7ff0000000000000n, 0x7ff8000000000001n, 0xfff8000000000000n, 0x4014000000000000n, 1n];

/** A value with its exact spelling known. */
function draw(random, depth) {
  const items = () => Array.from({ length: random.below(4) }, () => draw(random, depth - 1));
  switch (random.below(depth === 0 ? 6 : 9)) {
    case 0:
      return null;
    case 1:
      return random.below(2) === 0;
    case 2:
      return new Int(INTS[random.below(INTS.length)]);
    case 3:
      return Float.fromBits(BITS[random.below(BITS.length)]);
    case 4:
      return TEXTS[random.below(TEXTS.length)];
    case 5:
      return Uint8Array.from({ length: random.below(5) }, () => random.below(256));
    case 6:
      return items();
    case 7:
      return new Map(items().map((value, index) => [`${index}${TEXTS[random.below(TEXTS.length)]}`, value]));
    default:
      return new Map(items().map((value, index) => [new Int(index), value]));
  }
}

onEachEngine(() => {
  test("exact reading loses nothing", () => {
    const random = randomFrom(7);
    for (let trial = 0; trial < 3_000; trial++) {
      const value = draw(random, 3);
      assert.equal(spelled(exactly(value)), spelled(value));
    }
  });

  test("numbers are integers where they have no fraction", () => {
    for (const number of [0, 5, -5, 2 ** 40, -(2 ** 40), 2 ** 53 - 1, -(2 ** 53) + 1, 2 ** 60, 5n, 2n ** 60n]) {
      assert.equal(spelled(exactly(number)), `i${BigInt(number)}`);
    }
    for (const number of [0.5, -0, Infinity, -Infinity, NaN, 5e-324]) {
      assert.ok(exactly(number) instanceof Float);
      assert.ok(Object.is(echo(number), number));
    }
    assert.equal(spelled(exactly(float(5))), "f4014000000000000");
    assert.equal(spelled(exactly(int(5))), "i5");
    assert.throws(() => echo(1e300), { code: "OUT_OF_RANGE" });
    assert.throws(() => int(0.5), RangeError);
  });

  test("plain reading gives plain values", () => {
    assert.equal(echo(2n ** 53n - 1n), 2 ** 53 - 1);
    assert.equal(echo(2n ** 53n), 2n ** 53n);
    assert.equal(echo(float(5)), 5);
    const map = echo({ z: 1, a: [null, { b: true }] });
    assert.equal(Object.getPrototypeOf(map), null);
    assert.deepEqual(JSON.parse(JSON.stringify(map)), { z: 1, a: [null, { b: true }] });
    assert.deepEqual(echo(new Map([[1, "a"]])), new Map([[1, "a"]]));
    assert.deepEqual(echo(new Set(["a", 1])), new Set(["a", 1]));
    assert.ok("__proto__" in echo(JSON.parse('{"__proto__": 1}')));
  });

  test("what collections of JavaScript cannot tell apart is read exactly", () => {
    const set = echo(new Set([int(1), float(1)]));
    assert.deepEqual([...set].map(spelled).sort(), ["f3ff0000000000000", "i1"]);
    const map = echo(
      new Map([
        [int(1), "i"],
        [float(1), "f"],
      ]),
    );
    assert.equal(map.size, 2);
    assert.equal(spelled(exactly(echo(new Set([float(-0)])))), "s(f8000000000000000)");
  });

  test("bytes are any view, and copies", () => {
    const bytes = new Uint8Array([1, 2, 3, 4]);
    for (const view of [
      bytes,
      bytes.buffer,
      new DataView(bytes.buffer),
      Buffer.from(bytes),
      new Uint32Array(bytes.buffer),
    ]) {
      assert.deepEqual(echo(view), new Uint8Array([1, 2, 3, 4]));
    }
    assert.deepEqual(echo(bytes.subarray(1, 3)), new Uint8Array([2, 3]));
    const copy = echo(bytes);
    copy[0] = 9;
    assert.equal(bytes[0], 1);
    assert.equal(echo(new Uint8Array(3_000_000)).length, 3_000_000);
  });

  test("objects of another realm are maps", () => {
    assert.deepEqual({ ...echo(vm.runInNewContext("({ a: 1 })")) }, { a: 1 });
  });

  test("what is no value is refused with its place", () => {
    const refused = (value, path, type, code = "BAD_VALUE") =>
      assert.throws(
        () => echo(value),
        (error) => {
          assert.deepEqual([error.code, error.detail.path], [code, path]);
          if (type !== undefined) assert.equal(error.detail.type, type);
          return true;
        },
      );
    refused(undefined, "", "undefined");
    refused({ a: [1, undefined] }, "a[1]", "undefined");
    refused([{ b: { c: () => 1 } }], "[0].b.c", "function");
    refused(Symbol("x"), "", "symbol");
    refused(new Date(0), "", "Date");
    refused({ when: new Date(0) }, "when", "Date");
    refused(/x/, "", "RegExp");
    refused(new (class Point {})(), "", "Point");
    refused(Promise.resolve(), "", "Promise");
    refused(new Map([[undefined, 1]]), "(key)", "undefined");
    refused("a\uD800", "", undefined, "BAD_TEXT");
    refused({ a: "\uDC00" }, "a", undefined, "BAD_TEXT");
    refused({ "\uD800": 1 }, "\uD800", undefined, "BAD_TEXT");
  });

  test("depth has a bound, cycles too", () => {
    const cycle = [];
    cycle.push(cycle);
    assert.throws(() => echo(cycle), { code: "TOO_DEEP" });
    let nested = 1;
    for (let depth = 0; depth < 100; depth++) nested = [nested];
    assert.equal(JSON.stringify(echo(nested)), JSON.stringify(nested));
  });

  test("a value may use the library while it is written", () => {
    const nested = {
      get value() {
        return echo({ inner: [1, 2] }).inner;
      },
    };
    assert.deepEqual(echo(nested).value, [1, 2]);
    assert.deepEqual(echo(["after"]), ["after"]);
  });

  test("columns and lists are the same items", () => {
    const floats = Float64Array.from([0.5, 1, Number.NaN]);
    const columns = [
      [floats, [0.5, float(1), Number.NaN]],
      [Int32Array.of(-1, 2), [-1, 2]],
      [BigInt64Array.of(2n ** 62n), [2n ** 62n]],
      [Float32Array.of(0.5), [0.5]],
      [["a", "é", "", "z".repeat(100), "ö".repeat(100)], new Set(["a", "é", "", "z".repeat(100), "ö".repeat(100)])],
    ];
    for (const [column, list] of columns) {
      const [a, b] = [column, list].map((items) => new sdk.HyperLogLog().addAll(items));
      const one = new sdk.HyperLogLog();
      for (const item of list) one.add(item);
      assert.deepEqual([a.stateId, b.stateId], [one.stateId, one.stateId]);
    }
    assert.throws(() => new sdk.HyperLogLog().addAll(["a", "\uD800"]), { code: "BAD_TEXT" });
    assert.throws(() => new sdk.HyperLogLog().addAll([tuple(1)]), { code: "BAD_VALUE" });
  });

  test("reading takes time in proportion, however values are nested", () => {
    let nested = 0;
    for (let depth = 0; depth < 60; depth++)
      nested = new Map([
        ["a", nested],
        [1, 0],
        [float(1), 0],
      ]);
    const start = process.cpuUsage();
    echo(nested);
    assert.ok(process.cpuUsage(start).user < 1_000_000);
  });

  test("maps keep their order in exact reading", () => {
    const map = new Map([
      ["b", 1],
      ["10", 2],
      ["9", 3],
      ["a", 4],
    ]);
    assert.deepEqual([...exactly(map).keys()], ["b", "10", "9", "a"]);
  });
});
