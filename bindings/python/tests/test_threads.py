"""States shared by threads, and the interpreter let go of."""

import threading
import time
from collections.abc import Callable

from crdt_merge import LWWMap, ORSet, PNCounter, Replica


def together(*work: Callable[[], object]) -> None:
    """Runs all at once; whatever one raises is raised here."""
    failures: list[BaseException] = []

    def run(each: Callable[[], object]) -> None:
        try:
            each()
        except BaseException as failure:
            failures.append(failure)

    threads = [threading.Thread(target=run, args=(each,)) for each in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
        assert not thread.is_alive(), "a thread hangs"
    if failures:
        raise failures[0]


def test_two_threads_merge_both_ways(here: Replica, there: Replica) -> None:
    a, b = ORSet(here), ORSet(there)

    def merging(state: ORSet, other: ORSet, base: int) -> Callable[[], None]:
        def run() -> None:
            for value in range(base, base + 200):
                state.add(value)
                state.merge_from(other)
                state.merge_from(state)
                state.compare(other)

        return run

    together(merging(a, b, 0), merging(b, a, 1_000))
    assert len(a | b) == 400


def test_many_threads_count(here: Replica) -> None:
    counter = PNCounter(here)

    def count() -> None:
        for _ in range(5_000):
            counter.increment(amount=2)
            counter.decrement()

    together(*[count] * 8)
    assert counter.value == 8 * 5_000


def test_other_threads_run_while_a_large_state_is_merged(here: Replica, there: Replica) -> None:
    a, b = LWWMap(here), LWWMap(there)
    a.update({f"a{n}": n for n in range(100_000)})
    b.update({f"b{n}": n for n in range(100_000)})
    frame, turns, is_over = b.encode(), 0, threading.Event()
    spans: list[float] = []

    def merge() -> None:
        begun = time.perf_counter()
        a.merge_from(frame)
        spans.append(time.perf_counter() - begun)
        is_over.set()

    thread = threading.Thread(target=merge)
    thread.start()
    longest, before = 0.0, time.perf_counter()
    while not is_over.is_set():
        time.sleep(0.0005)
        now = time.perf_counter()
        longest, before, turns = max(longest, now - before), now, turns + 1
    thread.join()
    assert len(a) == 200_000
    assert turns >= 3 and longest < spans[0] * 0.8, f"{turns} turns, {longest:.3f} s of {spans[0]:.3f} s"
