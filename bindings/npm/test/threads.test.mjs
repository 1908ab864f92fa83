// Every thread has an engine of its own; the native one has one set of objects for all.
import assert from "node:assert/strict";
import { test } from "node:test";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { initSync, LWWMap, ORSet, PNCounter, Replica } from "../dist/node/index.mjs";
import { engines } from "./engines.mjs";

const THREADS = 4;
const ROUNDS = 300;

/** What a thread does: counts, adds and merges what it is given again and again. */
function work({ options, node, frame }) {
  initSync({ ...options, reset: true });
  const replica = new Replica({ node });
  const counter = new PNCounter(replica);
  const set = ORSet.decode(frame, { replica });
  for (let round = 0; round < ROUNDS; round++) {
    counter.increment();
    set.add(`${node} ${round}`);
    const copy = ORSet.decode(set.encode());
    set.mergeFrom(copy);
    const map = new LWWMap(replica).set("round", round);
    if (map.get("round") !== round) throw new Error("another thread wrote here");
    copy.dispose();
    map.dispose();
  }
  return { counter: counter.encode(), set: set.encode() };
}

function inThread(data) {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL(import.meta.url), { workerData: data });
    worker.once("message", resolve);
    worker.once("error", reject);
  });
}

if (isMainThread) {
  for (const options of engines) {
    test(`${options.engine}: threads work side by side`, async () => {
      initSync({ ...options, reset: true });
      const counter = new PNCounter();
      const set = new ORSet(new Replica({ node: "main" }), ["common"]);
      const frame = set.encode();
      const nodes = Array.from({ length: THREADS }, (_, thread) => `thread ${thread}`);
      for (const done of await Promise.all(nodes.map((node) => inThread({ options, node, frame })))) {
        counter.mergeFrom(done.counter);
        set.mergeFrom(done.set);
      }
      assert.equal(counter.value, THREADS * ROUNDS);
      assert.equal(set.size, THREADS * ROUNDS + 1);
    });
  }
} else {
  parentPort.postMessage(work(workerData));
}
