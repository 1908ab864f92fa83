// Files that are downloaded stay within their budget: size-budget.json says how many bytes each may have as gzip.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";

const root = join(import.meta.dirname, "..");
const budget = JSON.parse(readFileSync(join(root, "size-budget.json"), "utf8"));

for (const [file, { gzip }] of Object.entries(budget)) {
  test(`${file} has at most ${gzip} bytes as gzip`, () => {
    const bytes = gzipSync(readFileSync(join(root, file)), { level: 9 }).length;
    assert.ok(bytes <= gzip, `${bytes} bytes`);
    assert.ok(bytes > 0.9 * gzip, `${bytes} bytes: the budget can be lowered`);
  });
}
