// The testee in Chromium: serves a page on the loopback that loads the browser entry, and passes lines to it and back.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { createInterface } from "node:readline";
import { chromium } from "playwright-core";

const root = join(import.meta.dirname, "..");
const PROGRAM = process.env.CRDT_CHROMIUM ?? "/usr/bin/chromium";
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
const TYPES = {
  ".mjs": "text/javascript",
  ".js": "text/javascript",
  ".wasm": "application/wasm",
  ".html": "text/html",
};

/** Serves the files of this package. */
function serve() {
  const server = createServer(({ url }, response) => {
    const path = normalize(new URL(url, "http://localhost").pathname);
    try {
      const body = readFileSync(join(root, path));
      response.writeHead(200, { "content-type": TYPES[extname(path)] ?? "application/octet-stream" }).end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server)));
}

/** Loads the page, which then has a function from many lines to their answers. */
async function open(server) {
  const browser = await chromium.launch({ executablePath: PROGRAM, args: FLAGS, headless: true });
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${server.address().port}/testee/page.html`);
  await page.waitForFunction("globalThis.answerAll !== undefined");
  return { browser, page };
}

/** Answers lines in batches, which costs one message to the browser instead of one for each line. */
async function answerAll(page) {
  let waiting = [];
  let isOver = false;
  let wake = () => undefined;
  const lines = createInterface({ input: process.stdin });
  lines.on("line", (line) => wake(waiting.push(line)));
  lines.on("close", () => wake((isOver = true)));
  for (;;) {
    if (waiting.length === 0 && !isOver) await new Promise((resolve) => (wake = resolve));
    if (waiting.length === 0) return;
    const batch = waiting;
    waiting = [];
    const answers = await page.evaluate((sent) => globalThis.answerAll(sent), batch);
    for (const answer of answers) {
      if (answer === null) return;
      process.stdout.write(`${answer}\n`);
    }
  }
}

const server = await serve();
const { browser, page } = await open(server);
try {
  await answerAll(page);
} finally {
  await browser.close();
  server.close();
  process.stdin.destroy();
}
