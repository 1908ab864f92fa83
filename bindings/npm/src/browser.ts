/// <reference lib="esnext.disposable" preserve="true" />
import { initWith, type InitOptions, type WasmSource } from "./init.js";

export * from "./index.js";

/** Bundlers that know this form of address take the module along. */
const wasmUrl = (): URL => new URL("../crdt-merge.wasm", import.meta.url);

/** As `init` of the package, with the module that lies beside this code. */
export function init(how?: InitOptions | WasmSource): Promise<void> {
  return initWith({ wasmUrl }, how);
}
