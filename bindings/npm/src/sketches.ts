import { Column } from "./codec.js";
import { inspect } from "./frames.js";
import type { Kind } from "./generated.js";
import { handleFor } from "./held.js";
import type { Replica } from "./replica.js";
import { decodeAs, State, type StateDecodeOptions } from "./state.js";
import type { Bytes, Item, NumberColumn } from "./values.js";

/**
 * Items of a sketch. Typed arrays and arrays of texts or of integers cross to the engine as columns, which is
 * quickest.
 */
export type Items = Iterable<Item> | NumberColumn;

/**
 * Which hash a sketch has: `"md5"` sketches are those of version 1, and merge with those of the Python package 0.9.1.
 */
export type SketchHash = "native" | "md5";

/** An estimate with bounds. */
export interface Estimate {
  /** The most likely number. */
  readonly value: number;
  /** The lower bound. */
  readonly low: number;
  /** The upper bound. */
  readonly high: number;
}

/** Items as the engine takes them quickest. */
function columnOf(items: Items): unknown {
  if (items instanceof BigInt64Array || items instanceof Float64Array) return new Column(items);
  if (items instanceof Float32Array) return new Column(Float64Array.from(items));
  if (ArrayBuffer.isView(items)) return new Column(BigInt64Array.from(items as Int32Array, BigInt));
  const list = Array.isArray(items) ? (items as Item[]) : [...(items as Iterable<Item>)];
  if (list.every((item) => typeof item === "string")) return new Column(list as string[]);
  return list.every(isIndex) ? new Column(BigInt64Array.from(list as number[], BigInt)) : list;
}

function isIndex(item: Item): boolean {
  return Number.isSafeInteger(item) && !Object.is(item, -0);
}

/** What sketches share. */
abstract class Sketch<K extends Kind> extends State<K> {
  /** Adds an item. */
  add(item: Item): this {
    this.on("sketch_add", { items: [item] });
    return this;
  }

  /** Adds items. */
  addAll(items: Items): this {
    this.on("sketch_add", { items: columnOf(items) });
    return this;
  }

  /** Sizes of the sketch and what it says of itself. */
  info(): Readonly<Record<string, unknown>> {
    return this.on("sketch_info") as Record<string, unknown>;
  }

  /** @internal */
  protected query<T>(items: Items): T[] {
    return this.on("sketch_query", { items: columnOf(items) }) as T[];
  }
}

/** The kind of the sketch in a frame: the one of either hash. */
function kindIn<K extends Kind>(frame: Bytes, native: K, md5: K): K {
  return inspect(frame).kind === md5 ? md5 : native;
}

/** Sizes of a HyperLogLog sketch. */
export interface HyperLogLogOptions {
  /** 2 to its power registers; the standard error is 1.04 / √(2^precision). */
  readonly precision?: number;
  /** Sketches with different seeds do not merge. */
  readonly seed?: number;
  /** Which hash; `"native"` if left out. */
  readonly hash?: SketchHash;
}

/** How many different items were added, by a few kilobytes. */
export class HyperLogLog extends Sketch<"hll_native" | "hll"> {
  /** Fails with `BAD_ARGUMENT` for a precision that there is not. */
  constructor(options: HyperLogLogOptions = {}) {
    const { precision, seed } = options;
    super(options.hash === "md5" ? "hll" : "hll_native", undefined, { precision, seed });
  }

  /**
   * The sketch in a frame, of either hash. Fails with `TYPE_MISMATCH` for another kind, and the codes of frames that
   * cannot be read.
   */
  static decode(frame: Bytes, options: StateDecodeOptions = {}): HyperLogLog {
    return decodeAs(HyperLogLog, kindIn(frame, "hll_native", "hll"), frame, options);
  }

  /** How many different items there were. */
  estimate(): Estimate {
    return this.on("sketch_estimate") as Estimate;
  }
}

/** Sizes of a Bloom filter: for so many items at a rate of false positives, or in blocks. */
export interface BloomFilterOptions {
  /** So many items. */
  readonly capacity?: number;
  /** The share of items that were not added and seem to be, 0 to 1, when so many were. */
  readonly fpRate?: number;
  /** The size instead, in blocks of 256 bits. */
  readonly blocks?: number;
  /** Filters with different seeds do not merge. */
  readonly seed?: number;
  /** Which hash; `"native"` if left out. */
  readonly hash?: SketchHash;
}

