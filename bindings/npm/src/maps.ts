import type { Kind } from "./generated.js";
import { handleFor } from "./held.js";
import { entryOf, writtenOf, type Entry, type EntryRecord, type Written } from "./registers.js";
import type { Replica } from "./replica.js";
import { decodeAs, State, type ExplicitStamp, type StateDecodeOptions } from "./state.js";
import type { Bytes, ReadOptions, Value } from "./values.js";

/** Keys and values to write: an object, or pairs. */
export type Entries<T> = Readonly<Record<string, T>> | Iterable<readonly [string, T]>;

/** Entries in the order given; pairs keep theirs whatever the keys look like. */
function entriesOf<T>(entries: Entries<T>): Map<string, T> {
  const pairs = Symbol.iterator in entries ? entries : Object.entries(entries);
  return new Map(pairs as Iterable<readonly [string, T]>);
}

/** What maps share: the vocabulary of JavaScript's `Map`. Keys are text. */
abstract class ReplicatedMap<K extends Kind, T extends Value> extends State<K> implements Iterable<[string, T]> {
  /** Writes a value at a key now. */
  set(key: string, value: T): this {
    this.setAll([[key, value]]);
    return this;
  }

  /** Writes values at keys now. */
  setAll(entries: Entries<T>): Written {
    return writtenOf(this.on("map_put", { entries: entriesOf(entries), at: this.at() }));
  }

  /** Deletes a key now. Whether the state changed, which a deletion of an absent key does too: it is remembered. */
  delete(key: string): boolean {
    return this.deleteAll([key]).changed;
  }

  /** Deletes keys now. */
  deleteAll(keys: Iterable<string>): Written {
    return writtenOf(this.on("map_delete", { keys: [...keys], at: this.at() }));
  }

  /** The value at a key, or `undefined`. */
  get(key: string, options?: ReadOptions): T | undefined {
    return this.entry(key, options)?.value;
  }

  /** The value at a key with its stamp and node, or `undefined`. */
  entry(key: string, options?: ReadOptions): Entry<T> | undefined {
    return this.entriesAt([key], options)[0];
  }

  /** The entries at some keys, `undefined` where nothing is live. */
  entriesAt(keys: Iterable<string>, options?: ReadOptions): (Entry<T> | undefined)[] {
    const found = this.on("map_get", { keys: [...keys] }, options) as (EntryRecord<T> | null)[];
    return found.map((record) => (record === null ? undefined : entryOf(record)));
  }

  /** Whether a key is live. */
  has(key: string): boolean {
    return this.entry(key) !== undefined;
  }

  /** How many keys are live. */
  get size(): number {
    return this.on("map_len") as number;
  }

  /** The live keys in canonical order. */
  keys(): string[] {
    return this.on("map_keys") as string[];
  }

  /** The live values in the order of their keys. */
  values(options?: ReadOptions): T[] {
    return this.entries(options).map(([, value]) => value);
  }

  /** The live keys and values in canonical order. */
  entries(options?: ReadOptions): [string, T][] {
    const keys = this.keys();
    const entries = this.entriesAt(keys, options);
    return keys.map((key, index) => [key, entries[index]!.value]);
  }

  /** Iterates over keys and values as they are now, in canonical order. */
  [Symbol.iterator](): IterableIterator<[string, T]> {
    return this.entries()[Symbol.iterator]();
  }
}

/** A map whose entries are registers: at each key the newest write wins, be it a value or a deletion. */
export class LWWMap<T extends Value = Value> extends ReplicatedMap<"lww_map", T> {
  constructor(replica?: Replica) {
    super("lww_map", replica);
  }

  /** The map in a frame. Fails with `TYPE_MISMATCH` for another kind, and the codes of frames that cannot be read. */
  static decode<T extends Value = Value>(frame: Bytes, options: StateDecodeOptions = {}): LWWMap<T> {
    return decodeAs(LWWMap<T>, "lww_map", frame, options);
  }

  /** Writes a value at an explicit stamp. */
  write(key: string, value: T, stamp: ExplicitStamp): Written {
    return writtenOf(this.on("map_put", { entries: new Map([[key, value]]), at: this.at(stamp) }));
  }

  /** Deletes a key at an explicit stamp. */
  deleteAt(key: string, stamp: ExplicitStamp): Written {
    return writtenOf(this.on("map_delete", { keys: [key], at: this.at(stamp) }));
  }

  /** The deleted keys with the stamps of their deletions, in microseconds since 1970 UTC. */
  tombstones(): Map<string, number | bigint> {
    const found = this.on("map_tombstones") as Record<string, { micros: number | bigint }>;
    return new Map(Object.entries(found).map(([key, stamp]) => [key, stamp.micros]));
  }

  /** What is left of this map when `other` refuses it with `STALE_STATE`, and the keys that were left out. */
  salvage(other: LWWMap<T>): { readonly state: LWWMap<T>; readonly leftOut: string[] } {
    const found = this.on("state_salvage", { other: handleFor(other, this) }) as { state: number; left_out: string[] };
    return { state: this.sibling(LWWMap<T>, found.state), leftOut: found.left_out };
  }
}

/** Who a gossip state is, and to how many it talks. */
export interface GossipOptions {
  /** Its node; the replica's if left out. */
  readonly node?: string;
  /** To how many peers it talks in a round. */
  readonly fanout?: number;
}

/** What two gossip states have to exchange. */
export interface GossipExchange {
  /** The entries that the other one lacks, as frames. */
  readonly push: Uint8Array[];
  /** The keys that this one lacks. */
  readonly pull: string[];
}

/** A map spread by rumour: entries carry versions, and peers compare digests before they send anything. */
export class GossipState<T extends Value = Value> extends ReplicatedMap<"gossip_state", T> {
  /** Needs a node or a replica: `BAD_ARGUMENT` without either. */
  constructor(replica?: Replica, options: GossipOptions = {}) {
    super("gossip_state", replica, { node: options.node, fanout: options.fanout });
  }

  /** The state in a frame. Fails as {@link LWWMap.decode} does. */
  static decode<T extends Value = Value>(frame: Bytes, options: StateDecodeOptions = {}): GossipState<T> {
    return decodeAs(GossipState<T>, "gossip_state", frame, options);
  }

  /** The digest of each entry by key, deleted ones included. */
  digests(): Map<string, string> {
    return new Map(Object.entries(this.on("gossip_digests") as Record<string, string>));
  }

  /** What has to be exchanged with the owner of some digests. */
  exchange(digests: ReadonlyMap<string, string>): GossipExchange {
    return this.on("gossip_exchange", { digests }) as GossipExchange;
  }

  /** Takes entries from frames. How many changed something. */
  apply(frames: readonly Bytes[]): number {
    return this.on("gossip_apply", { frames }) as number;
  }

  /** What is left of this state when `other` refuses it with `STALE_STATE`, and the keys that were left out. */
  salvage(other: GossipState<T>): { readonly state: GossipState<T>; readonly leftOut: string[] } {
    const found = this.on("state_salvage", { other: handleFor(other, this) }) as { state: number; left_out: string[] };
    return { state: this.sibling(GossipState<T>, found.state), leftOut: found.left_out };
  }
}
