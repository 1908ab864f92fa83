import type { Members } from "./codec.js";
import { engine } from "./engine.js";
import { CrdtError } from "./errors.js";
import type { OperationName } from "./generated.js";
import { adopt, handleFor, handleNow, Held, type Source } from "./held.js";
import { SteppedJob, Work, type Job, type JobOptions } from "./job.js";
import { run } from "./operations.js";
import type { Replica } from "./replica.js";
import type { Bytes, ReadOptions } from "./values.js";

/** How a frame is read. Limits protect against frames of strangers; left out, they are those of the specification. */
export interface DecodeOptions {
  /** Takes frames that bend the rules of writing, as version 0.9.1 of the Python package does. */
  readonly lenient?: boolean;
  /** Most bytes of an inflated payload. */
  readonly maxInflated?: number;
  /** Most containers inside each other. */
  readonly maxDepth?: number;
}

/** How a frame becomes a state. */
export interface StateDecodeOptions extends DecodeOptions {
  /** Who writes in the state. */
  readonly replica?: Replica;
}

/** How a frame is written. */
export interface EncodeOptions {
  /** The wire version; left out, that of the replica's peers. */
  readonly wire?: 1 | 2;
  /** Compresses the payload where that makes it smaller. */
  readonly compress?: boolean;
  /** Ends the frame with a checksum, for files. Version 2 only. */
  readonly trailer?: boolean;
}

/** What a merge is to report. */
export interface MergeOptions extends DecodeOptions {
  /** Reports the keys that changed. */
  readonly keys?: boolean;
}

/** What a merge did. */
export interface MergeReport {
  /** Whether the receiver changed. */
  readonly changed: boolean;
  /** Concurrent writes of which one had to win. */
  readonly conflicts: number;
  /** Conflicts of two writes with one stamp. */
  readonly ties: number;
  /** The keys that changed, if they were asked for. */
  readonly changedKeys: readonly string[] | null;
}

/** How a summary is made. */
export interface SummaryOptions {
  /** Only entries with stamps from here on, in microseconds since 1970 UTC. */
  readonly last?: number | bigint;
  /** Coded symbols in the summary; more find larger differences. */
  readonly symbols?: number;
  /** Another random choice, after one that found nothing. */
  readonly salt?: number;
}

/** How two states relate in the order of their merges. */
export type Relation = "before" | "after" | "equal" | "concurrent";

/** A record of a merge as the engine gives it. */
export interface ReportRecord {
  readonly changed: boolean;
  readonly conflicts: number;
  readonly ties: number;
  readonly changed_keys: readonly string[] | null;
}

/** The report of a merge. */
export function reported(record: unknown): MergeReport {
  const { changed, conflicts, ties, changed_keys } = record as ReportRecord;
  return { changed, conflicts, ties, changedKeys: changed_keys };
}

/** The members of an operation that reads a frame. */
export function decoding(options: DecodeOptions): Members {
  return { lenient: options.lenient, max_inflated: options.maxInflated, max_depth: options.maxDepth };
}

/** The members of a summary. */
export function summarizing(options: SummaryOptions): Members {
  return { last: options.last, symbols: options.symbols, salt: options.salt };
}

/** Any state, without its kind. */
export type AnyKind = State<string>;

let bind: (state: AnyKind, replica: Replica | undefined, kind: string) => void;

/** The state of a class in a frame. */
export function decodeAs<T extends AnyKind>(
  type: new () => T,
  kind: string,
  frame: Bytes,
  options: StateDecodeOptions,
): T {
  const on = engine();
  const members = { frame, kind, replica: handleNow(options.replica), ...decoding(options) };
  return adoptState(type, { engine: on, handle: run(on, "state_decode", members) as number }, kind, options.replica);
}

/** A state of a class around a handle; the clock of its replica goes past its stamps. */
export function adoptState<T extends AnyKind>(
  type: new () => T,
  source: Source,
  kind: string,
  replica: Replica | undefined,
): T {
  const state = adopt(type, source);
  bind(state, replica, kind);
  replica?.follow(state);
  return state;
}

/**
 * Anything that merges. All kinds share these verbs.
 *
 * Merging is commutative, associative and idempotent: frames may be lost, repeated and reordered on their way, and
 * replicas that have seen the same writes have equal states.
 */
export abstract class State<K extends string = string> extends Held {
  /** The kind, for `switch`. */
  get kind(): K {
    return this.#kind;
  }

  #kind: K;
  #replica: Replica | undefined;

  static {
    bind = (state, replica, kind) => {
      state.#replica = replica;
      state.#kind = kind;
    };
  }

  /** @internal */
  protected constructor(kind: K, replica?: Replica, parameters?: Members) {
    super((on) => run(on, "state_new", { kind, replica: handleNow(replica), parameters: given(parameters) }) as number);
    this.#kind = kind;
    this.#replica = replica;
  }

  /** Who writes in this state, if anybody does. */
  get replica(): Replica | undefined {
    return this.#replica;
  }

