// The files that the browser asks for: the pages of this folder, and the package as it is installed.
import { createReadStream, statSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, extname, join, normalize, sep } from "node:path";

const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".wasm": "application/wasm",
};
const HERE = import.meta.dirname;
const SDK = join(dirname(createRequire(import.meta.url).resolve("crdt-merge-sdk/package.json")), "dist");

/** The file behind an address; undefined for what is not offered. */
function fileOf(path) {
  const [folder, rest] = path.startsWith("/sdk/") ? [SDK, path.slice(5)] : [HERE, path === "/" ? "list.html" : path.slice(1)];
  const file = normalize(join(folder, rest));
  const isOffered = file.startsWith(folder + sep) && !file.includes("node_modules") && extname(file) in TYPES;
  return isOffered && statSync(file, { throwIfNoEntry: false })?.isFile() ? file : undefined;
}

/** Answers a request for a file. */
export function page(request, response) {
  const file = fileOf(decodeURI(new URL(request.url, "http://localhost").pathname));
  if (file === undefined) {
    response.writeHead(404).end("not found");
    return;
  }
  response.writeHead(200, { "content-type": TYPES[extname(file)], "cache-control": "no-store" });
  createReadStream(file).pipe(response);
}
