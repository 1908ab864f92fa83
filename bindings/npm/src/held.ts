import { engine, type Engine } from "./engine.js";
import { CrdtError } from "./errors.js";
import type { OperationName } from "./generated.js";
import { run } from "./operations.js";
import type { Members } from "./codec.js";

/** An object of an engine. */
export interface Source {
  /** Whose object it is. */
  readonly engine: Engine;
  /** Its number there. */
  readonly handle: number;
}

/** Lets go of objects that nobody can reach any more, for programs that do not dispose them. */
const unreachable = new FinalizationRegistry<Source>(({ engine, handle }) => engine.close(handle));

/** Handles are positive. */
const DISPOSED = 0;

let adopted: Source | undefined;
let sourceOf: (held: Held) => Source;

/** Makes an instance of a class around an object that is there already. */
export function adopt<T extends Held>(type: new () => T, source: Source): T {
  adopted = source;
  try {
    return new type();
  } finally {
    adopted = undefined;
  }
}

/**
 * The handle of another argument of an operation. Fails with `BAD_ARGUMENT` for an object of another engine, which is
 * what objects are that were made before `init({ reset: true })`.
 */
export function handleFor(other: Held, on: Held): number {
  const [theirs, ours] = [sourceOf(other), sourceOf(on)];
  if (theirs.engine === ours.engine) return theirs.handle;
  throw new CrdtError("BAD_ARGUMENT", "the objects belong to two engines; encode one and merge its frame");
}

/** The handle of an argument of a constructor, whose object will belong to the engine that runs now. */
export function handleNow(held: Held | undefined): number | undefined {
  if (held === undefined) return undefined;
  const source = sourceOf(held);
  if (source.engine === engine()) return source.handle;
  throw new CrdtError("BAD_ARGUMENT", "the object belongs to an engine from before init({ reset: true })");
}

/** What lives in the engine until it is disposed, or collected. */
export abstract class Held {
  readonly #engine: Engine;
  #handle: number;

  static {
    sourceOf = (held) => {
      if (held instanceof Held) return { engine: held.#engine, handle: held.#open() };
      throw new CrdtError("BAD_ARGUMENT", "expected an object of this library");
    };
  }

  /** @internal */
  protected constructor(make: (on: Engine) => number) {
    const source = adopted ?? made(make);
    adopted = undefined;
    this.#engine = source.engine;
    this.#handle = source.handle;
    unreachable.register(this, source, this);
  }

  /** Lets go of the object now. Using it afterwards is `CLOSED`; disposing it again is nothing. */
  dispose(): void {
    if (this.#handle === DISPOSED) return;
    unreachable.unregister(this);
    this.#engine.close(this.#handle);
    this.#handle = DISPOSED;
  }

  /** The same as {@link Held.dispose}, for `using`. */
  [Symbol.dispose](): void {
    this.dispose();
  }

  #open(): number {
    if (this.#handle !== DISPOSED) return this.#handle;
    throw new CrdtError("CLOSED", "the object was disposed");
  }

  /** Runs an operation on this object, which is its member `role`. @internal */
  protected operate(role: string, operation: OperationName, members: Members = {}, exact = false): unknown {
    return run(this.#engine, operation, { [role]: this.#open(), ...members }, exact);
  }

  /** An object that an operation on this one has made. @internal */
  protected sibling<T extends Held>(type: new () => T, handle: unknown): T {
    return adopt(type, { engine: this.#engine, handle: handle as number });
  }

  /** Adds to a counter by the short way. Whether that went well. @internal */
  protected addShort(amount: number): boolean {
    return this.#engine.counterAdd(this.#open(), amount);
  }
}

function made(make: (on: Engine) => number): Source {
  const on = engine();
  return { engine: on, handle: make(on) };
}
