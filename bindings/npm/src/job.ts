import { adopt, Held } from "./held.js";
import type { Engine } from "./engine.js";

/** How far a job has come. */
export interface Progress {
  /** What it is doing. */
  readonly phase: string;
  /** How much of it is done. */
  readonly done: number;
  /** How much there is, where that is known. */
  readonly total: number | null;
  /** What is counted, for example `"keys"`. */
  readonly unit: string;
}

/** What can tell a job to stop: an `AbortSignal`. */
export interface CancelSignal {
  /** Whether to stop. */
  readonly aborted: boolean;
}

/** How a job runs. */
export interface JobOptions {
  /** Cancels the job when it is aborted. */
  readonly signal?: CancelSignal;
}

/**
 * A long operation, which goes on by itself between other tasks of the program.
 *
 * `await` it for its result, or iterate over it for its progress. A cancelled job fails with `CANCELLED` and changes
 * nothing.
 */
export interface Job<T> extends AsyncIterable<Progress>, PromiseLike<T> {
  /** Ends the job. One that is done stays done. */
  cancel(): void;
}

/** The record of `job_step`. */
export interface Step extends Progress {
  /** Whether there is more to do, questions wait for answers, or all is done. */
  readonly state: "running" | "ask" | "done";
  /** Pairs of values that a function of the host is to merge. */
  readonly questions: readonly (readonly [unknown, unknown])[] | null;
}

/** A job of the engine. */
export class Work extends Held {
  constructor() {
    super(() => 0);
  }

  step(budget: number): Step {
    return this.operate("job", "job_step", { budget }) as Step;
  }

  answer(answers: readonly object[]): void {
    this.operate("job", "job_answer", { answers });
  }

  result(): unknown {
    return this.operate("job", "job_result");
  }

  cancel(): void {
    this.operate("job", "job_cancel");
  }
}

/** The work behind a handle. */
export function workOf(engine: Engine, handle: number): Work {
  return adopt(Work, { engine, handle });
}

/** How long a step is to take, so that a page stays responsive. */
const STEP_MILLISECONDS = 8;
const FIRST_BUDGET = 256;
const LEAST_BUDGET = 16;

/** The budget of the next step after one that took so long. */
function nextBudget(budget: number, milliseconds: number): number {
  if (milliseconds > STEP_MILLISECONDS * 2) return Math.max(LEAST_BUDGET, Math.floor(budget / 2));
  return milliseconds < STEP_MILLISECONDS / 2 ? budget * 2 : budget;
}

/** Lets other tasks run: timers, events, input. */
function pause(): Promise<void> {
  if (typeof setImmediate === "function") return new Promise((resolve) => setImmediate(resolve));
  // Timers of browsers wait four milliseconds when they are nested; messages do not.
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    const resume = (): void => {
      port1.close();
      resolve();
    };
    port1.addEventListener("message", resume, { once: true });
    port1.start();
    port2.postMessage(null);
  });
}

/** A job that steps its work until it is done. */
export class SteppedJob<T> implements Job<T> {
  readonly #work: Work;
  readonly #finish: (result: unknown) => T;
  readonly #signal: CancelSignal | undefined;
  readonly #result: Promise<T>;
  #progress: Progress | undefined;
  #isOver = false;
  #waiting: (() => void)[] = [];

  constructor(work: Work, finish: (result: unknown) => T, options: JobOptions) {
    this.#work = work;
    this.#finish = finish;
    this.#signal = options.signal;
    this.#result = this.#drive();
  }

  // A job is awaitable like a promise, which is what this member means.
  then<A = T, B = never>(
    onDone?: ((value: T) => A | PromiseLike<A>) | null,
    onFailed?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.#result.then(onDone, onFailed);
  }

  cancel(): void {
    if (!this.#isOver) this.#work.cancel();
  }

  /** Progress as it comes; who is slower than the job gets the newest. Fails as the job does. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Progress, void, undefined> {
    // The failure is thrown below, also when it comes before somebody waits for it.
    this.#result.catch(() => undefined);
    let seen: Progress | undefined;
    while (!this.#isOver) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
      if (this.#progress === undefined || this.#progress === seen) continue;
      seen = this.#progress;
      yield seen;
    }
    await this.#result;
  }

  async #drive(): Promise<T> {
    try {
      let budget = FIRST_BUDGET;
      for (;;) {
        await pause();
        if (this.#signal?.aborted === true) this.#work.cancel();
        const start = performance.now();
        const step = this.#work.step(budget);
        if (step.state === "done") return this.#finish(this.#work.result());
        budget = nextBudget(budget, performance.now() - start);
        this.#publish(step);
      }
    } finally {
      this.#isOver = true;
      this.#work.dispose();
      this.#wake();
    }
  }

  #publish({ phase, done, total, unit }: Step): void {
    this.#progress = { phase, done, total, unit };
    this.#wake();
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resume of waiting) resume();
  }
}
