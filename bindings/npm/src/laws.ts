import { engine } from "./engine.js";
import { CrdtError } from "./errors.js";
import { workOf, type Step, type Work } from "./job.js";
import { run } from "./operations.js";
import { State, type AnyKind } from "./state.js";
import type { Bytes, Value } from "./values.js";

/** What is to be a merge: takes two values and gives one. */
export type MergeFunction = (left: never, right: never) => Value;

/** How laws are checked. */
export interface LawOptions {
  /** Trials per law. */
  readonly trials?: number;
  /** Another random choice of trials. */
  readonly seed?: number;
}

/** How the laws of a function are checked. */
export interface FunctionLawOptions extends LawOptions {
  /** Values to try beside the awkward ones that are always tried. */
  readonly samples?: readonly Value[];
}

/** One side of an equation: what came out, or what was thrown. */
export interface LawSide {
  /** What came out; null if something was thrown. */
  readonly result: unknown;
  /** What was thrown, as text. */
  readonly raised: string | null;
}

/** What was found about a law. */
export type Verdict =
  | { readonly holds: true; readonly trials: number }
  | { readonly holds: false; readonly operands: readonly unknown[]; readonly left: LawSide; readonly right: LawSide };

/** What was found about all of them. */
export interface LawReport {
  /** Whether no law was broken. */
  readonly isLawful: boolean;
  /** The verdict on each law by name. */
  readonly laws: Readonly<Record<string, Verdict>>;
}

/** How much is done between two looks at the questions. */
const BUDGET = 4_096;

/**
 * Whether a merge is one: commutative, associative, idempotent and monotone.
 *
 * Takes a function over values, which is tried with awkward values and the samples given, or states (or their
 * frames), which are merged in all ways. A broken law comes with the operands that break it.
 */
export function checkLaws(merge: MergeFunction, options?: FunctionLawOptions): LawReport;
export function checkLaws(states: Iterable<AnyKind | Bytes>, options?: LawOptions): LawReport;
export function checkLaws(
  subject: MergeFunction | Iterable<AnyKind | Bytes>,
  options: FunctionLawOptions = {},
): LawReport {
  const record = typeof subject === "function" ? ofFunction(subject, options) : ofStates(subject, options);
  const { is_lawful, laws } = record as { is_lawful: boolean; laws: Record<string, Verdict> };
  return { isLawful: is_lawful, laws };
}

function ofStates(states: Iterable<AnyKind | Bytes>, { trials, seed }: LawOptions): unknown {
  const frames = Array.from(states, (state) => (state instanceof State ? state.encode() : state));
  return run(engine(), "law_check", { frames, trials, seed });
}

function ofFunction(merge: MergeFunction, { samples, trials, seed }: FunctionLawOptions): unknown {
  const on = engine();
  const work = workOf(on, run(on, "law_job", { samples, trials, seed }) as number);
  try {
    while (stepped(work, merge)) continue;
    return work.result();
  } finally {
    work.dispose();
  }
}

/** Does some of the work. Whether there is more. */
function stepped(work: Work, merge: MergeFunction): boolean {
  const step: Step = work.step(BUDGET);
  if (step.state === "ask") work.answer(step.questions!.map(([left, right]) => answered(merge, left, right)));
  return step.state !== "done";
}

/** What a function makes of two values. */
function answered(merge: MergeFunction, left: unknown, right: unknown): object {
  let value: Value;
  try {
    value = merge(left as never, right as never);
  } catch (error) {
    return { raised: String(error) };
  }
  if (value !== undefined) return { value };
  throw new CrdtError("BAD_VALUE", "the merge function gave undefined", { type: "undefined" });
}
