// Answers conformance/PROTOCOL.md line by line. Runs in Node and in browsers.
import { runScript } from "./script.mjs";
import { spelling } from "./tagged.mjs";

const FEATURES = ["lenient", "tuple", "handles"];

/** A function from a line to the line that answers it, or null when the conversation is over. */
export function testee(sdk, operations, kind) {
  const { host, tagged } = spelling(sdk);

  function greeting() {
    const impl = { name: "crdt-merge-sdk", language: "typescript", version: sdk.libraryInfo().version, kind };
    return { protocol: 2, impl, ops: [...operations, "script"], features: FEATURES };
  }

  function run(op, input) {
    const value = host(input);
    return tagged(op === "script" ? runScript(sdk, value) : sdk.call(op, value, { exact: true }));
  }

  function answer({ seq, op, in: input }) {
    if (op !== "script" && !operations.includes(op)) return { seq, skip: "not offered" };
    try {
      return { seq, out: run(op, input) };
    } catch (error) {
      if (!(error instanceof sdk.CrdtError)) throw error;
      return { seq, error: { code: error.code, message: error.message } };
    }
  }

  return (line) => {
    const request = JSON.parse(line);
    if (request.cmd === "hello") return JSON.stringify(greeting());
    return request.cmd === "run" ? JSON.stringify(answer(request)) : null;
  };
}
