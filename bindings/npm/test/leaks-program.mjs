// Makes, uses and disposes states of 10 KiB, and prints how much memory that took: leaks-program.mjs wasm|native
// [planted]
import { CrdtError, initSync, LWWMap, openObjects, PNCounter, Replica, SyncSession } from "../dist/node/index.mjs";
import { engines } from "./engines.mjs";

const [name, planted] = process.argv.slice(2);
initSync({ ...engines.find(({ engine }) => engine === name), reset: true });

const content = new Uint8Array(10 * 1024).fill(7);

function refused(run) {
  try {
    run();
  } catch (error) {
    if (error instanceof CrdtError) return;
    throw error;
  }
  throw new Error("nothing was refused");
}

function cycle(number) {
  const replica = new Replica({ node: "a" });
  const map = new LWWMap(replica).set("content", content);
  const frame = map.encode();
  const again = LWWMap.decode(frame);
  again.mergeFrom(frame);
  const session = new SyncSession(map);
  session.start();
  refused(() => LWWMap.decode(frame.subarray(0, frame.length - 1)));
  refused(() => PNCounter.decode(frame));
  refused(() => map.merge(session));
  refused(() => map.set("content", { wrong: [content, undefined] }));
  // The planted leak: one state in ten is forgotten by the engine's owner, but not by the engine.
  if (planted && number % 10 === 0) kept.push(map);
  else map.dispose();
  for (const held of [again, session, replica]) held.dispose();
}

const kept = [];
function run(from, to) {
  for (let number = from; number < to; number++) cycle(number);
  for (let round = 0; round < 4; round++) gc();
  return process.memoryUsage().rss;
}

run(0, 1_000);
const before = run(0, 1_000);
const after = run(1_000, 10_000);
console.log(JSON.stringify({ growth: after - before, open: openObjects() }));
