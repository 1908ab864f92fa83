/*
 * The bytes in which arguments and results cross to the engine, docs/abi.md. They live for one call.
 */
import type { Block, Exchange } from "./engine.js";
import { CrdtError, isErrorCode } from "./errors.js";
import { Float, Int, Tuple } from "./scalars.js";

const NULL = 0;
const FALSE = 1;
const TRUE = 2;
const INT = 3;
const BIG = 4;
const FLOAT = 5;
const TEXT = 6;
const BYTES = 7;
const LIST = 8;
const MAP = 9;
const SET = 10;
const TUPLE = 11;
const INTS = 12;
const FLOATS = 13;
const TEXTS = 14;

/** First byte of a reply that is a result. */
const DONE = 0;
/** Containers that may be open at once. */
const MOST_DEPTH = 200;
/**
 * Texts up to so many units are written and read without the converters of the platform, whose calls cost more than
 * that.
 */
const SHORT_TEXT = 20;
/** Texts of a column that are written together. */
const TEXTS_AT_ONCE = 1_024;
const TWO_TO_32 = 0x1_0000_0000;
const LEAST_I64 = -(2n ** 63n);
const MOST_I64 = 2n ** 63n - 1n;

const utf8 = new TextEncoder();
const fromUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const IS_LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;
const LONE_SURROGATE = /\p{Surrogate}/u;

/** Many items of one type side by side; what the engine takes where a table asks for a column. */
export class Column {
  constructor(readonly items: BigInt64Array | Float64Array | readonly string[]) {}
}

/** What an operation takes: its members by name, where `undefined` is left out. */
export type Members = Readonly<Record<string, unknown>>;

/** A new buffer has room for most arguments and replies. */
const FIRST_BYTES = 4 * 1024;
/** A buffer that grew beyond this is not kept for the next call. */
const MOST_KEPT_BYTES = 1024 * 1024;

/** Writes data into one growing buffer, in which the reply may come back. */
class Writer implements Exchange {
  #bytes = new Uint8Array(FIRST_BYTES);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;
  #depth = 0;
  readonly #path: (string | number)[] = [];

  get bytes(): Uint8Array {
    return this.#bytes;
  }

  get view(): DataView {
    return this.#view;
  }

  get length(): number {
    return this.#length;
  }

  /** Writes a record. */
  record(members: Members): void {
    this.#begin();
    let count = 0;
    this.#count(MAP, count);
    this.#depth = 1;
    for (const name of Object.keys(members)) {
      if (members[name] === undefined) continue;
      this.#text(TEXT, name);
      this.#value(members[name]);
      count += 1;
    }
    this.#view.setUint32(1, count, true);
  }

  /** Writes a bare value. */
  bare(value: unknown): void {
    this.#begin();
    this.#value(value);
  }

