import type { Kind } from "./generated.js";
import type { Replica } from "./replica.js";
import { decodeAs, State, type StateDecodeOptions } from "./state.js";
import type { Bytes } from "./values.js";
import { CrdtError } from "./errors.js";

/** In whose name a counter counts. */
export interface CountOptions {
  /** A node that the caller vouches for; left out, it is the state's replica. */
  readonly node?: string;
}

/** The slots of a counter by node or line of writes. */
export interface Slots {
  /** What was added. */
  readonly positive: Readonly<Record<string, number | bigint>>;
  /** What was taken away; empty for a counter that only grows. */
  readonly negative: Readonly<Record<string, number | bigint>>;
}

/** What counters share. */
abstract class Counter<K extends Kind> extends State<K> {
  /** The value. Fails with `OUT_OF_RANGE` beyond 2^53 − 1, where {@link Counter.bigValue} goes on. */
  get value(): number {
    const value = this.shown() as number | bigint;
    if (typeof value === "number") return value;
    throw new CrdtError("OUT_OF_RANGE", "the value is beyond 2^53 - 1: read bigValue", { found: String(value) });
  }

  /** The value, of any size. */
  get bigValue(): bigint {
    return BigInt(this.shown() as number | bigint);
  }

  /**
   * Adds an amount, 1 if left out. Fails with `NO_REPLICA` and, where the counter may not change so far,
   * `OUT_OF_RANGE`.
   */
  increment(amount: number | bigint = 1, options: CountOptions = {}): this {
    return this.count(amount, options);
  }

  /** @internal */
  protected count(amount: number | bigint, { node }: CountOptions): this {
    const isShort = node === undefined && Number.isSafeInteger(amount);
    if (!isShort || !this.addShort(amount as number)) this.on("counter_add", { amount, node });
    return this;
  }
}

/** What counters that also shrink share. */
abstract class Shrinking<K extends Kind> extends Counter<K> {
  /** Takes an amount away, 1 if left out. Fails as {@link Counter.increment} does. */
  decrement(amount: number | bigint = 1, options: CountOptions = {}): this {
    return this.count(-amount, options);
  }
}

/** A counter that only grows. */
export class GCounter extends Counter<"g_counter"> {
  constructor(replica?: Replica) {
    super("g_counter", replica);
  }

  /**
   * The counter in a frame. Fails with `TYPE_MISMATCH` for another kind, and the codes of frames that cannot be read.
   */
  static decode(frame: Bytes, options: StateDecodeOptions = {}): GCounter {
    return decodeAs(GCounter, "g_counter", frame, options);
  }

  /** The counts by node or line of writes. */
  slots(): Slots {
    return this.on("counter_slots") as Slots;
  }
}

/** A counter that grows and shrinks. */
export class PNCounter extends Shrinking<"pn_counter"> {
  constructor(replica?: Replica) {
    super("pn_counter", replica);
  }

  /** The counter in a frame. Fails as {@link GCounter.decode} does. */
  static decode(frame: Bytes, options: StateDecodeOptions = {}): PNCounter {
    return decodeAs(PNCounter, "pn_counter", frame, options);
  }

  /** What was added and taken by node or line of writes. */
  slots(): Slots {
    return this.on("counter_slots") as Slots;
  }
}

/**
 * A counter that never falls below zero: who takes away needs rights, which come from adding and can be handed
 * around.
 */
export class BoundedCounter extends Shrinking<"bounded_counter"> {
  constructor(replica?: Replica) {
    super("bounded_counter", replica);
  }

  /** The counter in a frame. Fails as {@link GCounter.decode} does. */
  static decode(frame: Bytes, options: StateDecodeOptions = {}): BoundedCounter {
    return decodeAs(BoundedCounter, "bounded_counter", frame, options);
  }

  /** Under which name the replica holds rights, and how many it may use. */
  rights(): { readonly actor: string; readonly available: number | bigint } {
    return this.on("counter_rights") as { actor: string; available: number | bigint };
  }

  /** Hands rights to the actor of another replica. Fails with `OUT_OF_RANGE` where there are not so many. */
  transfer(to: string, amount: number | bigint): this {
    this.on("counter_transfer", { to, amount });
    return this;
  }
}

/** What flags share. */
abstract class Flag<K extends Kind> extends State<K> {
  /** Whether it is on. */
  get value(): boolean {
    return this.shown() as boolean;
  }

  /** Switches it on. Whether the state changed. */
  enable(): boolean {
    return this.on("flag_set", { on: true }) as boolean;
  }

  /** Switches it off. Whether the state changed. */
  disable(): boolean {
    return this.on("flag_set", { on: false }) as boolean;
  }
}

/** A flag where switching on wins over switching off that had not seen it. */
export class EWFlag extends Flag<"ew_flag"> {
  constructor(replica?: Replica) {
    super("ew_flag", replica);
  }

  /** The flag in a frame. Fails as {@link GCounter.decode} does. */
  static decode(frame: Bytes, options: StateDecodeOptions = {}): EWFlag {
    return decodeAs(EWFlag, "ew_flag", frame, options);
  }
}

/** A flag where switching off wins over switching on that had not seen it. */
export class DWFlag extends Flag<"dw_flag"> {
  constructor(replica?: Replica) {
    super("dw_flag", replica);
  }

  /** The flag in a frame. Fails as {@link GCounter.decode} does. */
  static decode(frame: Bytes, options: StateDecodeOptions = {}): DWFlag {
    return decodeAs(DWFlag, "dw_flag", frame, options);
  }
}
