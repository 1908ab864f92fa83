import { BoundedCounter, DWFlag, EWFlag, GCounter, PNCounter } from "./counters.js";
import { DottedVersionVector, VectorClock } from "./clocks.js";
import { engine } from "./engine.js";
import type { Kind } from "./generated.js";
import { GossipState, LWWMap } from "./maps.js";
import { run } from "./operations.js";
import { LWWRegister, MVRegister } from "./registers.js";
import { ORSet, RWSet } from "./sets.js";
import { BloomFilter, CountMinSketch, HyperLogLog, MinHash } from "./sketches.js";
import { adoptState, decoding, State, type AnyKind, type StateDecodeOptions } from "./state.js";
import { handleNow } from "./held.js";
import { MerkleTree } from "./trees.js";
import type { Bytes } from "./values.js";

/** A state of a kind that this release does not know: it is carried, and merges with its equal only. */
export class OpaqueState extends State<"opaque"> {
  /** @internal */
  constructor() {
    super("opaque");
  }

  /** The kind as its frames number it. */
  get tag(): number {
    return (this.on("state_info") as { tag: number }).tag;
  }
}

/** A state of any kind: `switch` over its `kind`. */
export type AnyState =
  | GCounter
  | PNCounter
  | BoundedCounter
  | EWFlag
  | DWFlag
  | LWWRegister
  | MVRegister
  | LWWMap
  | GossipState
  | ORSet
  | RWSet
  | VectorClock
  | DottedVersionVector
  | HyperLogLog
  | BloomFilter
  | CountMinSketch
  | MinHash
  | MerkleTree
  | OpaqueState;

const CLASSES: ReadonlyMap<Kind, new () => AnyState> = new Map<Kind, new () => AnyState>([
  ["g_counter", GCounter],
  ["pn_counter", PNCounter],
  ["bounded_counter", BoundedCounter],
  ["ew_flag", EWFlag],
  ["dw_flag", DWFlag],
  ["lww_register", LWWRegister],
  ["mv_register", MVRegister],
  ["lww_map", LWWMap],
  ["gossip_state", GossipState],
  ["or_set", ORSet],
  ["rw_set", RWSet],
  ["vector_clock", VectorClock],
  ["dotted_version_vector", DottedVersionVector],
  ["hll_native", HyperLogLog],
  ["hll", HyperLogLog],
  ["bloom_native", BloomFilter],
  ["bloom", BloomFilter],
  ["cms_native", CountMinSketch],
  ["cms", CountMinSketch],
  ["minhash", MinHash],
  ["merkle_tree", MerkleTree],
]);

/**
 * The state in a frame, whatever its kind. Fails with `NOT_MERGEABLE` for a frame that holds no state, and the codes
 * of frames that cannot be read.
 */
export function decode(frame: Bytes, options: StateDecodeOptions = {}): AnyState {
  const on = engine();
  const members = { frame, replica: handleNow(options.replica), ...decoding(options) };
  const source = { engine: on, handle: run(on, "state_decode", members) as number };
  const { kind } = run(on, "state_info", { state: source.handle }) as { kind: Kind };
  const [type, name] = CLASSES.has(kind) ? [CLASSES.get(kind)!, kind] : [OpaqueState, "opaque"];
  return adoptState(type as new () => AnyKind, source, name, options.replica) as AnyState;
}
