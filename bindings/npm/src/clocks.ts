import type { Kind } from "./generated.js";
import type { CountOptions } from "./counters.js";
import type { Replica } from "./replica.js";
import { decodeAs, State, type StateDecodeOptions } from "./state.js";
import type { Bytes } from "./values.js";

/** Counts of events by node. */
export type Counts = Readonly<Record<string, number | bigint>>;

abstract class Ticking<K extends Kind> extends State<K> {
  /** The count of each node. */
  get value(): Counts {
    return this.shown() as Counts;
  }

  /** Counts an event of the replica, or of a node that the caller vouches for. The count after it. */
  tick(options: CountOptions = {}): number | bigint {
    return this.on("clock_tick", { node: options.node }) as number | bigint;
  }
}

/** A vector clock: which events of each node have been seen. {@link State.compare} says what happened before what. */
export class VectorClock extends Ticking<"vector_clock"> {
  constructor(replica?: Replica) {
    super("vector_clock", replica);
  }

  /**
   * The clock in a frame. Fails with `TYPE_MISMATCH` for another kind, and the codes of frames that cannot be read.
   */
  static decode(frame: Bytes, options: StateDecodeOptions = {}): VectorClock {
    return decodeAs(VectorClock, "vector_clock", frame, options);
  }
}

/** A vector clock with one event that stands apart from what was seen before it. */
export class DottedVersionVector extends Ticking<"dotted_version_vector"> {
  constructor(replica?: Replica) {
    super("dotted_version_vector", replica);
  }

  /** The vector in a frame. Fails as {@link VectorClock.decode} does. */
  static decode(frame: Bytes, options: StateDecodeOptions = {}): DottedVersionVector {
    return decodeAs(DottedVersionVector, "dotted_version_vector", frame, options);
  }

  /** What was seen before, and the event that stands apart. */
  parts(): { readonly base: Counts; readonly dot: readonly [string, number | bigint] | null } {
    return this.on("clock_parts") as { base: Counts; dot: [string, number | bigint] | null };
  }
}
