// Scripts of conformance/PROTOCOL.md: operations one after the other, through the calls of the package.

const OPENING = new Set(["state_decode", "state_copy"]);

/** Runs a script. The results that it shows; fails with the error of a step that may not fail. */
export function runScript(sdk, input) {
  const { CrdtError } = sdk;
  const results = [];
  const opened = [];

  function result(place) {
    const found = results[Number(place)];
    if (found === undefined) throw new CrdtError("BAD_ARGUMENT", "no such step");
    return found;
  }

  /** An argument with what stands for earlier results replaced by these. */
  function resolved(argument) {
    if (Array.isArray(argument)) return argument.map(resolved);
    if (!(argument instanceof Map)) return argument;
    if (!argument.has("$")) return new Map(Array.from(argument, ([key, value]) => [key, resolved(value)]));
    return path(argument.get("field")).reduce(inside, result(argument.get("$")));
  }

  function inside(whole, part) {
    const found = Array.isArray(whole) ? whole[Number(part)] : whole.get(part);
    if (found === undefined) throw new CrdtError("BAD_ARGUMENT", "the result has no such part");
    return found;
  }

  function step([name, argument, mayFail]) {
    try {
      const found = sdk.call(name, resolved(argument), { exact: true });
      opened.push(...handlesIn(sdk, name, found));
      return found;
    } catch (error) {
      if (mayFail !== true || !(error instanceof CrdtError)) throw error;
      return new Map([["error", error.code]]);
    }
  }

  try {
    for (const each of input.get("steps")) results.push(step(each));
    return input.get("show").map(result);
  } finally {
    for (const handle of opened) sdk.call("handle_close", { handle });
  }
}

function path(field) {
  if (field === undefined) return [];
  return Array.isArray(field) ? field : [field];
}

/** The handles that an operation has opened. */
function handlesIn({ Int }, name, result) {
  const opens = name.endsWith("_new") || name.endsWith("_job") || OPENING.has(name);
  if (opens && result instanceof Int) return [result];
  if (!(result instanceof Map)) return [];
  return ["replica", "state"].map((member) => result.get(member)).filter((handle) => handle instanceof Int);
}
