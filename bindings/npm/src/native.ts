import { blockOf, checkAbi, type Block, type Engine, type Exchange } from "./engine.js";

/** What the native module exports, docs/abi.md. */
export interface Addon {
  /** What code and module have in common. */
  abi(): string;
  /** Takes arguments from the start of a buffer and writes the reply there. The length of the reply. */
  call(operation: number, buffer: Uint8Array, length: number): number;
  /** The reply of the last call of this thread, if it was longer than the buffer. */
  take(): Uint8Array;
  /** Adds to a counter. 0, or 1 when it failed. */
  counterAdd(state: number, amount: number): number;
  /** Lets go of an object. Whether it was open. */
  close(handle: number): boolean;
}

/** The native module. A fault in it is the error `INTERNAL` and leaves it usable. */
export class NativeEngine implements Engine {
  readonly kind = "native";
  readonly #addon: Addon;

  /** Fails with `ABI_MISMATCH`. */
  constructor(addon: Addon) {
    checkAbi(addon.abi());
    this.#addon = addon;
  }

  call<T>(operation: number, input: Exchange, read: (block: Block, at: number) => T): T {
    const length = this.#addon.call(operation, input.bytes, input.length);
    return read(length <= input.bytes.length ? input : blockOf(this.#addon.take()), 0);
  }

  counterAdd(state: number, amount: number): boolean {
    return this.#addon.counterAdd(state, amount) === 0;
  }

  close(handle: number): void {
    this.#addon.close(handle);
  }
}
