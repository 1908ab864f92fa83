// Builds the native engine for the machine this runs on, and the folder of its platform package: platforms/<name>/.
import { copyFileSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cargo, target } from "./cargo.mjs";

const PROFILE = "measured";
const FILES = { linux: "libcrdt_merge_node.so", darwin: "libcrdt_merge_node.dylib", win32: "crdt_merge_node.dll" };

const root = join(import.meta.dirname, "..");
const { name, version, license, repository, engines } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

function libc() {
  if (process.platform !== "linux") return undefined;
  return process.report.getReport().header.glibcVersionRuntime === undefined ? "musl" : "glibc";
}

const suffix = { glibc: "-gnu", musl: "-musl" }[libc()] ?? (process.platform === "win32" ? "-msvc" : "");
const platform = `${process.platform}-${process.arch}${suffix}`;

cargo(
  "build",
  "--profile",
  PROFILE,
  "-p",
  "crdt-merge-node",
  "--config",
  `profile.${PROFILE}.package.crdt-merge-node.strip="symbols"`,
);
const folder = join(root, "platforms", platform);
const file = `crdt-merge.${platform}.node`;
mkdirSync(folder, { recursive: true });
copyFileSync(join(target, PROFILE, FILES[process.platform]), join(folder, file));
const manifest = {
  name: `${name}-${platform}`,
  version,
  description: `The native engine of ${name} for ${platform}`,
  license,
  repository,
  engines,
  os: [process.platform],
  cpu: [process.arch],
  ...(libc() && { libc: [libc()] }),
  main: file,
  files: [file],
};
writeFileSync(join(folder, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
console.log(`${join("platforms", platform, file)}: ${statSync(join(folder, file)).size} bytes`);