  #begin(): void {
    this.#length = 0;
    this.#depth = 0;
    this.#path.length = 0;
  }

  /** Makes room, and gives the place where it begins. */
  #room(size: number): number {
    const at = this.#length;
    this.#length = at + size;
    if (this.#length > this.#bytes.length) this.#grow(this.#length);
    return at;
  }

  #grow(least: number): void {
    const bytes = new Uint8Array(Math.max(least, this.#bytes.length * 2));
    bytes.set(this.#bytes);
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer);
  }

  #tag(tag: number): void {
    // Making room may replace the buffer, so it comes first.
    const at = this.#room(1);
    this.#bytes[at] = tag;
  }

  #count(tag: number, count: number): void {
    const at = this.#room(5);
    this.#bytes[at] = tag;
    this.#view.setUint32(at + 1, count, true);
  }

  #value(value: unknown): void {
    switch (typeof value) {
      case "string":
        return this.#text(TEXT, value);
      case "number":
        return this.#number(value);
      case "boolean":
        return this.#tag(value ? TRUE : FALSE);
      case "bigint":
        return this.#bigint(value);
      case "object":
        return value === null ? this.#tag(NULL) : this.#object(value);
      default:
        throw this.#refused(typeof value);
    }
  }

  #number(value: number): void {
    if (!Number.isInteger(value) || Object.is(value, -0)) return this.#float(value);
    if (!Number.isSafeInteger(value)) return this.#bigint(BigInt(value));
    const at = this.#room(9);
    const high = Math.floor(value / TWO_TO_32);
    this.#bytes[at] = INT;
    this.#view.setUint32(at + 1, value - high * TWO_TO_32, true);
    this.#view.setInt32(at + 5, high, true);
  }

  #float(value: number): void {
    const at = this.#room(9);
    this.#bytes[at] = FLOAT;
    this.#view.setFloat64(at + 1, value, true);
  }

  #bits(bits: bigint): void {
    const at = this.#room(9);
    this.#bytes[at] = FLOAT;
    this.#view.setBigUint64(at + 1, bits, true);
  }

  #bigint(value: bigint): void {
    if (value < LEAST_I64 || value > MOST_I64) return this.#text(BIG, value.toString());
    const at = this.#room(9);
    this.#bytes[at] = INT;
    this.#view.setBigInt64(at + 1, value, true);
  }

  #text(tag: number, text: string): void {
    if (text.length > SHORT_TEXT || !this.#ascii(tag, text)) this.#unicode(tag, text);
  }

  /** Writes short text that is ASCII. Whether it was. */
  #ascii(tag: number, text: string): boolean {
    const start = this.#length;
    this.#count(tag, text.length);
    if (this.#asciiWords(text)) return true;
    this.#length = start;
    return false;
  }

  #unicode(tag: number, text: string): void {
    this.#wellFormed(text);
    // A unit of UTF-16 takes at most three bytes.
    const at = this.#room(5 + text.length * 3);
    const { written } = utf8.encodeInto(text, this.#bytes.subarray(at + 5));
    this.#bytes[at] = tag;
    this.#view.setUint32(at + 1, written, true);
    this.#length = at + 5 + written;
  }

  #wellFormed(text: string): void {
    if (LONE_SURROGATE.test(text)) {
      throw new CrdtError("BAD_TEXT", `text with a lone surrogate${this.#where()}`, { path: this.#pathText() });
    }
  }

  #object(value: object): void {
    if (Array.isArray(value)) return this.#items(LIST, value.length, value);
    if (ArrayBuffer.isView(value)) return this.#raw(viewed(value));
    if (value instanceof ArrayBuffer) return this.#raw(new Uint8Array(value));
    if (value instanceof Map) return this.#pairs(value.size, value);
    if (value instanceof Set) return this.#items(SET, value.size, value);
    if (value instanceof Int) return this.#bigint(value.value);
    if (value instanceof Float) return this.#bits(value.bits);
    if (value instanceof Tuple) return this.#items(TUPLE, value.items.length, value.items);
    if (value instanceof Column) return this.#column(value.items);
    this.#plain(value);
  }

  #plain(value: object): void {
    const prototype: unknown = Object.getPrototypeOf(value);
    // An object of another realm has a prototype of its own, without one above it.
    if (prototype !== null && Object.getPrototypeOf(prototype) !== null) throw this.#refused(className(value));
    if (Object.prototype.toString.call(value) !== "[object Object]") throw this.#refused(className(value));
    const entries = Object.entries(value);
    this.#pairs(entries.length, entries);
  }

  #open(): void {
    this.#depth += 1;
    if (this.#depth > MOST_DEPTH) {
      throw new CrdtError("TOO_DEEP", "too many containers inside each other", { supported: String(MOST_DEPTH) });
    }
  }

  #close(): void {
    this.#depth -= 1;
  }

  #items(tag: number, count: number, items: Iterable<unknown>): void {
    this.#count(tag, count);
    this.#open();
    let index = 0;
    for (const item of items) {
      this.#path.push(index);
      this.#value(item);
      this.#path.pop();
      index += 1;
    }
    this.#close();
  }

  #pairs(count: number, pairs: Iterable<[unknown, unknown]>): void {
    this.#count(MAP, count);
    this.#open();
    for (const [key, value] of pairs) {
      this.#path.push(typeof key === "string" ? key : "(key)");
      this.#value(key);
      this.#value(value);
      this.#path.pop();
    }
    this.#close();
  }

  #raw(bytes: Uint8Array): void {
    this.#count(BYTES, bytes.length);
    const at = this.#room(bytes.length);
    this.#bytes.set(bytes, at);
  }

  #column(items: BigInt64Array | Float64Array | readonly string[]): void {
    if (items instanceof BigInt64Array) return this.#cells(INTS, items);
    if (items instanceof Float64Array) return this.#cells(FLOATS, items);
    this.#texts(items as readonly string[]);
  }

  #cells(tag: number, cells: BigInt64Array | Float64Array): void {
    this.#count(tag, cells.length);
    const start = this.#room(cells.length * 8);
    if (IS_LITTLE_ENDIAN) return this.#bytes.set(viewed(cells), start);
    for (const [index, cell] of cells.entries()) {
      if (typeof cell === "bigint") this.#view.setBigInt64(start + index * 8, cell, true);
      else this.#view.setFloat64(start + index * 8, cell, true);
    }
  }

  #texts(texts: readonly string[]): void {
    this.#count(TEXTS, texts.length);
    const lengths = this.#room(texts.length * 4);
    for (let start = 0; start < texts.length; start += TEXTS_AT_ONCE) {
      const run = texts.slice(start, start + TEXTS_AT_ONCE);
      if (this.#asciiRun(run)) run.forEach((text, index) => this.#textLength(lengths, start + index, text.length));
      else run.forEach((text, index) => this.#textLength(lengths, start + index, this.#words(text, start + index)));
    }
  }

  #textLength(lengths: number, index: number, length: number): void {
    this.#view.setUint32(lengths + index * 4, length, true);
  }

  /** Appends texts that are ASCII: one call of the platform for many of them. Whether they were. */
  #asciiRun(texts: readonly string[]): boolean {
    const joined = texts.join("");
    const at = this.#room(joined.length);
    const { read, written } = utf8.encodeInto(joined, this.#bytes.subarray(at, at + joined.length));
    if (read === joined.length && written === read) return true;
    this.#length = at;
    return false;
  }

  /** Appends short text that is ASCII, without its length. Whether it was. */
  #asciiWords(text: string): boolean {
    const at = this.#room(text.length);
    const bytes = this.#bytes;
    for (let index = 0; index < text.length; index++) {
      const unit = text.charCodeAt(index);
      if (unit > 127) {
        this.#length = at;
        return false;
      }
      bytes[at + index] = unit;
    }
    return true;
  }

  /** Appends the UTF-8 of the text at a place of a column. Its length. */
  #words(text: string, index: number): number {
    this.#path.push(index);
    this.#wellFormed(text);
    this.#path.pop();
    const at = this.#room(text.length * 3);
    const { written } = utf8.encodeInto(text, this.#bytes.subarray(at));
    this.#length = at + written;
    return written;
  }

  #refused(type: string): CrdtError {
    return new CrdtError("BAD_VALUE", `no value is of type ${type}${this.#where()}`, { path: this.#pathText(), type });
  }

  #where(): string {
    return this.#path.length === 0 ? "" : ` at ${this.#pathText()}`;
  }

  #pathText(): string {
    const steps = this.#path.map((step) => (typeof step === "number" ? `[${step}]` : `.${step}`));
    return steps.join("").replace(/^\./, "");
  }
}

