import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Engine } from "./engine.js";
import { CrdtError } from "./errors.js";
import { initSyncWith, initWith, type Host, type InitOptions, type WasmSource } from "./init.js";
import { NativeEngine, type Addon } from "./native.js";
import { wasm, WasmEngine } from "./wasm.js";

const PACKAGE = "crdt-merge-sdk";

/** What platform packages are called after. */
function platform(): string {
  const names: string[] = [process.platform, process.arch];
  if (process.platform === "linux") names.push(isMusl() ? "musl" : "gnu");
  if (process.platform === "win32") names.push("msvc");
  return names.join("-");
}

/** Reports of Node name the version of glibc, where it runs on that. */
function isMusl(): boolean {
  const report = process.report.getReport() as { header?: { glibcVersionRuntime?: string } };
  return report.header?.glibcVersionRuntime === undefined;
}

/**
 * The native engine. Fails with `UNSUPPORTED`, which says what was looked for and why that did not work, and
 * `ABI_MISMATCH`.
 */
function native(file?: string): Engine {
  const tried = file ?? `${PACKAGE}-${platform()}`;
  let addon: Addon;
  try {
    addon = require(tried) as Addon;
  } catch (cause) {
    throw notLoaded(tried, cause);
  }
  return new NativeEngine(addon);
}

function notLoaded(tried: string, cause: unknown): CrdtError {
  const reason = cause instanceof Error ? cause.message.split("\n", 1)[0]! : String(cause);
  const message = `no native engine for ${platform()}: ${tried} could not be loaded (${reason})`;
  return new CrdtError("UNSUPPORTED", message, { platform: platform(), package: tried, cause: reason }, cause);
}

/** The WebAssembly engine of this package. Fails with `IO` where its file is not there. */
function ofFile(): Engine {
  const path = join(__dirname, "..", "crdt-merge.wasm");
  try {
    return new WasmEngine(new (wasm().Module)(readFileSync(path)));
  } catch (cause) {
    if (cause instanceof CrdtError) throw cause;
    throw new CrdtError("IO", `the module could not be read from ${path}`, { path }, cause);
  }
}

/** The engine that was asked for; else the native one if it is installed, else WebAssembly. */
export function load({ engine, nativeFile }: InitOptions = {}): Engine {
  if (engine === "wasm") return ofFile();
  if (engine === "native" || nativeFile !== undefined) return native(nativeFile);
  try {
    return native();
  } catch (error) {
    if (error instanceof CrdtError && error.code === "UNSUPPORTED") return ofFile();
    throw error;
  }
}

const host: Host = { load };

/** As `init` of the package: without a source it takes the engine of this package. */
export function init(how?: InitOptions | WasmSource): Promise<void> {
  return initWith(host, how);
}

/** As {@link init}, without waiting. */
export function initSync(how?: InitOptions | WasmSource): void {
  initSyncWith(host, how);
}