/** Whether an item was added: certain where it says no, likely where it says yes. */
export class BloomFilter extends Sketch<"bloom_native" | "bloom"> {
  /** Fails with `BAD_ARGUMENT` for sizes that there are not. */
  constructor(options: BloomFilterOptions = {}) {
    const { capacity, fpRate, blocks, seed } = options;
    super(options.hash === "md5" ? "bloom" : "bloom_native", undefined, { capacity, fp_rate: fpRate, blocks, seed });
  }

  /** The filter in a frame, of either hash. Fails as {@link HyperLogLog.decode} does. */
  static decode(frame: Bytes, options: StateDecodeOptions = {}): BloomFilter {
    return decodeAs(BloomFilter, kindIn(frame, "bloom_native", "bloom"), frame, options);
  }

  /** Whether an item may have been added. */
  has(item: Item): boolean {
    return (this.on("sketch_query", { items: [item] }) as boolean[])[0]!;
  }

  /** For each item 1 if it may have been added, else 0. */
  containsAll(items: Items): Uint8Array {
    return Uint8Array.from(this.query<boolean>(items), Number);
  }

  /** How many different items were added. Filters with the `md5` hash do not say: `TYPE_MISMATCH`. */
  estimate(): Estimate {
    return this.on("sketch_estimate") as Estimate;
  }
}

/** Sizes of a count-min sketch. */
export interface CountMinSketchOptions {
  /** Counters per row: more make estimates closer. */
  readonly width?: number;
  /** Rows: more make far estimates rarer. */
  readonly depth?: number;
  /** Sketches with different seeds do not merge. */
  readonly seed?: number;
  /** Which hash; `"native"` if left out. */
  readonly hash?: SketchHash;
}

/** How often items are counted, and in whose name. */
export interface CountedOptions {
  /** A count for each item; each counts once if left out. */
  readonly counts?: NumberColumn | readonly number[];
  /** A node that the caller vouches for; left out, it is the state's replica. */
  readonly node?: string;
}

/** How often each item was added, at most. */
export class CountMinSketch extends Sketch<"cms_native" | "cms"> {
  /**
   * Writing needs a replica or an explicit node, but for the `md5` hash. Fails with `BAD_ARGUMENT` for sizes that
   * there are not.
   */
  constructor(replica?: Replica, options: CountMinSketchOptions = {}) {
    const { width, depth, seed } = options;
    super(options.hash === "md5" ? "cms" : "cms_native", replica, { width, depth, seed });
  }

  /** The sketch in a frame, of either hash. Fails as {@link HyperLogLog.decode} does. */
  static decode(frame: Bytes, options: StateDecodeOptions = {}): CountMinSketch {
    return decodeAs(CountMinSketch, kindIn(frame, "cms_native", "cms"), frame, options);
  }

  /**
   * Counts items. Fails with `NO_REPLICA`, `OUT_OF_RANGE`, and `BAD_ARGUMENT` unless there is one count for each
   * item.
   */
  override addAll(items: Items, options: CountedOptions = {}): this {
    const counts = options.counts && columnOf(options.counts);
    this.on("sketch_add", { items: columnOf(items), counts, node: options.node });
    return this;
  }

  /** How often an item was counted, at most. */
  count(item: Item): number | bigint {
    return (this.on("sketch_query", { items: [item] }) as (number | bigint)[])[0]!;
  }

  /** How often each item was counted, at most. */
  countAll(items: Items): (number | bigint)[] {
    return this.query<number | bigint>(items);
  }
}

/** The length of a MinHash signature. */
export interface MinHashOptions {
  /** Hashes in the signature: more make estimates closer. */
  readonly length?: number;
  /** Signatures with different seeds do not merge. */
  readonly seed?: number;
}

/** How similar two sets of items are, by their signatures. */
export class MinHash extends Sketch<"minhash"> {
  /** Fails with `BAD_ARGUMENT` for a length that there is not. */
  constructor(options: MinHashOptions = {}) {
    super("minhash", undefined, { length: options.length, seed: options.seed });
  }

  /** The signature in a frame. Fails as {@link HyperLogLog.decode} does. */
  static decode(frame: Bytes, options: StateDecodeOptions = {}): MinHash {
    return decodeAs(MinHash, "minhash", frame, options);
  }

  /** The estimated share of items that two sets have in common, 0 to 1. */
  similarity(other: MinHash): number {
    return this.on("sketch_similarity", { other: handleFor(other, this) }) as number;
  }
}