function className(value: object): string {
  return value.constructor?.name || "object";
}

function viewed(view: ArrayBufferView): Uint8Array {
  return view instanceof Uint8Array ? view : new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}

/** Writers that are not in use: an iterator of the host's may call into the library while its items are written. */
const writers: Writer[] = [];

/** Hands a writer to a function that does not keep it. */
function withWriter<T>(use: (writer: Writer) => T): T {
  const writer = writers.pop() ?? new Writer();
  try {
    return use(writer);
  } finally {
    if (writer.bytes.length <= MOST_KEPT_BYTES) writers.push(writer);
  }
}

/** Hands the bytes of a record to a function that does not keep them. */
export function withRecord<T>(members: Members, use: (input: Exchange) => T): T {
  return withWriter((writer) => {
    writer.record(members);
    return use(writer);
  });
}

/** Hands the bytes of a value to a function that does not keep them. */
export function withValue<T>(value: unknown, use: (input: Exchange) => T): T {
  return withWriter((writer) => {
    writer.bare(value);
    return use(writer);
  });
}

/** Reads data. The bytes are a reply of the engine, which is trusted: they fit their description. */
class Reader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #exact: boolean;
  #at: number;

  constructor({ bytes, view }: Block, at: number, exact: boolean) {
    this.#bytes = bytes;
    this.#view = view;
    this.#at = at;
    this.#exact = exact;
  }

  read(): unknown {
    const tag = this.#bytes[this.#at++];
    switch (tag) {
      case NULL:
        return null;
      case FALSE:
        return false;
      case TRUE:
        return true;
      case INT:
        return this.#int();
      case BIG:
        return this.#integer(BigInt(this.#text()));
      case FLOAT:
        return this.#float();
      case TEXT:
        return this.#text();
      default:
        return this.#container(tag);
    }
  }

  #container(tag: number | undefined): unknown {
    switch (tag) {
      case BYTES:
        return this.#take(this.#count()).slice();
      case LIST:
        return this.#items();
      case MAP:
        return this.#map();
      case SET:
        return this.#set();
      case TUPLE:
        return new Tuple(this.#items());
      case INTS:
        return BigInt64Array.from({ length: this.#count() }, () => this.#view.getBigInt64(this.#skip(8), true));
      case FLOATS:
        return Float64Array.from({ length: this.#count() }, () => this.#view.getFloat64(this.#skip(8), true));
      case TEXTS:
        return this.#texts();
      default:
        throw new CrdtError("INTERNAL", "a reply of the engine that nobody can read", { found: String(tag) });
    }
  }

  #skip(size: number): number {
    const at = this.#at;
    this.#at = at + size;
    return at;
  }

  #take(size: number): Uint8Array {
    const at = this.#skip(size);
    return this.#bytes.subarray(at, at + size);
  }

  #count(): number {
    return this.#view.getUint32(this.#skip(4), true);
  }

  #int(): unknown {
    const at = this.#skip(8);
    const value = this.#view.getInt32(at + 4, true) * TWO_TO_32 + this.#view.getUint32(at, true);
    if (Number.isSafeInteger(value)) return this.#exact ? new Int(value) : value;
    return this.#integer(this.#view.getBigInt64(at, true));
  }

  #integer(value: bigint): unknown {
    return this.#exact ? new Int(value) : value;
  }

  #float(): unknown {
    const at = this.#skip(8);
    return this.#exact ? Float.fromBits(this.#view.getBigUint64(at, true)) : this.#view.getFloat64(at, true);
  }

  #text(): string {
    return this.#words(this.#count());
  }

  #texts(): string[] {
    const lengths = Array.from({ length: this.#count() }, () => this.#count());
    return lengths.map((length) => this.#words(length));
  }

  #words(length: number): string {
    const at = this.#skip(length);
    const short = length > SHORT_TEXT ? undefined : asciiOf(this.#bytes, at, length);
    return short ?? fromUtf8.decode(this.#bytes.subarray(at, at + length));
  }

  #items(): unknown[] {
    const count = this.#count();
    const items: unknown[] = [];
    for (let index = 0; index < count; index++) items.push(this.read());
    return items;
  }

  #map(): unknown {
    const start = this.#at;
    const count = this.#count();
    const keys: unknown[] = [];
    const values: unknown[] = [];
    let isObject = !this.#exact;
    for (let index = 0; index < count; index++) {
      const key = this.#key();
      isObject &&= typeof key === "string";
      keys.push(key);
      values.push(this.read());
    }
    if (isObject) return object(keys as string[], values);
    const map = new Map(keys.map((key, index) => [key, values[index]]));
    return map.size === count ? map : this.#exactly(start, MAP);
  }

  #set(): unknown {
    const start = this.#at;
    const count = this.#count();
    const set = new Set();
    for (let index = 0; index < count; index++) set.add(this.#key());
    return set.size === count ? set : this.#exactly(start, SET);
  }

  /** A key or member. Collections of JavaScript turn −0 into 0, so it is wrapped there. */
  #key(): unknown {
    const key = this.read();
    return Object.is(key, -0) ? new Float(-0) : key;
  }

  /** A collection whose members only exact reading tells apart, such as 1 and 1.0, is read exactly. */
  #exactly(start: number, tag: number): unknown {
    const reader = new Reader({ bytes: this.#bytes, view: this.#view }, start, true);
    return tag === MAP ? reader.#map() : reader.#set();
  }
}

