import { blockOf, checkAbi, type Block, type Engine, type Exchange } from "./engine.js";
import { CrdtError } from "./errors.js";

/** What the module exports, docs/abi.md. Addresses and lengths are 32 bits. */
interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer };
  crdt_abi(): number;
  crdt_alloc(length: number): number;
  crdt_free(address: number, length: number): void;
  crdt_call(operation: number, input: number, length: number, replyLength: number): number;
  crdt_counter_add_f64(state: number, amount: number): number;
  crdt_close_f64(handle: number): number;
}

/** The part of `WebAssembly` that is used, so that its types need no library of a host. */
interface Wasm {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: object };
  compile(bytes: Uint8Array): Promise<object>;
  compileStreaming?(response: object): Promise<object>;
}

/** WebAssembly of the host. Fails with `UNSUPPORTED`. */
export function wasm(): Wasm {
  const found = (globalThis as { WebAssembly?: Wasm }).WebAssembly;
  if (found !== undefined) return found;
  throw new CrdtError("UNSUPPORTED", "this host has no WebAssembly", { missing: "WebAssembly" });
}

/** Arguments up to this many bytes use one buffer that stays allocated. */
const KEPT_BYTES = 16 * 1024;
/** Up to this many bytes are copied one by one, which is quicker than to call for it. */
const LOOP_BYTES = 128;

/** An instance of the WebAssembly module. One that failed answers `POISONED` from then on. */
export class WasmEngine implements Engine {
  readonly kind = "wasm";
  readonly #exports: Exports;
  readonly #replyLength: number;
  readonly #kept: number;
  #isPoisoned = false;
  #block: Block;

  /** Makes an instance. Fails with `ABI_MISMATCH`. */
  constructor(module: object) {
    this.#exports = new (wasm().Instance)(module, {}).exports as Exports;
    this.#block = blockOf(new Uint8Array(this.#exports.memory.buffer));
    checkAbi(this.#zeroEnded(this.#exports.crdt_abi()));
    this.#replyLength = this.#exports.crdt_alloc(4);
    this.#kept = this.#exports.crdt_alloc(KEPT_BYTES);
  }

  call<T>(operation: number, input: Exchange, read: (block: Block, at: number) => T): T {
    this.#check();
    const reply = this.#run(operation, input);
    const block = this.#memory();
    const length = block.view.getUint32(this.#replyLength, true);
    try {
      return read(block, reply);
    } finally {
      this.#free(reply, length);
    }
  }

  counterAdd(state: number, amount: number): boolean {
    this.#check();
    try {
      return this.#exports.crdt_counter_add_f64(state, amount) === 0;
    } catch (trap) {
      throw this.#poison(trap);
    }
  }

  close(handle: number): void {
    // What an instance held is gone with it.
    if (!this.#isPoisoned) this.#guarded(() => this.#exports.crdt_close_f64(handle));
  }

  /** Runs an operation. The address of its reply. */
  #run(operation: number, { bytes, length }: Exchange): number {
    if (length > KEPT_BYTES) return this.#runLarge(operation, bytes.subarray(0, length));
    const memory = this.#memory().bytes;
    if (length > LOOP_BYTES) memory.set(bytes.subarray(0, length), this.#kept);
    else for (let index = 0; index < length; index++) memory[this.#kept + index] = bytes[index]!;
    return this.#enter(operation, this.#kept, length);
  }

  #runLarge(operation: number, input: Uint8Array): number {
    const address = this.#guarded(() => this.#exports.crdt_alloc(input.length));
    this.#memory().bytes.set(input, address);
    const reply = this.#enter(operation, address, input.length);
    this.#free(address, input.length);
    return reply;
  }

  #enter(operation: number, address: number, length: number): number {
    try {
      return this.#exports.crdt_call(operation, address, length, this.#replyLength);
    } catch (trap) {
      throw this.#poison(trap);
    }
  }

  #free(address: number, length: number): void {
    try {
      this.#exports.crdt_free(address, length);
    } catch (trap) {
      throw this.#poison(trap);
    }
  }

  /** The memory as it is now: growing replaces its buffer. */
  #memory(): Block {
    const { buffer } = this.#exports.memory;
    if (this.#block.bytes.buffer !== buffer) this.#block = blockOf(new Uint8Array(buffer));
    return this.#block;
  }

  #zeroEnded(address: number): string {
    const { bytes } = this.#block;
    return new TextDecoder().decode(bytes.subarray(address, bytes.indexOf(0, address)));
  }

  #check(): void {
    if (!this.#isPoisoned) return;
    throw new CrdtError(
      "POISONED",
      "an earlier failure left the engine unusable: init({ reset: true }) starts a new one",
      {
        hint: "init({ reset: true })",
      },
    );
  }

  #guarded<T>(run: () => T): T {
    try {
      return run();
    } catch (trap) {
      throw this.#poison(trap);
    }
  }

  /** After a trap nobody knows what the memory holds. */
  #poison(trap: unknown): CrdtError {
    this.#isPoisoned = true;
    const message = `a fault in crdt-merge itself (${String(trap)}); please report it with what led to it`;
    return new CrdtError("INTERNAL", message, {}, trap);
  }
}
