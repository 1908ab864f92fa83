import { handleNow, Held } from "./held.js";
import { run } from "./operations.js";
import { reported, type AnyKind, type MergeReport } from "./state.js";
import type { Bytes } from "./values.js";

/** How a session is held. */
export interface SessionOptions {
  /** Only entries with stamps from here on, in microseconds since 1970 UTC. */
  readonly last?: number | bigint;
  /** The largest message in bytes. */
  readonly maxMessage?: number;
  /** Reports the keys that changed. */
  readonly keys?: boolean;
}

/**
 * Brings a state and one of a peer together, over any transport.
 *
 * Both sides make a session; one sends what {@link SyncSession.start} gives, and both send what {@link
 * SyncSession.receive} gives. Messages may be lost, repeated and reordered; when nothing comes back, start again.
 */
export class SyncSession extends Held {
  #report: MergeReport | undefined;

  /** Fails with `TYPE_MISMATCH` for a kind that has no sessions. */
  constructor(state: AnyKind, options: SessionOptions = {}) {
    const { last, maxMessage, keys } = options;
    const members = { last, max_message: maxMessage, keys };
    super((on) => run(on, "session_new", { state: handleNow(state), ...members }) as number);
  }

  /** The first messages. */
  start(): Uint8Array[] {
    return this.operate("session", "session_start") as Uint8Array[];
  }

  /** Takes a message. The answers to it; {@link SyncSession.report} then says what it changed. */
  receive(message: Bytes): Uint8Array[] {
    const received = this.operate("session", "session_receive", { message }) as ReceivedRecord;
    this.#report = reported(received.report);
    return received.outgoing;
  }

  /** What the last message changed. */
  get report(): MergeReport | undefined {
    return this.#report;
  }

  /** Whether both sides had equal states when they last spoke. */
  get inSync(): boolean {
    return this.#info().in_sync;
  }

  /** The message that refused the session, if one did. */
  get refusal(): Uint8Array | null {
    return this.#info().refusal;
  }

  #info(): { readonly in_sync: boolean; readonly refusal: Uint8Array | null } {
    return this.operate("session", "session_info") as { in_sync: boolean; refusal: Uint8Array | null };
  }
}

interface ReceivedRecord {
  readonly outgoing: Uint8Array[];
  readonly report: unknown;
}
