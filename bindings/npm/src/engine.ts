import { CrdtError } from "./errors.js";
import { ABI } from "./generated.js";

/** Bytes, and the view of the same bytes. */
export interface Block {
  readonly bytes: Uint8Array;
  readonly view: DataView;
}

/** Where arguments are, and where a reply may be written over them. */
export interface Exchange extends Block {
  /** How many bytes of the block are arguments. */
  readonly length: number;
}

/** A block with these bytes. */
export function blockOf(bytes: Uint8Array): Block {
  return { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength) };
}

/** What runs operations: a WebAssembly instance or the native module. Handles belong to the engine that gave them. */
export interface Engine {
  /** Which of the two it is. */
  readonly kind: "wasm" | "native";
  /** Runs an operation by its number, and hands the place of the reply to a function that does not keep it. */
  call<T>(operation: number, input: Exchange, read: (block: Block, at: number) => T): T;
  /** Adds an integer to a counter. Whether that went well; the operation `counter_add` says why not. */
  counterAdd(state: number, amount: number): boolean;
  /** Lets go of an object. */
  close(handle: number): void;
}

/** Fails with `ABI_MISMATCH` unless an engine was built together with this code. */
export function checkAbi(found: string): void {
  if (found === ABI) return;
  const message = `crdt-merge-sdk expects an engine with ABI ${ABI}, found ${found}; install both from one release`;
  throw new CrdtError("ABI_MISMATCH", message, { expected: ABI, found });
}

let current: Engine | undefined;
let loadDefault: (() => Engine) | undefined;

/** Says how an engine is found when a program uses the library without `init`. */
export function setDefault(load: () => Engine): void {
  loadDefault = load;
}

/** The engine that new objects belong to. Fails with `NOT_INITIALIZED`. */
export function engine(): Engine {
  current ??= loadDefault?.();
  if (current === undefined) {
    throw new CrdtError("NOT_INITIALIZED", "crdt-merge-sdk is used before it was initialised: await init() first", {
      hint: "await init()",
    });
  }
  return current;
}

/** Whether there is an engine already. */
export function hasEngine(): boolean {
  return current !== undefined;
}

/** Makes an engine the one that new objects belong to. */
export function setEngine(next: Engine): void {
  current = next;
}
