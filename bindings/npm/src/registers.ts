import type { Kind } from "./generated.js";
import type { Replica } from "./replica.js";
import { decodeAs, State, type ExplicitStamp, type StateDecodeOptions } from "./state.js";
import { Int } from "./scalars.js";
import type { Bytes, ReadOptions, Value } from "./values.js";

/** What a write did. */
export interface Written {
  /** Whether the state changed; an older explicit stamp changes nothing. */
  readonly changed: boolean;
  /** By how many microseconds a stamp in the state is further ahead than the replica follows, or null. */
  readonly clockAhead: number | null;
}

/** A value, when it was written, and by whom. */
export interface Entry<T> {
  /** What was written. */
  readonly value: T;
  /** Who wrote; the empty text in a gossip state. */
  readonly node: string;
  /** When, in microseconds since 1970 UTC. Null in a gossip state, which has versions instead. */
  readonly stamp: number | bigint | null;
  /** When, in seconds as version 1 writes them. */
  readonly seconds: unknown;
}

/** An entry as the engine gives it. */
export interface EntryRecord<T> {
  readonly value: T;
  readonly node: string;
  readonly micros: number | bigint | Int | null;
  readonly seconds: unknown;
}

/** What a write did, from its record. */
export function writtenOf(record: unknown): Written {
  const { changed, clock_ahead } = record as { changed: boolean; clock_ahead: number | null };
  return { changed, clockAhead: clock_ahead };
}

/** An entry from its record, which exact reading gives as a `Map`. */
export function entryOf<T>(record: EntryRecord<T> | Map<string, unknown>): Entry<T> {
  const members = record instanceof Map ? (Object.fromEntries(record) as unknown as EntryRecord<T>) : record;
  const { value, node, micros, seconds } = members;
  return { value, node, stamp: micros instanceof Int ? micros.plain() : micros, seconds };
}

abstract class Register<K extends Kind, T extends Value> extends State<K> {
  /** Writes a value now. */
  set(value: T): this {
    this.on("register_set", { value, at: this.at() });
    return this;
  }

  /** The values with their stamps and nodes. */
  entries(options?: ReadOptions): Entry<T>[] {
    return (this.on("register_entries", {}, options) as EntryRecord<T>[]).map((record) => entryOf(record));
  }
}

/** A register: the newest write wins, and of two with one stamp the one of the greater node. */
export class LWWRegister<T extends Value = Value> extends Register<"lww_register", T> {
  constructor(replica?: Replica) {
    super("lww_register", replica);
  }

  /**
   * The register in a frame. Fails with `TYPE_MISMATCH` for another kind, and the codes of frames that cannot be
   * read.
   */
  static decode<T extends Value = Value>(frame: Bytes, options: StateDecodeOptions = {}): LWWRegister<T> {
    return decodeAs(LWWRegister<T>, "lww_register", frame, options);
  }

  /** The value; null before the first write. */
  get value(): T | null {
    return this.get();
  }

  /** The value, read as asked; null before the first write. */
  get(options?: ReadOptions): T | null {
    return this.shown(options) as T | null;
  }

  /** Writes a value at an explicit stamp. */
  write(value: T, stamp: ExplicitStamp): Written {
    return writtenOf(this.on("register_set", { value, at: this.at(stamp) }));
  }
}

/** A register that keeps every value nobody has overwritten: after concurrent writes there are several. */
export class MVRegister<T extends Value = Value> extends Register<"mv_register", T> {
  constructor(replica?: Replica) {
    super("mv_register", replica);
  }

  /** The register in a frame. Fails as {@link LWWRegister.decode} does. */
  static decode<T extends Value = Value>(frame: Bytes, options: StateDecodeOptions = {}): MVRegister<T> {
    return decodeAs(MVRegister<T>, "mv_register", frame, options);
  }

  /** The values in canonical order. */
  get values(): T[] {
    return this.get();
  }

  /** The values in canonical order, read as asked. */
  get(options?: ReadOptions): T[] {
    return this.shown(options) as T[];
  }
}
