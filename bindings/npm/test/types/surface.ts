// What the types of the package allow and refuse. Compiled, never run.
import {
  type AnyState,
  checkLaws,
  CrdtError,
  decode,
  type ErrorCode,
  float,
  frames,
  HyperLogLog,
  init,
  initSync,
  inspect,
  type Job,
  LWWMap,
  LWWRegister,
  manualClock,
  mergeAll,
  type MergeReport,
  ORSet,
  PNCounter,
  type Progress,
  Replica,
  SyncSession,
  type Value,
} from "crdt-merge-sdk";
import * as protocol from "crdt-merge-sdk/protocol";
import * as slim from "crdt-merge-sdk/slim";

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
function same<A, B>(..._: Equal<A, B> extends true ? [] : ["the types differ"]): void {}

export async function surface(): Promise<void> {
  await init();
  await init({ reset: true, source: new URL("https://example.org/crdt-merge.wasm") });
  initSync(new Uint8Array());

  const clock = manualClock(1_767_225_600_000_000);
  const here = new Replica({ node: "laptop", clock });
  const likes = new PNCounter(here).increment(5).decrement(2n);
  same<typeof likes, PNCounter>();
  same<typeof likes.value, number>();
  same<typeof likes.bigValue, bigint>();
  same<typeof likes.kind, "pn_counter">();
  const report = likes.mergeFrom(new Uint8Array());
  same<typeof report, MergeReport>();

  const set = new ORSet<string>(here, ["milk"]);
  for (const value of set) same<typeof value, string>();
  // @ts-expect-error a set does not merge into a counter
  likes.mergeFrom(set);
  // @ts-expect-error sets of texts take texts
  set.add(5);
  // @ts-expect-error a set holds no lists
  new ORSet<string[]>(here);
  // @ts-expect-error a counter has no elements
  likes.add("milk");

  const prefs = new LWWMap<Value>(here).set("theme", "dark").set("ratio", float(5)).set("tags", ["a", 1, null]);
  same<ReturnType<typeof prefs.get>, Value | undefined>();
  // @ts-expect-error a date is no value
  prefs.set("when", new Date());
  // @ts-expect-error undefined is no value
  prefs.set("nothing", undefined);
  prefs.write("theme", "old", { stamp: 5, node: "import" });
  // @ts-expect-error an explicit stamp has a node
  prefs.write("theme", "old", { stamp: 5 });
  const register = new LWWRegister<number>(here);
  same<typeof register.value, number | null>();

  const users = new HyperLogLog({ precision: 14 }).addAll(new BigInt64Array(3)).addAll(["a"]);
  same<ReturnType<typeof users.estimate>["value"], number>();
  // @ts-expect-error a hash is native or md5
  new HyperLogLog({ hash: "sha1" });

  const session = new SyncSession(set, { keys: true });
  same<ReturnType<typeof session.receive>, Uint8Array[]>();

  const job = prefs.mergeFromAsync(new Uint8Array(), { signal: new AbortController().signal });
  same<typeof job, Job<MergeReport>>();
  for await (const progress of job) same<typeof progress, Progress>();
  same<Awaited<typeof job>, MergeReport>();

  same<ReturnType<typeof show>, string>();
  const copy = likes.clone();
  same<typeof copy, PNCounter>();
  same<ReturnType<typeof mergeAll<PNCounter>>, PNCounter>();
  checkLaws((a: number, b: number) => Math.max(a, b), { samples: [1, 2] });
  frames.pack([likes.encode({ wire: 1 })]);
  same<ReturnType<typeof inspect>["payloadBytes"], number>();
  // @ts-expect-error there are versions 1 and 2
  likes.encode({ wire: 3 });

  same<typeof protocol.PNCounter, typeof PNCounter>();
  same<typeof slim.PNCounter, typeof PNCounter>();
}

export function show(state: AnyState): string {
  switch (state.kind) {
    case "pn_counter":
      same<typeof state, PNCounter>();
      return String(state.value);
    case "lww_map":
      return state.keys().join();
    case "opaque":
      return String(state.tag);
    default:
      return state.stateId;
  }
}

export function disposed(replica: Replica): void {
  using likes = new PNCounter(replica);
  likes.increment();
}

export function handled(error: unknown): ErrorCode | undefined {
  if (!(error instanceof CrdtError)) return undefined;
  // @ts-expect-error no code is called so
  if (error.code === "NO_SUCH_CODE") return undefined;
  if (error.code === "TOO_SHORT") same<typeof error.detail, Readonly<Record<string, string>>>();
  return error.code;
}

// @ts-expect-error members of the engine are not part of the surface
type Hidden = PNCounter["operate"];
export type { Hidden };
