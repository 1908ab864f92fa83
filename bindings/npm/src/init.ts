import { engine, hasEngine, setEngine, type Engine } from "./engine.js";
import { CrdtError } from "./errors.js";
import { call } from "./operations.js";
import type { Bytes } from "./values.js";
import { wasm, WasmEngine } from "./wasm.js";

/** A response of `fetch`, as far as it is used. */
export interface WasmResponse {
  /** Whether the status is a good one. */
  readonly ok: boolean;
  /** The status of HTTP. */
  readonly status: number;
  /** The body. */
  arrayBuffer(): Promise<ArrayBuffer>;
}

/**
 * Where the WebAssembly module is: an address (text or `URL`), a response of `fetch` or a promise of one, its bytes,
 * or a compiled `WebAssembly.Module`.
 */
export type WasmSource = string | object;

/** How the library is initialised. */
export interface InitOptions {
  /** Where the WebAssembly module is; left out, it is the one beside this package's code. */
  readonly source?: WasmSource;
  /** Starts a new instance although there is one. Objects of the old one stay with it. */
  readonly reset?: boolean;
  /** Which engine: Node takes the native one if its package is installed, else WebAssembly. */
  readonly engine?: "wasm" | "native";
  /** The file of the native module, for programs that ship it themselves. Node only. */
  readonly nativeFile?: string;
}

/** What the entry of a package knows of its host. @internal */
export interface Host {
  /** Makes an engine without waiting. */
  readonly load?: (options: InitOptions) => Engine;
  /** Where the module lies. */
  readonly wasmUrl?: () => string | URL;
}

let pending: Promise<void> | undefined;

/**
 * Initialises the library: needed once in browsers, before anything else. In Node it is optional.
 *
 * Takes options, or just the source of the WebAssembly module. Calling it again changes nothing, unless `reset` asks
 * for a new instance. Fails with `IO` where the module cannot be fetched, `ABI_MISMATCH` where it belongs to another
 * release, and `UNSUPPORTED` where there is no WebAssembly.
 */
export function init(how: InitOptions | WasmSource = {}): Promise<void> {
  return initWith({}, how);
}

/**
 * As {@link init}, without waiting: from the bytes of the module or a compiled `WebAssembly.Module`. In Node the
 * source may be left out. Browsers refuse to compile large modules on their main thread; there it is for workers.
 */
export function initSync(how: InitOptions | WasmSource = {}): void {
  initSyncWith({}, how);
}

/** {@link init} of a host. @internal */
export async function initWith(host: Host, how: InitOptions | WasmSource = {}): Promise<void> {
  const options = optionsOf(how);
  if (options.reset !== true && (hasEngine() || pending !== undefined)) return pending;
  pending = load(host, options)
    .then(setEngine)
    .finally(() => {
      pending = undefined;
    });
  return pending;
}

/** {@link initSync} of a host. @internal */
export function initSyncWith(host: Host, how: InitOptions | WasmSource = {}): void {
  const options = optionsOf(how);
  if (hasEngine() && options.reset !== true) return;
  setEngine(loadSync(host, options));
}

/** Options are a plain object, and no source is one. */
function optionsOf(how: InitOptions | WasmSource): InitOptions {
  const isPlain = typeof how === "object" && Object.getPrototypeOf(how) === Object.prototype;
  return isPlain ? how : { source: how };
}

async function load(host: Host, options: InitOptions): Promise<Engine> {
  if (options.source === undefined && host.load !== undefined) return host.load(options);
  refuseNative(options);
  return new WasmEngine(await compiled(options.source ?? host.wasmUrl?.() ?? missingSource()));
}

function loadSync(host: Host, options: InitOptions): Engine {
  if (options.source === undefined && host.load !== undefined) return host.load(options);
  refuseNative(options);
  return new WasmEngine(compiledSync(options.source ?? missingSource()));
}

function refuseNative(options: InitOptions): void {
  if (options.engine !== "native" && options.nativeFile === undefined) return;
  throw new CrdtError("UNSUPPORTED", "only Node has a native engine", { requested: "native" });
}

function missingSource(): never {
  throw new CrdtError("BAD_ARGUMENT", "this entry has no module of its own: init({ source }) says where it is");
}

/** The module that a source gives. */
async function compiled(source: WasmSource): Promise<object> {
  const found = await source;
  if (isBytes(found)) return wasm().compile(bytesOf(found));
  if (typeof found === "string" || found instanceof URL) return compiled(await fetched(found));
  return isResponse(found) ? ofResponse(found) : found;
}

async function fetched(url: string | URL): Promise<WasmResponse> {
  try {
    return await fetch(url);
  } catch (cause) {
    throw new CrdtError("IO", `the module could not be fetched from ${url}`, { url: String(url) }, cause);
  }
}

async function ofResponse(response: WasmResponse): Promise<object> {
  if (!response.ok) {
    throw new CrdtError("IO", `fetching the module gave status ${response.status}`, {
      status: String(response.status),
    });
  }
  return wasm().compile(new Uint8Array(await response.arrayBuffer()));
}

function compiledSync(source: WasmSource): object {
  if (isBytes(source)) return new (wasm().Module)(bytesOf(source));
  if (typeof source === "object" && !(source instanceof URL) && !isResponse(source)) return source;
  throw new CrdtError("BAD_ARGUMENT", "initSync takes the bytes of the module or a compiled one");
}

function isBytes(source: WasmSource): source is Bytes {
  return source instanceof ArrayBuffer || ArrayBuffer.isView(source);
}

function bytesOf(source: Bytes): Uint8Array {
  if (source instanceof ArrayBuffer) return new Uint8Array(source);
  return new Uint8Array(source.buffer, source.byteOffset, source.byteLength);
}

function isResponse(source: object): source is WasmResponse {
  return "arrayBuffer" in source && typeof source.arrayBuffer === "function";
}

/** Versions, and what there is. */
export interface LibraryInfo {
  /** Version of the engine. */
  readonly version: string;
  /** What engine and code have in common. */
  readonly abi: string;
  /** Wire versions that are read and written. */
  readonly wire: readonly number[];
  /** Kinds of states. */
  readonly kinds: readonly string[];
  /** Number of operations. */
  readonly operations: number;
  /** Which engine runs. */
  readonly engine: "wasm" | "native";
}

/** Versions, kinds, and which engine runs. */
export function libraryInfo(): LibraryInfo {
  const info = call("library_info", {}) as Omit<LibraryInfo, "engine">;
  return { ...info, engine: engine().kind };
}

/** How many objects of this library are open; a test for leaks looks at it. */
export function openObjects(): number {
  return call("handle_count", {}) as number;
}
