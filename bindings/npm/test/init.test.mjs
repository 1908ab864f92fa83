// How the library finds its engine.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { test } from "node:test";
import * as slim from "../dist/esm/index.js";
import * as shared from "../dist/node/index.mjs";

const require = createRequire(import.meta.url);
const wasmFile = join(import.meta.dirname, "..", "dist", "crdt-merge.wasm");

test("modules of both systems share classes and engine", () => {
  const required = require("../dist/cjs/node.js");
  assert.equal(required.PNCounter, shared.PNCounter);
  const counter = new required.PNCounter(new shared.Replica()).increment();
  assert.ok(counter instanceof shared.PNCounter);
});

test("both systems export the same names", () => {
  const names = (module) =>
    Object.keys(module)
      .filter((name) => name !== "default" && name !== "__esModule")
      .sort();
  assert.deepEqual(names(shared), names(require("../dist/cjs/node.js")));
  assert.deepEqual(names(slim), names(shared));
});

test("without init the slim entry says what to do", () => {
  assert.throws(
    () => new slim.PNCounter(),
    (error) => error.code === "NOT_INITIALIZED" && /init\(\)/.test(error.message),
  );
});

test("init takes bytes, a module, a response or a promise of one, and is idempotent", async () => {
  const bytes = readFileSync(wasmFile);
  const response = () => ({ ok: true, status: 200, arrayBuffer: async () => new Uint8Array(bytes).buffer });
  const sources = [
    bytes,
    new Uint8Array(bytes).buffer,
    new WebAssembly.Module(bytes),
    response(),
    Promise.resolve(response()),
  ];
  for (const source of sources) {
    await slim.init({ source, reset: true });
    assert.equal(slim.openObjects(), 0, "a new instance");
    const replica = new slim.Replica();
    await slim.init(source);
    assert.equal(slim.openObjects(), 1, "the same instance");
    replica.dispose();
  }
  await slim.init({ source: `data:application/wasm;base64,${bytes.toString("base64")}`, reset: true });
  await Promise.all([slim.init(bytes), slim.init(bytes)]);
  slim.initSync({ source: new WebAssembly.Module(bytes), reset: true });
  assert.equal(slim.libraryInfo().engine, "wasm");
});

test("what init cannot load is refused", async () => {
  await assert.rejects(slim.init({ reset: true }), { code: "BAD_ARGUMENT" });
  await assert.rejects(slim.init({ source: "http://127.0.0.1:1/none.wasm", reset: true }), { code: "IO" });
  const missing = { ok: false, status: 404, arrayBuffer: async () => new ArrayBuffer(0) };
  await assert.rejects(
    slim.init({ source: missing, reset: true }),
    (error) => error.code === "IO" && error.detail.status === "404",
  );
  await assert.rejects(slim.init({ engine: "native", reset: true }), { code: "UNSUPPORTED" });
  assert.throws(() => slim.initSync({ source: "text", reset: true }), { code: "BAD_ARGUMENT" });
});

test("a native engine that is not there is named", () => {
  const load = () => shared.initSync({ engine: "native", nativeFile: "/none/crdt-merge.node", reset: true });
  assert.throws(load, ({ code, message, detail }) => {
    assert.equal(code, "UNSUPPORTED");
    assert.ok(detail.platform.startsWith(`${process.platform}-${process.arch}`));
    assert.equal(detail.package, "/none/crdt-merge.node");
    return detail.cause.length > 0 && message.includes(detail.platform);
  });
});

test("importing starts nothing, and a program ends by itself", () => {
  const entry = JSON.stringify(join(import.meta.dirname, "../dist/node/index.mjs"));
  const program = `import { PNCounter, Replica } from ${entry};
    console.log(new PNCounter(new Replica()).increment(2).value);`;
  const output = execFileSync(process.execPath, ["--input-type=module", "-e", program], { encoding: "utf8" });
  assert.equal(output, "2\n");
});
