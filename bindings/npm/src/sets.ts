import type { Kind } from "./generated.js";
import { handleFor } from "./held.js";
import type { Replica } from "./replica.js";
import { decodeAs, State, type StateDecodeOptions } from "./state.js";
import type { Bytes, Element, ReadOptions } from "./values.js";

/**
 * What sets share: the vocabulary of JavaScript's `Set`. Elements are compared by value, so that equal bytes are one.
 */
abstract class ReplicatedSet<K extends Kind, T extends Element> extends State<K> implements Iterable<T> {
  /** Adds an element. */
  add(value: T): this {
    this.addAll([value]);
    return this;
  }

  /** Adds elements. How many were not there. */
  addAll(values: Iterable<T>): number {
    return this.on("set_add", { values: [...values] }) as number;
  }

  /** Removes an element as far as its additions have been seen. Whether it was there. */
  delete(value: T): boolean {
    return this.deleteAll([value]) > 0;
  }

  /** Removes elements. How many were there. */
  deleteAll(values: Iterable<T>): number {
    return this.on("set_remove", { values: [...values] }) as number;
  }

  /** Removes all elements that are there now. */
  clear(): void {
    this.deleteAll(this.values({ exact: true }));
  }

  /** Whether a value is an element. */
  has(value: T): boolean {
    return this.hasAll([value])[0]!;
  }

  /** Which values are elements, in the order asked. */
  hasAll(values: Iterable<T>): boolean[] {
    return this.on("set_has", { values: [...values] }) as boolean[];
  }

  /** How many elements there are. */
  get size(): number {
    return this.on("set_len") as number;
  }

  /** The elements in canonical order. */
  values(options?: ReadOptions): T[] {
    return this.on("set_values", {}, options) as T[];
  }

  /** Iterates over the elements as they are now, in canonical order. */
  [Symbol.iterator](): IterableIterator<T> {
    return this.values()[Symbol.iterator]();
  }
}

/** A set where adding wins: a removal covers exactly the additions that it has seen. */
export class ORSet<T extends Element = Element> extends ReplicatedSet<"or_set", T> {
  /** A set with some elements, which need a replica. */
  constructor(replica?: Replica, values?: Iterable<T>) {
    super("or_set", replica);
    if (values !== undefined) this.addAll(values);
  }

  /** The set in a frame. Fails with `TYPE_MISMATCH` for another kind, and the codes of frames that cannot be read. */
  static decode<T extends Element = Element>(frame: Bytes, options: StateDecodeOptions = {}): ORSet<T> {
    return decodeAs(ORSet<T>, "or_set", frame, options);
  }

  /** Adds an element under an explicit tag, as version 1 did; the caller vouches that no other addition has it. */
  addWithTag(value: T, tag: string): this {
    this.on("set_add", { values: [value], tag });
    return this;
  }

  /** What is left of this set when `other` refuses it with `STALE_STATE`, and the elements that were left out. */
  salvage(other: ORSet<T>): { readonly state: ORSet<T>; readonly leftOut: T[] } {
    const found = this.on("state_salvage", { other: handleFor(other, this) }) as { state: number; left_out: T[] };
    return { state: this.sibling(ORSet<T>, found.state), leftOut: found.left_out };
  }
}

/** A set where removing wins over additions that had not seen it. */
export class RWSet<T extends Element = Element> extends ReplicatedSet<"rw_set", T> {
  /** A set with some elements, which need a replica. */
  constructor(replica?: Replica, values?: Iterable<T>) {
    super("rw_set", replica);
    if (values !== undefined) this.addAll(values);
  }

  /** The set in a frame. Fails as {@link ORSet.decode} does. */
  static decode<T extends Element = Element>(frame: Bytes, options: StateDecodeOptions = {}): RWSet<T> {
    return decodeAs(RWSet<T>, "rw_set", frame, options);
  }
}
