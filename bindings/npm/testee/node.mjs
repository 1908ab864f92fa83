// The testee in Node: node bindings/npm/testee/node.mjs wasm|native
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";
import * as sdk from "../dist/node/index.mjs";
import { testee } from "./answers.mjs";

const require = createRequire(import.meta.url);
const { OPERATIONS } = require("../dist/cjs/generated.js");
const engine = process.argv[2] ?? "wasm";

/** The native engine that was built here. */
function nativeFile() {
  const platforms = join(import.meta.dirname, "..", "platforms");
  const [platform] = readdirSync(platforms).filter((name) => name.startsWith(`${process.platform}-${process.arch}`));
  return join(platforms, platform, `crdt-merge.${platform}.node`);
}

/** Another module than the package's own, if one is to be asked. */
const module = process.env.CRDT_MERGE_WASM;
const source = module === undefined ? undefined : readFileSync(module);
sdk.initSync(engine === "native" ? { engine, nativeFile: nativeFile() } : { engine, source });
const answer = testee(sdk, OPERATIONS, `node-${engine}`);
for await (const line of createInterface({ input: process.stdin })) {
  const reply = answer(line);
  if (reply === null) break;
  process.stdout.write(`${reply}\n`);
}
