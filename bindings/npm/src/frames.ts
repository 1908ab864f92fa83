import { engine } from "./engine.js";
import { call, run } from "./operations.js";
import type { Bytes, ReadOptions } from "./values.js";

/** What the header of a frame says. */
export interface FrameInfo {
  /** The kind of state, or a number in text for one that this release does not know. */
  readonly kind: string;
  /** The kind as the frame numbers it. */
  readonly tag: number;
  /** The wire version. */
  readonly version: number;
  /** The flag bits of the header. */
  readonly flags: number;
  /** Whether the payload is compressed. */
  readonly compressed: boolean;
  /** Bytes of the payload as it stands, compressed or not. */
  readonly payloadBytes: number;
  /** Bytes of the whole frame. */
  readonly totalBytes: number;
}

interface InfoRecord extends Omit<FrameInfo, "payloadBytes" | "totalBytes"> {
  readonly payload_bytes: number;
  readonly total_bytes: number;
}

/** What the header of a frame says; nothing else is looked at. Fails with `TOO_SHORT` and `BAD_MAGIC`. */
export function inspect(frame: Bytes): FrameInfo {
  const { payload_bytes, total_bytes, ...rest } = run(engine(), "frame_inspect", { frame }) as InfoRecord;
  return { ...rest, payloadBytes: payload_bytes, totalBytes: total_bytes };
}

/** What is in a frame: its kind, and its members in the order of the wire. */
export interface FrameContent {
  /** The kind. */
  readonly type: string;
  /** The members. */
  readonly payload: unknown;
}

/** Reads a frame strictly, without making a state of it. Fails with the codes of frames that cannot be read. */
function read(frame: Bytes, options?: ReadOptions): FrameContent {
  const found = call("decode", frame, options) as FrameContent | Map<string, unknown>;
  return found instanceof Map ? { type: found.get("type") as string, payload: found.get("payload") } : found;
}

/** Reads every byte of a frame strictly. What its header says. Fails with the codes of frames that cannot be read. */
function check(frame: Bytes): FrameInfo {
  call("roundtrip", frame);
  return inspect(frame);
}

/** The canonical frame in another wire version. Fails with `NOT_IN_V1` for what version 1 has no place for. */
function convert(frame: Bytes, wire: 1 | 2): Uint8Array {
  return call("convert", { frame, wire }) as Uint8Array;
}

/** The merge of states in frames, as a frame of version 2. */
function merge(frames: Iterable<Bytes>): Uint8Array {
  return call("join", [...frames]) as Uint8Array;
}

/** Several frames as one batch. */
function pack(frames: Iterable<Bytes>, options: { readonly compress?: boolean } = {}): Uint8Array {
  return call("batch_pack", { items: [...frames], compress: options.compress ?? false }) as Uint8Array;
}

/** The frames in a batch, each of which is checked. */
function unpack(batch: Bytes): Uint8Array[] {
  return call("batch_unpack", batch) as Uint8Array[];
}

/** The state id of what a frame holds. */
function stateId(frame: Bytes): string {
  return call("state_id", frame) as string;
}

/** Bytes in, bytes out: work on frames that needs no state. */
export const frames = { inspect, read, check, convert, merge, pack, unpack, stateId } as const;
