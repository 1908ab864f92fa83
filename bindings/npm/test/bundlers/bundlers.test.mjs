// Bundles of the packed package, run in Chromium. Needs the registry, for the bundlers, and Chromium.
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { chromium } from "playwright-core";

const BUNDLERS = [
  "esbuild@0.28.2",
  "rollup@4.68.7",
  "@rollup/plugin-node-resolve@16.0.3",
  "vite@7.3.8",
  "webpack@5.112.2",
  "webpack-cli@7.3.1",
];
const PROGRAM = process.env.CRDT_CHROMIUM ?? "/usr/bin/chromium";
const TYPES = { ".js": "text/javascript", ".wasm": "application/wasm", ".html": "text/html" };

const root = join(import.meta.dirname, "..", "..");
const project = mkdtempSync(join(tmpdir(), "crdt-merge-bundlers-"));
const quiet = { cwd: project, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] };
/** A policy of a page that allows WebAssembly and nothing else to be made from data. */
const POLICY = "script-src 'self' 'wasm-unsafe-eval'";
let browser;
let server;

before(async () => {
  const packed = execFileSync("npm", ["pack", "--json", "--pack-destination", project], { ...quiet, cwd: root });
  writeFileSync(join(project, "package.json"), '{ "name": "bundles", "private": true, "type": "module" }');
  const archive = join(project, JSON.parse(packed)[0].filename);
  execFileSync("npm", ["install", "--no-audit", "--no-fund", archive, ...BUNDLERS], quiet);
  server = createServer(serve);
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  browser = await chromium.launch({ executablePath: PROGRAM, args: ["--no-sandbox", "--disable-gpu"] });
});

after(async () => {
  await browser?.close();
  server?.close();
  rmSync(project, { recursive: true });
});

function serve({ url }, response) {
  const path = join(project, new URL(url, "http://localhost").pathname);
  if (!existsSync(path)) return response.writeHead(404).end();
  const type = TYPES[extname(path)] ?? "application/octet-stream";
  response.writeHead(200, { "content-type": type, "content-security-policy": POLICY }).end(readFileSync(path));
}

/** The program that is bundled; it says where the module is, if its bundler does not. */
function program(before, source) {
  return `import { init, libraryInfo, PNCounter, Replica } from "crdt-merge-sdk";
${before}
await init(${source});
const likes = new PNCounter(new Replica({ node: "tab" })).increment(5);
globalThis.result = PNCounter.decode(likes.encode()).value + " " + libraryInfo().engine;\n`;
}

function run(name, ...args) {
  execFileSync(join(project, "node_modules", ".bin", name), args, quiet);
}

/** Loads a page. What the program on it found. */
async function resultAt(address) {
  const page = await browser.newPage();
  const failed = new Promise((_, reject) => page.once("pageerror", reject));
  await page.goto(address);
  return Promise.race([found(page), failed]);
}

/** Asks again and again: to wait inside of the page is against its policy. */
async function found(page) {
  for (;;) {
    const result = await page.evaluate("globalThis.result");
    if (result !== undefined) return result;
    await setTimeout(20);
  }
}

/** Loads a page with a bundle. What the program found. */
function resultOf(folder, script) {
  const html = `<!doctype html><script type="module" src="${script}"></script>`;
  writeFileSync(join(project, folder, "page.html"), html);
  return resultAt(`http://127.0.0.1:${server.address().port}/${folder}/page.html`);
}

/** The size of the scripts in a folder, for people. */
function report(folder) {
  const scripts = readdirSync(join(project, folder), { recursive: true }).filter((name) => name.endsWith(".js"));
  const bytes = scripts.reduce((sum, name) => sum + statSync(join(project, folder, name)).size, 0);
  console.log(`${folder}: ${bytes} bytes of script`);
}

function source(folder, text) {
  mkdirSync(join(project, folder), { recursive: true });
  writeFileSync(join(project, folder, "app.js"), text);
}

test("esbuild, which is told how modules are loaded", async () => {
  source("esbuild", program('import module from "crdt-merge-sdk/crdt-merge.wasm";', "module"));
  const flags = ["--bundle", "--minify", "--format=esm", "--loader:.wasm=file", "--outdir=esbuild/out"];
  run("esbuild", "esbuild/app.js", ...flags);
  report("esbuild/out");
  assert.equal(await resultOf("esbuild/out", "app.js"), "5 wasm");
});

test("rollup, with the module beside the bundle", async () => {
  source("rollup", program("", 'new URL("crdt-merge.wasm", import.meta.url)'));
  run("rollup", "rollup/app.js", "-p", "node-resolve={browser:true}", "-f", "es", "-d", "rollup/out");
  copyFileSync(
    join(project, "node_modules/crdt-merge-sdk/dist/crdt-merge.wasm"),
    join(project, "rollup/out/crdt-merge.wasm"),
  );
  assert.equal(await resultOf("rollup/out", "app.js"), "5 wasm");
});

test("vite, which finds the module", async () => {
  source("vite", program("", ""));
  writeFileSync(join(project, "vite", "index.html"), '<!doctype html><script type="module" src="./app.js"></script>');
  run("vite", "build", "vite", "--base=./", "--outDir=out", "--logLevel=error");
  const script = readdirSync(join(project, "vite/out/assets")).find((name) => name.endsWith(".js"));
  report("vite/out");
  assert.equal(await resultOf("vite/out", `assets/${script}`), "5 wasm");
});

test("webpack, which finds the module", async () => {
  source("webpack", program("", ""));
  run("webpack", "./webpack/app.js", "--mode=production", "--output-path=webpack/out", "--output-public-path=auto");
  report("webpack/out");
  assert.equal(await resultOf("webpack/out", "main.js"), "5 wasm");
});

test("the server of vite, which is told to leave the package as it is", async () => {
  source("served", program("", ""));
  writeFileSync(join(project, "served", "index.html"), '<!doctype html><script type="module" src="./app.js"></script>');
  const config = 'export default { optimizeDeps: { exclude: ["crdt-merge-sdk"] } };';
  writeFileSync(join(project, "served", "vite.config.js"), config);
  const vite = spawn(join(project, "node_modules", ".bin", "vite"), ["served", "--host=127.0.0.1", "--port=0"], quiet);
  try {
    assert.equal(await resultAt(await addressFrom(vite.stdout)), "5 wasm");
  } finally {
    vite.kill();
  }
});

/** The address that a server prints. */
async function addressFrom(output) {
  let text = "";
  for await (const part of output) {
    text += String(part).replace(/\u001b\[\d*m/g, "");
    const [address] = /http:\/\/127\.0\.0\.1:\d+\//.exec(text) ?? [];
    if (address !== undefined) return address;
  }
  throw new Error(`no address in: ${text}`);
}
