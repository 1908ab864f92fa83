// The examples as their users see them: a relay, two tabs of a browser, and a frame on a page.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { LWWMap, Replica } from "crdt-merge-sdk";
import { chromium } from "playwright-core";

const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"];
const folder = mkdtempSync(join(tmpdir(), "crdt-merge-examples-"));
let relay, browser, address;

before(async () => {
  relay = spawn(process.execPath, ["relay.mjs", "0"], { cwd: import.meta.dirname, stdio: ["ignore", "pipe", "inherit"] });
  [address] = String((await once(relay.stdout, "data"))[0]).split("\n");
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: FLAGS });
});

after(async () => {
  await browser?.close();
  relay.kill();
  rmSync(folder, { recursive: true });
});

async function tab() {
  const page = await (await browser.newContext({ viewport: { width: 720, height: 520 } })).newPage();
  page.on("pageerror", (error) => assert.fail(error.message));
  await page.goto(address);
  await page.getByText("online", { exact: true }).first().waitFor();
  return page;
}

const add = async (page, item) => {
  await page.getByLabel("New item").fill(item);
  await page.getByRole("button", { name: "Add" }).click();
};
const items = (page) => page.locator("#items li").evaluateAll((lines) => lines.map((line) => line.firstChild.textContent));
const stateOf = async (page) => [await items(page), await page.locator("#likes").textContent(), await page.locator("#id").textContent()];

/** Waits until all pages show one state, and gives it. */
async function agreed(...pages) {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const [first, ...others] = await Promise.all(pages.map(stateOf));
    if (others.every((other) => JSON.stringify(other) === JSON.stringify(first))) return first;
    await new Promise((wake) => setTimeout(wake, 50));
  }
  throw new Error(`the tabs do not agree: ${JSON.stringify(await Promise.all(pages.map(stateOf)))}`);
}

/** Lets tests keep a picture of what they saw. */
const picture = (page, name) => process.env.PICTURES && page.screenshot({ path: join(process.env.PICTURES, `${name}.png`) });

test("two tabs edit one list, online and offline", async () => {
  const [left, right] = [await tab(), await tab()];
  await add(left, "milk");
  await add(right, "bread");
  await right.getByLabel("Like").click();
  await right.locator("#items li", { hasText: "milk" }).waitFor();
  await left.getByLabel("online").uncheck();
  await add(left, "eggs");
  await left.getByLabel("Like").click();
  await right.getByTitle("milk is done").click();
  await right.locator("#items li", { hasText: "milk" }).waitFor({ state: "detached" });
  assert.deepEqual((await items(left)).sort(), ["bread", "eggs", "milk"]);
  await picture(left, "offline");
  await left.getByLabel("online").check();
  const [list, likes] = await agreed(left, right);
  assert.deepEqual([list.sort(), likes], [["bread", "eggs"], "2"]);
  const late = await tab();
  await late.locator("#items li", { hasText: "eggs" }).waitFor();
  assert.deepEqual((await agreed(left, right, late))[1], "2");
  await picture(late, "list");
});

test("a frame is read on the page", async () => {
  const page = await browser.newPage({ viewport: { width: 720, height: 760 } });
  await page.goto(`${address}inspect.html`);
  const prefs = new LWWMap(new Replica({ node: "tablet", clock: () => 1_767_225_600_000_000 })).set("theme", "dark");
  writeFileSync(join(folder, "prefs.crdt"), prefs.encode());
  await page.locator("#file").setInputFiles(join(folder, "prefs.crdt"));
  await page.getByText("lww_map").first().waitFor();
  await page.getByText(prefs.stateId).waitFor();
  await page.getByText('"dark"').waitFor();
  await picture(page, "inspect");
  writeFileSync(join(folder, "cut.crdt"), prefs.encode().slice(0, 20));
  await page.locator("#file").setInputFiles(join(folder, "cut.crdt"));
  await page.getByText("TRUNCATED").waitFor();
  await picture(page, "refused");
});
