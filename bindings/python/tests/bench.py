"""What the border costs: nanoseconds per increment and per item of a column."""

import time
from collections.abc import Callable

import numpy

from crdt_merge import GCounter, HyperLogLog, LWWMap, ORSet, PNCounter, Replica

ROUNDS = 7


def best(times: int, work: Callable[[], object]) -> float:
    """Nanoseconds per time, in the best of some rounds."""
    fastest = float("inf")
    for _ in range(ROUNDS):
        begun = time.perf_counter_ns()
        work()
        fastest = min(fastest, time.perf_counter_ns() - begun)
    return fastest / times


def increments(counter: PNCounter | GCounter, times: int) -> Callable[[], None]:
    def work() -> None:
        increment = counter.increment
        for _ in range(times):
            increment(amount=5)

    return work


def main() -> None:
    here, times = Replica("bench"), 200_000
    counter, keys = PNCounter(here), [f"key {n}" for n in range(10_000)]
    numbers, texts = numpy.arange(1_000_000), [f"item {n}" for n in range(100_000)]
    print(f"PNCounter.increment(amount=5)   {best(times, increments(counter, times)):8.0f} ns")
    named = best(times, lambda: [counter.increment("node", 5) for _ in range(times)])
    print(f"PNCounter.increment('node', 5)  {named:8.0f} ns")
    print(f"GCounter.increment(amount=5)    {best(times, increments(GCounter(here), times)):8.0f} ns")
    print(f"PNCounter.value                 {best(1_000, lambda: [counter.value for _ in range(1_000)]):8.0f} ns")
    entries = dict.fromkeys(keys, 1)
    print(f"LWWMap.update, per entry        {best(len(keys), lambda: LWWMap(here).update(entries)):8.0f} ns")
    print(f"ORSet(elements), per element    {best(len(keys), lambda: ORSet(here, keys)):8.0f} ns")
    log = HyperLogLog(precision=14)
    print(f"HyperLogLog.add_all, int64      {best(len(numbers), lambda: log.add_all(numbers)):8.1f} ns per item")
    print(f"HyperLogLog.add_all, list[str]  {best(len(texts), lambda: log.add_all(texts)):8.1f} ns per item")


if __name__ == "__main__":
    main()
