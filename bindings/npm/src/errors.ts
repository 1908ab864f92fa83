import { FAMILIES, type ErrorCode, type ErrorFamily } from "./generated.js";

/**
 * What every function of this package throws.
 *
 * Programs decide by {@link CrdtError.code}, which is stable text; the message is one line for people.
 */
export class CrdtError extends Error {
  /** The stable code, for example `"TYPE_MISMATCH"`. */
  readonly code: ErrorCode;
  /** Facts about this failure by name, for example `offset`, `path`, `expected`, `found`. */
  readonly detail: Readonly<Record<string, string>>;

  constructor(code: ErrorCode, message: string, detail: Readonly<Record<string, string>> = {}, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = "CrdtError";
    this.code = code;
    this.detail = detail;
  }

  /** The group the code belongs to, for example `"merge"`. */
  get family(): ErrorFamily {
    return FAMILIES[this.code];
  }
}

/** Whether text is one of the stable codes. */
export function isErrorCode(text: unknown): text is ErrorCode {
  return typeof text === "string" && Object.hasOwn(FAMILIES, text);
}