  /**
   * The frame of the state: canonical, so equal states have equal frames. Fails with `NOT_IN_V1` for what version 1
   * has no place for.
   */
  encode(options: EncodeOptions = {}): Uint8Array {
    const { wire, compress, trailer } = options;
    return this.on("state_encode", { wire, compress, trailer }) as Uint8Array;
  }

  /**
   * Merges another state, or the frame of one, into this one.
   *
   * Fails with `TYPE_MISMATCH` for another kind, `PARAMETER_MISMATCH` for another size, `STALE_STATE` for a state
   * that peers have compacted away, and the codes of frames that cannot be read; the receiver then stays as it was.
   */
  mergeFrom(other: this | Bytes, options: MergeOptions = {}): MergeReport {
    if (other instanceof State) {
      return reported(this.on("state_merge", { other: handleFor(other, this), keys: options.keys }));
    }
    return reported(this.on("state_merge_frame", { frame: other, keys: options.keys, ...decoding(options) }));
  }

  /**
   * As {@link State.mergeFrom} with a large frame, in steps between which the program goes on. The state changes at
   * the end.
   */
  mergeFromAsync(frame: Bytes, options: MergeOptions & JobOptions = {}): Job<MergeReport> {
    const members = { frame, keys: options.keys, ...decoding(options) };
    const work = this.sibling(Work, this.on("state_merge_job", members));
    return new SteppedJob(work, reported, options);
  }

  /** The merge of two states as a new one; both stay as they are. */
  merge(other: this): this {
    const merged = this.clone();
    try {
      merged.mergeFrom(other);
    } catch (error) {
      merged.dispose();
      throw error;
    }
    return merged;
  }

  /** A copy that another replica writes, or the same one. */
  clone(replica: Replica | undefined = this.#replica): this {
    const handle = this.on("state_copy", { replica: replica && handleFor(replica, this) });
    const copy = this.sibling(this.constructor as new () => this, handle);
    bind(copy, replica, this.#kind);
    return copy;
  }

  /** 64 hexadecimal digits that are equal exactly for equal states. */
  get stateId(): string {
    return this.on("state_identify") as string;
  }

  /** Whether two states are equal. */
  equals(other: AnyKind): boolean {
    return this.on("state_equal", { other: handleFor(other, this) }) as boolean;
  }

  /** How two states relate: `"before"` means that the other has everything that this one has, and more. */
  compare(other: this): Relation {
    return this.on("state_compare", { other: handleFor(other, this) }) as Relation;
  }

  /** What this state has, in few bytes: for a peer's {@link State.deltaFor} and for {@link State.compact}. */
  summary(options: SummaryOptions = {}): Uint8Array {
    return this.on("state_summary", summarizing(options)) as Uint8Array;
  }

  /** What the replica behind a summary lacks of this state, as a frame. Never too little, sometimes too much. */
  deltaFor(summary: Bytes): Uint8Array {
    return this.on("state_delta", { summary }) as Uint8Array;
  }

  /**
   * Drops what removals left behind, as far as every peer has it: the summaries are those of all peers. How much was
   * dropped.
   *
   * `last` is the stamp up to which all peers have everything, where that is known.
   */
  compact(summaries: readonly Bytes[], options: { last?: number | bigint } = {}): number {
    return this.on("state_compact", { summaries, last: options.last }) as number;
  }

  /** The members of the state by name, for people and tools. */
  describe(options?: ReadOptions): unknown {
    return this.on("state_describe", undefined, options);
  }

  /** Runs an operation on this state. @internal */
  protected on(operation: OperationName, members?: Members, options?: ReadOptions): unknown {
    return this.operate("state", operation, members, options?.exact);
  }

  /** What a user sees in the state. @internal */
  protected shown(options?: ReadOptions): unknown {
    return this.on("state_value", undefined, options);
  }

  /** When a write happens: now, or at an explicit stamp. @internal */
  protected at(stamp?: ExplicitStamp): unknown {
    if (stamp === undefined) return this.#replica?.hostTime() ?? 0;
    return "seconds" in stamp
      ? { seconds: stamp.seconds, node: stamp.node }
      : { micros: stamp.stamp, node: stamp.node };
  }
}

/**
 * A stamp of somebody else's, for imports and tests: microseconds since 1970 UTC, or seconds as version 1 spells
 * them, and who wrote.
 */
export type ExplicitStamp =
  { readonly stamp: number | bigint; readonly node: string } | { readonly seconds: unknown; readonly node: string };

/** Parameters without those that are left out. */
function given(parameters: Members = {}): Members {
  return Object.fromEntries(Object.entries(parameters).filter(([, value]) => value !== undefined));
}

/** Merges states of one kind into a new one. Fails with `BAD_ARGUMENT` where there is none. */
export function mergeAll<T extends AnyKind>(states: Iterable<T>): T {
  let all: T | undefined;
  for (const state of states) {
    if (all === undefined) all = state.clone();
    else all.mergeFrom(state);
  }
  if (all !== undefined) return all;
  throw new CrdtError("BAD_ARGUMENT", "at least one state is needed");
}
