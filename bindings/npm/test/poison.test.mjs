// A WebAssembly instance that failed is not used again.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";
import binaryen from "binaryen";
import { initSync, LWWMap, openObjects, PNCounter, Replica } from "../dist/node/index.mjs";

const { ABI } = createRequire(import.meta.url)("../dist/cjs/generated.js");

/** A module that answers its first calls with the integer 1, and then has a fault. */
function failingModule({ abi = ABI, calls = 2 } = {}) {
  const text = `(module
    (memory (export "memory") 2)
    (data (i32.const 0) "${abi}\\00")
    (data (i32.const 64) "\\00\\03\\01\\00\\00\\00\\00\\00\\00\\00")
    (global $left (mut i32) (i32.const ${calls}))
    (func (export "crdt_abi") (result i32) (i32.const 0))
    (func (export "crdt_alloc") (param i32) (result i32) (i32.const 1024))
    (func (export "crdt_free") (param i32 i32))
    (func (export "crdt_counter_add_f64") (param f64 f64) (result i32) unreachable)
    (func (export "crdt_close_f64") (param f64) (result i32) (i32.const 1))
    (func (export "crdt_call") (param i32 i32 i32 i32) (result i32)
      (if (i32.eqz (global.get $left)) (then unreachable))
      (global.set $left (i32.sub (global.get $left) (i32.const 1)))
      (i32.store (local.get 3) (i32.const 10))
      (i32.const 64)))`;
  const module = binaryen.parseText(text);
  const bytes = module.emitBinary();
  module.dispose();
  return bytes;
}

test("after a fault the instance answers POISONED until it is replaced", () => {
  initSync({ source: failingModule(), reset: true });
  const replica = new Replica({ node: "a" });
  const counter = new PNCounter(replica);
  assert.throws(
    () => counter.value,
    (error) => error.code === "INTERNAL" && error.cause instanceof WebAssembly.RuntimeError,
  );
  for (const use of [() => counter.value, () => counter.increment(), () => new LWWMap(), () => openObjects()]) {
    assert.throws(use, { code: "POISONED" });
  }
  counter.dispose();
  initSync({ engine: "wasm", reset: true });
  assert.equal(new PNCounter(new Replica()).increment().value, 1);
  assert.throws(() => replica.node, { code: "POISONED" }, "objects stay with their instance");
});

test("a fault on the short way poisons too", () => {
  initSync({ source: failingModule(), reset: true });
  const counter = new PNCounter(new Replica({ node: "a" }));
  assert.throws(() => counter.increment(), { code: "INTERNAL" });
  assert.throws(() => counter.increment(), { code: "POISONED" });
});

test("an engine of another release is refused with both numbers", () => {
  const source = failingModule({ abi: "0000000000000000" });
  assert.throws(
    () => initSync({ source, reset: true }),
    (error) => {
      assert.deepEqual(
        [error.code, error.detail.expected, error.detail.found],
        ["ABI_MISMATCH", ABI, "0000000000000000"],
      );
      return true;
    },
  );
});
