import { handleFor } from "./held.js";
import { decodeAs, State, type StateDecodeOptions } from "./state.js";
import type { Bytes, Value } from "./values.js";

/** A record: fields by name. */
export type TreeRecord = Readonly<Record<string, Value>>;

/** Roots and sizes of a Merkle tree. */
export interface TreeInfo {
  /** The root over the hashes of records alone, as version 1 has it. */
  readonly root: string;
  /** The root that covers the keys too. */
  readonly keyedRoot: Uint8Array;
  /** Levels; 0 when it is empty. */
  readonly height: number;
  /** How many keys there are. */
  readonly size: number;
  /** Children per node. */
  readonly branchingFactor: number;
}

/** How two trees differ. */
export interface TreeDiff {
  /** All keys that differ. */
  readonly differingKeys: readonly string[];
  /** Keys that the other tree lacks. */
  readonly onlyInLeft: readonly string[];
  /** Keys that this tree lacks. */
  readonly onlyInRight: readonly string[];
  /** Keys of both with different records. */
  readonly commonDifferent: readonly string[];
  /** How many hashes were compared. */
  readonly comparisonsMade: number;
  /** Whether there is no difference. */
  readonly isIdentical: boolean;
}

interface InfoRecord {
  readonly root: string;
  readonly keyed_root: Uint8Array;
  readonly height: number;
  readonly len: number;
  readonly branching_factor: number;
}

interface DiffRecord {
  readonly differing_keys: string[];
  readonly only_in_left: string[];
  readonly only_in_right: string[];
  readonly common_different: string[];
  readonly comparisons_made: number;
  readonly is_identical: boolean;
}

/** A tree of the hashes of records by key: two of them find their differences by few comparisons. */
export class MerkleTree extends State<"merkle_tree"> {
  constructor(options: { readonly branchingFactor?: number } = {}) {
    super("merkle_tree", undefined, { branching_factor: options.branchingFactor });
  }

  /**
   * The tree in a frame. Fails with `TYPE_MISMATCH` for another kind, and the codes of frames that cannot be read.
   */
  static decode(frame: Bytes, options: StateDecodeOptions = {}): MerkleTree {
    return decodeAs(MerkleTree, "merkle_tree", frame, options);
  }

  /** Puts a record under a key. */
  set(key: string, record: TreeRecord): this {
    return this.setAll([[key, record]]);
  }

  /** Puts records under their keys. */
  setAll(records: Iterable<readonly [string, TreeRecord]>): this {
    this.on("tree_put", { records: new Map(records) });
    return this;
  }

  /** Puts records under the text of one of their fields, which their hashes leave out. */
  setKeyed(records: Iterable<TreeRecord>, keyField: string): this {
    this.on("tree_put", {
      records: new Map(Array.from(records, (record, at) => [String(at), record])),
      key_field: keyField,
    });
    return this;
  }

  /** Removes a key. Whether it was there. */
  delete(key: string): boolean {
    return (this.on("tree_remove", { keys: [key] }) as number) > 0;
  }

  /** The keys in order. */
  keys(): string[] {
    return this.on("tree_keys") as string[];
  }

  /** The hash at a key and the record, where that is known; `undefined` where there is none. */
  get(key: string): { readonly hash: Uint8Array; readonly record: TreeRecord | null } | undefined {
    const found = this.on("tree_get", { keys: [key] }) as ({ hash: Uint8Array; record: TreeRecord | null } | null)[];
    return found[0] ?? undefined;
  }

  /** How many keys there are. */
  get size(): number {
    return this.info().size;
  }

  /** Roots and sizes. */
  info(): TreeInfo {
    const { root, keyed_root, height, len, branching_factor } = this.on("tree_info") as InfoRecord;
    return { root, keyedRoot: keyed_root, height, size: len, branchingFactor: branching_factor };
  }

  /** How this tree and another one differ. */
  diff(other: MerkleTree): TreeDiff {
    const found = this.on("tree_diff", { other: handleFor(other, this) }) as DiffRecord;
    return {
      differingKeys: found.differing_keys,
      onlyInLeft: found.only_in_left,
      onlyInRight: found.only_in_right,
      commonDifferent: found.common_different,
      comparisonsMade: found.comparisons_made,
      isIdentical: found.is_identical,
    };
  }
}
