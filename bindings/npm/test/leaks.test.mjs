// Objects that are disposed take their memory with them, also when what was done with them failed.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { describe, test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { initSync, openObjects, PNCounter, Replica } from "../dist/node/index.mjs";
import { engines } from "./engines.mjs";

const MEBIBYTE = 1 << 20;

/** The collector of JavaScript keeps its own memory small, so that what is left to grow is ours. */
const STEADY_HEAP = ["--expose-gc", "--max-semi-space-size=1", "--single-threaded-gc"];

/**
 * What a program of its own measured: growth of its memory between 1,000 and 10,000 cycles, and objects that are open
 * in the end.
 */
function measured(engine, planted) {
  const program = join(import.meta.dirname, "leaks-program.mjs");
  const args = [...STEADY_HEAP, program, engine, ...(planted ? ["planted"] : [])];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8" }));
}

for (const options of engines) {
  const { engine } = options;
  describe(engine, () => {
    test("what nobody can reach any more is let go of", { skip: globalThis.gc === undefined }, async () => {
      initSync({ ...options, reset: true });
      const before = openObjects();
      (() => Array.from({ length: 1_000 }, () => new PNCounter(new Replica())))();
      assert.equal(openObjects(), before + 2_000);
      for (let round = 0; round < 20 && openObjects() > before + 10; round++) {
        globalThis.gc();
        await setImmediate();
      }
      assert.ok(openObjects() <= before + 10, `${openObjects()} objects are open`);
    });

    test("memory does not grow with the number of cycles", () => {
      const { growth, open } = measured(engine, false);
      assert.ok(growth < MEBIBYTE, `${growth} bytes`);
      assert.equal(open, 0);
    });

    test("a planted leak is caught", () => {
      const { growth, open } = measured(engine, true);
      assert.ok(growth > MEBIBYTE, `${growth} bytes`);
      assert.ok(open > 0);
    });
  });
}
