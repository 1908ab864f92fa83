import { readReply, withRecord, withValue, type Members } from "./codec.js";
import { engine, type Engine } from "./engine.js";
import { CrdtError } from "./errors.js";
import { OPERATIONS, type OperationName } from "./generated.js";
import type { ReadOptions } from "./values.js";

const NUMBERS: ReadonlyMap<string, number> = new Map(OPERATIONS.map((name, number) => [name, number]));

function numberOf(operation: OperationName): number {
  const number = NUMBERS.get(operation);
  if (number !== undefined) return number;
  throw new CrdtError("BAD_ARGUMENT", "no operation has this name", { found: operation });
}

/** Runs an operation of an engine with members; those that are `undefined` are left out. */
export function run(on: Engine, operation: OperationName, members: Members, exact = false): unknown {
  const number = numberOf(operation);
  return withRecord(members, (input) => on.call(number, input, (block, at) => readReply(block, at, exact)));
}

/**
 * Runs an operation by its name: the door below the classes, for tools.
 *
 * `spec/operations.toml` and `spec/surface.toml` of the project say what each takes and gives. The input is one
 * value, for most operations an object with the members by name.
 */
export function call(operation: OperationName, input: unknown, options: ReadOptions = {}): unknown {
  const [on, number] = [engine(), numberOf(operation)];
  return withValue(input, (bytes) => on.call(number, bytes, (block, at) => readReply(block, at, options.exact)));
}
