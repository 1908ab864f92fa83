import { engine } from "./engine.js";
import { CrdtError } from "./errors.js";
import { adopt, Held, handleFor } from "./held.js";
import { call, run } from "./operations.js";
import type { Bytes } from "./values.js";
import type { AnyKind } from "./state.js";

/** A clock: microseconds since 1970 UTC. Fractions of a microsecond are dropped. */
export type Clock = () => number | bigint;

/** A clock that shows what it is told, for tests and simulations. */
export interface ManualClock {
  (): number | bigint;
  /** Shows another time, in microseconds since 1970 UTC. */
  set(micros: number | bigint): void;
  /** Moves on by some microseconds. */
  advance(micros: number): void;
}

/** A clock that stands still at a time in microseconds since 1970 UTC, until it is told another one. */
export function manualClock(micros: number | bigint): ManualClock {
  let now = micros;
  const set = (next: number | bigint): void => {
    now = next;
  };
  const advance = (by: number): void => {
    now = typeof now === "bigint" ? now + BigInt(by) : now + by;
  };
  return Object.assign(() => now, { set, advance });
}

const MICROS_PER_MILLISECOND = 1_000;
const ENTROPY_BYTES = 32;

const systemClock: Clock = () => Date.now() * MICROS_PER_MILLISECOND;

/** How a replica is opened. */
export interface OpenOptions {
  /** What time it is; the clock of the system if left out. */
  readonly clock?: Clock;
  /** How many microseconds ahead of the clock stamps of others are followed. */
  readonly maxAhead?: number;
  /** The wire version that all its peers read; `encode` writes it. */
  readonly wire?: 1 | 2;
  /** 32 random bytes, for tests that must repeat. */
  readonly entropy?: Uint8Array;
}

/** How a replica is made. */
export interface ReplicaOptions extends OpenOptions {
  /**
   * Who writes: text of 1 to 255 bytes that no other live replica has. Random if left out, which is what most
   * programs want.
   */
  readonly node?: string;
}

function settings(options: OpenOptions): Record<string, unknown> {
  const { maxAhead, wire, entropy } = options;
  return { entropy: entropy ?? crypto.getRandomValues(new Uint8Array(ENTROPY_BYTES)), max_ahead: maxAhead, wire };
}

function bytesOfText(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (unit) => unit.charCodeAt(0));
}

/** The save in text of {@link Replica.toJSON}, or as it stands. */
function savedBytes(save: Bytes | string): Bytes {
  if (typeof save !== "string") return save;
  try {
    return bytesOfText(save);
  } catch (cause) {
    throw new CrdtError("BAD_TEXT", "a save in text is base64", {}, cause);
  }
}

/** A replica that was opened from a save. */
export interface Opened {
  /** The replica. */
  readonly replica: Replica;
  /** What has to be stored in place of the old save before the replica writes anything. */
  readonly save: Uint8Array;
}

/**
 * Who writes: a node id, a clock that never goes back, and the names of writes.
 *
 * States made with a replica are written in its name. Two live replicas must not have one node id: counters would
 * lose increments. A save belongs to one program at a time, in browsers to one tab.
 */
export class Replica extends Held {
  #clock: Clock;

  /** Fails with `BAD_TEXT` for a node id that is none. */
  constructor(options: ReplicaOptions = {}) {
    super((on) => run(on, "replica_new", { node: options.node, ...settings(options) }) as number);
    this.#clock = options.clock ?? systemClock;
  }

  /** The replica that a save belongs to. Fails with the codes of a frame that cannot be read. */
  static open(save: Bytes | string, options: OpenOptions = {}): Opened {
    const on = engine();
    const opened = run(on, "replica_open", { save: savedBytes(save), ...settings(options) }) as OpenedRecord;
    const replica = adopt(Replica, { engine: on, handle: opened.replica });
    replica.#clock = options.clock ?? systemClock;
    return { replica, save: opened.save };
  }

  /** Who it is. */
  get node(): string {
    return this.#info().node;
  }

  /** The wire version of its peers. */
  get wire(): 1 | 2 {
    return this.#info().wire;
  }

  /** What the clock shows, in whole microseconds; the argument of operations that write. @internal */
  hostTime(): number | bigint {
    const now = this.#clock();
    return typeof now === "bigint" ? now : Math.floor(now);
  }

  /** A new stamp in microseconds since 1970 UTC: the clock's time, but past every stamp given out before. */
  now(): number | bigint {
    return this.operate("replica", "replica_now", { now: this.hostTime() }) as number | bigint;
  }

  /**
   * Lets its stamps go past those of a state. The microseconds by which the state is further ahead than the replica
   * follows, or null.
   */
  follow(state: AnyKind): number | null {
    const members = { state: handleFor(state, this), now: this.hostTime() };
    return this.operate("replica", "replica_attach", members) as number | null;
  }

  /** The places, in a list, of the peers to talk to in a round of gossip. */
  pickPeers<T extends string>(peers: readonly T[], options: { fanout: number; round: number }): T[] {
    const places = call("pick_peers", { peers, fanout: options.fanout, seed: options.round }) as number[];
    return places.map((place) => peers[place]!);
  }

  /** The save of a replica in use. Opened again, it starts new lines of writes. */
  save(): Uint8Array {
    return this.operate("replica", "replica_save") as Uint8Array;
  }

  /**
   * Ends the replica. The save from which its lines of writes go on; its states can be read and merged, but not
   * written.
   */
  close(): Uint8Array {
    const save = this.operate("replica", "replica_close") as Uint8Array;
    this.dispose();
    return save;
  }

  /**
   * {@link Replica.save} as base64, for `JSON.stringify` and storage that takes text. {@link Replica.open} takes it.
   */
  toJSON(): string {
    return btoa(String.fromCharCode(...this.save()));
  }

  #info(): { readonly node: string; readonly wire: 1 | 2 } {
    return this.operate("replica", "replica_info") as { node: string; wire: 1 | 2 };
  }
}

interface OpenedRecord {
  readonly replica: number;
  readonly save: Uint8Array;
}
