/// <reference lib="esnext.disposable" preserve="true" />
export { CrdtError } from "./errors.js";
export type { ErrorCode, ErrorFamily, Kind, OperationName } from "./generated.js";
export { init, initSync, libraryInfo, openObjects } from "./init.js";
export type { InitOptions, LibraryInfo, WasmResponse, WasmSource } from "./init.js";
export { Float, Int, Tuple, float, int, tuple } from "./scalars.js";
export type { Bytes, Element, Item, NumberColumn, ReadOptions, Value } from "./values.js";
export { manualClock, Replica } from "./replica.js";
export type { Clock, ManualClock, Opened, OpenOptions, ReplicaOptions } from "./replica.js";
export { mergeAll, State } from "./state.js";
export type {
  AnyKind,
  DecodeOptions,
  EncodeOptions,
  ExplicitStamp,
  MergeOptions,
  MergeReport,
  Relation,
  StateDecodeOptions,
  SummaryOptions,
} from "./state.js";
export { BoundedCounter, DWFlag, EWFlag, GCounter, PNCounter } from "./counters.js";
export type { CountOptions, Slots } from "./counters.js";
export { LWWRegister, MVRegister } from "./registers.js";
export type { Entry, Written } from "./registers.js";
export { ORSet, RWSet } from "./sets.js";
export { GossipState, LWWMap } from "./maps.js";
export type { Entries, GossipExchange, GossipOptions } from "./maps.js";
export { DottedVersionVector, VectorClock } from "./clocks.js";
export type { Counts } from "./clocks.js";
export { BloomFilter, CountMinSketch, HyperLogLog, MinHash } from "./sketches.js";
export type {
  BloomFilterOptions,
  CountedOptions,
  CountMinSketchOptions,
  Estimate,
  HyperLogLogOptions,
  Items,
  MinHashOptions,
  SketchHash,
} from "./sketches.js";
export { MerkleTree } from "./trees.js";
export type { TreeDiff, TreeInfo, TreeRecord } from "./trees.js";
export { decode, OpaqueState } from "./any-state.js";
export type { AnyState } from "./any-state.js";
export { SyncSession } from "./sync.js";
export type { SessionOptions } from "./sync.js";
export type { CancelSignal, Job, JobOptions, Progress } from "./job.js";
export { checkLaws } from "./laws.js";
export type { FunctionLawOptions, LawOptions, LawReport, LawSide, MergeFunction, Verdict } from "./laws.js";
export { frames, inspect } from "./frames.js";
export type { FrameContent, FrameInfo } from "./frames.js";
export { call } from "./operations.js";
