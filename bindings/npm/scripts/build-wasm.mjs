// Builds dist/crdt-merge.wasm: the C ABI of the library compiled to WebAssembly and made small.
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { cargo, target } from "./cargo.mjs";

const TRIPLE = "wasm32-unknown-unknown";
const FLAGS = [
  "-Oz",
  "--enable-simd",
  "--enable-bulk-memory",
  "--enable-bulk-memory-opt",
  "--enable-nontrapping-float-to-int",
  "--enable-sign-ext",
  "--enable-mutable-globals",
  "--enable-reference-types",
  "--enable-multivalue",
  "--strip-debug",
  "--strip-producers",
];

const require = createRequire(import.meta.url);
/** What was compiled elsewhere, or what cargo compiles here. */
const given = process.env.CRDT_MERGE_COMPILED;
const raw = given ?? join(target, TRIPLE, "wasm", "crdt_merge_c.wasm");
const small = join(import.meta.dirname, "..", "dist", "crdt-merge.wasm");

function sizes(path) {
  const bytes = readFileSync(path);
  return `${bytes.length} bytes, ${gzipSync(bytes, { level: 9 }).length} as gzip`;
}

if (given === undefined) cargo("build", "--profile", "wasm", "--target", TRIPLE, "-p", "crdt-merge-c");
mkdirSync(dirname(small), { recursive: true });
const optimizer = join(dirname(require.resolve("binaryen/package.json")), "bin", "wasm-opt");
execFileSync(process.execPath, [optimizer, ...FLAGS, raw, "-o", small], { stdio: "inherit" });
console.log(`compiled: ${sizes(raw)}`);
console.log(`optimised: ${sizes(small)}`);
