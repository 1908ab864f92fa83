/** A 64-bit scratch in which a float and its bits are the same bytes. */
const scratch = new DataView(new ArrayBuffer(8));

/** The bits of the NaN that JavaScript itself writes. */
const PLAIN_NAN = 0x7ff8000000000000n;

/**
 * An integer that says it is one: what `exact` reading gives for every integer, and a way to write one.
 *
 * Plain `5` and `5n` are integers already; the wrapper is of use where a value was read exactly and is written again.
 */
export class Int {
  /** The integer, of any size. */
  readonly value: bigint;

  /** Fails with a `RangeError` for a number with a fraction. */
  constructor(value: number | bigint) {
    this.value = BigInt(value);
  }

  /** The integer as plain reading gives it: a number up to 2^53 − 1, else a `bigint`. */
  plain(): number | bigint {
    const number = Number(this.value);
    return Number.isSafeInteger(number) ? number : this.value;
  }

  /** The integer as a number, rounded beyond 2^53. */
  valueOf(): number {
    return Number(this.value);
  }

  /** The decimal digits. */
  toString(): string {
    return this.value.toString();
  }
}

/**
 * A float that says it is one. JavaScript cannot tell 5 from 5.0: a plain `5` is written as an integer, `float(5)` as
 * a float.
 */
export class Float {
  /** The number. */
  readonly value: number;
  readonly #bits: bigint | undefined;

  constructor(value: number, bits?: bigint) {
    this.value = value;
    this.#bits = bits;
  }

  /** The float with these 64 bits; the only way to name a NaN with a payload. */
  static fromBits(bits: bigint): Float {
    scratch.setBigUint64(0, bits);
    const value = scratch.getFloat64(0);
    return new Float(value, Number.isNaN(value) ? bits : undefined);
  }

  /** The 64 bits of the float. */
  get bits(): bigint {
    if (this.#bits !== undefined) return this.#bits;
    if (Number.isNaN(this.value)) return PLAIN_NAN;
    scratch.setFloat64(0, this.value);
    return scratch.getBigUint64(0);
  }

  /** The number. */
  valueOf(): number {
    return this.value;
  }

  /** The number as text. */
  toString(): string {
    return String(this.value);
  }
}

/** A sequence that is no list: items of sketches with the `md5` hash may be one, values of states are not. */
export class Tuple<T = unknown> {
  /** The members in order. */
  readonly items: readonly T[];

  constructor(items: Iterable<T>) {
    this.items = [...items];
  }
}

/** A number that is written as an integer. */
export function int(value: number | bigint): Int {
  return new Int(value);
}

/** A number that is written as a float, also where it has no fraction. */
export function float(value: number): Float {
  return new Float(value);
}

/** A tuple, see {@link Tuple}. */
export function tuple<T>(...items: T[]): Tuple<T> {
  return new Tuple(items);
}