function object(keys: readonly string[], values: readonly unknown[]): object {
  const found = Object.create(null) as Record<string, unknown>;
  for (let index = 0; index < keys.length; index++) found[keys[index]!] = values[index];
  return found;
}

/** Text that is short and ASCII, or nothing. Four units at a time: the calls are what takes time. */
function asciiOf(bytes: Uint8Array, start: number, length: number): string | undefined {
  const end = start + length;
  let text = "";
  let seen = 0;
  let at = start;
  for (; at + 4 <= end; at += 4) {
    const [a, b, c, d] = [bytes[at]!, bytes[at + 1]!, bytes[at + 2]!, bytes[at + 3]!];
    seen |= a | b | c | d;
    text += String.fromCharCode(a, b, c, d);
  }
  for (; at < end; at++) {
    seen |= bytes[at]!;
    text += String.fromCharCode(bytes[at]!);
  }
  return seen > 127 ? undefined : text;
}

/** The result in the reply at a place. Fails with the error in it. */
export function readReply(block: Block, at: number, exact = false): unknown {
  if (block.bytes[at] === DONE) return new Reader(block, at + 1, exact).read();
  throw failure(new Reader(block, at + 1, false).read() as Failure);
}

interface Failure {
  readonly code: string;
  readonly message: string;
  readonly detail: Readonly<Record<string, string>>;
}

function failure({ code, message, detail }: Failure): CrdtError {
  return new CrdtError(isErrorCode(code) ? code : "INTERNAL", message, { ...detail });
}
