import type { Float, Int, Tuple } from "./scalars.js";

/** Bytes as any function takes them. They are copied. */
export type Bytes = Uint8Array | ArrayBufferView | ArrayBuffer;

/**
 * A value that a state can hold.
 *
 * Written: a number without fraction and a `bigint` are integers (64 bits); a number with a fraction, an infinity,
 * NaN and −0 are floats; {@link Float} and {@link Int} say it explicitly. Bytes are any buffer or view of one.
 * Objects and `Map`s are maps, `Set`s are sets. `undefined`, functions, symbols, dates and instances of other classes
 * are refused with `BAD_VALUE`, text with a lone surrogate with `BAD_TEXT`; `detail.path` says where.
 *
 * Read: an integer is a `number` up to 2^53 − 1 and a `bigint` beyond, bytes are a new `Uint8Array`, a map whose keys
 * are all text is an object without prototype and any other a `Map`. Two things are lost that way, and kept by
 * `exact` reading: the difference between 5 and 5.0, and the place of keys like `"7"`, which JavaScript moves to the
 * front of an object.
 */
export type Value =
  | null
  | boolean
  | number
  | bigint
  | string
  | Int
  | Float
  | Bytes
  | readonly Value[]
  | ReadonlySet<Value>
  | ReadonlyMap<Value, Value>
  | { readonly [key: string]: Value };

/** An element of a set: a value that holds no others. */
export type Element = null | boolean | number | bigint | string | Int | Float | Bytes;

/** An item of a sketch: a value, or for sketches with the `md5` hash a tuple of values. */
export type Item = Value | Tuple<Value>;

/** Numbers side by side; integers count as integers and floats as floats, also those without fraction. */
export type NumberColumn =
  BigInt64Array | Int8Array | Int16Array | Int32Array | Uint16Array | Uint32Array | Float32Array | Float64Array;

/** How values are read. */
export interface ReadOptions {
  /** Integers as {@link Int}, floats as {@link Float} and every map as a `Map`: nothing is lost. */
  readonly exact?: boolean;
}
