// Times of small calls and of columns on each engine: npm run bench
import { HyperLogLog, initSync, LWWMap, ORSet, PNCounter, Replica } from "../dist/node/index.mjs";
import { engines } from "./engines.mjs";

const ROUNDS = 7;
const MILLION = 1_000_000;

/**
 * Nanoseconds of processor time for each of `count` things, the best of some rounds: other programs only add to it.
 */
function nanoseconds(count, run) {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) {
    const start = process.cpuUsage();
    run();
    const { user, system } = process.cpuUsage(start);
    best = Math.min(best, ((user + system) * 1_000) / count);
  }
  return best.toFixed(1);
}

function times(count, run) {
  return nanoseconds(count, () => {
    for (let index = 0; index < count; index++) run(index);
  });
}

const integers = BigInt64Array.from({ length: MILLION }, (_, index) => BigInt(index));
const texts = Array.from({ length: MILLION }, (_, index) => `user-${index}`);

for (const options of engines) {
  initSync({ ...options, reset: true });
  const replica = new Replica({ node: "bench" });
  const counter = new PNCounter(replica);
  const map = new LWWMap(replica).set("key", "value");
  const sketch = new HyperLogLog();
  const rows = {
    "counter.increment()": times(MILLION, () => counter.increment()),
    "counter.value": times(MILLION / 10, () => counter.value),
    "map.get(key)": times(MILLION / 10, () => map.get("key")),
    "map.set(key, value)": times(MILLION / 10, (index) => map.set("key", index)),
    "sketch.addAll(BigInt64Array), per item": nanoseconds(MILLION, () => sketch.addAll(integers)),
    "sketch.addAll(texts), per item": nanoseconds(MILLION, () => sketch.addAll(texts)),
    "set.addAll(texts), per element": nanoseconds(MILLION / 10, () =>
      new ORSet(replica, texts.slice(0, MILLION / 10)).dispose(),
    ),
  };
  for (const [name, time] of Object.entries(rows))
    console.log(`${options.engine.padEnd(6)} ${name.padEnd(40)} ${time.padStart(8)} ns`);
}
