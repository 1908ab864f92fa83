// Builds dist/ from src/: ES modules for bundlers, CommonJS for Node, and the ES modules that share the CommonJS ones.
//
// In Node both module systems have to see one set of classes and one engine, so there ES modules are a list of names.
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");
const dist = join(root, "dist");
const require = createRequire(import.meta.url);

/** Removes what the last build made, but for the engines, which have builds of their own. */
function clean() {
  mkdirSync(dist, { recursive: true });
  for (const name of readdirSync(dist)) {
    if (!name.endsWith(".wasm") && !name.endsWith(".node")) rmSync(join(dist, name), { recursive: true });
  }
}

function compile(folder, type) {
  const compiler = require.resolve("typescript/bin/tsc");
  execFileSync(process.execPath, [compiler, "-p", `tsconfig.${folder}.json`], { cwd: root, stdio: "inherit" });
  writeFileSync(join(dist, folder, "package.json"), `${JSON.stringify({ type })}\n`);
}

/** Gives the names of a CommonJS module to programs that import. */
function share(name, from) {
  const names = Object.keys(require(join(dist, "cjs", from))).sort();
  const lines = names.map((each) => `export const ${each} = shared.${each};`);
  const text = [`import shared from "../cjs/${from}";`, "", ...lines, ""].join("\n");
  mkdirSync(join(dist, "node"), { recursive: true });
  writeFileSync(join(dist, "node", `${name}.mjs`), text);
}

/** The licences lie in the root of the project. */
function license() {
  for (const name of ["LICENSE-APACHE", "LICENSE-MIT"]) copyFileSync(join(root, "..", "..", name), join(root, name));
}

clean();
license();
compile("esm", "module");
compile("cjs", "commonjs");
share("index", "node.js");
share("slim", "slim-node.js");
