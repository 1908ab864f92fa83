// The engines that tests run on: WebAssembly always, the native one where it was built.
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { before, describe } from "node:test";
import { initSync, libraryInfo } from "../dist/node/index.mjs";

const platforms = join(import.meta.dirname, "..", "platforms");

function nativeFile() {
  const found = existsSync(platforms) ? readdirSync(platforms) : [];
  const [platform] = found.filter((name) => name.startsWith(`${process.platform}-${process.arch}`));
  return platform && join(platforms, platform, `crdt-merge.${platform}.node`);
}

/** Options of `init` for each engine. */
export const engines = [{ engine: "wasm" }, ...(nativeFile() ? [{ engine: "native", nativeFile: nativeFile() }] : [])];

/** Runs tests on every engine. */
export function onEachEngine(tests) {
  for (const options of engines) {
    describe(options.engine, () => {
      before(() => {
        initSync({ ...options, reset: true });
        if (libraryInfo().engine !== options.engine) throw new Error(`${options.engine} was not loaded`);
      });
      tests(options);
    });
  }
}

/** Numbers that come again: a small generator with a fixed start. */
export function randomFrom(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  return { next, below: (bound) => next() % bound };
}
