// The packed package in an empty project: both module systems, types without libraries of a host, and no dependencies.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { engines } from "./engines.mjs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";

const root = join(import.meta.dirname, "..");
const project = mkdtempSync(join(tmpdir(), "crdt-merge-package-"));
const quiet = { cwd: project, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] };

/** Runs a program of the project. Its output. */
function run(name, text) {
  writeFileSync(join(project, name), text);
  return execFileSync(process.execPath, [name], quiet);
}

before(() => {
  const packed = execFileSync("npm", ["pack", "--json", "--pack-destination", project], { ...quiet, cwd: root });
  const [{ filename }] = JSON.parse(packed);
  writeFileSync(join(project, "package.json"), '{ "name": "empty", "private": true }');
  execFileSync("npm", ["install", "--offline", "--no-audit", "--no-fund", join(project, filename)], quiet);
});

after(() => rmSync(project, { recursive: true }));

const USE = `const here = new Replica({ node: "laptop" });
const likes = new PNCounter(here).increment(5);
console.log(PNCounter.decode(likes.encode()).value, libraryInfo().engine);`;

test("it has no dependencies, and what is in it is what belongs there", () => {
  const lock = JSON.parse(readFileSync(join(project, "package-lock.json"), "utf8"));
  assert.deepEqual(Object.keys(lock.packages), ["", "node_modules/crdt-merge-sdk"]);
});

test("programs import it", () => {
  for (const entry of ["crdt-merge-sdk", "crdt-merge-sdk/protocol"]) {
    assert.equal(run("program.mjs", `import { libraryInfo, PNCounter, Replica } from "${entry}"; ${USE}`), "5 wasm\n");
  }
});

test("programs require it", () => {
  assert.equal(
    run("program.cjs", `const { libraryInfo, PNCounter, Replica } = require("crdt-merge-sdk"); ${USE}`),
    "5 wasm\n",
  );
});

test("the slim entry waits for init", () => {
  const program = `import { init, libraryInfo, PNCounter, Replica } from "crdt-merge-sdk/slim";
    try { new Replica(); } catch (error) { console.log(error.code); }
    await init();
    ${USE}`;
  assert.equal(run("slim.mjs", program), "NOT_INITIALIZED\n5 wasm\n");
});

test("both systems share one engine", () => {
  const program = `import { createRequire } from "node:module";
    import { openObjects, Replica } from "crdt-merge-sdk";
    const required = createRequire(import.meta.url)("crdt-merge-sdk");
    const replica = new Replica();
    console.log(required.openObjects(), required.Replica === Replica);`;
  assert.equal(run("both.mjs", program), "1 true\n");
});

test("the module is an entry of its own", () => {
  const program = `import { readFileSync } from "node:fs";
    import { fileURLToPath } from "node:url";
    const path = fileURLToPath(import.meta.resolve("crdt-merge-sdk/crdt-merge.wasm"));
    console.log(WebAssembly.validate(readFileSync(path)));`;
  assert.equal(run("module.mjs", program), "true\n");
});

test("types need no library of a host, in any way of resolving them", () => {
  const text = `import { PNCounter, Replica } from "crdt-merge-sdk";
    export const likes: number = new PNCounter(new Replica({ node: "a" })).value;\n`;
  for (const name of ["typed.mts", "typed.cts"]) writeFileSync(join(project, name), text);
  const compiler = createRequire(import.meta.url).resolve("typescript/bin/tsc");
  const strict = ["--strict", "--noEmit", "--skipLibCheck", "false", "--target", "ES2022", "--lib", "ES2022"];
  const ways = [
    ["NodeNext", "NodeNext", "typed.mts", "typed.cts"],
    ["ESNext", "Bundler", "typed.mts"],
  ];
  for (const [module, resolution, ...files] of ways) {
    const args = [compiler, ...strict, "--module", module, "--moduleResolution", resolution, ...files];
    execFileSync(process.execPath, args, quiet);
  }
});

const native = engines.find(({ engine }) => engine === "native");

test("the platform package makes it native", { skip: native === undefined && "it was not built" }, () => {
  const folder = join(native.nativeFile, "..");
  const packed = execFileSync("npm", ["pack", "--json", "--pack-destination", project, folder], quiet);
  const install = ["install", "--offline", "--no-audit", "--no-fund", join(project, JSON.parse(packed)[0].filename)];
  execFileSync("npm", install, quiet);
  assert.equal(
    run("native.mjs", `import { libraryInfo, PNCounter, Replica } from "crdt-merge-sdk"; ${USE}`),
    "5 native\n",
  );
});
