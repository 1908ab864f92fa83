// The programs in the README run.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, symlinkSync, mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { engines } from "./engines.mjs";

const root = join(import.meta.dirname, "..");
const compiler = createRequire(import.meta.url).resolve("typescript/bin/tsc");
const project = mkdtempSync(join(tmpdir(), "crdt-merge-readme-"));
after(() => rmSync(project, { recursive: true }));

mkdirSync(join(project, "node_modules"));
symlinkSync(root, join(project, "node_modules", "crdt-merge-sdk"));
symlinkSync(join(root, "node_modules", "@types"), join(project, "node_modules", "@types"));
writeFileSync(join(project, "package.json"), '{ "type": "module" }');

const readme = readFileSync(join(root, "README.md"), "utf8");
const blocks = [...readme.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, block]) => block);
blocks.forEach((block, index) => writeFileSync(join(project, `block${index}.ts`), block));

test(`the ${blocks.length} programs have the right types`, () => {
  const files = blocks.map((_, index) => `block${index}.ts`);
  const options = ["--strict", "--target", "ES2022", "--module", "NodeNext", "--types", "node"];
  execFileSync(process.execPath, [compiler, ...options, ...files], { cwd: project, encoding: "utf8" });
});

for (const { engine, nativeFile } of engines) {
  blocks.forEach((_, index) => {
    test(`${engine}: program ${index + 1}`, () => {
      const options = JSON.stringify({ engine, nativeFile });
      const program = `import { initSync } from "crdt-merge-sdk"; initSync(${options}); await import("./block${index}.js");`;
      writeFileSync(join(project, "run.js"), program);
      execFileSync(process.execPath, ["run.js"], { cwd: project, encoding: "utf8" });
    });
  });
}
